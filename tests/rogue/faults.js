/**
 * What the misbehaving provider does on command, by name.
 *
 * A fault is a set of hooks, each of which may change what it is given or give something else:
 * - `draft({ header, claims, key }, about)`: the ID token before it is signed; `seal` signs in place of jose, which refuses to make some of these;
 * - `answer({ query, fragment }, about)`: the authorization answer; `about.part` is the one of the two that an honest answer uses;
 * - `tokens(body, about)`: the token endpoint's answer; `refuse`: its error, with a description;
 * - `discovery(document, issuer)`, `keys(keys, issuer)`: the documents;
 * - `hold(issuer)`: waits before the authorization endpoint begins to answer;
 * - `wire`: how the answer of a route is sent, by a name in `wire.js`;
 * - `signsWith`: the name of the key that signs from now on; `logoutState`: the `state` that a sign-out brings back.
 */

import { createPublicKey } from 'node:crypto';
import { importJWK } from 'jose';
import { key } from './keys.js';
import { encode, halfHash, hmac, seal, sign } from './token.js';
import { wire } from './wire.js';

const claim = (name, value) => ({ draft: ({ claims }, about) => { claims[name] = typeof value === 'function' ? value(about, claims) : value; } });
const without = (name) => ({ draft: ({ claims }) => { delete claims[name]; } });

/** Changes a sound token's three parts. */
const respelt = (change) => ({
  seal: async ({ header, claims, key: by }, about) => {
    const parts = (await sign(header, claims, by)).split('.');
    return (await change(parts, { header, claims, ...about })).join('.');
  },
});

/** Signs, genuinely, segments of any spelling. */
const spelt = (spell) => ({
  seal: async ({ header, claims, key: by }) => {
    const [first, second] = spell(header, claims);
    return seal(first, second, by);
  },
});
const payload = (spell) => spelt((header, claims) => [encode(header), spell(claims)]);
const doubled = (object, more) => `${JSON.stringify(object).slice(0, -1)},${more}}`;

/** Signed by a stranger who calls the key by the provider's name. */
const strange = (change = () => {}, name = 'stranger') => ({
  draft: async (draft) => {
    draft.key = await key(name);
    await change(draft.header, draft.key.jwk);
  },
});
const bare = ({ kty, n, e, crv, x, y }) => Object.fromEntries(Object.entries({ kty, n, e, crv, x, y }).filter(([, value]) => value));
const der = (jwk) => createPublicKey({ key: bare(jwk), format: 'jwk' }).export({ type: 'spki', format: 'der' }).toString('base64');
const pem = (jwk) => createPublicKey({ key: bare(jwk), format: 'jwk' }).export({ type: 'spki', format: 'pem' });
const symmetric = (secretOf) => respelt(([, claims], { own }) => hmac(encode({ alg: 'HS256', kid: own.kid }), claims, secretOf(own.jwk)).split('.'));
const unsigned = (alg, signature = '') => respelt(([, claims]) => [encode({ alg }), claims, signature]);

const signature = {
  'nothing wrong': {},
  'nothing wrong, ES256': { signsWith: 'es256' },
  'signature wrong, ES256': { signsWith: 'es256', ...respelt(([header, claims, text]) => [header, claims, (text[0] === 'A' ? 'B' : 'A') + text.slice(1)]) },
  'signature wrong': respelt(([header, claims, text]) => [header, claims, (text[0] === 'A' ? 'B' : 'A') + text.slice(1)]),
  'signature empty': respelt(([header, claims]) => [header, claims, '']),
  'signed with another key': strange(),
  'payload changed after signing': respelt(([header, , text], { claims }) => [header, encode({ ...claims, sub: 'mallory' }), text]),
};

