/** attacks.md, "ID token": each thing that a provider may do with one, at the first sign-in, in the hidden frame and at a refresh. */

import assert from 'node:assert/strict';
import { life } from '../rogue/rogue.js';
import { call } from './support/page.js';
import { accepted, asked, forward, renewalIsDue, rogueWorld, table } from './support/rogue.js';

const world = await rogueWorld();
const { story } = world;

const first = ['window', 'hidden frame'];
const every = [...first, 'refresh'];
const renewals = ['refresh', 'renewal in a hidden frame'];
const implicit = (responseType) => ({ attributes: { flow: 'implicit', 'response-type': responseType }, flow: responseType });

/** The session of before is over, here and in what is kept. */
async function ended({ page }) {
  const { session, kept, events } = await page.evaluate(() => ({
    session: MessengerAuth.client.getSession(),
    kept: Object.keys({ ...sessionStorage, ...localStorage }).filter((name) => name.startsWith('messenger-auth:session:')),
    events: __story.events.map(({ name }) => name),
  }));
  assert.equal(session, null);
  assert.deepEqual(kept.filter((name) => name.includes('Issuer')), []);
  assert.ok(events.includes('signed-out'));
}

table(world, [
  { code: 'signature-invalid', in: every, faults: ['signature wrong', 'signature empty', 'signed with another key', 'payload changed after signing'] },
  { code: 'algorithm-not-allowed', in: every, faults: ['alg none with an empty third part', 'alg none with a made-up third part', 'alg nOnE', 'alg None with a made-up third part', 'alg rs256 in small letters'] },
  { code: 'algorithm-not-allowed', in: every, faults: ['HS256 keyed with the public key (PEM)', 'HS256 keyed with the public key (DER)', 'HS256 keyed with the public key (JWK)'] },
  { code: 'algorithm-not-allowed', in: every, faults: ['an algorithm that the key’s type does not allow', 'an algorithm that the key’s alg does not allow'] },
  { code: 'signature-invalid', in: every, faults: ['jwk', 'jku', 'x5u', 'x5c'].map((name) => `signed with a key that the header offers (${name})`) },
  { code: 'accepted', in: every, faults: ['jwk', 'jku', 'x5u', 'x5c'].map((name) => `a key offered in the header of a good token (${name})`) },
  { code: 'token-malformed', in: every, faults: ['crit in the header', 'an empty crit in the header'] },
  { code: 'key-not-found', in: every, faults: ['unknown kid'] },
  { code: 'key-not-found', in: first, faults: ['no kid, and no key of its type'] },
  { code: 'signature-invalid', in: every, faults: ['no kid, and a stranger’s signature'] },
  { code: 'accepted', in: every, faults: ['no kid, one fitting key'] },
  { code: 'accepted', in: first, faults: ['no kid, one key in all', 'no kid, several fitting keys', 'no kid anywhere, several fitting keys', 'several keys of one kid'] },
  { code: 'key-not-found', in: first, faults: ['a key with use enc', 'a key with key_ops without verify', 'an RSA key under 2048 bits'] },
  { code: 'accepted', in: first, faults: ['unknown kty beside good keys', 'unknown crv beside good keys', 'private members in the keys'] },
  { code: 'issuer-mismatch', in: first, faults: ['iss wrong', 'iss absent', 'iss in other case', 'iss with a closing slash more'] },
  { code: 'issuer-mismatch', in: first, faults: ['iss with a closing slash less'], issuer: { end: '/' } },
  { code: 'audience-mismatch', in: every, faults: ['aud wrong', 'aud absent', 'aud an empty text', 'aud an empty list', 'aud a list without us'] },
  { code: 'accepted', in: every, faults: ['aud a list of us alone', 'several aud, azp us'] },
  { code: 'audience-mismatch', in: every, faults: ['several aud without azp', 'several aud, azp someone else', 'azp someone else'] },
  { code: 'token-expired', in: every, faults: ['exp past by more than the skew'] },
  { code: 'token-not-yet-valid', in: every, faults: ['nbf ahead by more than the skew', 'iat ahead by more than the skew'] },
  { code: 'accepted', in: every, faults: ['nbf and iat ahead by less than the skew'] },
  {
    code: 'token-malformed',
    in: every,
    faults: ['exp', 'iat'].flatMap((name) => ['absent', 'of the wrong type', 'negative', 'beyond 2^53'].map((how) => `${name} ${how}`)),
  },
  { code: 'accepted', in: every, faults: ['fractional seconds'] },
  { code: 'token-malformed', in: every, faults: ['sub absent', 'sub of the wrong type', 'sub empty', 'sub over 255 characters'] },
  { code: 'accepted', in: first, faults: ['sub of 255 characters'], subject: 'x'.repeat(255) },
  { code: 'nonce-mismatch', in: first, faults: ['nonce absent', 'nonce wrong'] },
  { code: 'nonce-mismatch', in: ['window'], faults: ['nonce used before'], again: true },
  { code: 'nonce-mismatch', in: ['renewal in a hidden frame'], faults: ['nonce used before'] },
  { code: 'hash-mismatch', in: every, faults: ['at_hash wrong'] },
  { code: 'accepted', in: every, faults: ['at_hash absent'] },
  ...first.map((way) => ({ code: 'hash-mismatch', in: [way], faults: ['at_hash wrong', 'at_hash absent'], ...implicit('id_token token'), flow: `id_token token, ${way}` })),
  { code: 'accepted', in: first, faults: ['at_hash by SHA-512 for Ed25519'] },
  { code: 'hash-mismatch', in: first, faults: ['at_hash by SHA-256 for Ed25519'] },
  { code: 'hash-mismatch', in: first, faults: ['c_hash wrong'] },
  { code: 'accepted', in: first, faults: ['c_hash right'] },
  { code: 'auth-time-missing', in: first, faults: ['auth_time absent'], attributes: { 'max-age': '300' } },
  { code: 'auth-too-old', in: first, faults: ['auth_time too old'], attributes: { 'max-age': '300' } },
  { code: 'accepted', in: first, faults: ['auth_time too old', 'auth_time absent'] },
  { code: 'subject-changed', in: renewals, faults: ['another sub'], check: ended },
  { code: 'issuer-mismatch', in: renewals, faults: ['iss wrong'], check: ended },
  { code: 'issuer-mismatch', in: ['refresh'], faults: ['iss absent', 'iss in other case', 'iss with a closing slash more'], check: ended },
  {
    code: 'token-malformed',
    in: every,
    faults: ['two parts', 'five parts', 'base64 with padding', 'base64 with illegal characters', 'not UTF-8', 'not JSON', 'not an object', 'a header that is not an object',
      'duplicate members in the claims', 'duplicate members in the header', 'duplicate members inside a claim', 'duplicate members, one of them escaped'],
  },
  // The answer that brings it is over 1 MiB as well, and is refused before the token is read.
  { code: 'response-malformed', in: every, faults: ['over 1 MiB'] },
  { code: 'response-malformed', in: first, faults: ['no ID token'] },
  ...['id_token', 'id_token token'].flatMap((type) => first.map((way) => ({ code: 'response-malformed', in: [way], faults: ['no ID token'], ...implicit(type), flow: `${type}, ${way}` }))),

  // "Refresh differs" (OpenID Connect Core 12.2).
  { code: 'accepted', in: ['refresh'], faults: ['nonce absent', 'nonce of the first login'] },
  { code: 'nonce-mismatch', in: ['refresh'], faults: ['nonce wrong'] },
  { code: 'accepted', in: ['refresh'], faults: ['auth_time absent', 'auth_time of the first sign-in'], attributes: { 'max-age': '1' } },
  { code: 'subject-changed', in: ['refresh'], faults: ['auth_time of another sign-in'], check: ended },
]);

story('no ID token → the hidden frame brings one, no error (refresh)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, {});
  const first = await asked(page);
  issuer.misbehave('no ID token', { in: ['refresh'] });
  await renewalIsDue(page);
  const second = await asked(page);
  await accepted(page, issuer, second);
  assert.notEqual(second.token, first.token);
  assert.deepEqual(issuer.asked('token').map(({ kind, status }) => `${kind} ${status}`), ['frame 200', 'refresh 200', 'frame 200']);
  assert.ok(await page.evaluate(() => __story.events.every(({ name }) => name !== 'error')));
});

story('no ID token, and nobody known in the hidden frame → the held one until its exp, then sign-in-required (refresh)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, {});
  const { token } = await asked(page);
  issuer.misbehave('no ID token', { in: ['refresh'] });
  issuer.known = false;
  await renewalIsDue(page);
  assert.equal((await asked(page)).code, 'sign-in-required', 'too short for who wants a minute');
  assert.equal((await call(page, 'getToken', { minTtl: 10 })).value, token);
  await forward(page, life * 1000);
  assert.equal((await call(page, 'getToken', { minTtl: 0 })).code, 'sign-in-required');
});
