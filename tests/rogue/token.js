/** ID tokens of the misbehaving provider: signed by npm jose where they are sound, by hand where jose refuses to make such a thing. */

import { createHash, createHmac } from 'node:crypto';
import { CompactSign } from 'jose';

/** What jose signs: a sound header. */
export const sign = (header, claims, key) => new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header).sign(key.privateKey);

const bytes = (value) => (Buffer.isBuffer(value) ? value : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

/** Base64url of a text, of bytes, or of the JSON of anything else. */
export const encode = (value) => bytes(value).toString('base64url');

/** A genuine signature over any two segments, however odd they are. */
export async function seal(header, payload, { privateKey }) {
  const input = `${header}.${payload}`;
  const { name, hash } = privateKey.algorithm;
  const signature = await crypto.subtle.sign({ name, ...(name === 'ECDSA' && { hash: 'SHA-256' }), ...(hash && { hash }) }, privateKey, Buffer.from(input));
  return `${input}.${encode(Buffer.from(signature))}`;
}

/** HS256 with any text for a key. */
export function hmac(header, payload, secret) {
  const input = `${header}.${payload}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** `at_hash` and `c_hash`: the left half of a hash. */
export function halfHash(value, hash = 'sha256') {
  const digest = createHash(hash).update(value).digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

/** The hash that goes with a signature algorithm (OpenID Connect Core 3.1.3.6). */
export const hashOf = (alg) => (alg === 'EdDSA' ? 'sha512' : 'sha256');
