/** A stand-in for a Power Pages portal. */

import { jwt } from '../support/page.js';

/** Whoever has it is signed in at the portal. */
export const cookie = { name: '.AspNet.ApplicationCookie', value: 'ana' };

/**
 * The portal on `origin`, as its documentation describes it. `settings.refusal` is an error object that it answers in place of a
 * login, `settings.fault` one in place of a token, `settings.ttl` how many seconds its tokens live.
 */
export async function portal(context, origin, { spoil = {}, settings = {} } = {}) {
  const seen = { token: [], authorize: [], given: [] };
  await context.route(`${origin}/_services/auth/token*`, async (route) => {
    const headers = await route.request().allHeaders();
    seen.token.push({ method: route.request().method(), cookie: headers.cookie });
    if (settings.fault) return route.fulfill({ status: 500, json: settings.fault });
    if (!headers.cookie?.includes(`${cookie.name}=${cookie.value}`))
      // Nobody is signed in: 200 all the same.
      return route.fulfill({ status: 200, headers: { 'X-Responded-JSON': '{"status":401,"headers":{"location":"/SignIn"}}', 'Access-Control-Expose-Headers': 'X-Responded-JSON' }, contentType: 'text/html', body: '<!doctype html><title>Sign in</title>' });
    seen.given.push(jwt({ ttl: settings.ttl, jti: String(seen.given.length) }));
    return route.fulfill({ contentType: 'application/jwt', headers: { expires_in: '600' }, body: seen.given.at(-1) });
  });
  await context.route(`${origin}/_services/auth/authorize*`, (route) => {
    const asked = Object.fromEntries(new URL(route.request().url()).searchParams);
    seen.authorize.push(asked);
    if (settings.refusal) return route.fulfill({ status: 400, json: settings.refusal });
    for (const name of ['state', 'nonce']) if (!asked[name] || asked[name].length > 20)
      return route.fulfill({ status: 400, json: { ErrorId: 'PortalSTS0006', ErrorMessage: `${name} is too long`, Timestamp: '', CorrelationId: '' } });
    seen.given.push(jwt({ ttl: settings.ttl, nonce: asked.nonce, ...spoil }));
    const answer = `${asked.redirect_uri}#${new URLSearchParams({ token: seen.given.at(-1), expires_in: '600', state: asked.state })}`;
    return route.fulfill({ contentType: 'text/html', headers: { 'set-cookie': `${cookie.name}=${cookie.value}; Path=/; HttpOnly` }, body: `<!doctype html><title>Portal</title><a href="${answer.replaceAll('&', '&amp;')}">Log In</a>` });
  });
  return seen;
}