const algorithm = {
  'alg none with an empty third part': unsigned('none'),
  'alg none with a made-up third part': unsigned('none', encode('made up')),
  'alg nOnE': unsigned('nOnE'),
  'alg None with a made-up third part': unsigned('None', encode('made up')),
  'alg rs256 in small letters': respelt(([, claims, text], { header }) => [encode({ ...header, alg: 'rs256' }), claims, text]),
  'HS256 keyed with the public key (PEM)': symmetric(pem),
  'HS256 keyed with the public key (DER)': symmetric((jwk) => Buffer.from(der(jwk), 'base64')),
  'HS256 keyed with the public key (JWK)': symmetric(JSON.stringify),
  'an algorithm that the key’s type does not allow': { draft: async (draft, { own }) => { draft.key = await key('strangerEs256'); draft.header = { alg: 'ES256', kid: own.kid }; } },
  'an algorithm that the key’s alg does not allow': {
    draft: async (draft, { own }) => {
      draft.header.alg = 'PS256';
      draft.key = { privateKey: await importJWK({ ...own.secretJwk, alg: 'PS256' }, 'PS256') };
    },
  },
};

const offeredKey = {
  jwk: (header, jwk) => { header.jwk = bare(jwk); },
  jku: (header, _jwk, trap) => { header.jku = trap; },
  x5u: (header, _jwk, trap) => { header.x5u = trap; },
  x5c: (header, jwk) => { header.x5c = [der(jwk)]; },
};
const header = {
  ...Object.fromEntries(Object.entries(offeredKey).flatMap(([name, offer]) => [
    [`signed with a key that the header offers (${name})`, { draft: async (draft, { issuer }) => { draft.key = await key('stranger'); offer(draft.header, draft.key.jwk, issuer.trap); } }],
    [`a key offered in the header of a good token (${name})`, { draft: async ({ header: head }, { issuer }) => offer(head, (await key('stranger')).jwk, issuer.trap) }],
  ])),
  'crit in the header': spelt((head, claims) => [encode({ ...head, crit: ['exp'], exp: 1 }), encode(claims)]),
  'an empty crit in the header': spelt((head, claims) => [encode({ ...head, crit: [] }), encode(claims)]),
};

const nameless = ({ header: head }) => { delete head.kid; };
const withoutKid = (keys) => keys.map(({ kid: _, ...jwk }) => jwk);
const keyChoice = {
  'unknown kid': { draft: ({ header: head }) => { head.kid = 'nobody'; } },
  'unknown kid, and no keys': { draft: ({ header: head }) => { head.kid = 'nobody'; }, keys: () => ({}) },
  'no kid, and no key of its type': { draft: nameless, keys: (keys) => keys.filter((jwk) => jwk.kty !== 'RSA') },
  'no kid, and a stranger’s signature': { draft: async (draft) => { nameless(draft); draft.key = await key('stranger'); } },
  'no kid, one fitting key': { draft: nameless },
  'no kid, one key in all': { draft: nameless, keys: (keys) => withoutKid(keys.slice(0, 1)) },
  'no kid, several fitting keys': { draft: nameless, keys: async (keys) => [(await key('next')).jwk, (await key('stranger')).jwk, ...keys] },
  'no kid anywhere, several fitting keys': { draft: nameless, keys: async (keys) => withoutKid([(await key('next')).jwk, ...keys]) },
  'several keys of one kid': { keys: async (keys) => [{ ...(await key('next')).jwk, kid: 'own' }, ...keys] },
  'a key with use enc': { keys: (keys) => keys.map((jwk) => ({ ...jwk, use: 'enc' })) },
  'a key with key_ops without verify': { keys: (keys) => keys.map(({ use: _, ...jwk }) => ({ ...jwk, key_ops: ['encrypt'] })) },
  'an RSA key under 2048 bits': { signsWith: 'weak', keys: async (keys) => [...keys, (await key('weak')).jwk], seal: ({ header: head, claims, key: by }) => seal(encode(head), encode(claims), by) },
  'unknown kty beside good keys': { keys: (keys) => [{ kty: 'LWE', kid: 'own', pub: 'AQAB' }, { kid: 'own' }, ...keys] },
  'unknown crv beside good keys': { keys: (keys) => [{ kty: 'EC', crv: 'P-999', kid: 'own', x: 'AQ', y: 'AQ' }, { kty: 'OKP', crv: 'X25519', kid: 'x', x: 'AQ' }, ...keys] },
  'private members in the keys': { keys: async (keys) => [{ ...(await key('own')).secretJwk }, ...keys.slice(1)] },
};

