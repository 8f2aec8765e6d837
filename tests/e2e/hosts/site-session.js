/** A stand-in for a site that signs its people in by itself: a login page, a cookie, and a service that gives a JWT to whoever has it. */

import assert from 'node:assert/strict';
import { people } from '../../op/people.js';
import { claimsFor, newSigner } from '../../site/signer.js';
import { loginPage } from './login-page.js';
import { routed, served } from './places.js';

const [ana] = people;
const signer = newSigner();
const look = { owner: 'Northlight', colour: '#0b6e63' };

function siteSession(here, { ttl = 600, home = '/', seen = { asked: 0, given: [] } }) {
  return { seen, answers: {
    '/login': () => loginPage({ ...look, title: 'Welcome back', body: `<p>The bank’s own login page: no OAuth anywhere.</p><a href="/welcome">Log me in as ${ana.name}</a>` }),

    '/welcome': () => {
      const page = loginPage({ ...look, title: 'You are logged in', body: `<p>In a window of its own this closes by itself.</p><a href="${home}">To the page</a>` });
      return { ...page, headers: { ...page.headers, 'Set-Cookie': 'sid=ana; Path=/; HttpOnly' } };
    },

    '/logout': () => ({ status: 204, headers: { 'Set-Cookie': 'sid=; Path=/; HttpOnly; Max-Age=0' } }),

    '/chat-publickey': async () => ({ headers: { 'Content-Type': 'text/plain' }, body: (await signer).pem }),

    '/chat-token': async ({ headers }) => {
      seen.asked += 1;
      assert.equal(headers.authorization, undefined, 'no token is sent to it');
      if (!headers.cookie?.includes('sid=ana')) return { status: 401, body: 'who are you?' };
      const { sign } = await signer;
      seen.given.push(await sign(claimsFor({ iss: here, sub: ana.subject, ttl })));
      return { headers: { 'Content-Type': 'application/jwt' }, body: seen.given.at(-1) };
    },
  } };
}

/** The site's login around the pages of a context. */
export async function ownLogin(context, { here, ttl, seen }) {
  const { seen: noted, answers } = siteSession(here, { ttl, seen, home: '/page' });
  await routed(context, here, answers);
  return noted;
}

/** The login of a site of ours. */
export function startSiteSession(site) {
  const { seen, answers } = siteSession(site.origin, {});
  served(site, answers);
  return { seen };
}
