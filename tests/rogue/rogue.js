/**
 * An OpenID Provider that misbehaves on command, on loopback.
 *
 * Each issuer of it (`rogue.issuer()`) is honest until it is told otherwise: `issuer.misbehave(fault, { in: ['frame'] })`, with a fault of
 * `faults.js`. An honest issuer knows discovery, keys, code with PKCE, implicit, `prompt=none`, refresh tokens that rotate (a used one
 * revokes its family), revocation, sign-out and CORS. Nobody has to type a password: a visible request signs in, and a hidden one
 * succeeds until the person signs out here.
 */

import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { faults } from './faults.js';
import { key } from './keys.js';
import { halfHash, hashOf, sign } from './token.js';
import { send, wire } from './wire.js';

export const subject = 'person-1';

/** The life of its tokens, in seconds. */
export const life = 100;

/** The three kinds of requests that a fault can be for. */
export const kinds = ['window', 'frame', 'refresh'];

const routes = {
  '/.well-known/openid-configuration': 'discovery',
  '/jwks': 'keys',
  '/authorize': 'authorize',
  '/token': 'token',
  '/userinfo': 'userinfo',
  '/revoke': 'revocation',
  '/logout': 'end-session',
};

const random = () => randomBytes(24).toString('base64url');
const json = (body, status = 200) => ({ status, headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }, body: JSON.stringify(body) });

/**
 * Starts the server.
 *
 * @param {{ sites: string[] }} options origins of the sites it serves
 */
