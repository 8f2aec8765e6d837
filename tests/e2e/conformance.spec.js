/** The relying-party modules of the OpenID Foundation's conformance suite that apply to a public browser client, by their names. */

import assert from 'node:assert/strict';
import { subject } from '../rogue/rogue.js';
import { awayAndBack, call, claimsOf, event, session } from './support/page.js';
import { accepted, asked, rogueWorld, table } from './support/rogue.js';

const world = await rogueWorld();
const { story } = world;

/** The plans: what each asks the provider for. */
const plans = {
  code: {},
  id_token: { flow: 'implicit' },
  'id_token token': { flow: 'implicit', 'response-type': 'id_token token' },
};
const implicit = ['id_token', 'id_token token'];
const all = Object.keys(plans);

/** One module: a first sign-in in a window, for each plan that has it. */
const module = (name, fault, code, { plans: wanted = all, ...more } = {}) => wanted.map((plan) => ({
  name: `oidcc-client-test${name && `-${name}`}`, faults: [fault], code, in: ['window'], attributes: plans[plan], flow: plan, ...more,
}));
const refreshing = (name, fault, code, more) => ({ name: `oidcc-client-test-${name}`, faults: [fault], code, in: ['refresh'], flow: 'code, refresh', ...more });

const signedWith = (alg) => async ({ page }) => {
  const { value } = await call(page, 'getToken', { kind: 'id_token' });
  assert.equal(JSON.parse(Buffer.from(value.split('.')[0], 'base64url')).alg, alg);
};
/** The provider offers userinfo, and nobody asks for it: all that is told of a person is in the ID token. */
const noUserinfo = async ({ page, issuer }) => {
  const document = await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json();
  assert.ok(document.userinfo_endpoint);
  assert.equal((await session(page)).subject, subject);
  assert.equal(issuer.asked('userinfo').length, 0);
};

table(world, [
  ...module('', 'nothing wrong', 'accepted'),
  ...module('invalid-iss', 'iss wrong', 'issuer-mismatch'),
  ...module('missing-sub', 'sub absent', 'token-malformed'),
  ...module('invalid-aud', 'aud wrong', 'audience-mismatch'),
  ...module('missing-iat', 'iat absent', 'token-malformed'),
  ...module('kid-absent-single-jwks', 'no kid, one key in all', 'accepted'),
  ...module('kid-absent-multiple-jwks', 'no kid anywhere, several fitting keys', 'accepted'),
  ...module('idtoken-sig-rs256', 'nothing wrong', 'accepted', { check: signedWith('RS256') }),
  ...module('idtoken-sig-es256', 'nothing wrong, ES256', 'accepted', { check: signedWith('ES256') }),
  ...module('idtoken-sig-none', 'alg none with an empty third part', 'algorithm-not-allowed'),
  ...module('invalid-sig-rs256', 'signature wrong', 'signature-invalid'),
  ...module('invalid-sig-es256', 'signature wrong, ES256', 'signature-invalid'),
  ...module('invalid-sig-hs256', 'HS256 keyed with the public key (PEM)', 'algorithm-not-allowed'),
  ...module('nonce-invalid', 'nonce wrong', 'nonce-mismatch'),
  ...module('nonce-unless-code-flow', 'nothing wrong', 'accepted', {
    plans: implicit,
    check: async ({ page, issuer }) => {
      const [{ params }] = issuer.asked('authorize');
      assert.match(params.nonce, /^[\w-]{22,}$/);
      assert.equal(claimsOf((await call(page, 'getToken')).value).nonce, params.nonce);
    },
  }),
  ...module('invalid-athash', 'at_hash wrong', 'hash-mismatch', { plans: ['code', 'id_token token'] }),
  ...module('missing-athash', 'at_hash absent', 'hash-mismatch', { plans: ['id_token token'] }),
  ...module('userinfo-invalid-sub', 'nothing wrong', 'accepted', { plans: ['code', 'id_token token'], check: noUserinfo }),
  ...module('discovery-openid-config', 'nothing wrong', 'accepted', { check: ({ issuer }) => assert.equal(issuer.asked('discovery').length, 1) }),
  ...module('discovery-jwks-uri-keys', 'nothing wrong', 'accepted', { check: ({ issuer }) => assert.equal(issuer.asked('keys').length, 1) }),
  ...module('discovery-issuer-mismatch', 'discovery’s issuer differs', 'discovery-mismatch'),
  ...module('signing-key-rotation', 'keys rotated just before signing', 'accepted', { again: true, check: ({ issuer }) => assert.equal(issuer.asked('keys').length, 2) }),
  ...module('signing-key-rotation-just-before-signing', 'keys rotated while the window is open', 'accepted', { check: ({ issuer }) => assert.equal(issuer.asked('keys').length, 2) }),
  refreshing('refresh-token', 'nothing wrong', 'accepted', { check: ({ issuer }) => assert.deepEqual(issuer.asked('token').map(({ kind, status }) => `${kind} ${status}`), ['frame 200', 'refresh 200']) }),
  refreshing('refresh-token-invalid-issuer', 'iss wrong', 'issuer-mismatch'),
  refreshing('refresh-token-invalid-sub', 'another sub', 'subject-changed'),
]);

/** Signs in and out, and gives what the provider was asked; whatever it brings back signs nobody in. */
async function signOut(scene, { fault } = {}) {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, {});
  await accepted(page, issuer, await asked(page));
  const idToken = (await call(page, 'getToken', { kind: 'id_token' })).value;
  if (fault) issuer.misbehave(fault);
  const addresses = [];
  page.on('request', (request) => addresses.push(request.url()));
  await awayAndBack(page, () => page.evaluate(() => { MessengerAuth.client.signOut(); }));
  await event(page, 'ready');
  assert.equal(await session(page), null);
  assert.equal((await asked(page)).callback, null);
  assert.ok(addresses.every((address) => !address.includes(idToken)), 'the hint stands in no address');
  return { page, issuer, idToken, asked: issuer.asked('end-session')[0] };
}

story('oidcc-client-test-rp-init-logout → accepted (code)', async (scene) => {
  const { asked: request, idToken, issuer } = await signOut(scene);
  assert.equal(request.method, 'POST');
  assert.deepEqual(request.params, { id_token_hint: idToken, client_id: 'web', post_logout_redirect_uri: `${scene.site.origin}/page` });
  assert.ok(issuer.revoked.size > 0, 'and the refresh token is revoked');
});

// No state is sent: the session has ended before the page leaves, and nothing hangs on what comes back.
story('oidcc-client-test-rp-init-logout-other-state → ignored (code)', async (scene) => {
  const { page, asked: request } = await signOut(scene, { fault: 'another state after the sign-out' });
  assert.equal(request.params.state, undefined);
  assert.equal(new URL(page.url()).search, '?state=another-state');
});

story('oidcc-client-test-rp-init-logout-no-state → accepted (code)', async (scene) => {
  const { page, asked: request } = await signOut(scene);
  assert.equal(request.params.state, undefined);
  assert.equal(new URL(page.url()).search, '');
});
