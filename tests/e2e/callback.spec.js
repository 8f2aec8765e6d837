/** The function that the messenger calls: exactly one answer, in time, whatever happens around it. */

import assert from 'node:assert/strict';
import { built } from '../site/package.js';
import { ask, claimsOf, element, enter, event, events, eventually, isIdTokenOf, loaded, nullInTime, pressSignIn, signIn, snippet, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world();

/** The provider knows the person, this page does not. */
async function known(scene) {
  await scene.visit({ head: tag({ storage: 'memory' }), body: element, path: '/first' });
  await signIn(scene.page);
  op.forget();
}

story('a call before the loader has arrived is kept and answered', async (scene) => {
  await known(scene);
  const { loader } = await built();
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await scene.page.route(`**/${loader}`, async (route) => {
    await held;
    await route.continue();
  });
  const page = await scene.visit({ head: `${snippet('storage: "memory"')}<script>globalThis.early = __story.ask();</script>`, until: 'domcontentloaded' });
  assert.equal(await page.evaluate(() => globalThis.MessengerAuth.client), undefined, 'the loader is not there yet');
  release();
  const { token } = await page.evaluate(() => globalThis.early);
  isIdTokenOf(token, { op });
});

story('nobody signed in: null early, and sign-in-required', async (scene) => {
  const page = await scene.visit({ head: tag() });
  await loaded(page);
  await nullInTime(page, { within: 5000 });
  await event(page, 'sign-in-required');
  assert.equal((await events(page, 'error')).length, 0);
});

story('nobody signed in: not called a second time when the limit passes', async (scene) => {
  const page = await scene.visit({ head: tag({ 'timeout-ms': '3000' }) });
  await loaded(page);
  assert.equal((await ask(page)).token, null);
  await page.waitForFunction((since) => performance.now() > since + 3500, await page.evaluate(() => performance.now()));
  assert.deepEqual(await page.evaluate(() => __story.asked), [{ times: 1, tokens: [null] }]);
});

story('a hundred callers share one login', async (scene) => {
  await known(scene);
  const page = await scene.visit({ head: tag({ storage: 'memory' }) });
  await loaded(page);
  const answers = await page.evaluate(() => Promise.all(Array.from({ length: 100 }, () => __story.ask())));
  const tokens = new Set(answers.map((one) => one.token));
  assert.equal(tokens.size, 1);
  isIdTokenOf([...tokens][0], { op });
  assert.deepEqual([op.asked('authorize').length, op.asked('token').length], [1, 1]);
  assert.deepEqual(await page.evaluate(() => [...new Set(__story.asked.map((one) => one.times))]), [1]);
  assert.equal(await page.evaluate(() => __story.asked.length), 100);
});

story('a hundred callers, nobody signed in: one try, one hundred nulls', async (scene) => {
  const page = await scene.visit({ head: tag() });
  await loaded(page);
  const answers = await page.evaluate(() => Promise.all(Array.from({ length: 100 }, () => __story.ask())));
  assert.deepEqual([...new Set(answers.map((one) => one.token))], [null]);
  assert.equal(op.asked('authorize').length, 1);
});

story('a call while the window is open joins that sign-in', async (scene) => {
  const page = await scene.visit({ head: tag(), body: element });
  const popup = await pressSignIn(page);
  await popup.getByLabel('Password').waitFor();
  const asked = ask(page);
  await enter(popup);
  const { token } = await asked;
  isIdTokenOf(token, { op });
  assert.equal(op.asked('token').length, 1);
});

story('a call while the window stays open is answered 500 ms before its limit', async (scene) => {
  const page = await scene.visit({ head: tag({ 'timeout-ms': '3000' }), body: element });
  const popup = await pressSignIn(page);
  await popup.getByLabel('Password').waitFor();
  const { token, ms, late } = await ask(page, undefined, undefined, 2650);
  assert.equal(token, null);
  assert.ok(ms > 1000 && !late, `null after ${ms} ms`);
  await enter(popup);
  await event(page, 'signed-in');
  isIdTokenOf((await ask(page)).token, { op });
});

for (const route of ['discovery', 'token', 'jwks']) {
  story(`a provider whose ${route} endpoint hangs does not hold the callback`, async (scene) => {
    await known(scene);
    op.settings.delay = { [route]: 20_000 };
    const page = await scene.visit({ head: tag({ storage: 'memory', 'timeout-ms': '4000' }) });
    await loaded(page);
    await nullInTime(page, { within: 3650 });
  });
}

story('a WebAssembly that never arrives does not hold the callback', async (scene) => {
  const { wasm } = await built();
  await scene.page.route(`**/${wasm}`, () => {});
  const page = await scene.visit({ head: tag({ 'timeout-ms': '3000' }) });
  await loaded(page);
  await nullInTime(page, { within: 2650 });
});

story('another path, beside what is already there', async (scene) => {
  const page = await scene.visit({ head: `<script>window.contact = { centre: { phone: '123' } };</script>${tag({ callback: 'contact.centre.token' })}`, body: element });
  await signIn(page);
  isIdTokenOf((await ask(page, 'contact.centre.token')).token, { op });
  assert.equal(await page.evaluate(() => contact.centre.phone), '123');
  assert.equal(await page.evaluate(() => typeof window.auth), 'undefined');
});

story('callback: none installs nothing', async (scene) => {
  const page = await scene.visit({ head: tag({ callback: 'none' }) });
  await loaded(page);
  assert.equal(await page.evaluate(() => typeof window.auth), 'undefined');
});

story('a callback that throws does not disturb the others', async (scene) => {
  scene.expect(/the messenger is broken/);
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  const { token } = await page.evaluate(() => {
    window.auth.getAuthenticationToken(() => { throw new Error('the messenger is broken'); });
    return __story.ask();
  });
  isIdTokenOf(token, { op });
});

story('what is handed out has minTtl left', async (scene) => {
  op.settings.idTokenTtl = 12;
  op.settings.accessTokenTtl = 12;
  const page = await scene.visit({ head: tag({ 'min-ttl': '6', 'renew-at': '0.95' }), body: element });
  await signIn(page);
  const first = (await ask(page)).token;
  await eventually(() => claimsOf(first).exp * 1000 - Date.now() < 5500, 'the first token grows old', 12_000);
  const second = (await ask(page)).token;
  assert.notEqual(second, first);
  assert.ok(claimsOf(second).exp * 1000 - Date.now() >= 6000 - 1000);
  assert.deepEqual(op.asked('token').map((one) => one.params.grant_type), ['authorization_code', 'refresh_token']);
});

story('a token that is always shorter than minTtl is handed out with one warning', async (scene) => {
  op.settings.idTokenTtl = 30;
  op.settings.accessTokenTtl = 30;
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  const tokens = [(await ask(page)).token, (await ask(page)).token, (await ask(page)).token];
  for (const token of tokens) isIdTokenOf(token, { op });
  assert.ok(op.asked('token').length <= 2, `${op.asked('token').length} token requests`);
  assert.equal(scene.said('warning').length, 1);
});
