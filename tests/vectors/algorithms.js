/** The signature algorithms, with how jose makes keys and ID tokens for them. */

import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Each with the hash of its `at_hash` and `c_hash` (OpenID Connect Core 3.1.3.6; SHA-512 for Ed25519). */
export const algorithms = {
  RS256: 'sha256', RS384: 'sha384', RS512: 'sha512',
  PS256: 'sha256', PS384: 'sha384', PS512: 'sha512',
  ES256: 'sha256', ES384: 'sha384', ES512: 'sha512',
  EdDSA: 'sha512', Ed25519: 'sha512',
};

/** A key for one of them: `{ privateKey, jwk }`, the latter public and with a `kid`. */
export async function keyFor(alg) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...await exportJWK(publicKey), kid: alg.toLowerCase(), use: 'sig', alg } };
}

/** The left half of the hash of a token or code. */
export function halfHash(alg, value) {
  const digest = createHash(algorithms[alg]).update(value, 'ascii').digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

export const sign = (alg, key, claims) => new SignJWT(claims).setProtectedHeader({ alg, kid: key.jwk.kid }).sign(key.privateKey);
