/** The search for secrets finds them: each story leaks one on purpose, and must not pass. What the design keeps, it lets be. */

import assert from 'node:assert/strict';
import { element, eventually, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();

/** What was issued: a code, its verifier, an access token, an ID token, a refresh token. */
function issued() {
  const [{ params }] = op.asked('token');
  const [tokens] = op.issued();
  return { code: params.code, verifier: params.code_verifier, 'access token': tokens.access_token, 'ID token': tokens.id_token, 'refresh token': tokens.refresh_token };
}

const leaks = {
  'on the console': ['code', (secret) => { console.info('got', { secret }); }],
  'in an event': ['ID token', (secret) => { dispatchEvent(new CustomEvent('messenger-auth:renewed', { detail: { claims: { secret } } })); }],
  'in an error': ['access token', (secret) => { dispatchEvent(new CustomEvent('messenger-auth:error', { detail: Object.assign(new Error('x'), { cause: secret }) })); }],
  'in the data layer': ['ID token', (secret) => { globalThis.dataLayer = [{ event: 'messenger_auth_signed_in', secret }]; }],
  'in the diagnosis': ['verifier', (secret) => { const { diagnose } = MessengerAuth.client; MessengerAuth.client.diagnose = async () => ({ ...await diagnose(), secret }); }],
  'in the panel': ['code', (secret) => { document.querySelector('messenger-auth').shadowRoot.querySelector('details').append(secret); }],
  'in the address': ['code', (secret) => { history.replaceState(null, '', `#code=${secret}`); }],
  'in an address that was left': ['code', (secret) => { history.replaceState(null, '', `?code=${secret}`); history.pushState(null, '', '/page'); }],
  'in a frame’s address': ['access token', (secret) => new Promise((resolve) => { const frame = Object.assign(document.createElement('iframe'), { src: `/page#${secret}`, onload: resolve }); document.body.append(frame); })],
  'in the state of the history': ['refresh token', (secret) => { history.replaceState({ secret }, ''); }],
  'in a request': ['access token', (secret) => fetch(`/collect?t=${secret}`)],
  'in the referrer': ['code', async (secret) => { history.replaceState(null, '', `?code=${secret}`); const sent = fetch('/collect'); history.replaceState(null, '', '/page'); await sent; }],
  'in a cookie': ['ID token', (secret) => { document.cookie = `token=${secret.slice(0, 2000)}`; document.cookie = `rest=${secret}`; }],
  'in the window’s name': ['verifier', (secret) => { globalThis.name = secret; }],
  'in localStorage': ['refresh token', (secret) => { localStorage.setItem('mine', secret); }],
  'in sessionStorage, as a key': ['code', (secret) => { sessionStorage.setItem(`messenger-auth:session:${secret}`, '1'); }],
  'in a message to another origin': ['code', (secret) => { document.querySelector('iframe').contentWindow.postMessage({ messengerAuth: 'answer', url: secret }, '*'); }],
};

for (const [where, [what, leak]] of Object.entries(leaks)) {
  story(`a secret ${where} is found: ${what}`, async (scene) => {
    scene.expect(/404/);
    site.answer('/stranger', { body: '<!doctype html><title>Another site</title>', type: 'text/html' });
    const page = await scene.visit({ head: tag({ silent: 'false' }), body: `${element}<iframe src="${site.elsewhere}/stranger"></iframe>` });
    await signIn(page);
    await scene.check();
    const secret = issued()[what];
    assert.equal(typeof secret, 'string');
    await page.evaluate(leak, secret);
    const fault = await eventually(() => scene.check().then(() => undefined, (found) => found), 'the secret is found', 5000);
    assert.match(fault.message, /tokens, codes and verifiers/);
    assert.ok(fault.actual.every((one) => one.endsWith(`${secret.slice(0, 8)}…`)), fault.actual.join('\n'));
    scene.check = async () => {};
  });
}

story('what a page has said that was left since is found as well', async (scene) => {
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  await signIn(page);
  await page.evaluate((secret) => { console.log(secret); }, issued().code);
  await page.goto('about:blank');
  await assert.rejects(scene.check(), /tokens, codes and verifiers/);
  scene.check = async () => {};
});

story('every kind of secret is known, and none is forgotten with the records', async (scene) => {
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  await signIn(page);
  const all = Object.entries(issued());
  op.forget();
  for (const [what, secret] of all) assert.ok(op.secrets.has(secret), what);
});
