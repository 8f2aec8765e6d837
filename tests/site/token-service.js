/**
 * A site's own token service, as Dynamics 365 wants one: for a person's access token of the provider it makes a JWT of its own, and it
 * serves the public key that checks it.
 */

import { createServer } from 'node:http';
import { claimsFor, newSigner } from './signer.js';

/** What may be changed while the service runs. */
const defaults = {
  /** Seconds that a JWT lives. */
  ttl: 600,
  /** How it answers: `jwt`, `text`, `json` (a text), or a function that makes an object of the JWT. */
  form: 'jwt',
  /** Changes the claims before they are signed: gives new ones. */
  claims: (claims) => claims,
  /** Answers in the place of the JWT, or a promise of it: `{ status, headers, body }`. */
  instead: undefined,
};

const forms = {
  jwt: (jwt) => ['application/jwt', jwt],
  text: (jwt) => ['text/plain; charset=utf-8', `${jwt}\n`],
  json: (jwt) => ['application/json', JSON.stringify(jwt)],
};

/**
 * Starts the service: `/token` and `/publickey`.
 *
 * @param {object} options
 * @param {{ issuer: string }} options.op the provider that is asked whose access token it is
 * @param {string[]} options.sites origins of the pages that may ask
 * @param {number} [options.port] 0 takes a free one
 */
export async function startTokenService({ op, sites, port = 0 }) {
  const settings = { ...defaults };
  const { pem, sign } = await newSigner();
  const asked = [];
  const issued = [];
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, 'localhost', resolve));
  const origin = `http://localhost:${server.address().port}`;

  /** The person whose access token it is. */
  const personOf = async (authorization) => {
    const answer = await fetch(`${op.issuer}/me`, { headers: { authorization } });
    return answer.ok ? answer.json() : undefined;
  };

  const jwtFor = async ({ sub }) => {
    const jwt = await sign(settings.claims(claimsFor({ iss: origin, sub, ttl: settings.ttl })));
    issued.push(jwt);
    return jwt;
  };

  const answerOf = async (path, { authorization }) => {
    if (path === '/publickey') return { headers: { 'Content-Type': 'text/plain' }, body: pem };
    if (path !== '/token') return { status: 404 };
    asked.push({ authorization });
    const instead = await settings.instead;
    if (instead) return instead;
    const person = authorization && await personOf(authorization);
    if (!person) return { status: 401 };
    const jwt = await jwtFor(person);
    const [type, body] = typeof settings.form === 'function' ? ['application/json', JSON.stringify(settings.form(jwt))] : forms[settings.form](jwt);
    return { headers: { 'Content-Type': type }, body };
  };

  server.on('request', async (request, response) => {
    const readable = sites.includes(request.headers.origin) && {
      'Access-Control-Allow-Origin': request.headers.origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Headers': 'authorization',
      'Access-Control-Expose-Headers': 'X-Responded-JSON',
      Vary: 'Origin',
    };
    try {
      const { status = 200, headers = {}, body = '' } = request.method === 'OPTIONS' ? { status: 204 } : await answerOf(new URL(request.url, origin).pathname, request.headers);
      response.writeHead(status, { 'Cache-Control': 'no-store', ...readable, ...headers }).end(body);
    } catch (fault) {
      response.writeHead(500, { 'Content-Type': 'text/plain', ...readable }).end(String(fault?.stack ?? fault));
    }
  });

  return {
    origin,
    settings,
    /** Requests for a JWT, oldest first. */
    asked,
    /** JWTs given out, oldest first. */
    issued,
    forget: () => {
      asked.length = 0;
      issued.length = 0;
      Object.assign(settings, defaults);
    },
    close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}
