/** Wrong options: a typed error that names the thing and the remedy, once, and null in time. */

import assert from 'node:assert/strict';
import { call, element, event, events, eventually, isIdTokenOf, loaded, nullInTime, panel, signIn, snippet, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world();

const options = (text) => `<!-- messenger-auth-snippet { ${text} } -->`;
const good = 'issuer: "{{issuer}}", clientId: "web"';

/** What is written, the code, and what the error must name. */
const rows = [
  ['an unknown option', options(`${good}, flavour: "vanilla"`), 'bad-option', /flavour/],
  ['a client secret', options(`${good}, clientSecret: "s"`), 'bad-option', /clientSecret/],
  ['no client id', options('issuer: "{{issuer}}"'), 'bad-option', /clientId/],
  ['no client id, in a tag', '<!-- messenger-auth-tag {"issuer":"{{issuer}}"} -->', 'bad-option', /clientId/],
  ['no issuer', options('clientId: "web"'), 'bad-option', /issuer/],
  ['an issuer that is no URL', options('issuer: "not a url", clientId: "web"'), 'bad-option', /issuer/],
  ['an issuer of an unknown kind', options('issuer: { kind: "ldap" }, clientId: "web"'), 'bad-option', /issuer|kind/],
  ['an http issuer off loopback', options('issuer: "http://idp.example.com", clientId: "web"'), 'bad-option', /issuer/],
  ['a flow that does not exist', tag({ flow: 'hybrid' }), 'bad-option', /flow/],
  ['a response type of the wrong flow', tag({ 'response-type': 'token' }), 'bad-option', /responseType/],
  ['a number that is none', tag({ 'timeout-ms': 'soon' }), 'bad-option', /timeoutMs/],
  ['a number that is NaN', options(`${good}, timeoutMs: NaN`), 'bad-option', /NaN/],
  ['an impossible hand-over', tag({ flow: 'implicit', 'client-id': 'implicit', 'hand-over': 'access_token' }), 'bad-option', /handOver/],
  ['an extra parameter that the library sets', options(`${good}, extraParams: { state: "mine" }`), 'bad-option', /extraParams/],
  ['a scope without openid that is no scope', options(`${good}, scope: 7`), 'bad-option', /scope/],
  ['a token service without an address of its own', tag({ 'hand-over': 'token-url', 'token-url': '/jwt' }), 'bad-option', /tokenUrl/],
  ['a language that is not spoken', tag({ locale: 'de' }), 'bad-option', /locale/],
  ['a callback path through __proto__', tag({ callback: '__proto__.token' }), 'bad-option', /callback/, null],
  ['a callback path through constructor', tag({ callback: 'auth.constructor.token' }), 'bad-option', /callback/, null],
  ['a callback path through prototype', tag({ callback: 'Object.prototype.token' }), 'bad-option', /callback/, null],
];

for (const [name, head, code, names, path = 'auth.getAuthenticationToken'] of rows) {
  story(`${name}: ${code}`, async (scene) => {
    scene.expect(new RegExp(`\\[messenger-auth\\] ${code}`));
    const page = await scene.visit({ head, body: element });
    await loaded(page);
    if (path) {
      await nullInTime(page, { path });
    }
    const failed = await event(page, 'error');
    assert.equal(failed.code, code);
    assert.match(failed.message, names);
    assert.ok(failed.help.length > 10, 'a remedy');
    assert.equal((await events(page, 'error')).length, 1);
    const lines = scene.said('error');
    assert.equal(lines.length, 1, 'one line on the console');
    assert.ok(lines[0].text.startsWith(`[messenger-auth] ${code}: `));
    const ready = await page.evaluate(() => MessengerAuth.client.ready.then(() => 'ready', (fault) => fault instanceof MessengerAuth.MessengerAuthError && fault.code));
    assert.equal(ready, code);
    await panel(page).getByRole('alert').filter({ hasText: /./ }).waitFor();
    assert.equal(op.asked('authorize').length, 0);
    assert.ok(!(await page.evaluate(() => 'token' in {})), 'no prototype is touched');
  });
}

story('an insecure page: insecure-page, and null in time', async (scene) => {
  scene.expect(/\[messenger-auth\] insecure-page|ERR_/);
  // The site under a name that is no loopback, answered by hand: the browser takes it for an ordinary http page.
  scene.put({ head: tag(), body: element });
  await scene.page.route('http://shop.example/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    const answer = await fetch(scene.site.origin + pathname);
    await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body: Buffer.from(await answer.arrayBuffer()) });
  });
  await scene.page.goto('http://shop.example/page');
  assert.equal(await scene.page.evaluate(() => isSecureContext), false);
  await loaded(scene.page);
  await nullInTime(scene.page);
  assert.equal((await event(scene.page, 'error')).code, 'insecure-page');
});

story('signIn with a wrong option of its own', async (scene) => {
  const page = await scene.visit({ head: snippet() });
  await loaded(page);
  const code = await page.evaluate(() => MessengerAuth.client.signIn({ transport: 'pigeon' }).catch((fault) => fault.code));
  assert.equal(code, 'bad-option');
});

const idTokenOnly = { flow: 'implicit', 'client-id': 'implicit' };

for (const [name, attributes, method, given, names] of [
  ['a code from the implicit flow', idTokenOnly, 'getAuthorization', {}, /code/],
  ['an access token where only an ID token comes', idTokenOnly, 'getToken', { kind: 'access_token' }, /access token/],
  ['a kind of token that does not exist', {}, 'getToken', { kind: 'refresh_token' }, /kind/],
  ['a sign-in that may not show anything', {}, 'signIn', { prompt: 'none' }, /prompt/],
  ['a sign-in that may not show anything, among other words', {}, 'signIn', { prompt: 'none login' }, /prompt/],
  ['a time without end', {}, 'getToken', { timeoutMs: Infinity }, /Infinity/],
  ['a member that getToken does not know', {}, 'getToken', { audience: 'x' }, /audience/],
]) {
  story(`${name}: bad-option`, async (scene) => {
    scene.expect(/\[messenger-auth\] bad-option/);
    const page = await scene.visit({ head: tag(attributes) });
    await event(page, 'ready');
    const refused = await call(page, method, given);
    assert.equal(refused.code, 'bad-option', JSON.stringify(refused));
    assert.ok(refused.typed);
    assert.match(`${refused.message} ${refused.help}`, names);
    assert.equal(op.asked('authorize').length, 0);
  });
}

story('signOut to what is no whole address: bad-option', async (scene) => {
  scene.expect(/\[messenger-auth\] bad-option/);
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  const refused = await call(page, 'signOut', { postLogoutRedirectUri: '/bye' });
  assert.equal(refused.code, 'bad-option');
  assert.match(refused.message, /postLogoutRedirectUri/);
  assert.equal(op.asked('end-session').length, 0);
});

story('null in the place of options is none', async (scene) => {
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  isIdTokenOf(await page.evaluate(() => MessengerAuth.client.getToken(null)), { op });
  await page.evaluate(() => { MessengerAuth.client.signOut(null); });
  await eventually(() => op.asked('end-session').length, 'the issuer hears of the sign-out');
});
