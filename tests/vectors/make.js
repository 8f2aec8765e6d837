/**
 * Writes protocol/tests/vectors/jose.json: a key and an ID token of every algorithm, made by jose, for the
 * native checks to accept. `node tests/vectors/make.js` makes new ones; the private keys are thrown away.
 */

import { writeFile } from 'node:fs/promises';
import { algorithms, halfHash, keyFor, sign } from './algorithms.js';

const now = 1_750_000_000;
const [access_token, code] = ['jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y', 'Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk'];

const vectors = await Promise.all(Object.keys(algorithms).map(async (alg) => {
  const key = await keyFor(alg);
  const token = await sign(alg, key, {
    iss: 'https://idp.example.com', sub: '248289761001', aud: 'web', iat: now - 5, exp: now + 300, nonce: 'n-0S6_WzA2Mj',
    at_hash: halfHash(alg, access_token), c_hash: halfHash(alg, code),
  });
  return { alg, key: key.jwk, token };
}));
const file = new URL('../../protocol/tests/vectors/jose.json', import.meta.url);
await writeFile(file, `${JSON.stringify({ access_token, code, vectors }, null, 2)}\n`);
