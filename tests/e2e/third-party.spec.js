/** A provider on another site: the browser keeps its cookies from the hidden frame. Noticed once, remembered, told. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { ana, call, closed, element, enter, event, events, eventually, isIdTokenOf, loaded, pressSignIn, session, tag } from './support/page.js';
import { world } from './support/world.js';

// To a page under the machine's number the provider is another site: the browser sends it no cookies from a frame.
const { story, op, site } = await world();
const silentLogins = () => op.asked('authorize').filter((one) => one.params.prompt === 'none');
const steps = async (page) => (await call(page, 'diagnose')).value.steps.filter((one) => one.step === 'ask in a hidden frame').map((one) => one.outcome).join('\n');

async function visit(scene, attributes = {}) {
  scene.home.push(site.elsewhere);
  scene.put({ head: tag(attributes), body: element });
  await scene.page.goto(`${site.elsewhere}/page`);
  await loaded(scene.page);
  return scene.page;
}

async function signIn(page) {
  const popup = await pressSignIn(page);
  await enter(popup, ana);
  await event(page, 'signed-in');
  await closed(popup);
}

const memory = { storage: 'memory' };

story('just signed in, and nobody in the frame: asked once, not at every call, nor on the next page', async (scene) => {
  const page = await visit(scene, memory);
  await signIn(page);
  await page.reload();
  op.forget();
  assert.equal((await call(page, 'getToken')).code, 'sign-in-required');
  assert.equal(silentLogins().length, 1);
  assert.match(await steps(page), /blocks third-party cookies.*left alone for a day/);
  assert.equal((await call(page, 'getToken')).code, 'sign-in-required');
  await page.reload();
  assert.equal((await call(page, 'getToken')).code, 'sign-in-required');
  assert.equal(silentLogins().length, 1, 'not asked again');
  assert.match(await steps(page), /not tried until/);
  // Until then a person signs in as ever; the window comes back by itself.
  const popup = await pressSignIn(page);
  await event(page, 'signed-in');
  await closed(popup);
  isIdTokenOf((await call(page, 'getToken')).value, { op });
});

story('a day later it is asked again', async (scene) => {
  const page = await visit(scene, memory);
  await signIn(page);
  await page.reload();
  assert.equal((await call(page, 'getToken')).code, 'sign-in-required');
  await page.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith('messenger-auth:frame:'));
    localStorage.setItem(key, Number(localStorage.getItem(key)) - 86_400_000);
  });
  op.forget();
  assert.equal((await call(page, 'getToken')).code, 'sign-in-required');
  assert.equal(silentLogins().length, 1);
});

story('nobody has signed in: a provider that knows nobody is believed, and asked again', async (scene) => {
  const page = await visit(scene, memory);
  for (const times of [1, 2]) {
    assert.equal((await call(page, 'getToken')).code, 'sign-in-required');
    assert.equal(silentLogins().length, times);
  }
});

story('without a refresh token: the session lives to its end, and the person is asked', async (scene) => {
  Object.assign(op.settings, { accessTokenTtl: 8, idTokenTtl: 8 });
  const page = await visit(scene, { 'client-id': clients.implicit, flow: 'implicit', 'min-ttl': '1', 'renew-at': '0.3' });
  await signIn(page);
  await event(page, 'sign-in-required');
  assert.equal((await session(page)).subject, ana.subject);
  await event(page, 'signed-out');
  assert.equal(silentLogins().length, 1);
});

story('with a refresh token nobody needs the frame', async (scene) => {
  Object.assign(op.settings, { accessTokenTtl: 8, idTokenTtl: 8 });
  const page = await visit(scene, { 'min-ttl': '1', 'renew-at': '0.3' });
  await signIn(page);
  await event(page, 'renewed', { count: 2, within: 15_000 });
  assert.equal(silentLogins().length, 0);
  assert.equal((await events(page, 'error')).length, 0);
});

story('a frame that never answers: left alone for a minute, the next time for a day, in all tabs', async (scene) => {
  // A page where an answer should be, as from a provider that knows no prompt=none.
  await scene.context.route(`${op.issuer}/auth?**`, (route) => route.fulfill({ contentType: 'text/html', body: 'Sign in' }));
  let asked = 0;
  scene.context.on('request', (request) => { if (request.url().startsWith(`${op.issuer}/auth?`)) asked += 1; });
  const page = await visit(scene);
  const rests = async () => Math.round((await page.evaluate(() => Number(localStorage.getItem(Object.keys(localStorage).find((name) => name.startsWith('messenger-auth:frame:'))))) - Date.now()) / 1000);
  const ask = async () => assert.equal((await call(page, 'getToken')).code, 'sign-in-required');
  await ask();
  assert.equal(asked, 1);
  assert.match(await steps(page), /never answered/);
  assert.ok(await rests() > 50 && await rests() <= 60);
  await ask();
  await page.reload();
  await loaded(page);
  await ask();
  assert.equal(asked, 1, 'left alone');
  await page.evaluate(() => { for (const key of Object.keys(localStorage)) if (key.startsWith('messenger-auth:frame:')) localStorage.setItem(key, Date.now() - 1); });
  await ask();
  assert.equal(asked, 2);
  assert.ok(await rests() > 86_000);
  await eventually(() => page.frames().length === 1, 'the frame is taken away');
});
