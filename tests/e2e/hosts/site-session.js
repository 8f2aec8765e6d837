/** A stand-in for a site that signs its people in by itself. */

import assert from 'node:assert/strict';
import { jwt } from '../support/page.js';

/** A site with a login page and a service that gives a JWT to whoever has its cookie. */
export async function ownLogin(context, { here, ttl = 600, seen = { asked: 0, given: [] } }) {
  await context.route(`${here}/login`, (route) => route.fulfill({
    contentType: 'text/html',
    body: '<!doctype html><title>Our login</title><a href="/welcome">Log me in</a>',
  }));
  await context.route(`${here}/welcome`, (route) => route.fulfill({
    contentType: 'text/html',
    headers: { 'set-cookie': 'sid=ana; Path=/; HttpOnly' },
    body: '<!doctype html><title>Welcome</title>Welcome back. <a href="/page">To the page</a>',
  }));
  await context.route(`${here}/chat-token`, async (route) => {
    seen.asked += 1;
    const headers = await route.request().allHeaders();
    assert.equal(headers.authorization, undefined, 'no token is sent to it');
    if (!headers.cookie?.includes('sid=ana')) return route.fulfill({ status: 401, body: 'who are you?' });
    seen.given.push(jwt({ iss: here, ttl, jti: String(seen.given.length) }));
    return route.fulfill({ contentType: 'application/jwt', body: seen.given.at(-1) });
  });
  return seen;
}
