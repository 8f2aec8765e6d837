/** The demo page, as it is shown to a customer. */

import assert from 'node:assert/strict';
import { startDemo } from '../site/demo.js';
import { built } from '../site/package.js';
import { ana, awayAndBack, button, closed, enter, event, eventually, loaded, windowOf } from './support/page.js';
import { world } from './support/world.js';

const demo = await world({ start: startDemo, settings: { accessTokenTtl: 20, idTokenTtl: 20 } });
const { story, op, site } = demo;

const chat = (page) => page.locator('#messenger');
const open = (page) => page.locator('#bubble').click();
const violations = (page) => page.evaluate(() => __story.violations);
const sticksOut = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

/** Goes to a choice, as a link from elsewhere does. */
async function visit({ page }, chosen = {}) {
  const query = String(new URLSearchParams(chosen));
  await page.goto(`${site.origin}/${query && `?${query}`}`);
  await loaded(page);
  return page;
}

/** Does what the login asks for, whosever it is. */
async function logIn(popup) {
  const press = popup.getByText(/^log (?:me )?in as/i);
  await popup.getByLabel('Password').or(press).waitFor();
  await (await press.count() ? press.click() : enter(popup));
}

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
    await page.waitForURL((url) => url.origin === site.origin && url.searchParams.get('flow') === flow);
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
  await awayAndBack(page, () => button(page, 'Sign out').click());
  assert.equal(op.asked('end-session').length, 1, 'the provider hears of it');
  assert.equal(page.url(), `${site.origin}/`);
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

// Every messenger, every place to sign in.

/** What each place has given last; the whole of it may stand nowhere on the page. */
const given = {
  oidc: () => op.issued().at(-1).id_token,
  'token-url': () => demo.tokenService.issued.at(-1),
  'power-pages': () => demo.portal.seen.given.at(-1),
  'site-session': () => demo.login.seen.given.at(-1),
  finesse: () => demo.finesse.seen.given.at(-1),
  'genesys-cloud': () => demo.genesys.seen.given.at(-1),
};

async function shows(page, token) {
  const shortened = `${token.slice(0, 8)}…${token.slice(-6)}`;
  await chat(page).getByText(shortened).first().waitFor();
  assert.ok(!(await page.content()).includes(token), 'no whole token on the screen');
}

async function isChosen(page, { host, issuer }) {
  assert.equal(await page.getByLabel('Messenger', { exact: true }).and(page.locator('select')).inputValue(), host);
  assert.equal(await page.getByLabel('Sign-in at').inputValue(), issuer);
}

for (const [host, issuer, guest, known, maker = issuer] of [
  ['page', 'oidc', 'I cannot see who you are', 'Hello Ana, how can I help?'],
  ['page', 'power-pages', 'I cannot see who you are', 'how can I help?'],
  ['page', 'site-session', 'I cannot see who you are', 'how can I help?'],
  ['page', 'finesse', 'I cannot see who you are', 'How can I help?'],
  ['page', 'genesys-cloud', 'I cannot see who you are', 'How can I help?'],
  ['dynamics', 'oidc', 'this chat is anonymous', 'I know who you are', 'token-url'],
  ['dynamics', 'power-pages', 'this chat is anonymous', 'I know who you are'],
  ['dynamics', 'site-session', 'this chat is anonymous', 'I know who you are'],
]) {
  story(`${host} with ${issuer}: a guest signs in from the messenger, and it shows what it was given`, async (scene) => {
    if (issuer === 'site-session') scene.expect(/status of 401/);
    const page = await visit(scene, { host, issuer });
    await isChosen(page, { host, issuer });
    await open(page);
    await chat(page).getByText(guest).waitFor();
    await chat(page).getByText('null').waitFor();
    await logIn(await windowOf(page, () => chat(page).getByRole('button', { name: 'Sign in' }).click()));
    await chat(page).getByText(known).waitFor();
    await shows(page, given[maker]());
    await page.locator('#log').getByText('data layer').first().waitFor();
    if (host === 'dynamics') {
      await chat(page).getByRole('listitem').filter({ hasText: 'signature' }).getByRole('img', { name: 'as required', exact: true }).waitFor();
      assert.equal(await chat(page).locator('.fails').count(), 0);
      await chat(page).getByText('msdyn_cartvalue = 10000').waitFor();
      await eventually(() => page.evaluate(() => Boolean(globalThis.__chat.provider)), 'the SDK is fed');
      await chat(page).getByRole('button', { name: 'Ask through the SDK' }).click();
      await chat(page).getByText('setAuthTokenProvider', { exact: true }).waitFor();
    }
    assert.deepEqual(await violations(page), []);
  });
}

