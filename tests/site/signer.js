/** A key of somebody's own, the JWTs that it signs, and the text that checks them: what Dynamics 365 wants of whoever makes its JWTs. */

import { randomUUID } from 'node:crypto';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';

/** A new key: `pem` for those who check, `sign` for claims. */
export async function newSigner() {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  return {
    pem: await exportSPKI(publicKey),
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(privateKey),
  };
}

/** The claims of a person; `ttl` in seconds. */
export function claimsFor({ iss, sub, ttl }) {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss,
    sub,
    iat: now,
    nbf: now,
    exp: now + ttl,
    // Two JWTs of one second would be the same text otherwise, and Microsoft's widget ignores the second.
    jti: randomUUID(),
    lwicontexts: JSON.stringify({ msdyn_cartvalue: '10000', msdyn_isvip: 'false' }),
  };
}
