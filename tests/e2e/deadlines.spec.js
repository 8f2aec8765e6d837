/** A provider that never answers, or drips a byte a second, at each point: every call has its answer inside its own deadline. */

import assert from 'node:assert/strict';
import { awayAndBack, call, event, eventually, nullInTime, session } from './support/page.js';
import { accepted, asked, renewalIsDue, revisit, rogueWorld, table } from './support/rogue.js';

const world = await rogueWorld();
const { story } = world;

/** Short, and still long enough for what comes before the point in the same call, on a machine that has other work. Milliseconds. */
const limit = 2500;
const signInLimit = 4000;
/** What a call that hangs in the library itself is given on top, by the loader. */
const grace = 1000;
const quick = { 'timeout-ms': `${limit}`, 'sign-in-timeout-ms': `${signInLimit}` };
/** Asserts that a call was refused with `timeout` before the time that it was given. */
function isTimeoutInTime({ outcome, late, ms }) {
  assert.equal(outcome, 'timeout');
  assert.ok(!late, `after ${Math.round(ms)} ms`);
}
const ways = (route) => ['never answers', 'drips a byte a second'].map((way) => `${route} ${way}`);
const nothingLeft = ({ page, context }) => eventually(() => context.pages().length === 1 && page.frames().length === 1, 'no window and no frame is left behind', 5000);
const told = (where) => async (scene) => {
  const steps = async () => (await call(scene.page, 'diagnose')).value.steps;
  await eventually(async () => (await steps()).some(({ step, code }) => code === 'timeout' && step.includes(where)), `diagnose() says that it was ${where}`, 5000);
  await nothingLeft(scene);
};
/** `getAuthenticationToken` and `getToken` are both asked, but for the window: that is `signIn`. */
const points = (route, where, flows, attributes = { 'timeout-ms': `${limit}` }) => flows.map((flow) => ({ code: 'timeout', in: [flow], faults: ways(route), attributes, check: told(where) }));

table(world, [
  ...points('discovery', 'openid-configuration', ['hidden frame', 'window']),
  ...points('keys', 'jwks', ['hidden frame', 'window']),
  ...points('authorize', 'hidden frame', ['hidden frame', 'renewal in a hidden frame']),
  ...points('authorize', 'window', ['window'], quick),
  ...points('token', 'token', ['hidden frame', 'window', 'refresh']),
]);

for (const way of ways('token')) {
  story(`${way} → timeout (getToken with a deadline of its own)`, async (scene) => {
    const { page, visit } = scene;
    const issuer = scene.issuer();
    await visit(issuer, { 'timeout-ms': '10000' });
    issuer.misbehave(way);
    const result = await page.evaluate((by) => __story.timed(() => MessengerAuth.client.getToken({ timeoutMs: 700 }).catch(({ code }) => code), by), 700 + grace);
    isTimeoutInTime(result);
  });

  story(`${way} → timeout (getToken that opens a window)`, async (scene) => {
    const { page, visit } = scene;
    const issuer = scene.issuer();
    await visit(issuer, { ...quick, silent: 'false' });
    issuer.misbehave(way);
    const result = await page.evaluate((by) => __story.timed(() => MessengerAuth.client.getToken({ interaction: 'popup', timeoutMs: 1200 }).catch(({ code }) => code), by), 1200 + grace);
    isTimeoutInTime(result);
    await nothingLeft(scene);
  });
}

story('authorize never answers → null and timeout, each at its own deadline (calls that join a window)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, { ...quick, silent: 'false' });
  issuer.misbehave('authorize never answers');
  const [callback, ...calls] = await page.evaluate(({ limit, signInLimit, grace }) => {
    const { client } = MessengerAuth;
    const timed = (work, by) => __story.timed(() => work().catch(({ code }) => code), by + grace);
    const signIn = timed(() => client.signIn(), signInLimit);
    return Promise.all([__story.ask(undefined, undefined, limit), timed(() => client.getToken(), limit), timed(() => client.getToken({ timeoutMs: 400 }), 400), signIn]);
  }, { limit, signInLimit, grace });
  assert.equal(callback.token, null);
  assert.ok(!callback.late, `null after ${Math.round(callback.ms)} ms`);
  for (const one of calls) isTimeoutInTime(one);
  await nothingLeft(scene);
});

for (const way of ways('discovery')) {
  story(`${way} → timeout (whole page, before it leaves)`, async (scene) => {
    const { page, visit } = scene;
    const issuer = scene.issuer();
    await visit(issuer, quick);
    issuer.misbehave(way);
    const result = await page.evaluate((by) => __story.timed(() => MessengerAuth.client.signIn({ transport: 'page' }).catch(({ code }) => code), by), limit + grace);
    isTimeoutInTime(result);
  });
}

for (const way of [...ways('token'), ...ways('keys')]) {
  story(`${way} → timeout (whole page, when it has come back)`, async (scene) => {
    const { context, visit } = scene;
    const issuer = scene.issuer();
    const page = await visit(issuer, { ...quick, silent: 'false' }, { on: await context.newPage(), path: '/left' });
    issuer.misbehave(way);
    await awayAndBack(page, () => page.evaluate(() => { MessengerAuth.client.signIn({ transport: 'page' }).catch(() => {}); }));
    await nullInTime(page, { within: limit });
    assert.equal((await event(page, 'error', { within: 5000 })).code, 'timeout');
    assert.equal(await session(page), null);
  });
}

for (const way of [...ways('discovery'), ...ways('authorize')]) {
  story(`${way} → timeout (getAuthorization)`, async (scene) => {
    const { page, visit } = scene;
    const issuer = scene.issuer();
    await visit(issuer, { ...quick, 'hand-over': 'code' });
    issuer.misbehave(way);
    const [callback, getAuthorization] = await page.evaluate(([byCallback, by]) => Promise.all([
      __story.ask(undefined, undefined, byCallback),
      __story.timed(() => MessengerAuth.client.getAuthorization().catch(({ code }) => code), by),
    ]), [limit, limit + grace]);
    assert.equal(callback.token, null);
    assert.ok(!callback.late, `null after ${Math.round(callback.ms)} ms`);
    isTimeoutInTime(getAuthorization);
  });
}

story('token never answers → the token that is held is still good for whoever asks for less (refresh)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer);
  await accepted(page, issuer, await asked(page));
  await revisit(scene, issuer, quick);
  await renewalIsDue(page);
  issuer.misbehave('token never answers', { in: ['refresh'] });
  const { value } = await call(page, 'getToken', { minTtl: 0 });
  assert.ok(issuer.secrets.includes(value));
  assert.equal(issuer.asked('token', 'refresh').length, 0);
});
