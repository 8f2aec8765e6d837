/**
 * A stand-in for a Power Pages portal, as its documentation describes it: its login page and its cookie, the token service and the
 * public key, the implicit flow whose answer has `token` in its fragment, and its error objects.
 */

import { people } from '../../op/people.js';
import { claimsFor, newSigner } from '../../site/signer.js';
import { attribute, loginPage } from './login-page.js';
import { asked, routed, served } from './places.js';

const [ana] = people;
const signer = newSigner();

/** Whoever has it is signed in at the portal. */
export const cookie = { name: '.AspNet.ApplicationCookie', value: 'ana' };

/** What it says to who is not signed in: 200 all the same. */
const nobody = {
  headers: { 'Content-Type': 'text/html', 'X-Responded-JSON': '{"status":401,"headers":{"location":"/SignIn"}}', 'Access-Control-Expose-Headers': 'X-Responded-JSON' },
  body: '<!doctype html><title>Sign in</title>',
};

const failed = (error, status = 400) => ({ status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(error) });

/**
 * The portal at `origin`. `settings.refusal` is an error object that it answers in place of a login, `settings.fault` one in place of a
 * token, `settings.ttl` how many seconds its tokens live; `spoil` are claims that a login's token has in the place of the right ones.
 */
function powerPages(origin, { spoil = {}, settings = {} }) {
  const seen = { token: [], authorize: [], given: [] };
  const ttl = () => settings.ttl ?? 600;
  const knows = ({ headers }) => headers.cookie?.includes(`${cookie.name}=${cookie.value}`);
  const give = async (more = {}) => {
    const { sign } = await signer;
    seen.given.push(await sign({ ...claimsFor({ iss: new URL(origin).host, sub: ana.subject, ttl: ttl() }), ...more }));
    return seen.given.at(-1);
  };

  return { seen, answers: {
    '/_services/auth/publickey': async () => ({ headers: { 'Content-Type': 'text/plain' }, body: (await signer).pem }),

    '/_services/auth/token': async (request) => {
      seen.token.push({ method: request.method, cookie: request.headers.cookie });
      if (settings.fault) return failed(settings.fault, 500);
      return knows(request) ? { headers: { 'Content-Type': 'application/jwt', expires_in: String(ttl()) }, body: await give() } : nobody;
    },

    '/_services/auth/authorize': async (request) => {
      const wanted = asked(request);
      seen.authorize.push(wanted);
      if (settings.refusal) return failed(settings.refusal);
      for (const name of ['state', 'nonce']) if (!wanted[name] || wanted[name].length > 20) return failed({ ErrorId: 'PortalSTS0006', ErrorMessage: `${name} is too long`, Timestamp: '', CorrelationId: '' });
      if (!knows(request)) {
        const { pathname, search } = new URL(request.url, origin);
        return loginPage({
          owner: 'A portal (stand-in)', title: 'Sign in to the portal', colour: '#5b3a8c',
          body: `<p>As the portal’s own login would, this sets its cookie.</p><a href="/SignIn?${attribute(new URLSearchParams({ ReturnUrl: pathname + search }))}">Log In as ${ana.name}</a>`,
        });
      }
      const answer = new URLSearchParams({ token: await give({ nonce: wanted.nonce, ...spoil }), expires_in: String(ttl()), state: wanted.state });
      return { status: 302, headers: { Location: `${wanted.redirect_uri}#${answer}` } };
    },

    // A page, and no redirect: Playwright's routes do not see where a redirect leads.
    '/SignIn': (request) => {
      const back = asked(request).ReturnUrl;
      return {
        headers: { 'Content-Type': 'text/html', 'Set-Cookie': `${cookie.name}=${cookie.value}; Path=/; HttpOnly` },
        body: `<!doctype html><title>Portal</title><meta http-equiv="refresh" content="0; url=${attribute(/^\/_services\//.test(back) ? back : '/')}">`,
      };
    },
  } };
}

/** The portal around the pages of a context. */
export async function portal(context, origin, { spoil, settings } = {}) {
  const { seen, answers } = powerPages(origin, { spoil, settings });
  await routed(context, origin, answers);
  return seen;
}

/** The portal on a site of ours. */
export function startPowerPages(site) {
  const { seen, answers } = powerPages(site.origin, {});
  served(site, answers);
  return { seen };
}
