/** The demo page, as it is shown to a customer. */

import assert from 'node:assert/strict';
import { csp } from '../site/csp.js';
import { built } from '../site/package.js';
import { ana, button, enter, event, eventually, loaded, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world({ pages: ['/'], settings: { accessTokenTtl: 20, idTokenTtl: 20 } });
site.headers['/'] = { 'Content-Security-Policy': csp({ issuer: op.issuer }) };

const chat = (page) => page.getByRole('complementary', { name: 'Messenger' });
const open = (page) => page.getByRole('button', { name: 'Chat' }).click();

story('a guest chats, signs in from the chat, and is known', async ({ page }) => {
  await page.goto(site.origin);
  await loaded(page);
  await open(page);
  await chat(page).getByText('I cannot see who you are').waitFor();
  const popup = await windowOf(page, () => chat(page).getByRole('button', { name: 'Sign in' }).click());
  await enter(popup);
  await chat(page).getByText(`Hello ${ana.name.split(' ')[0]}`).waitFor();
  await page.getByRole('heading', { name: `Your accounts, ${ana.name}` }).waitFor();
  await page.locator('#log').getByText('signed-in').waitFor();
  const [{ id_token, access_token }] = op.issued();
  const html = await page.content();
  assert.ok(!html.includes(id_token) && !html.includes(access_token), 'no whole token on the screen');
  assert.ok((await chat(page).innerText()).includes(`${id_token.slice(0, 8)}…${id_token.slice(-6)}`));
  await event(page, 'renewed', { within: 20_000 });
  assert.deepEqual(await page.evaluate(() => __story.violations), []);
});

for (const flow of ['id_token', 'token', 'id_token token']) {
  story(`the switch to implicit, ${flow}, and to the whole page`, async ({ page }) => {
    await page.goto(site.origin);
    await loaded(page);
    await Promise.all([page.waitForEvent('load'), page.getByLabel('Flow').selectOption(flow)]);
    await Promise.all([page.waitForEvent('load'), page.getByLabel('Transport').selectOption('page')]);
    await event(page, 'ready');
    assert.equal(await page.getByLabel('Flow').inputValue(), flow);
    await button(page, 'Sign in').click();
    await page.waitForURL((url) => url.origin === op.issuer);
    await enter(page);
    await page.waitForURL(`${site.origin}/`);
    await button(page, 'Sign out').waitFor();
    assert.equal(op.asked('authorize').at(-1).params.response_type.split(' ').sort().join(' '), flow);
    await open(page);
    await chat(page).getByText('how can I help?').waitFor();
  });
}

story('signing out at the bank and at its provider', async ({ page }) => {
  await page.goto(site.origin);
  const popup = await windowOf(page, () => button(page, 'Sign in').click());
  await enter(popup);
  await button(page, 'Sign out').click();
  await eventually(() => op.asked('end-session').length, 'the provider hears of it');
  await page.waitForURL(`${site.origin}/`);
  await button(page, 'Sign in').waitFor();
  await page.getByText('Sign in at the top right').waitFor();
});

for (const [name, viewport] of Object.entries({ 'a desktop': { width: 1280, height: 720 }, 'a phone': { width: 375, height: 667 } })) {
  story(`on ${name} the header keeps its height, whatever the panel says`, { viewport }, async ({ page }) => {
    await page.goto(site.origin);
    const height = () => page.evaluate(() => [document.querySelector('.bar').offsetHeight, document.documentElement.scrollWidth]);
    await button(page, 'Sign in').waitFor();
    const before = await height();
    assert.equal(before[1], viewport.width, 'nothing sticks out');
    const popup = await windowOf(page, () => button(page, 'Sign in').click());
    await button(page, 'Show window').waitFor();
    assert.deepEqual(await height(), before);
    await popup.getByRole('button', { name: 'Cancel' }).click();
    await button(page, 'Try again').waitFor();
    assert.deepEqual(await height(), before);
    await enter(await windowOf(page, () => button(page, 'Try again').click()));
    await button(page, 'Sign out').waitFor();
    assert.deepEqual(await height(), before);
  });
}

story('files that have not loaded: nobody is said to be signed out, and the chat’s button says what is wrong', async (scene) => {
  scene.expect(/status of 404|integrity/);
  const { loader } = await built();
  scene.answer(`/messenger-auth/${loader}`, { status: 404, body: 'not found', type: 'text/plain' });
  const { page } = scene;
  await page.goto(site.origin);
  await open(page);
  await chat(page).getByText('I cannot see who you are').waitFor();
  await chat(page).getByRole('button', { name: 'Sign in' }).click();
  await chat(page).getByText('its files have not loaded').waitFor();
  assert.ok(!(await page.locator('body').innerText()).includes('nobody is signed in'));
});