for (const issuer of ['power-pages', 'site-session', 'genesys-cloud']) {
  story(`${issuer}: the whole page leaves for the login, and comes back to the same choice`, async (scene) => {
    if (issuer === 'site-session') scene.expect(/status of 401/);
    const page = await visit(scene, { issuer, transport: 'page' });
    await event(page, 'ready');
    await button(page, 'Sign in').click();
    await page.waitForURL((url) => url.pathname !== '/');
    await logIn(page);
    // Leading people back is the site's part.
    if (issuer === 'site-session') await page.getByRole('link', { name: 'To the page' }).click();
    await page.waitForURL(`${site.origin}/?issuer=${issuer}&transport=page`);
    await loaded(page);
    // Before any chat has asked.
    await button(page, 'Sign out').waitFor();
    await open(page);
    await chat(page).getByText('how can I help?').waitFor();
    await shows(page, given[issuer]());
    assert.deepEqual(await violations(page), []);
  });
}

story('finesse: who has signed out sees the login again', async (scene) => {
  const page = await visit(scene, { issuer: 'finesse' });
  for (let time = 0; time < 2; time += 1) {
    await logIn(await windowOf(page, () => button(page, 'Sign in').click()));
    await Promise.all([page.waitForResponse(/finesse-logout$/), button(page, 'Sign out').click()]);
  }
});

story('genesys-messenger: Messenger asks, a person signs in there, and its server redeems the code', async (scene) => {
  const page = await visit(scene, { host: 'genesys-messenger' });
  await open(page);
  await chat(page).getByText('You are writing anonymously').waitFor();
  const popup = await windowOf(page, () => chat(page).getByRole('button', { name: 'Sign in' }).click());
  await logIn(popup);
  await chat(page).getByText('Ana García, authenticated').waitFor();
  await chat(page).getByText('redeemed it with its own secret').waitFor();
  await chat(page).getByText('AuthProvider.signedIn').waitFor();
  await chat(page).getByRole('button', { name: 'Ask for another code' }).click();
  await eventually(async () => await chat(page).getByText('redeemed it with its own secret').count() === 2, 'another code is redeemed as well');
  assert.deepEqual(op.asked('token').filter(({ origin }) => origin), [], 'the page redeems nothing');
  assert.deepEqual(await violations(page), []);
  await Promise.all([page.waitForURL((url) => url.origin === op.issuer), button(page, 'Sign out').click()]);
  // The page has no ID token to show: the provider asks the person.
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL(`${site.origin}/?host=genesys-messenger`);
  await loaded(page);
});

story('genesys-embeddable: the agent logs in in the frame, and the frame gives the token', async (scene) => {
  const page = await visit(scene, { host: 'genesys-embeddable', issuer: 'genesys-cloud' });
  await page.getByRole('heading', { name: 'for the whole desk' }).waitFor();
  await open(page);
  const frame = page.frameLocator('#messenger iframe');
  const popup = await windowOf(page, () => frame.getByRole('button', { name: 'Agent login' }).click());
  await logIn(popup);
  await closed(popup);
  await frame.getByText('Ana García, available').waitFor();
  await chat(page).getByRole('button', { name: 'Who is on this desk?' }).click();
  await chat(page).getByText('Ana García is on this desk.').waitFor();
  await chat(page).getByText('the frame gave the agent').waitFor();
  await shows(page, given['genesys-cloud']());
  await frame.getByText('The page asked for the agent’s token: given.').waitFor();
  assert.deepEqual(await violations(page), []);
});

story('genesys-embeddable: nobody is in the frame, and the page signs in by itself', async (scene) => {
  const page = await visit(scene, { host: 'genesys-embeddable', issuer: 'genesys-cloud' });
  await open(page);
  await chat(page).getByRole('button', { name: 'Who is on this desk?' }).click();
  await chat(page).getByText('no agent is signed in there').waitFor();
  await logIn(await windowOf(page, () => chat(page).getByRole('button', { name: 'Sign in on this page' }).click()));
  await chat(page).getByText('a sign-in of this page’s own').waitFor();
  await shows(page, given['genesys-cloud']());
  assert.deepEqual(await violations(page), []);
});

// What JavaScript has under any name is no choice.
for (const chosen of [{ host: 'constructor' }, { host: '__proto__' }, { issuer: 'constructor' }, { issuer: '__proto__' }]) {
  const [[name, value]] = Object.entries(chosen);
  story(`?${name}=${value}: the page comes up with what is usual`, async (scene) => {
    const page = await visit(scene, chosen);
    await isChosen(page, { host: 'page', issuer: 'oidc' });
    await event(page, 'ready');
    await open(page);
    await chat(page).getByText('I cannot see who you are').waitFor();
    await enter(await windowOf(page, () => chat(page).getByRole('button', { name: 'Sign in' }).click()));
    await chat(page).getByText('how can I help?').waitFor();
    assert.deepEqual(await violations(page), []);
  });
}

