/**
 * A stand-in for Cisco Finesse with its identity service: the token address on the site's own origin, a login that goes by redirects
 * and form posts over another one, and a JSON document at its end.
 */

import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { people } from '../../op/people.js';
import { attribute, loginPage } from './login-page.js';

const [ana] = people;

/**
 * @param {{ site: { origin: string }, answer: (path: string, what: Function) => void }} scene a story, or a site of ours with itself as `site`
 * @param {{ ttl?: number, base?: string, forEach?: boolean }} [options] seconds; the path below which the site proxies it; whether each
 *   browser has a session of its own, by a cookie, until `/stand-ins/finesse-logout` (otherwise `state.alive` is everybody's)
 */
export async function startFinesse(scene, { ttl = 300, base = '', forEach = false } = {}) {
  const { site } = scene;
  const path = `${base}/desktop/sso/token`;
  const seen = { asked: [], given: [], refreshed: [], tested: 0 };
  /** `test` is what `/desktop/sso/test` does: nothing where Finesse is older than that page; `refuses` lets no agent in. */
  const state = { alive: false, refreshDies: false, refuses: false, test: true };
  const cookie = 'finesse=1001';
  const isAlive = ({ headers }) => (forEach ? headers.cookie?.includes(cookie) : state.alive);
  const assertions = new Set();

  // Cisco Identity Service and AD FS in one: a redirect comes in, a form is posted back.
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://x');
    const back = searchParams.get('back');
    if (pathname === '/authorize') return response.writeHead(302, { Location: `/adfs?${new URLSearchParams({ back })}` }).end();
    const assertion = randomBytes(8).toString('hex');
    assertions.add(assertion);
    const { headers, body } = loginPage({
      owner: 'Identity provider behind Finesse (stand-in)', title: 'Agent sign-in', colour: '#1f6f8b',
      body: `<p>A redirect led here; a form is posted back.</p><form method="post" action="${attribute(back)}"><input type="hidden" name="assertion" value="${assertion}"><button>Log in as agent 1001</button></form>`,
    });
    return response.writeHead(200, headers).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ids = `http://127.0.0.1:${server.address().port}`;

  const give = (withRefresh) => {
    seen.given.push(randomBytes(24).toString('base64url'));
    return { type: 'application/json', body: JSON.stringify({ token: seen.given.at(-1), ...(withRefresh && { refresh_token: `refresh-${seen.given.length}` }), expires_in: ttl, user_id: '1001', realm: 'desk', user_principal: ana.email }) };
  };

  scene.answer(`${base}/desktop/sso/test`, (request) => {
    seen.tested += 1;
    if (!state.test) return { status: 404, body: 'not found', type: 'text/plain' };
    const status = isAlive(request) ? { status: 'true', errorMessage: '' } : { status: 'false', errorMessage: 'NO TOKEN' };
    return { type: 'text/html', body: `<!doctype html><title>Test</title><script>(opener ?? parent).postMessage(${JSON.stringify(status)}, '*');</script>` };
  });
  scene.answer(path, async (request) => {
    const asked = Object.fromEntries(new URL(request.url, site.origin).searchParams);
    if (request.method === 'POST') {
      let text = '';
      for await (const piece of request) text += piece;
      if (!assertions.delete(new URLSearchParams(text).get('assertion'))) return { status: 400, body: 'no' };
      if (!forEach) state.alive = true;
      return { status: 303, headers: { Location: request.url, ...(forEach && { 'Set-Cookie': `${cookie}; Path=/; HttpOnly` }) } };
    }
    seen.asked.push(asked);
    if (state.refuses) return { status: 401, body: 'The agent is not authorized', type: 'text/plain' };
    if (!asked.cc_username) return { status: 400, body: 'cc_username is missing', type: 'text/plain' };
    if (asked['refresh-token']) {
      if (state.refreshDies) return { status: 302, headers: { Location: `${ids}/authorize?${new URLSearchParams({ back: site.origin + request.url })}` } };
      seen.refreshed.push(asked['refresh-token']);
      return give(false);
    }
    if (!isAlive(request)) return { status: 302, headers: { Location: `${ids}/authorize?${new URLSearchParams({ back: site.origin + request.url })}` } };
    return give(asked.return_refresh_token === 'true');
  });
  if (forEach) scene.answer('/stand-ins/finesse-logout', () => ({ status: 204, headers: { 'Set-Cookie': 'finesse=; Path=/; HttpOnly; Max-Age=0' } }));
  return { seen, state, close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}
