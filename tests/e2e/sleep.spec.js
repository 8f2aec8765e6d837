/** Renewal by the wall clock: a machine that slept, a tab that was frozen, a network that went, a clock that was set. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { ana, ask, call, element, event, events, eventually, freeze, isIdTokenOf, session, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world();
const refreshes = () => op.asked('token').filter((one) => one.params?.grant_type === 'refresh_token');
const live = (seconds) => Object.assign(op.settings, { accessTokenTtl: seconds, idTokenTtl: seconds });
const isLogin = (route) => route.request().postData()?.includes('grant_type=authorization_code');
const quick = { 'min-ttl': '1', 'renew-at': '0.4', silent: 'false' };

/** A page whose clock can be set, also over a reload, and whose timers for half a minute take three seconds. */
async function withClock(scene, attributes) {
  await scene.page.addInitScript(() => {
    const { now } = Date;
    const { setTimeout: start } = globalThis;
    Date.now = () => now() + Number(sessionStorage.getItem('shift'));
    globalThis.setTimeout = (work, ms, ...rest) => start(work, ms > 20_000 ? ms / 10 : ms, ...rest);
  });
  return scene.visit({ head: tag(attributes), body: element });
}

/** A page that does nothing by a timer of more than a second and a half, once it is told so: neither a renewal that is due nor a further try. */
const withoutTimers = (scene) => scene.page.addInitScript(() => {
  const { setTimeout: start } = globalThis;
  globalThis.setTimeout = (work, ms, ...rest) => start(() => { if (!(globalThis.isTimeless && ms > 1500)) work(); }, ms, ...rest);
});
const stopTimers = (page) => page.evaluate(() => { globalThis.isTimeless = true; });

const ahead = (page, ms) => page.evaluate((shift) => { sessionStorage.setItem('shift', shift); }, ms);

story('the machine slept over the renewal: it is made up for when the page is seen again', async (scene) => {
  live(120);
  await withoutTimers(scene);
  const page = await withClock(scene, { silent: 'false' });
  await signIn(page);
  const first = (await call(page, 'getToken', { minTtl: 0 })).value;
  op.forget();
  // Timers stood still; the wall clock did not.
  await stopTimers(page);
  await ahead(page, 100_000);
  await page.evaluate(() => { document.dispatchEvent(new Event('visibilitychange')); });
  await event(page, 'renewed');
  const second = (await call(page, 'getToken', { minTtl: 0 })).value;
  assert.notEqual(second, first);
  assert.equal(refreshes().length, 1);
});

story('the machine slept over the renewal, and nobody looks: a timer notices within half a minute', async (scene) => {
  live(120);
  const page = await withClock(scene, { silent: 'false' });
  await signIn(page);
  await ahead(page, 100_000);
  await event(page, 'renewed', { within: 8000 });
});

story('a tab frozen for longer than its tokens live: one refresh when it thaws', async (scene) => {
  live(6);
  const page = await scene.visit({ head: tag(quick), body: element });
  await signIn(page);
  const thaw = await freeze(page);
  op.forget();
  await new Promise((resolve) => { setTimeout(resolve, 7000); });
  assert.equal(op.asked('token').length, 0);
  live(600);
  await thaw();
  isIdTokenOf((await ask(page)).token, { op });
  assert.equal(refreshes().length, 1);
  assert.equal((await events(page, 'signed-out')).length, 0);
});

story('offline beyond the life of the tokens, and back: renewed as soon as the network is there', async (scene) => {
  live(6);
  await withoutTimers(scene);
  const page = await scene.visit({ head: tag(quick), body: element });
  await signIn(page);
  await scene.context.setOffline(true);
  op.forget();
  assert.equal((await event(page, 'error')).code, 'offline');
  await page.waitForTimeout(7000);
  assert.equal(op.asked('token').length, 0);
  assert.equal((await session(page)).subject, ana.subject, 'kept: only the issuer ends it');
  // Not by the next try after a failure: there is none any more.
  await stopTimers(page);
  live(600);
  await scene.context.setOffline(false);
  await event(page, 'renewed');
  isIdTokenOf((await ask(page)).token, { op });
  assert.equal(refreshes().length, 1);
  assert.equal((await events(page, 'signed-out')).length, 0);
});

story('a token endpoint that cannot be reached: tried again, each time later, with the same refresh token', async (scene) => {
  scene.expect(/ERR_CONNECTION_RESET|ERR_FAILED/);
  live(20);
  // Without jitter.
  await scene.page.addInitScript(() => {
    const { getRandomValues } = Crypto.prototype;
    Crypto.prototype.getRandomValues = function some(room) { return room.length === 1 ? room.fill(128) : getRandomValues.call(this, room); };
  });
  const page = await scene.visit({ head: tag({ ...quick, 'renew-at': '0.1' }), body: element });
  const tries = [];
  await page.route(`${op.issuer}/token`, async (route) => {
    if (isLogin(route)) return route.continue();
    // The widget asks once more, bare, to tell CORS from the network.
    if (route.request().method() === 'POST') tries.push(Date.now());
    if (tries.length <= 4) return route.abort('connectionreset');
    live(600);
    return route.continue();
  });
  await signIn(page);
  await event(page, 'renewed', { within: 40_000 });
  const pauses = tries.slice(1).map((at, index) => at - tries[index]);
  assert.equal(pauses.length, 4);
  assert.ok(pauses[3] > 2 * pauses[0], `each pause is longer: ${pauses}`);
  assert.equal(refreshes().length, 1);
  assert.equal(refreshes()[0].status, 200);
  assert.equal((await events(page, 'signed-out')).length, 0);
});

