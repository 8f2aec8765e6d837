/** A stand-in for Genesys Cloud, as its documentation describes it: its login, which logs in, or refuses, at a click, and its API. */

import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { people } from '../../op/people.js';
import { authWindow, frameworkPage } from './genesys-embeddable.js';
import { attribute, loginPage } from './login-page.js';

const usual = 'mypurecloud.com';
export { usual as domain };

const [ana] = people;
const colour = '#475569';

/** What it answers, and, in `seen`, what it was asked. `site` is the origin of the page that may read it; `ttl` in seconds. */
function servers({ site, ttl = 600 }) {
  const seen = { authorize: [], token: [], revoked: [], loggedOut: [], given: [] };
  const codes = new Map();
  const revoked = new Set();
  const open = { 'Access-Control-Allow-Origin': site };
  const json = (value, status = 200) => ({ status, headers: { ...open, 'Content-Type': 'application/json' }, body: JSON.stringify(value) });
  const give = () => {
    seen.given.push(randomBytes(32).toString('base64url'));
    return { access_token: seen.given.at(-1), token_type: 'bearer', expires_in: ttl };
  };

  const authorize = (asked) => {
    seen.authorize.push(asked);
    const { response_type: type, redirect_uri: back, state } = asked;
    const code = randomBytes(16).toString('hex');
    if (type === 'code') codes.set(code, asked);
    const link = (answered, words) => `<a href="${attribute(`${back}${type === 'code' ? '?' : '#'}${new URLSearchParams({ ...answered, ...(state && { state }) })}`)}">${words}</a>`;
    return loginPage({
      owner: 'Genesys Cloud (stand-in)', title: 'Agent login', colour,
      body: `<p>Agents and administrators sign in here.</p>${link(type === 'code' ? { code } : give(), `Log In as ${ana.name}`)} ${link({ error: 'access_denied', error_description: 'The agent said no' }, 'Cancel')}`,
    });
  };

  const redeem = (form) => {
    seen.token.push(form);
    const was = codes.get(form.code);
    codes.delete(form.code);
    const challenge = createHash('sha256').update(form.code_verifier ?? '').digest('base64url');
    const right = was && form.grant_type === 'authorization_code' && form.client_id === was.client_id && form.redirect_uri === was.redirect_uri && challenge === was.code_challenge;
    return right ? json(give()) : json({ error: 'invalid_grant' }, 400);
  };

  /** What it says to `{ method, url, headers, body }`; `url` is whole. */
  const answer = ({ method, url, headers, body }) => {
    const { host, pathname, searchParams } = new URL(url);
    const asked = Object.fromEntries(searchParams);
    if (method === 'OPTIONS') return { status: 204, headers: { ...open, 'Access-Control-Allow-Methods': 'GET, DELETE', 'Access-Control-Allow-Headers': 'authorization' } };
    switch (`${method} ${host.split('.')[0]}${pathname}`) {
      case 'GET login/oauth/authorize': return authorize(asked);
      case 'POST login/oauth/token': return redeem(Object.fromEntries(new URLSearchParams(body)));
      case 'GET login/logout': {
        seen.loggedOut.push(asked);
        return loginPage({ owner: 'Genesys Cloud (stand-in)', title: 'Logged out', colour, body: `<a href="${attribute(asked.redirect_uri ?? '/')}">Back</a>` });
      }
      case 'DELETE api/api/v2/tokens/me': {
        seen.revoked.push([method, pathname, headers.authorization]);
        revoked.add(headers.authorization);
        return { status: 204, headers: open };
      }
      case 'GET api/api/v2/users/me': {
        const holds = !revoked.has(headers.authorization) && seen.given.some((token) => headers.authorization === `Bearer ${token}`);
        return holds ? json({ name: ana.name, email: ana.email }) : json({ code: 'bad.credentials' }, 401);
      }
      default: return { status: 404, headers: { 'Content-Type': 'text/plain' }, body: 'not found' };
    }
  };
  return { seen, answer };
}

/**
 * Genesys Cloud around the pages of a context.
 *
 * @param {import('playwright-core').BrowserContext} context
 * @param {{ site: { origin: string }, ttl: number, domain?: string }} options
 */
export async function genesysCloud(context, { site, ttl, domain = usual }) {
  const { seen, answer } = servers({ site: site.origin, ttl });
  await context.route(({ hostname }) => [`login.${domain}`, `api.${domain}`].includes(hostname), async (route) => {
    const request = route.request();
    await route.fulfill(answer({ method: request.method(), url: request.url(), headers: await request.allHeaders(), body: request.postData() ?? '' }));
  });
  return seen;
}

/**
 * Starts it on this machine: `login.`, `api.` and `apps.` stand before `domain`.
 *
 * @param {object} options
 * @param {string} options.site origin of the page that shows the frame
 * @param {number} [options.port] 0 takes a free one
 * @param {(origin: string) => string} options.bridge writes the lines for `framework.js`
 */
export async function startGenesysCloud({ site, port = 0, bridge }) {
  const { seen, answer } = servers({ site });
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, 'localhost', resolve));
  const domain = `localhost:${server.address().port}`;
  const html = { 'Content-Type': 'text/html; charset=utf-8' };
  const pages = {
    '/crm/index.html': { headers: html, body: frameworkPage({ domain, bridge: bridge(site) }) },
    '/crm/authWindow.html': { headers: html, body: authWindow },
  };
  server.on('request', async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    const url = `http://${request.headers.host}${request.url}`;
    const { host, pathname } = new URL(url);
    const page = pathname === '/favicon.ico' ? { status: 204 } : host === `apps.${domain}` && pages[pathname];
    const { status = 200, headers, body: sent } = page || answer({ method: request.method, url, headers: request.headers, body });
    response.writeHead(status, { 'Cache-Control': 'no-store', ...headers }).end(sent);
  });
  return { domain, seen, close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}
