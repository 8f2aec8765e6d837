/** A machine whose clock is off: people sign in, and stay signed in. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { ask, button, call, element, enter, event, events, isIdTokenOf, loaded, session, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();
const refreshes = () => op.asked('token').filter((one) => one.params?.grant_type === 'refresh_token');
const hour = 3_600_000;

/** All pages of the browser, the provider's apart, believe that it is later, or earlier. */
const shift = (scene, ms) => scene.context.addInitScript(([origin, by]) => {
  if (location.origin !== origin) return;
  const { now } = Date;
  Date.now = () => now() + Number(sessionStorage.getItem('shift') ?? by);
}, [site.origin, ms]);

for (const [name, ms] of [['an hour ahead', hour], ['an hour behind', -hour], ['a day ahead', 24 * hour]]) {
  for (const [flow, attributes] of [['code flow', {}], ['implicit flow', { 'client-id': clients.implicit, flow: 'implicit' }]]) {
    story(`${name}, ${flow}: signed in, renewed, and still so after a reload`, async (scene) => {
      Object.assign(op.settings, { accessTokenTtl: 20, idTokenTtl: 20 });
      await shift(scene, ms);
      const page = await scene.visit({ head: tag({ ...attributes, 'min-ttl': '1', 'renew-at': '0.3' }), body: element });
      await signIn(page);
      const first = (await ask(page)).token;
      isIdTokenOf(first, { op, client: attributes['client-id'] });
      assert.ok(Math.abs((await session(page)).expiresAt - Date.now() - 20_000) < 5000, 'in true time');
      await page.reload();
      await event(page, 'ready');
      assert.equal((await ask(page)).token, first);
      await event(page, 'renewed', { within: 15_000 });
      assert.notEqual((await ask(page)).token, first);
      assert.equal((await events(page, 'error')).length, 0);
      const { steps } = (await call(page, 'diagnose')).value;
      assert.ok(JSON.stringify(steps).includes('"renew') || refreshes().length === 0);
    });
  }
}

story('with the whole page', async (scene) => {
  await shift(scene, hour);
  const page = await scene.visit({ head: tag({ transport: 'page', silent: 'false' }), body: element });
  await page.locator('messenger-auth').getByRole('button', { name: 'Sign in' }).click();
  await enter(page);
  await page.waitForURL(`${site.origin}/page`);
  await loaded(page);
  isIdTokenOf((await ask(page)).token, { op });
});

story('the diagnosis tells by how much', async (scene) => {
  await shift(scene, -hour);
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  await signIn(page);
  const { steps } = (await call(page, 'diagnose')).value;
  const { outcome } = steps.find((one) => one.step === 'compare the clock');
  assert.match(outcome, /^3(600|599|601) s behind/);
});

story('put right while somebody is signed in: what is held is good to its end', async (scene) => {
  Object.assign(op.settings, { accessTokenTtl: 3600, idTokenTtl: 3600 });
  await shift(scene, 2 * hour);
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  await signIn(page);
  op.forget();
  await page.evaluate(() => {
    sessionStorage.setItem('shift', 0);
    document.dispatchEvent(new Event('visibilitychange'));
  });
  isIdTokenOf((await call(page, 'getToken', { minTtl: 3000 })).value, { op });
  assert.ok(refreshes().length <= 1);
  isIdTokenOf((await ask(page)).token, { op });
  assert.equal((await events(page, 'signed-out')).length, 0);
});

for (const [name, before, after] of [['put right', hour, 0], ['put wrong', 0, hour], ['put back', 0, -hour]]) {
  story(`${name} while the page is open, after it was compared once: the next sign-in goes well`, async (scene) => {
    await shift(scene, before);
    const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
    await signIn(page);
    await call(page, 'signOut', { atIssuer: false });
    await page.evaluate((ms) => sessionStorage.setItem('shift', ms), after);
    // The provider still knows the person: the window comes back by itself.
    await button(page, 'Sign in').click();
    await event(page, 'signed-in', { count: 2 });
    isIdTokenOf((await ask(page)).token, { op });
    assert.equal((await events(page, 'error')).length, 0);
  });
}

story('an answer that a cache has held tells nothing of the time', async (scene) => {
  const file = '/messenger-auth/authWindow.html';
  // Of this cache, `Date` says when the answer was handed on.
  site.headers[file] = { Age: '600' };
  try {
    const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
    await signIn(page);
    isIdTokenOf((await ask(page)).token, { op });
    assert.ok(site.asked(file).some((one) => one.method === 'HEAD'), 'it was asked');
    assert.equal((await events(page, 'error')).length, 0);
  } finally {
    delete site.headers[file];
  }
});

story('a server that says nothing of the time: the error names the clock', async (scene) => {
  await shift(scene, hour);
  await scene.context.route(`${site.origin}/messenger-auth/authWindow.html*`, (route) => (route.request().method() === 'HEAD' ? route.abort() : route.continue()));
  scene.expect(/ERR_FAILED/);
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.locator('messenger-auth').getByRole('button', { name: 'Sign in' }).click()]);
  await enter(popup);
  const { code, help } = await event(page, 'error');
  assert.equal(code, 'token-expired');
  assert.match(help, /clock/);
});