// A messenger's server that is not there.
for (const [host, issuer, path, sentence] of [
  ['dynamics', 'oidc', '/stand-ins/omnichannel', 'I cannot start the chat just now'],
  ['genesys-messenger', 'oidc', '/stand-ins/genesys', 'Genesys’s server does not answer'],
  ['genesys-embeddable', 'genesys-cloud', '/api/v2/users/me', 'Genesys Cloud does not say whose it is'],
]) {
  story(`${host}: its server does not answer, and a sentence says so`, async (scene) => {
    scene.expect(/net::ERR_FAILED/);
    const page = await visit(scene, { host, issuer });
    await page.route((url) => url.pathname === path, (route) => route.abort());
    await open(page);
    await logIn(await windowOf(page, () => chat(page).getByRole('button', { name: /^Sign in/ }).click()));
    await chat(page).getByText(sentence).waitFor();
    assert.equal(await chat(page).locator('.pending').count(), 0);
  });
}

story('what Dynamics refuses is shown, with what the developer is told', async (scene) => {
  const page = await visit(scene, { host: 'dynamics', issuer: 'finesse' });
  await open(page);
  await logIn(await windowOf(page, () => chat(page).getByRole('button', { name: 'Sign in' }).click()));
  await chat(page).getByText('Something about your sign-in was refused').waitFor();
  await chat(page).getByText('Dynamics takes a JWT, and what is handed over').waitFor();
  await page.locator('#log').getByText('lcw:error: the token was refused').waitFor();
  await shows(page, given.finesse());
});

for (const host of ['genesys-messenger', 'genesys-embeddable']) {
  story(`${host} and what it cannot take: the widget says why, and the page stands`, async (scene) => {
    scene.expect(/\[messenger-auth\] bad-option/);
    for (const issuer of ['oidc', 'power-pages', 'site-session', 'finesse', 'genesys-cloud']) {
      if (issuer === (host === 'genesys-messenger' ? 'oidc' : 'genesys-cloud')) continue;
      const page = await visit(scene, { host, issuer });
      await isChosen(page, { host, issuer });
      await page.getByText(`Refused: The option host '${host}' takes`).waitFor();
      if (host === 'genesys-embeddable') continue;
      await open(page);
      await chat(page).getByText('has not registered AuthProvider').waitFor();
      await chat(page).getByText('bad-option').waitFor();
    }
  });
}

story('the switches: a messenger brings a place to sign in that fits; the choice survives a sign-out', async (scene) => {
  const page = await visit(scene);
  const choose = async (label, value) => {
    await page.getByLabel(label, { exact: true }).and(page.locator('select')).selectOption(value);
    await page.waitForURL((url) => url.searchParams.size > 0);
    await loaded(page);
  };
  await choose('Messenger', 'genesys-embeddable');
  await isChosen(page, { host: 'genesys-embeddable', issuer: 'genesys-cloud' });
  await page.getByLabel('Messenger', { exact: true }).and(page.locator('select')).selectOption('dynamics');
  await page.waitForURL(`${site.origin}/?host=dynamics`);
  await loaded(page);
  await page.getByLabel('Hand over').selectOption('id_token');
  await page.waitForURL(`${site.origin}/?host=dynamics&handOver=id_token`);
  await event(page, 'ready');
  await logIn(await windowOf(page, () => button(page, 'Sign in').click()));
  await button(page, 'Sign out').waitFor();
  await open(page);
  await chat(page).getByText('by the key at /stand-ins/op-publickey').waitFor();
  await shows(page, given.oidc());
  // The page is at this address already: a wait for that alone would be over before it leaves.
  const back = page.waitForEvent('framenavigated', (frame) => frame.url() === `${site.origin}/?host=dynamics&handOver=id_token`);
  await button(page, 'Sign out').click();
  await back;
  assert.equal(op.asked('end-session').length, 1, 'the provider has heard of it');
  await loaded(page);
  await button(page, 'Sign in').waitFor();
  assert.deepEqual(await violations(page), []);
});

story('the workbench leads to the set-up page, which the demo serves under its own policy', async (scene) => {
  const page = await visit(scene, { host: 'dynamics' });
  await page.getByRole('link', { name: 'Set it up for your site' }).click();
  await page.waitForURL(`${site.origin}/setup.html`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.deepEqual(await violations(page), []);
});

story('360 pixels wide: nothing sticks out, whatever is chosen', { viewport: { width: 360, height: 740 } }, async (scene) => {
  scene.expect(/\[messenger-auth\] bad-option/, /status of 401/);
  for (const [host, issuer] of [['page', 'oidc'], ['dynamics', 'site-session'], ['genesys-messenger', 'oidc'], ['genesys-embeddable', 'genesys-cloud'], ['genesys-messenger', 'finesse']]) {
    const page = await visit(scene, { host, issuer });
    assert.equal(await sticksOut(page), false, `${host} with ${issuer}`);
    await open(page);
    await chat(page).getByRole('button').nth(1).waitFor();
    await chat(page).locator('.said, .tool').first().waitFor();
    assert.equal(await sticksOut(page), false, `${host} with ${issuer}, opened`);
    const { x, width } = await chat(page).boundingBox();
    assert.ok(x >= 0 && x + width <= 360, `${host} with ${issuer}, its window`);
    for (const part of await chat(page).locator('.talk, .body').all()) assert.ok(await part.evaluate((one) => one.scrollWidth <= one.clientWidth), `${host} with ${issuer}, inside`);
  }
});