const issuerAndAudience = {
  'iss wrong': claim('iss', 'https://elsewhere.example'),
  'iss absent': without('iss'),
  'iss in other case': claim('iss', ({ issuer }) => issuer.url.replace('Issuer', 'issuer')),
  'iss with a closing slash more': claim('iss', ({ issuer }) => `${issuer.url}/`),
  'iss with a closing slash less': claim('iss', ({ issuer }) => issuer.url.replace(/\/$/, '')),
  'aud wrong': claim('aud', 'somebody-else'),
  'aud absent': without('aud'),
  'aud an empty text': claim('aud', ''),
  'aud an empty list': claim('aud', []),
  'aud a list without us': claim('aud', ['one', 'two']),
  'aud a list of us alone': claim('aud', ({ clientId }) => [clientId]),
  'several aud without azp': claim('aud', ({ clientId }) => [clientId, 'two']),
  'several aud, azp someone else': { draft: ({ claims }, { clientId }) => Object.assign(claims, { aud: [clientId, 'two'], azp: 'two' }) },
  'several aud, azp us': { draft: ({ claims }, { clientId }) => Object.assign(claims, { aud: [clientId, 'two'], azp: clientId }) },
  'azp someone else': claim('azp', 'somebody-else'),
};

/** Further off than any skew, and than a test that has put the page's clock forward. */
const far = 1000;
const dates = (name) => ({
  [`${name} absent`]: without(name),
  [`${name} of the wrong type`]: claim(name, ({ now }) => String(now)),
  [`${name} negative`]: claim(name, -1),
  [`${name} beyond 2^53`]: claim(name, 2 ** 54),
});
const times = {
  'exp past by more than the skew': claim('exp', ({ now }) => now - far),
  'nbf ahead by more than the skew': claim('nbf', ({ now }) => now + far),
  'iat ahead by more than the skew': claim('iat', ({ now }) => now + far),
  'nbf and iat ahead by less than the skew': { draft: ({ claims }, { now }) => Object.assign(claims, { nbf: now + 20, iat: now + 20 }) },
  ...dates('exp'),
  ...dates('iat'),
  'fractional seconds': { draft: ({ claims }, { now }) => Object.assign(claims, { iat: now - 0.5, exp: now + 99.25 }) },
  'sub absent': without('sub'),
  'sub of the wrong type': claim('sub', 1234),
  'sub empty': claim('sub', ''),
  'sub over 255 characters': claim('sub', 'x'.repeat(256)),
  'sub of 255 characters': claim('sub', 'x'.repeat(255)),
};

const login = {
  'nonce absent': without('nonce'),
  'nonce wrong': claim('nonce', 'made-up'),
  'nonce used before': claim('nonce', ({ issuer }) => issuer.nonces[0]),
  'nonce of the first login': claim('nonce', ({ nonce }) => nonce),
  'at_hash wrong': claim('at_hash', halfHash('another token')),
  'at_hash absent': without('at_hash'),
  'at_hash by SHA-512 for Ed25519': { signsWith: 'ed25519', keys: async (keys) => [...keys, (await key('ed25519')).jwk] },
  'at_hash by SHA-256 for Ed25519': { signsWith: 'ed25519', keys: async (keys) => [...keys, (await key('ed25519')).jwk], draft: ({ claims }, { accessToken }) => { claims.at_hash = halfHash(accessToken); } },
  'c_hash wrong': claim('c_hash', halfHash('another code')),
  'c_hash right': claim('c_hash', ({ code }) => halfHash(code)),
  'auth_time absent': without('auth_time'),
  'auth_time too old': claim('auth_time', ({ now }) => now - far),
  'auth_time of another sign-in': claim('auth_time', (_about, { auth_time }) => auth_time + 1),
  'auth_time of the first sign-in': claim('auth_time', ({ authTime }) => authTime),
  'another sub': claim('sub', 'mallory'),
  'no ID token': {
    tokens: ({ id_token: _, ...body }) => body,
    answer: ({ fragment }) => { fragment.delete('id_token'); },
  },
};