export async function startRogue({ sites }) {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, 'localhost', resolve));
  const { port, address, family } = server.address();
  const origin = `http://localhost:${port}`;
  /** The same server under another origin, where nobody has any business. */
  const elsewhere = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  const issuers = new Map();
  const trapped = [];

  server.on('request', async (request, response) => {
    const url = new URL(request.url, origin);
    const [, id, rest] = /^\/(Issuer-\d+)(\/.*)?$/.exec(url.pathname) ?? [];
    const issuer = issuers.get(id);
    if (url.pathname === '/trap') {
      trapped.push({ url: request.url, headers: request.headers });
      send(response, { headers: cors(request), body: '{}' });
    } else if (issuer) {
      // A path with `//` belongs to an issuer that ends with a slash.
      await serve(issuer, routes[rest] ?? 'other', { request, response, url }).catch((fault) => {
        issuer.failures.push(fault);
        send(response, { status: 500, body: String(fault.stack) });
      });
    } else {
      send(response, { status: 404 });
    }
  });

  const cors = (request) => (sites.includes(request.headers.origin) ? { 'Access-Control-Allow-Origin': request.headers.origin, Vary: 'Origin' } : {});

  async function serve(issuer, route, { request, response, url }) {
    const form = request.method === 'POST' ? new URLSearchParams(await text(request)) : url.searchParams;
    const record = { route, method: request.method, headers: request.headers, params: Object.fromEntries(form), at: Date.now() };
    issuer.records.push(record);
    issuer.note(record.params.code_verifier);
    const answer = await (handlers[route] ?? (() => ({ status: 404 })))(issuer, record);
    answer.headers = { ...answer.headers, ...(route !== 'authorize' && cors(request)), 'Set-Cookie': 'known=1; Path=/' };
    record.location = answer.headers.location;
    const way = issuer.faultFor(record.kind).wire?.[route];
    record.status = answer.status ?? 200;
    (way ? wire[way] : send)(response, answer, { trap: `${elsewhere}/trap` });
  }

  const nowhere = await closedOrigin();
  return {
    origin,
    elsewhere,
    /** An origin at which no server listens. */
    nowhere,
    trap: `${elsewhere}/trap`,
    /** What came where nothing may come. */
    trapped,
    /**
     * @param {object} [options]
     * @param {string} [options.end] what its identifier ends with (`/`)
     * @param {boolean} [options.refreshTokens] whether it gives refresh tokens
     */
    issuer: (options = {}) => {
      const id = `Issuer-${issuers.size + 1}`;
      const issuer = makeIssuer(origin + '/' + id, { sites, trap: `${elsewhere}/trap`, nowhere, ...options });
      issuers.set(id, issuer);
      return issuer;
    },
    close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

function makeIssuer(base, { sites, trap, nowhere, end = '', refreshTokens = true }) {
  let fault = {};
  let only = kinds;
  const issuer = {
    base,
    url: base + end,
    sites,
    trap,
    nowhere,
    refreshTokens,
    /** What it was asked, oldest first: route, kind (window, frame, refresh), parameters, headers. */
    records: [],
    asked: (route, kind) => issuer.records.filter((one) => one.route === route && (!kind || one.kind === kind)),
    /** Faults of this server itself, which no test may have. */
    failures: [],
    /** Whether the person is signed in here. */
    known: true,
    codes: new Map(),
    /** Refresh tokens: `{ family, used }`. */
    refreshes: new Map(),
    revoked: new Set(),
    nonces: [],
    states: [],
    /** Every token, code and verifier that has passed, sound or not. */
    secrets: [],
    note: (secret) => { if (typeof secret === 'string' && secret.length >= 16 && !issuer.secrets.includes(secret)) issuer.secrets.push(secret); },
    /** The names of the keys that it signs with and publishes. */
    signsWith: 'own',
    publishes: ['own', 'es256'],

    misbehave: (name, { in: wanted = kinds } = {}) => {
      if (!faults[name]) throw new Error(`there is no fault '${name}'`);
      fault = faults[name];
      only = wanted;
      issuer.signsWith = fault.signsWith ?? issuer.signsWith;
    },
    behave: () => { fault = {}; },
    /** Discovery and keys are of no kind: a fault of theirs always counts. */
    faultFor: (kind) => (!kind || only.includes(kind) ? fault : {}),
  };
  return issuer;
}

const handlers = {
  discovery: async (issuer) => {
    const { base } = issuer;
    const document = {
      issuer: issuer.url,
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/token`,
      userinfo_endpoint: `${base}/userinfo`,
      jwks_uri: `${base}/jwks`,
      revocation_endpoint: `${base}/revoke`,
      end_session_endpoint: `${base}/logout`,
      response_types_supported: ['code', 'token', 'id_token', 'id_token token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    };
    return json(await issuer.faultFor().discovery?.(document, issuer) ?? document);
  },

  keys: async (issuer) => {
    const keys = await Promise.all(issuer.publishes.map(async (name) => ({ ...(await key(name)).jwk })));
    return json({ keys: await issuer.faultFor().keys?.(keys, issuer) ?? keys });
  },

  authorize: async (issuer, record) => {
    const { params } = record;
    record.kind = params.prompt === 'none' ? 'frame' : 'window';
    const fault = issuer.faultFor(record.kind);
    await fault.hold?.(issuer);
    if (!issuer.sites.some((site) => params.redirect_uri === `${site}/messenger-auth/authWindow.html`)) return { status: 400, body: 'redirect_uri is not registered' };
    const implicit = params.response_type !== 'code';
    const answer = { query: new URLSearchParams(), fragment: new URLSearchParams() };
    const part = implicit ? answer.fragment : answer.query;
    const occasion = { issuer, kind: record.kind, clientId: params.client_id, nonce: params.nonce, scope: params.scope, authTime: Math.floor(Date.now() / 1000), params };
    const problem = mistake(params) ?? (record.kind === 'frame' && !issuer.known ? ['login_required', 'nobody is signed in'] : undefined);
    issuer.states.push(params.state);
    if (params.nonce) issuer.nonces.push(params.nonce);
    if (problem) {
      part.set('error', problem[0]);
      part.set('error_description', problem[1]);
    } else if (implicit) {
      issuer.known = true;
      const wanted = params.response_type.split(' ');
      if (wanted.includes('token')) {
        occasion.accessToken = random();
        part.set('access_token', occasion.accessToken);
        part.set('token_type', 'Bearer');
        part.set('expires_in', String(life));
      }
      if (wanted.includes('id_token')) part.set('id_token', await idToken(occasion, fault));
    } else {
      issuer.known = true;
      const code = random();
      issuer.codes.set(code, { ...occasion, code });
      part.set('code', code);
    }
    part.set('iss', issuer.url);
    part.set('state', params.state);
    const location = () => {
      const [query, fragment] = [`${answer.query}`, `${answer.fragment}`];
      return `${params.redirect_uri}${query && `?${query}`}${fragment && `#${fragment}`}`;
    };
    /** The answer of an honest issuer. */
    record.right = location();
    await fault.answer?.(answer, { ...occasion, part });
    for (const name of ['code', 'access_token', 'id_token']) for (const side of [answer.query, answer.fragment]) issuer.note(side.get(name));
    return { status: 303, headers: { location: location() } };
  },

  token: async (issuer, record) => {
    const { params } = record;
    record.kind = params.grant_type === 'refresh_token' ? 'refresh' : issuer.codes.get(params.code)?.kind;
    const granted = params.grant_type === 'refresh_token' ? refresh(issuer, params) : redeem(issuer, params);
    const fault = issuer.faultFor(record.kind);
    const refuse = fault.refuse ?? (granted.error && [granted.error, granted.description]);
    if (refuse) return json({ error: refuse[0], error_description: refuse[1] }, 400);
    const accessToken = random();
    const occasion = { ...granted, kind: record.kind, accessToken };
    const body = { access_token: accessToken, token_type: 'Bearer', expires_in: life, scope: granted.scope, id_token: await idToken(occasion, fault) };
    if (issuer.refreshTokens) {
      body.refresh_token = random();
      issuer.refreshes.set(body.refresh_token, { ...granted, family: granted.family ?? body.refresh_token });
    }
    const sent = await fault.tokens?.(body, occasion) ?? body;
    for (const name of ['access_token', 'id_token', 'refresh_token']) issuer.note(sent[name]);
    record.body = sent;
    return json(sent);
  },

  userinfo: async () => json({ sub: subject }),

  revocation: async (issuer, { params }) => {
    const family = issuer.refreshes.get(params.token)?.family;
    issuer.revoked.add(family ?? params.token);
    return { status: 200 };
  },

  'end-session': async (issuer, { params }) => {
    issuer.known = false;
    const back = params.post_logout_redirect_uri;
    if (!issuer.sites.some((site) => back?.startsWith(`${site}/`))) return { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><title>Signed out</title>' };
    const state = issuer.faultFor().logoutState ?? params.state;
    return { status: 303, headers: { location: back + (state ? `?state=${state}` : '') } };
  },
};

/** What an honest provider would not have sent on; the library must never be told so. */
function mistake({ client_id, state, nonce, response_type, scope = '', code_challenge, code_challenge_method, client_secret }) {
  if (!client_id || client_secret) return ['invalid_client', 'no client, or a secret of one'];
  if (!state) return ['invalid_request', 'state is missing'];
  if (!['code', 'token', 'id_token', 'id_token token'].includes(response_type)) return ['unsupported_response_type', 'no such response type'];
  if (scope.split(' ').includes('openid') && response_type.includes('id_token') && !nonce) return ['invalid_request', 'nonce is missing'];
  if (response_type === 'code' && (code_challenge_method !== 'S256' || !/^[\w-]{43}$/.test(code_challenge))) return ['invalid_request', 'S256 is missing'];
  return undefined;
}

function redeem(issuer, params) {
  const code = issuer.codes.get(params.code);
  const verifies = code && createHash('sha256').update(params.code_verifier ?? '').digest('base64url') === code.params.code_challenge;
  if (!code || code.used || !verifies || params.redirect_uri !== code.params.redirect_uri || params.client_id !== code.clientId) {
    return { error: 'invalid_grant', description: 'the code is used, unknown or not for this client' };
  }
  code.used = true;
  return { ...code, used: undefined };
}

function refresh(issuer, params) {
  const held = issuer.refreshes.get(params.refresh_token);
  if (held?.used) issuer.revoked.add(held.family);
  if (!held || held.used || issuer.revoked.has(held.family)) return { error: 'invalid_grant', description: 'the refresh token is used, revoked or unknown' };
  held.used = true;
  return { ...held, used: undefined };
}

/** @param {object} occasion what it is issued for @param {object} fault */
async function idToken(occasion, fault) {
  const { issuer, clientId, nonce, accessToken, kind } = occasion;
  const now = Math.floor(Date.now() / 1000);
  const signer = await key(issuer.signsWith);
  const draft = {
    header: { alg: signer.alg, kid: signer.kid, typ: 'JWT' },
    claims: {
      iss: issuer.url, sub: subject, aud: clientId, iat: now, exp: now + life, auth_time: occasion.authTime ?? now, jti: random(),
      ...(nonce && kind !== 'refresh' && { nonce }),
      ...(accessToken && { at_hash: halfHash(accessToken, hashOf(signer.alg)) }),
    },
    key: signer,
  };
  const about = { ...occasion, now, own: await key('own') };
  await fault.draft?.(draft, about);
  const { header, claims, key: by } = draft;
  return fault.seal ? fault.seal(draft, about) : sign(header, claims, by);
}

async function closedOrigin() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://localhost:${port}`;
}

async function text(request) {
  let all = '';
  for await (const chunk of request.setEncoding('utf8')) all += chunk;
  return all;
}