for (const error of ['temporarily_unavailable', 'invalid_client']) {
  story(`the token endpoint says ${error}: only invalid_grant ends a refresh token`, async (scene) => {
    scene.expect(/status of 400/);
    live(6);
    const page = await scene.visit({ head: tag(quick), body: element });
    let refused = 0;
    await page.route(`${op.issuer}/token`, async (route) => {
      if (isLogin(route)) return route.continue();
      refused += 1;
      if (refused <= 2) return route.fulfill({ status: 400, headers: { 'Access-Control-Allow-Origin': '*' }, json: { error } });
      live(600);
      return route.continue();
    });
    await signIn(page);
    await event(page, 'renewed', { within: 15_000 });
    assert.equal(refreshes().length, 1);
    assert.equal((await session(page)).subject, ana.subject);
    assert.equal((await events(page, 'signed-out')).length, 0);
  });
}

story('the answer to a refresh is lost: the spent token is not sent again, the hidden frame gets a new one', async (scene) => {
  // The widget asks once more, bare, to tell CORS from the network.
  scene.expect(/ERR_CONNECTION_RESET|ERR_FAILED|CORS policy/);
  live(10);
  const page = await scene.visit({ head: tag({ 'min-ttl': '1', 'renew-at': '0.4' }), body: element });
  let lost = false;
  await page.route(`${op.issuer}/token`, async (route) => {
    if (lost || isLogin(route) || route.request().method() !== 'POST') return route.continue();
    lost = true;
    await route.fetch();
    return route.abort('connectionreset');
  });
  await signIn(page);
  await event(page, 'renewed', { count: 2, within: 20_000 });
  assert.ok(lost);
  const way = op.records.map(({ params }) => params?.prompt ?? params?.grant_type).filter(Boolean);
  assert.deepEqual(way.slice(0, 5), ['authorization_code', 'refresh_token', 'none', 'authorization_code', 'refresh_token']);
  const sent = refreshes().map((one) => one.params.refresh_token);
  assert.equal(new Set(sent).size, sent.length);
  assert.ok(refreshes().every((one) => one.status === 200));
});

story('a clock set back: the renewal comes when it would have come', async (scene) => {
  live(10);
  const page = await withClock(scene, quick);
  await signIn(page);
  const since = Date.now();
  await ahead(page, -50_000);
  await event(page, 'renewed', { within: 15_000 });
  assert.ok(Date.now() - since < 12_000);
  assert.ok((await session(page)).expiresAt > Date.now(), 'by the site’s clock');
});

story('a clock set back, then a reload: tokens from the future are renewed at once', async (scene) => {
  live(3600);
  const page = await withClock(scene, { silent: 'false', 'clock-skew': '300' });
  await signIn(page);
  op.forget();
  await ahead(page, -200_000);
  await page.reload();
  await event(page, 'renewed');
  isIdTokenOf((await ask(page)).token, { op });
  assert.equal(refreshes().length, 1);
  await page.waitForTimeout(3000);
  assert.equal(refreshes().length, 1, 'once');
});

story('a clock set forward: what looks spent is renewed before it is handed out', async (scene) => {
  live(120);
  const page = await withClock(scene, { silent: 'false' });
  await signIn(page);
  const first = (await call(page, 'getToken', { minTtl: 0 })).value;
  op.forget();
  await page.waitForTimeout(1200);
  await ahead(page, 58_000);
  const { value } = await call(page, 'getToken', { minTtl: 90 });
  isIdTokenOf(value, { op });
  assert.notEqual(value, first);
  assert.equal(refreshes().length, 1);
});

story('without a refresh token: a frame that fails once does not end the session', async (scene) => {
  live(30);
  const page = await scene.visit({ head: tag({ 'min-ttl': '1', 'renew-at': '0.2', 'client-id': clients.implicit, flow: 'implicit' }), body: element });
  await signIn(page);
  op.forget();
  let failed = 0;
  await page.route(`${op.issuer}/auth?**`, async (route) => {
    failed += 1;
    if (failed > 1) await route.continue();
    else await route.fulfill({ status: 503, body: 'busy' });
  });
  scene.expect(/status of 503/);
  await eventually(() => failed, 'the frame fails', 15_000);
  await event(page, 'error', { within: 10_000 });
  assert.equal((await session(page)).subject, ana.subject);
  assert.equal((await events(page, 'signed-out')).length, 0);
});
