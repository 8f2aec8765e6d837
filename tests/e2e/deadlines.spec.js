/** A provider that never answers, or drips a byte a second, at each point: every call has its answer inside its own deadline. */

import assert from 'node:assert/strict';
import { ask, awayAndBack, call, event, eventually, session } from './support/page.js';
import { accepted, asked, renewalIsDue, rogueWorld, table } from './support/rogue.js';

const world = await rogueWorld();
const { story } = world;

/** Short, and still long enough for all that comes before the point, on a machine that has other work. Milliseconds. */
const limit = 2500;
const signInLimit = 4000;
/** What a call that hangs in the library itself is given on top, by the loader. */
const grace = 1000;
const quick = { 'timeout-ms': `${limit}`, 'sign-in-timeout-ms': `${signInLimit}` };
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
    const result = await page.evaluate(async () => {
      const since = performance.now();
      const code = await MessengerAuth.client.getToken({ timeoutMs: 700 }).catch((fault) => fault.code);
      return { code, ms: performance.now() - since };
    });
    assert.equal(result.code, 'timeout');
    assert.ok(result.ms < 700 + grace, `after ${Math.round(result.ms)} ms`);
  });

  story(`${way} → timeout (getToken that opens a window)`, async (scene) => {
    const { page, visit } = scene;
    const issuer = scene.issuer();
    await visit(issuer, { ...quick, silent: 'false' });
    issuer.misbehave(way);
    const result = await page.evaluate(async () => {
      const since = performance.now();
      const code = await MessengerAuth.client.getToken({ interaction: 'popup', timeoutMs: 1200 }).catch((fault) => fault.code);
      return { code, ms: performance.now() - since };
    });
    assert.equal(result.code, 'timeout');
    assert.ok(result.ms < 1200 + grace, `after ${Math.round(result.ms)} ms`);
    await nothingLeft(scene);
  });
}

story('authorize never answers → null and timeout, each at its own deadline (calls that join a window)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, { ...quick, silent: 'false' });
  issuer.misbehave('authorize never answers');
  const result = await page.evaluate(async () => {
    const since = performance.now();
    const timed = (work) => work.then((value) => [value, performance.now() - since], ({ code }) => [code, performance.now() - since]);
    const { client } = MessengerAuth;
    const signingIn = timed(client.signIn());
    const [callback, getToken, sooner] = await Promise.all([timed(__story.ask()), timed(client.getToken()), timed(client.getToken({ timeoutMs: 400 }))]);
    return { callback, getToken, sooner, signIn: await signingIn };
  });
  assert.deepEqual([result.callback[0].token, result.getToken[0], result.sooner[0], result.signIn[0]], [null, 'timeout', 'timeout', 'timeout']);
  assert.ok(result.callback[1] < limit && result.sooner[1] < 400 + grace && result.getToken[1] < limit + grace && result.signIn[1] < signInLimit + grace, JSON.stringify(result));
  await nothingLeft(scene);
});

for (const way of ways('discovery')) {
  story(`${way} → timeout (whole page, before it leaves)`, async (scene) => {
    const { page, visit } = scene;
    const issuer = scene.issuer();
    await visit(issuer, quick);
    issuer.misbehave(way);
    const result = await page.evaluate(async () => {
      const since = performance.now();
      const code = await MessengerAuth.client.signIn({ transport: 'page' }).catch((fault) => fault.code);
      return { code, ms: performance.now() - since };
    });
    assert.equal(result.code, 'timeout');
    assert.ok(result.ms < limit + grace, `after ${Math.round(result.ms)} ms`);
  });
}

for (const way of [...ways('token'), ...ways('keys')]) {
  story(`${way} → timeout (whole page, when it has come back)`, async (scene) => {
    const { context, visit } = scene;
    const issuer = scene.issuer();
    const page = await visit(issuer, { ...quick, silent: 'false' }, { on: await context.newPage(), path: '/left' });
    issuer.misbehave(way);
    await awayAndBack(page, () => page.evaluate(() => { MessengerAuth.client.signIn({ transport: 'page' }).catch(() => {}); }));
    const { token, ms } = await ask(page);
    assert.equal(token, null);
    assert.ok(ms < limit, `null after ${Math.round(ms)} ms`);
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
    const result = await page.evaluate(async () => {
      const since = performance.now();
      const [{ token, ms: answeredAfter }, code] = await Promise.all([__story.ask(), MessengerAuth.client.getAuthorization().catch((fault) => fault.code)]);
      return { code, token, answeredAfter, ms: performance.now() - since };
    });
    assert.deepEqual([result.token, result.code], [null, 'timeout']);
    assert.ok(result.answeredAfter < limit && result.ms < limit + grace, JSON.stringify(result));
  });
}

story('token never answers → the token that is held is still good for whoever asks for less (refresh)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, quick);
  await accepted(page, issuer, await asked(page));
  await renewalIsDue(page);
  issuer.misbehave('token never answers', { in: ['refresh'] });
  const { value } = await call(page, 'getToken', { minTtl: 0 });
  assert.ok(issuer.secrets.includes(value));
  assert.equal(issuer.asked('token', 'refresh').length, 0);
});
