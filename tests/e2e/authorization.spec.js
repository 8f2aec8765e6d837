/** An unredeemed code for a host that redeems it on its own server. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { ana, ask, call, claimsOf, closed, element, enter, event, events, eventually, gate, loaded, pressSignIn, signIn, tag, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world();
const head = tag({ 'client-id': clients.messenger, 'hand-over': 'code' });

/** What a contact centre's server does with it. */
async function redeem({ code, redirectUri, codeVerifier }) {
  const answer = await fetch(`${op.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code', code, redirect_uri: redirectUri, client_id: clients.messenger, client_secret: clients.messengerSecret,
      ...(codeVerifier && { code_verifier: codeVerifier }),
    }),
  });
  return { status: answer.status, ...(await answer.json()) };
}

async function first(scene) {
  const page = await scene.visit({ head });
  await loaded(page);
  const [popup, got] = await Promise.all([
    page.waitForEvent('popup').then(async (window) => { await enter(window); return window; }),
    page.evaluate(() => MessengerAuth.client.getAuthorization({ interaction: 'popup', timeoutMs: 30_000 })),
  ]);
  assert.ok(popup);
  return got;
}

story('the code is not redeemed here, and can be redeemed there', async (scene) => {
  const got = await first(scene);
  assert.equal(op.asked('token').length, 0, 'the page has redeemed nothing');
  assert.equal(got.iss, op.issuer);
  assert.equal(got.redirectUri, `${scene.site.origin}/messenger-auth/authWindow.html`);
  const answer = await redeem(got);
  assert.equal(answer.status, 200, JSON.stringify(answer));
  const claims = claimsOf(answer.id_token);
  assert.equal(claims.sub, ana.subject);
  assert.equal(claims.nonce, got.nonce);
});

story('each call gives a fresh code, silently where the provider knows the person', async (scene) => {
  const one = await first(scene);
  const [two, three] = await scene.page.evaluate(() => Promise.all([MessengerAuth.client.getAuthorization(), MessengerAuth.client.getAuthorization()]));
  assert.equal(new Set([one.code, two.code, three.code]).size, 3);
  assert.equal(scene.windows.length, 2, 'one window in all');
  for (const got of [one, two, three]) assert.equal((await redeem(got)).status, 200);
});

story('the callback hands over a code', async (scene) => {
  await first(scene);
  const { token } = await scene.page.evaluate(() => __story.ask());
  assert.ok(token, 'a code');
  assert.ok(!token.includes('.'), 'not a token');
  assert.equal(op.asked('token').length, 0);
});

story('nobody signed in: sign-in-required', async (scene) => {
  const page = await scene.visit({ head });
  await loaded(page);
  const code = await page.evaluate(() => MessengerAuth.client.getAuthorization().catch((fault) => fault.code));
  assert.equal(code, 'sign-in-required');
});

story('twenty callbacks with nobody signed in: one frame, and one sign-in-required', async (scene) => {
  const page = await scene.visit({ head });
  await loaded(page);
  const answers = await page.evaluate(() => Promise.all(Array.from({ length: 20 }, () => __story.ask())));
  assert.deepEqual(answers.map(({ token }) => token), Array(20).fill(null));
  assert.deepEqual(op.asked('authorize').map((one) => one.params.prompt), ['none']);
  assert.equal((await events(page, 'sign-in-required')).length, 1);
});

story('signing out ends it: no code is fetched unseen', async (scene) => {
  const page = await scene.visit({ head, body: element });
  await signIn(page);
  op.forget();
  await call(page, 'signOut', { atIssuer: false });
  await event(page, 'signed-out');
  assert.equal((await ask(page)).token, null);
  assert.equal((await call(page, 'getAuthorization')).code, 'sign-in-required');
  assert.equal(op.asked('authorize').length, 0);
});

story('without silent sign-in each code takes a window', async (scene) => {
  const page = await scene.visit({
    head: tag({ 'client-id': clients.messenger, 'hand-over': 'code', silent: 'false' }),
    body: `<button id="own">Code</button><script>
      own.onclick = () => MessengerAuth.client.getAuthorization({ interaction: 'popup' }).then(({ code }) => { (globalThis.codes ??= []).push(code); });
    </script>`,
  });
  await loaded(page);
  const fetched = (count) => page.waitForFunction((many) => globalThis.codes?.length === many, count);
  const first = await windowOf(page, () => page.locator('#own').click());
  await enter(first);
  await fetched(1);
  await closed(first);
  // The provider knows the person: the window comes back by itself.
  const second = await windowOf(page, () => page.locator('#own').click());
  await fetched(2);
  await closed(second);
  assert.equal(new Set(await page.evaluate(() => globalThis.codes)).size, 2);
});

story('two wish for a code in one window: each is given one', async (scene) => {
  const page = await scene.visit({ head });
  await loaded(page);
  const [popup, codes] = await Promise.all([
    page.waitForEvent('popup').then(async (window) => { await enter(window); return window; }),
    page.evaluate(() => Promise.all([1, 2].map(() => MessengerAuth.client.getAuthorization({ interaction: 'popup', timeoutMs: 30_000 }).then(({ code }) => code, (fault) => fault.code)))),
  ]);
  await closed(popup);
  assert.equal(new Set(codes).size, 2);
  for (const code of codes) assert.match(code, /^[\w-]{20,}$/);
});

story('signed out while a code is on its way: whoever signs in next is served as ever', async (scene) => {
  const page = await scene.visit({ head, body: element });
  await signIn(page);
  assert.ok((await ask(page)).token, 'the code of the window');
  const answer = gate();
  op.settings.alter = (_ctx, record) => (record.route === 'authorize' && record.params.prompt === 'none' ? answer.opened : undefined);
  op.forget();
  const asked = ask(page);
  await eventually(() => op.asked('authorize').length, 'a code is asked for');
  await call(page, 'signOut', { atIssuer: false });
  assert.equal((await asked).token, null);
  op.settings.alter = undefined;
  answer.open();
  // The answer brings a cookie with it.
  await eventually(() => page.frames().length === 1, 'the frame has had its answer');
  await scene.context.clearCookies();
  await enter(await pressSignIn(page));
  await event(page, 'signed-in', { count: 2 });
  const codes = [(await ask(page)).token, (await ask(page)).token];
  for (const code of codes) assert.match(String(code), /^[\w-]{20,}$/);
  assert.equal(new Set(codes).size, 2);
});

story('tokens that the page has asked for outlive the ten minutes for which the host is believed', async (scene) => {
  Object.assign(op.settings, { accessTokenTtl: 3600, idTokenTtl: 3600 });
  await scene.context.addInitScript(() => {
    const { setTimeout } = window;
    const { now } = Date;
    globalThis.passed = 0;
    // A wait is looked at from time to time.
    window.setTimeout = (run, ms, ...more) => setTimeout(run, ms < 30_000 ? ms : 500, ...more);
    Date.now = () => now() + globalThis.passed;
  });
  const page = await scene.visit({ head: tag({ 'client-id': clients.web, 'hand-over': 'code' }), body: element });
  await signIn(page);
  const { value } = await call(page, 'getToken', { kind: 'access_token' });
  assert.ok(value);
  await page.evaluate(async () => {
    globalThis.passed = 660_000;
    for (let looks = 0; looks < 3; looks += 1) await new Promise((resolve) => { setTimeout(resolve, 500); });
  });
  assert.deepEqual(await events(page, 'signed-out'), []);
  assert.deepEqual(await call(page, 'getToken', { kind: 'access_token' }), { value });
});
