/** Every signature algorithm: jose checks what is signed natively, and WebCrypto what jose signs. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { importJWK, jwtVerify } from 'jose';
import { algorithms, halfHash, keyFor, sign } from '../vectors/algorithms.js';
import { call, claimsOf, closed, element, event, events, pressSignIn, session } from './support/page.js';
import { world } from './support/world.js';

const ours = JSON.parse(await readFile(new URL('../../protocol/tests/vectors/ours.json', import.meta.url), 'utf8'));

test('jose accepts what is signed natively, with every algorithm', async () => {
  assert.deepEqual(ours.map(({ alg }) => alg), Object.keys(algorithms));
  for (const { alg, key, token } of ours) {
    const options = { algorithms: [alg], issuer: 'https://idp.example.com', audience: 'web', currentDate: new Date(1_750_000_000_000) };
    const { payload } = await jwtVerify(token, await importJWK(key, alg), options);
    assert.equal(payload.sub, '248289761001', alg);
    const [header, claims, signature] = token.split('.');
    const spoilt = [header, claims, (signature[0] === 'A' ? 'B' : 'A') + signature.slice(1)].join('.');
    await assert.rejects(jwtVerify(spoilt, await importJWK(key, alg), options), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' }, alg);
  }
});

const { story } = await world();
const keys = Object.fromEntries(await Promise.all(Object.keys(algorithms).map(async (alg) => [alg, await keyFor(alg)])));

/** A provider of nothing but an authorization endpoint: `/<alg>` signs with that key, `/<alg>?by=<other>` with another. */
const provider = createServer(async (request, response) => {
  const url = new URL(request.url, issuer);
  const asked = Object.fromEntries(url.searchParams);
  const alg = url.pathname.slice(1);
  const now = Math.floor(Date.now() / 1000);
  const access_token = 'an-access-token-of-no-use';
  const id_token = await sign(alg, { ...keys[alg], privateKey: (asked.by ? await keyFor(alg) : keys[alg]).privateKey }, {
    iss: issuer, sub: alg, aud: asked.client_id, nonce: asked.nonce, iat: now, exp: now + 300, at_hash: halfHash(alg, access_token),
  });
  const answer = new URLSearchParams({ state: asked.state, id_token, access_token, token_type: 'Bearer', expires_in: '300' });
  response.writeHead(302, { Location: `${asked.redirect_uri}#${answer}` }).end();
});
await new Promise((resolve) => provider.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${provider.address().port}`;
after(() => provider.close());

/** All keys are given each time: the right one is to be found. */
const head = (path) => `<!-- messenger-auth-snippet ${JSON.stringify({
  issuer: { kind: 'oidc', issuer, authorizationEndpoint: issuer + path, jwks: { keys: Object.values(keys).map(({ jwk }) => jwk) } },
  clientId: 'web', flow: 'implicit', responseType: 'id_token token', silent: false,
})} -->`;

for (const alg of Object.keys(algorithms)) {
  story(`WebCrypto accepts ${alg}`, async (scene) => {
    const page = await scene.visit({ head: head(`/${alg}`), body: element });
    const popup = await pressSignIn(page);
    await event(page, 'signed-in');
    await closed(popup);
    assert.equal((await session(page)).subject, alg);
    assert.equal(claimsOf((await call(page, 'getToken', { kind: 'id_token' })).value).sub, alg);
  });
}

for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA']) {
  story(`WebCrypto refuses another key's ${alg}`, async (scene) => {
    scene.expect(/\[messenger-auth\] signature-invalid/);
    const page = await scene.visit({ head: head(`/${alg}?by=another`), body: element });
    await pressSignIn(page);
    assert.equal((await event(page, 'error')).code, 'signature-invalid');
    assert.deepEqual(await events(page, 'signed-in'), []);
    assert.equal(await session(page), null);
  });
}
