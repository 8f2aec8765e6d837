/** Keys of the misbehaving provider, made once a process, with npm jose. */

import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';

/**
 * A key by name. `own`, `next` and `es256`, `ed25519` belong to the provider; `stranger` and `strangerEs256` to somebody else;
 * `weak` has 1024 bits.
 *
 * @typedef {{ alg: string, kid: string, privateKey: CryptoKey, jwk: object, secretJwk: object }} Key
 */

const algorithms = { own: 'RS256', next: 'RS256', es256: 'ES256', ed25519: 'EdDSA', stranger: 'RS256', strangerEs256: 'ES256' };
const made = new Map();

/** @returns {Promise<Key>} */
export function key(name) {
  if (!made.has(name)) made.set(name, name === 'weak' ? weak() : make(name, algorithms[name]));
  return made.get(name);
}

async function make(name, alg) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const more = { kid: name, use: 'sig', alg };
  return { alg, kid: name, privateKey, jwk: { ...(await exportJWK(publicKey)), ...more }, secretJwk: { ...(await exportJWK(privateKey)), ...more } };
}

/** jose makes none as short as this. */
async function weak() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const more = { kid: 'weak', use: 'sig', alg: 'RS256' };
  const secretJwk = { ...privateKey.export({ format: 'jwk' }), ...more };
  const imported = await crypto.subtle.importKey('jwk', secretJwk, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, ['sign']);
  return { alg: 'RS256', kid: 'weak', privateKey: imported, jwk: { ...publicKey.export({ format: 'jwk' }), ...more }, secretJwk };
}
