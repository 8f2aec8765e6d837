/**
 * The demo: Northlight's site, and around it a stand-in for every messenger and every place to sign in, all on this machine.
 *
 * A choice stands in the page's address (`/?host=dynamics&issuer=power-pages`), so that each has the Content-Security-Policy that
 * it needs, and no more.
 */

import { createPublicKey } from 'node:crypto';
import { frameworkBridge } from '../../pkg/genesys.mjs';
import { check, loader } from '../e2e/hosts/dynamics.js';
import { startFinesse } from '../e2e/hosts/finesse.js';
import { exchanger, messenger } from '../e2e/hosts/genesys.js';
import { startGenesysCloud } from '../e2e/hosts/genesys-cloud.js';
import { startPowerPages } from '../e2e/hosts/power-pages.js';
import { startSiteSession } from '../e2e/hosts/site-session.js';
import { startOp } from '../op/op.js';
import { csp, setupCsp } from './csp.js';
import { startSite } from './site.js';
import { startTokenService } from './token-service.js';

/** Where Trunk serves the same page (Trunk.toml). */
const trunk = 'http://localhost:8081';

/**
 * Starts all of it.
 *
 * @param {object} [options]
 * @param {boolean} [options.fixed] at the usual ports or the next free ones, for people; otherwise any
 * @param {object} [options.settings] of the OpenID Provider
 */
export async function startDemo({ fixed = false, settings } = {}) {
  const at = (port, start) => (fixed ? atOrAfter(port, start) : start(0));
  const site = await at(8080, (port) => startSite({ port }));
  const here = site.origin;
  const op = await at(9080, (port) => startOp({ port, sites: [here, trunk], settings }));
  const tokenService = await at(9081, (port) => startTokenService({ port, op, sites: [here] }));
  const genesys = await at(9082, (port) => startGenesysCloud({ port, site: here, bridge: frameworkBridge }));
  const portal = startPowerPages(site);
  const login = startSiteSession(site);
  const finesse = await startFinesse({ site, answer: site.answer }, { forEach: true });

  Object.assign(site.words, { issuer: op.issuer, tokenService: tokenService.origin, genesys: genesys.domain });
  site.headers['/'] = ({ url }) => ({ 'Content-Security-Policy': policy(new URL(url, here).searchParams, { op, tokenService, genesys }) });
  for (const [path, written] of Object.entries(setupCsp)) site.headers[path] = { 'Content-Security-Policy': written };

  // What runs in the page, the same text as in the tests.
  const script = (body) => ({ headers: { 'Content-Type': 'text/javascript' }, body });
  site.answer('/stand-ins/dynamics.js', () => script(`export ${loader}`));
  site.answer('/stand-ins/genesys-messenger.js', () => script(`export ${messenger}`));
  site.answer('/stand-ins/framework.js', () => script(frameworkBridge(here)));

  // What the messengers' servers do. Dynamics has one address of a public key in its settings.
  site.answer('/stand-ins/op-publickey', async () => ({ headers: { 'Content-Type': 'text/plain' }, body: await publicKeyOf(op) }));
  const publicKeys = {
    'token-url': `${tokenService.origin}/publickey`,
    oidc: `${here}/stand-ins/op-publickey`,
    'power-pages': `${here}/_services/auth/publickey`,
    'site-session': `${here}/chat-publickey`,
  };
  site.answer('/stand-ins/omnichannel', async (request) => {
    const { jwt, maker } = await json(request);
    const address = publicKeys[maker] ?? publicKeys['token-url'];
    return reply(await check(jwt, address).then((claims) => ({ claims, address }), (fault) => ({ refused: fault.message, address })));
  });
  const { exchange } = exchanger(op);
  site.answer('/stand-ins/genesys', async (request) => reply(await exchange(await json(request))));

  return {
    site,
    op,
    portal,
    login,
    finesse,
    genesys,
    tokenService,
    close: () => Promise.all([site, op, tokenService, genesys, finesse].map((one) => one.close())),
  };
}

/** What a page with this choice may load and ask: the directives of the README, for this issuer and this messenger. */
function policy(chosen, { op, tokenService, genesys }) {
  const asked = chosen.get('issuer');
  const issuer = ['power-pages', 'site-session', 'finesse', 'genesys-cloud'].includes(asked) ? asked : 'oidc';
  const host = chosen.get('host') ?? 'page';
  const connect = ["'self'"];
  const frames = [];
  if (issuer === 'oidc') {
    connect.push(op.issuer);
    frames.push("'self'", op.issuer);
    if (host === 'dynamics' || chosen.get('handOver') === 'token-url') connect.push(tokenService.origin);
  }
  // The state of the session is asked for in a frame.
  if (issuer === 'finesse') frames.push("'self'");
  if (issuer === 'genesys-cloud') connect.push(`http://login.${genesys.domain}`, `http://api.${genesys.domain}`);
  if (host === 'genesys-embeddable') frames.push(`http://apps.${genesys.domain}`);
  return csp({
    issuer: op.issuer,
    more: {
      'connect-src': connect.join(' '),
      'frame-src': frames.join(' ') || "'none'",
      'form-action': ["'self'", ...(issuer === 'oidc' ? [op.issuer] : [])].join(' '),
    },
  });
}

/** Starts at the wanted port or the next free one. */
async function atOrAfter(port, start) {
  for (let tried = port; ; tried += 1) {
    try {
      return await start(tried);
    } catch (fault) {
      if (fault.code !== 'EADDRINUSE' || tried >= port + 20) throw fault;
    }
  }
}

/** The provider's key for RS256, as Dynamics wants it. */
async function publicKeyOf(op) {
  const { keys } = await fetch(`${op.issuer}/jwks`).then((answer) => answer.json());
  return createPublicKey({ key: keys.find(({ alg }) => alg === 'RS256'), format: 'jwk' }).export({ type: 'spki', format: 'pem' });
}

const reply = (value) => ({ headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });

async function json(request) {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return JSON.parse(text);
}
