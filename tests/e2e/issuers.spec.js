/** The forms in which an OpenID Provider can be named. */

import assert from 'node:assert/strict';
import { ask, call, element, event, isIdTokenOf, loaded, nullInTime, panel, signIn } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();
const given = (issuer, more = '') => `<!-- messenger-auth-snippet { issuer: ${JSON.stringify(issuer)}, clientId: "web", ${more} } -->`;
const cors = { 'Access-Control-Allow-Origin': '*' };
const document = async () => (await fetch(`${op.issuer}/.well-known/openid-configuration`)).json();

async function works(scene, issuer, more) {
  const page = await scene.visit({ head: given(issuer, more), body: element });
  await signIn(page);
  isIdTokenOf((await ask(page)).token, { op });
  return page;
}

story('its address', async (scene) => {
  await works(scene, op.issuer);
  assert.equal(op.asked('discovery').length, 1);
  assert.equal(op.asked('jwks').length, 1);
});

story('kind: oidc with an issuer alone', async (scene) => {
  await works(scene, { kind: 'oidc', issuer: op.issuer });
});

story('a discovery document of another address', async (scene) => {
  scene.answer('/tenant/openid-configuration', { body: JSON.stringify(await document()), type: 'application/json', headers: cors });
  op.forget();
  await works(scene, { kind: 'oidc', issuer: op.issuer, discoveryUrl: `${site.origin}/tenant/openid-configuration` });
  assert.equal(op.asked('discovery').length, 0);
});

story('endpoints by hand', async (scene) => {
  await works(scene, { kind: 'oidc', issuer: op.issuer, authorizationEndpoint: `${op.issuer}/auth`, tokenEndpoint: `${op.issuer}/token`, jwksUri: `${op.issuer}/jwks` });
  assert.equal(op.asked('discovery').length, 0);
  assert.equal(op.asked('jwks').length, 1);
});

story('endpoints and keys by hand', async (scene) => {
  const jwks = await (await fetch(`${op.issuer}/jwks`)).json();
  op.forget();
  await works(scene, { kind: 'oidc', issuer: op.issuer, authorizationEndpoint: `${op.issuer}/auth`, tokenEndpoint: `${op.issuer}/token`, jwks });
  assert.deepEqual([op.asked('discovery').length, op.asked('jwks').length], [0, 0]);
});

story('discovery is read once, early: while the person is still typing', async (scene) => {
  const page = await scene.visit({ head: given(op.issuer), body: element });
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.locator('messenger-auth').getByRole('button', { name: 'Sign in' }).click()]);
  await popup.getByLabel('Password').waitFor();
  assert.equal(op.asked('discovery').length, 1);
});

story('a closing slash too many: discovery-mismatch, with the line to paste', async (scene) => {
  scene.expect(/\[messenger-auth\] discovery-mismatch/);
  const page = await scene.visit({ head: given(`${op.issuer}/`), body: element });
  await loaded(page);
  const refused = await call(page, 'getToken');
  assert.equal(refused.code, 'discovery-mismatch');
  assert.ok(refused.help.includes(op.issuer) && !refused.help.includes(`${op.issuer}/`), refused.help);
});

for (const [name, spoil, code, expected] of [
  ['another issuer in its discovery', (ctx) => { ctx.body = { ...ctx.body, issuer: 'https://elsewhere.example' }; }, 'discovery-mismatch'],
  ['an endpoint in the clear', (ctx) => { ctx.body = { ...ctx.body, token_endpoint: 'http://elsewhere.example/token' }; }, 'discovery-mismatch'],
  ['a page in place of its discovery', (ctx) => { ctx.type = 'text/html'; ctx.body = '<!doctype html><title>Log in</title>'; }, 'response-malformed'],
  ['a failing discovery', (ctx) => { ctx.status = 503; ctx.body = 'busy'; }, 'bad-status', /status of 503/],
  ['a discovery without CORS', (ctx) => { ctx.remove('Access-Control-Allow-Origin'); }, 'cors-blocked', /CORS|ERR_FAILED/],
]) {
  story(`a provider with ${name}: ${code}`, async (scene) => {
    scene.expect(new RegExp(`\\[messenger-auth\\] ${code}`), ...(expected ? [expected] : []));
    op.settings.alter = (ctx, record) => { if (record.route === 'discovery') spoil(ctx); };
    const page = await scene.visit({ head: given(op.issuer), body: element });
    await loaded(page);
    const refused = await call(page, 'getToken');
    assert.equal(refused.code, code);
    assert.ok(refused.help);
    await nullInTime(page);
    assert.equal(op.asked('authorize').length, 0);
  });
}

story('an ID token with a broken signature is refused', async (scene) => {
  scene.expect(/\[messenger-auth\] signature-invalid/);
  op.settings.alter = (ctx, record) => {
    if (record.route !== 'token') return;
    const [head, body, signature] = ctx.body.id_token.split('.');
    ctx.body = { ...ctx.body, id_token: [head, body, (signature[0] === 'A' ? 'B' : 'A') + signature.slice(1)].join('.') };
  };
  const page = await scene.visit({ head: given(op.issuer), body: element });
  const [popup] = await Promise.all([page.waitForEvent('popup'), panel(page).getByRole('button', { name: 'Sign in' }).click()]);
  await popup.getByLabel('Name or e-mail').fill('ana');
  await popup.getByLabel('Password').fill('ana-2468');
  await popup.keyboard.press('Enter');
  assert.equal((await event(page, 'error')).code, 'signature-invalid');
  assert.equal(await page.evaluate(() => MessengerAuth.client.getSession()), null);
});
