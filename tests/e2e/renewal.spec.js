/** A token is renewed before it is needed: by refresh token where there is one, else in a hidden frame. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { ana, ask, element, event, events, eventually, gate, isIdTokenOf, session, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const ttl = 10;
const { story, op } = await world({ settings: { accessTokenTtl: ttl, idTokenTtl: ttl } });
const quick = { 'min-ttl': '1', 'renew-at': '0.4' };

/** The end of what the sign-in has brought. */
const firstEnd = async (page) => (await event(page, 'signed-in')).detail.expiresAt;

story('by refresh token, again and again', async (scene) => {
  const page = await scene.visit({ head: tag(quick), body: element });
  await signIn(page);
  const given = () => op.issued().map((one) => one.id_token);

  await event(page, 'renewed', { within: ttl * 1000 });
  const second = (await ask(page)).token;
  isIdTokenOf(second, { op });
  assert.ok(given().indexOf(second) >= 1, 'a new string');
  assert.ok((await session(page)).expiresAt > await firstEnd(page));

  await event(page, 'renewed', { count: 2, within: ttl * 1000 });
  const third = (await ask(page)).token;
  assert.ok(given().indexOf(third) >= 2, 'and another');
  const exchanges = op.asked('token');
  assert.deepEqual(exchanges.slice(0, 3).map((one) => one.params.grant_type), ['authorization_code', 'refresh_token', 'refresh_token']);
  assert.ok(exchanges.every((one) => one.status === 200), 'no refresh token is used twice');
  assert.equal(op.asked('authorize').filter((one) => one.params.prompt === 'none').length, 0);
  assert.equal((await events(page, 'error')).length, 0);
  assert.equal((await session(page)).subject, ana.subject);
});

story('in a hidden frame, where there is no refresh token', async (scene) => {
  const page = await scene.visit({ head: tag({ ...quick, 'client-id': clients.implicit, flow: 'implicit' }), body: element });
  await signIn(page);
  const first = op.records.map(({ location = '' }) => new URLSearchParams(location.split('#')[1]).get('id_token')).find(Boolean);
  isIdTokenOf(first, { op, client: clients.implicit });
  await event(page, 'renewed', { within: ttl * 1000 });
  const second = (await ask(page)).token;
  isIdTokenOf(second, { op, client: clients.implicit });
  assert.notEqual(second, first);
  assert.ok(op.asked('authorize').slice(1).every((one) => one.params.prompt === 'none'));
  assert.equal(scene.windows.length, 2, 'no further window');
});

story('at 75 % of the token’s life where nothing else is said', async (scene) => {
  await scene.page.addInitScript(() => {
    const { setTimeout: start } = globalThis;
    globalThis.waits = [];
    globalThis.setTimeout = (work, ms, ...rest) => {
      waits.push({ at: Date.now(), ms });
      return start(work, ms, ...rest);
    };
  });
  const page = await scene.visit({ head: tag({ 'min-ttl': '1' }), body: element });
  await signIn(page);
  const [{ at }] = op.asked('token');
  await event(page, 'renewed', { within: ttl * 1000 });
  assert.ok(op.asked('token')[1].at - at > 0.6 * ttl * 1000, 'not before');
  // How long it is to wait; how long it then does is the machine's affair too.
  const end = await firstEnd(page);
  const shares = (await page.evaluate(() => waits)).map((one) => one.ms / (end - one.at));
  assert.ok(shares.some((share) => share > 0.7 && share < 0.8), `waits: ${shares}`);
});

story('the provider has ended the session: the frame is tried, then sign-in-required', async (scene) => {
  const page = await scene.visit({ head: tag(quick), body: element });
  await signIn(page);
  op.settings.alter = (ctx, record) => {
    if (record.route !== 'token') return;
    ctx.status = 400;
    ctx.body = { error: 'invalid_grant', error_description: 'grant request is invalid' };
  };
  await scene.context.clearCookies();
  scene.expect(/status of 400/);
  await event(page, 'sign-in-required', { within: ttl * 1000 });
  await eventually(async () => (await session(page)) === null, 'the session ends with its token', ttl * 1000 + 5000);
  assert.equal((await ask(page)).token, null);
});

story('a token endpoint that fails for a moment: the session goes on', async (scene) => {
  const page = await scene.visit({ head: tag(quick), body: element });
  let failed = 0;
  const next = gate();
  // In front of the provider, so that no refresh token is used up.
  await page.route(`${op.issuer}/token`, async (route) => {
    if (route.request().postData().includes('grant_type=authorization_code')) return route.continue();
    failed += 1;
    if (failed === 1) return route.fulfill({ status: 503, headers: { 'Access-Control-Allow-Origin': '*' }, body: 'busy' });
    await next.opened;
    return route.continue();
  });
  scene.expect(/status of 503/);
  await signIn(page);
  const [{ id_token: first }] = op.issued();
  await eventually(() => failed, 'the first renewal fails', ttl * 1000);
  assert.equal((await ask(page)).token, first, 'what is held is still good');
  // And the next one is not renewed within this story.
  Object.assign(op.settings, { accessTokenTtl: 600, idTokenTtl: 600 });
  next.open();
  await event(page, 'renewed', { within: ttl * 1000 });
  assert.notEqual((await ask(page)).token, first);
  assert.ok((await session(page)).expiresAt > await firstEnd(page));
  assert.equal(failed, 2);
  assert.deepEqual(op.asked('token').map((one) => [one.params.grant_type, one.status]), [['authorization_code', 200], ['refresh_token', 200]]);
  assert.equal((await events(page, 'signed-out')).length, 0);
});

story('the network is gone when the hidden frame is due: the session is kept, and renewed afterwards', async (scene) => {
  scene.expect(/ERR_INTERNET_DISCONNECTED/);
  Object.assign(op.settings, { accessTokenTtl: 20, idTokenTtl: 20 });
  const page = await scene.visit({ head: tag({ 'min-ttl': '1', 'renew-at': '0.2', 'client-id': clients.implicit, flow: 'implicit' }), body: element });
  await signIn(page);
  const first = (await ask(page)).token;
  await scene.context.setOffline(true);
  assert.equal((await event(page, 'error', { within: 15_000 })).code, 'offline');
  await scene.context.setOffline(false);
  assert.equal((await session(page)).subject, ana.subject);
  await event(page, 'renewed', { within: 15_000 });
  assert.notEqual((await ask(page)).token, first);
  assert.equal((await events(page, 'signed-out')).length, 0);
});