const structure = {
  'two parts': respelt(([head, claims]) => [head, claims]),
  'five parts': respelt((parts) => [...parts, 'QUFB', 'QUFB']),
  'base64 with padding': payload((claims) => {
    const text = JSON.stringify(claims);
    return Buffer.from(text + ' '.repeat(text.length % 3 === 0 ? 1 : 0)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  }),
  'base64 with illegal characters': payload((claims) => { const text = encode(claims); return `${text.slice(0, 8)}+/${text.slice(8)}`; }),
  'not UTF-8': payload((claims) => encode(Buffer.concat([Buffer.from(JSON.stringify(claims).slice(0, -1) + ',"x":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]))),
  'not JSON': payload((claims) => encode(JSON.stringify(claims).slice(0, -1))),
  'not an object': payload((claims) => encode([claims])),
  'a header that is not an object': spelt((_head, claims) => [encode('"RS256"'), encode(claims)]),
  'duplicate members in the claims': payload((claims) => encode(doubled(claims, '"sub":"mallory"'))),
  'duplicate members in the header': spelt((head, claims) => [encode(doubled(head, '"alg":"RS256"')), encode(claims)]),
  'duplicate members inside a claim': payload((claims) => encode(doubled(claims, '"address":{"country":"ES","country":"KR"}'))),
  'duplicate members, one of them escaped': payload((claims) => encode(doubled(claims, '"s\\u0075b":"mallory"'))),
  'over 1 MiB': claim('padding', 'x'.repeat(1 << 20)),
};

const extra = (name, value) => ({ answer: ({ query, fragment }, { part }) => { (value ? part : query).append(name, value ?? fragment); } });
const error = (code, text) => ({
  answer: (_answer, { part }) => {
    for (const name of ['code', 'access_token', 'id_token', 'token_type', 'expires_in']) part.delete(name);
    part.set('error', code);
    if (text) part.set('error_description', text);
  },
});
/** What every description tries to be. */
export const markup = '<img src=x onerror="globalThis.pwned=1"><b>no</b>';
const set = (name, value) => ({ answer: (_answer, about) => { about.part.set(name, typeof value === 'function' ? value(about) : value); } });
const answer = {
  'state absent': { answer: (_answer, { part }) => part.delete('state') },
  'state wrong': set('state', 'made-up'),
  'state used before': set('state', ({ issuer }) => issuer.states[0]),
  'state of another tab': set('state', ({ issuer }) => issuer.states[0]),
  'iss parameter wrong': set('iss', 'https://elsewhere.example'),
  'iss parameter with a closing slash more': set('iss', ({ issuer }) => `${issuer.url}/`),
  'iss parameter absent, although announced': { answer: (_answer, { part }) => part.delete('iss') },
  'iss parameter absent, and not announced': { answer: (_answer, { part }) => part.delete('iss'), discovery: ({ authorization_response_iss_parameter_supported: _, ...document }) => document },
  'code and error together': extra('error', 'access_denied'),
  'token and error together': extra('error', 'access_denied'),
  'code twice': extra('code', 'another-code-altogether'),
  'state twice, both right': { answer: (_answer, { part }) => part.append('state', part.get('state')) },
  'iss twice': { answer: (_answer, { part }) => part.append('iss', part.get('iss')) },
  'error twice': { answer: (_answer, { part }) => { part.append('error', 'access_denied'); part.append('error', 'login_required'); } },
  'ID token twice': { answer: (_answer, { part }) => part.append('id_token', part.get('id_token')) },
  'ID token in the query': { answer: ({ query, fragment }, { part }) => { query.set('id_token', fragment.get('id_token') ?? 'a.b.c'); if (part === fragment) fragment.delete('id_token'); } },
  'access token in the query': { answer: ({ query }) => query.set('access_token', 'an-access-token-in-the-query') },
  'code in the fragment, in code flow': { answer: ({ query, fragment }) => { fragment.set('code', query.get('code')); query.delete('code'); } },
  'the whole answer in the fragment, in code flow': { answer: ({ query, fragment }) => { for (const [name, value] of [...query]) { fragment.set(name, value); query.delete(name); } } },
  'code instead of the ID token, in implicit flow': { answer: ({ fragment }) => { fragment.delete('id_token'); fragment.set('code', 'a-code-that-nobody-asked-for'); } },
  'an empty code': set('code', ''),
  'error access_denied': error('access_denied', markup),
  'error login_required': error('login_required', markup),
  'error interaction_required': error('interaction_required', markup),
  'error consent_required': error('consent_required', markup),
  'error account_selection_required': error('account_selection_required', markup),
  'error server_error': error('server_error', markup),
  'error that is itself markup': error(markup),
};

const endpoints = ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'end_session_endpoint', 'revocation_endpoint'];
const addresses = {
  'http, off loopback': 'http://idp.example.com/x',
  'javascript:': 'javascript:globalThis.pwned=1',
  'data:': 'data:text/html,<script>globalThis.pwned=1</script>',
  'relative': '/authorize',
  'without a scheme': '//idp.example.com/x',
};
const documents = {
  'discovery’s issuer differs': { discovery: (document) => ({ ...document, issuer: 'https://elsewhere.example' }) },
  'discovery’s issuer has a closing slash more': { discovery: (document, issuer) => ({ ...document, issuer: `${issuer.url}/` }) },
  ...Object.fromEntries(endpoints.flatMap((endpoint) => Object.entries(addresses).map(([name, value]) => [`${endpoint} ${name}`, { discovery: (document) => ({ ...document, [endpoint]: value }) }]))),
  'code_challenge_methods_supported absent': { discovery: ({ code_challenge_methods_supported: _, ...document }) => document },
  'code_challenge_methods_supported plain': { discovery: (document) => ({ ...document, code_challenge_methods_supported: ['plain'] }) },
  'jwks_uri absent': { discovery: ({ jwks_uri: _, ...document }) => document },
  'keys without a list': { keys: () => ({}) },
  ...Object.fromEntries(['discovery', 'keys', 'token', 'authorize'].flatMap((route) => Object.keys(wire).map((way) => [`${route} ${way}`, { wire: { [route]: way } }]))),
  'token: invalid_grant': { refuse: ['invalid_grant', markup] },
  'token: invalid_client': { refuse: ['invalid_client', markup] },
  'token: interaction_required': { refuse: ['interaction_required', markup] },
  'token: an error that nobody knows': { refuse: ['out_of_cheese', markup] },
  'token_type mac': tokens({ token_type: 'mac' }),
  'token_type DPoP': tokens({ token_type: 'DPoP' }),
  'token_type absent': tokens({ token_type: undefined }),
  'token_type bearer in small letters': tokens({ token_type: 'bearer' }),
  'expires_in digits in a string': tokens({ expires_in: '100' }),
  'expires_in absent': tokens({ expires_in: undefined }),
  'expires_in absent, and no ID token': { ...tokens({ expires_in: undefined, id_token: undefined }), answer: ({ fragment }) => { fragment.delete('expires_in'); } },
  'expires_in negative': tokens({ expires_in: -1 }),
  'expires_in over ten years': tokens({ expires_in: 10 * 365 * 86_400 + 1 }),
  'expires_in no number': tokens({ expires_in: 'soon' }),
  'no access token': tokens({ access_token: undefined }),
  'an access token with a line break': tokens({ access_token: 'a-token-of-two\r\nX-Injected: lines' }),
  'no refresh token': tokens({ refresh_token: undefined }),
  'token endpoint at a server that is not there': { discovery: (document, { nowhere }) => ({ ...document, token_endpoint: `${nowhere}/token` }) },
  'keys at a server that is not there': { discovery: (document, { nowhere }) => ({ ...document, jwks_uri: `${nowhere}/jwks` }) },
  'keys rotated just before signing': { signsWith: 'next', keys: async () => [(await key('next')).jwk] },
  'keys rotated under the same kid': { signsWith: 'next', draft: ({ header: head }) => { head.kid = 'own'; }, keys: async () => [{ ...(await key('next')).jwk, kid: 'own' }] },
  'keys rotated while the window is open': {
    hold: async (issuer) => {
      while (!issuer.asked('keys').length) await new Promise((resolve) => { setTimeout(resolve, 10); });
      issuer.signsWith = 'next';
      issuer.publishes = ['next'];
    },
  },
  'another state after the sign-out': { logoutState: 'another-state' },
};

function tokens(change) {
  return { tokens: (body) => ({ ...body, ...change }) };
}

export const faults = { ...signature, ...algorithm, ...header, ...keyChoice, ...issuerAndAudience, ...times, ...login, ...structure, ...answer, ...documents };
