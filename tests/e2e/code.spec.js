/** The main job: a person presses Sign in, a window goes to the provider and comes back, the messenger gets a validated token. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { built } from '../site/package.js';
import { ana, ask, button, call, closed, element, enter, event, events, eventually, isIdTokenOf, loaded, minjun, panel, pressSignIn, session, signIn, tag, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();

story('the callback gives the ID token of the person who signed in', async (scene) => {
  const page = await scene.visit({ head: tag({ scope: 'openid profile email' }), body: element, query: '?from=news#top' });
  const address = page.url();
  await signIn(page);

  const { token, ms } = await ask(page);
  const claims = isIdTokenOf(token, { op });
  assert.equal(claims.name, ana.name);
  assert.ok(ms < 5000, `answered after ${ms} ms`);
  assert.equal(page.url(), address);
  await panel(page).getByText(ana.name).waitFor();

  const [asked] = op.asked('authorize').filter((one) => one.params.prompt !== 'none');
  assert.equal(asked.params.response_type, 'code');
  assert.equal(asked.params.code_challenge_method, 'S256');
  assert.match(asked.params.code_challenge, /^[\w-]{43}$/);
  assert.match(asked.params.state, /^[\w-]{22,}$/);
  assert.match(asked.params.nonce, /^[\w-]{22,}$/);
  assert.equal(asked.params.client_secret, undefined);
  const exchanged = op.asked('token');
  assert.equal(exchanged.length, 1, 'the code is redeemed once');
  assert.equal(exchanged[0].params.grant_type, 'authorization_code');
  assert.equal(exchanged[0].origin, site.origin);
});

story('signIn resolves with a session that holds no token', async (scene) => {
  const page = await scene.visit({
    head: tag({ scope: 'openid profile email' }),
    body: `<button id="own">Log in</button><script>
      own.onclick = () => MessengerAuth.client.signIn().then((one) => { globalThis.result = one; });
    </script>`,
  });
  await loaded(page);
  const popup = await windowOf(page, () => page.locator('#own').click());
  await enter(popup, minjun);
  const result = await (await page.waitForFunction(() => globalThis.result)).jsonValue();
  await closed(popup);

  assert.equal(result.issuer, op.issuer);
  assert.equal(result.subject, minjun.subject);
  assert.equal(result.claims.email, minjun.email);
  assert.ok(result.scope.includes('openid'));
  assert.ok(Math.abs(result.expiresAt - Date.now() - op.settings.idTokenTtl * 1000) < 20_000);
  assert.deepEqual(await session(page), result);
  const [{ access_token, id_token, refresh_token }] = op.issued();
  for (const secret of [access_token, id_token, refresh_token]) assert.ok(!JSON.stringify(result).includes(secret), 'no raw token in the session');
  assert.equal((await call(page, 'getToken', { kind: 'access_token' })).value, access_token);
  assert.equal((await call(page, 'getToken', { kind: 'id_token' })).value, id_token);
});

story('the window opens in the click, also while the WebAssembly is still on its way', async (scene) => {
  const { wasm } = await built();
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await scene.page.route(`**/${wasm}`, async (route) => {
    await held;
    await route.continue();
  });
  const page = await scene.visit({ head: tag({ load: 'interaction' }), body: element });
  const popup = await pressSignIn(page);
  assert.equal(popup.url(), 'about:blank');
  assert.equal(op.asked('authorize').length, 0);
  release();
  await enter(popup);
  await event(page, 'signed-in');
  await closed(popup);
});

story('a second press while the window is open leads to one login', async (scene) => {
  const page = await scene.visit({ head: tag(), body: element });
  const popup = await pressSignIn(page);
  await popup.getByLabel('Password').waitFor();
  const more = await page.evaluate(() => Promise.race([MessengerAuth.client.signIn().then(() => 'done'), new Promise((resolve) => { setTimeout(resolve, 300, 'waits'); })]));
  assert.equal(more, 'waits');
  await button(page, 'Show window').click();
  assert.equal(scene.windows.length, 2, 'the page and one window');
  await enter(popup);
  await event(page, 'signed-in');
  assert.equal((await events(page, 'signed-in')).length, 1);
  assert.equal(op.asked('token').length, 1);
});

story('a provider that signs with ES256', async (scene) => {
  const page = await scene.visit({ head: tag({ 'client-id': clients.es256 }), body: element });
  await signIn(page);
  const { token } = await ask(page);
  isIdTokenOf(token, { op, client: clients.es256 });
  assert.equal(JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).alg, 'ES256');
});

story('a session survives moving through the site, and is not asked for again', async (scene) => {
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  const before = (await ask(page)).token;
  op.forget();
  await scene.visit({ head: tag(), body: element, path: '/other' });
  await loaded(page);
  assert.equal((await ask(page)).token, before);
  assert.deepEqual([op.asked('authorize').length, op.asked('token').length], [0, 0]);
});

story('with storage: memory nothing of the session is kept in the browser', async (scene) => {
  const page = await scene.visit({ head: tag({ storage: 'memory' }), body: element });
  await signIn(page);
  const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
  const [{ access_token, id_token, refresh_token }] = op.issued();
  for (const secret of [access_token, id_token, refresh_token, ana.subject]) assert.ok(!kept.includes(secret));
  await eventually(() => page.evaluate(() => MessengerAuth.client.getSession()?.subject), 'the session lives on in memory');
});
