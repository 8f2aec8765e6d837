/** Genesys Cloud's own OAuth, as its documentation describes it. */

import { createHash, randomBytes } from 'node:crypto';

const usual = 'mypurecloud.com';
export { usual as domain };

/**
 * A stand-in for Genesys Cloud: what it is asked, it writes down. Its login page logs in, or refuses, at a click.
 *
 * @param {import('playwright-core').BrowserContext} context
 * @param {{ site: { origin: string }, ttl: number, domain?: string }} options
 */
export async function genesysCloud(context, { site, ttl, domain = usual }) {
  const seen = { authorize: [], token: [], revoked: [], loggedOut: [], given: [] };
  const codes = new Map();
  const open = { 'Access-Control-Allow-Origin': site.origin };
  const give = () => {
    seen.given.push(randomBytes(32).toString('base64url'));
    return { access_token: seen.given.at(-1), token_type: 'bearer', expires_in: ttl };
  };

  await context.route(`https://login.${domain}/**`, async (route) => {
    const request = route.request();
    const { pathname, searchParams } = new URL(request.url());
    const asked = Object.fromEntries(searchParams);
    if (pathname === '/oauth/authorize') {
      seen.authorize.push(asked);
      const code = randomBytes(16).toString('hex');
      if (asked.response_type === 'code') codes.set(code, asked);
      const { redirect_uri: back, state } = asked;
      const answer = asked.response_type === 'code'
        ? `${back}?${new URLSearchParams({ code, state })}`
        : `${back}#${new URLSearchParams({ ...give(), state })}`;
      const refusal = `${back}${asked.response_type === 'code' ? '?' : '#'}${new URLSearchParams({ error: 'access_denied', error_description: 'The agent said no', state })}`;
      const link = (href, words) => `<a href="${href.replaceAll('&', '&amp;')}">${words}</a>`;
      return route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Genesys Cloud</title>${link(answer, 'Log In')} ${link(refusal, 'Cancel')}` });
    }
    if (pathname === '/oauth/token') {
      const form = Object.fromEntries(new URLSearchParams(request.postData()));
      seen.token.push(form);
      const was = codes.get(form.code);
      codes.delete(form.code);
      const challenge = createHash('sha256').update(form.code_verifier ?? '').digest('base64url');
      const right = was && form.grant_type === 'authorization_code' && form.client_id === was.client_id && form.redirect_uri === was.redirect_uri && challenge === was.code_challenge;
      return route.fulfill({ status: right ? 200 : 400, headers: open, json: right ? give() : { error: 'invalid_grant' } });
    }
    if (pathname === '/logout') {
      seen.loggedOut.push(asked);
      return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Genesys Cloud</title>Logged out' });
    }
    return route.fulfill({ status: 404, body: 'not found' });
  });
  await context.route(`https://api.${domain}/**`, async (route) => {
    const request = route.request();
    seen.revoked.push([request.method(), new URL(request.url()).pathname, request.headers().authorization]);
    await route.fulfill({ status: 204, headers: open });
  });
  return seen;
}
