/**
 * A local OpenID Provider for the demo and the browser tests: npm oidc-provider, in memory, on loopback.
 *
 * It keeps a record of what it was asked and what it issued, read through the object that `startOp` returns and never over HTTP.
 * Nothing in it is fit for the open network.
 */

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { consentPage, failurePage, signInPage, signOutPage, signOutScript, signedOutPage } from './pages.js';
import { account, people, personOf } from './people.js';

export { people };

const css = await readFile(new URL('./op.css', import.meta.url));

/** What may be changed while the provider runs. */
const defaults = {
  /** Seconds. */
  accessTokenTtl: 120,
  idTokenTtl: 120,
  /** `auto`: granted unseen; `ask`: a second page asks. */
  consent: 'auto',
  /** Value of Cross-Origin-Opener-Policy on the page `signIn`, `consent` or `signOut`. */
  coop: {},
  /** Milliseconds that an answer is held back, by route. */
  delay: {},
  /** Called with (koa context, record) when an answer is ready, to spoil it. */
  alter: undefined,
  /** `error_description` sent when a person cancels. */
  denial: 'The person said no',
};

const routes = {
  '/auth': 'authorize',
  '/token': 'token',
  '/jwks': 'jwks',
  '/token/revocation': 'revocation',
  '/session/end': 'end-session',
  '/.well-known/openid-configuration': 'discovery',
};

/**
 * Starts the provider.
 *
 * @param {object} options
 * @param {string[]} options.sites origins of the sites it serves
 * @param {number} [options.port] 0 takes a free one
 * @param {string[]} [options.pages] paths on those sites to which a sign-out may return
 * @param {Partial<typeof defaults>} [options.settings]
 */
export async function startOp({ sites, port = 0, pages = ['/'], settings: wanted = {} }) {
  const settings = { ...defaults, ...wanted };
  const records = [];
  const secrets = new Set();
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, 'localhost', resolve));
  const issuer = `http://localhost:${server.address().port}`;

  const provider = await quietly(async () => {
    const { default: Provider, interactionPolicy } = await import('oidc-provider');
    return new Provider(issuer, await configuration({ settings, sites, pages, policy: interactionPolicy }));
  });

  // oidc-provider has no `response_type=token`: it is asked for both, and the ID token is taken out of the answer.
  const tokenOnly = new Set();

  provider.use(async (ctx, next) => {
    const record = { route: routes[ctx.path] ?? (ctx.path.startsWith('/auth/') ? 'resume' : 'other'), method: ctx.method, path: ctx.path, at: Date.now(), origin: ctx.get('origin'), params: { ...ctx.query } };
    records.push(record);
    if (record.route === 'authorize') {
      if (ctx.query.response_type === 'token') {
        tokenOnly.add(ctx.query.state);
        ctx.query = { nonce: randomBytes(12).toString('hex'), scope: 'openid', ...ctx.query, response_type: 'id_token token' };
      }
    }
    if (record.route === 'end-session' && ctx.method === 'POST') {
      // oidc-provider takes a posted sign-out only with cookies that need https; inside it becomes the same request by GET.
      record.params = Object.fromEntries(await readForm(ctx.req));
      ctx.method = 'GET';
      ctx.query = record.params;
    }
    if (settings.delay[record.route]) await new Promise((resolve) => setTimeout(resolve, settings.delay[record.route]));
    if (!(await ownPage(ctx))) await next();
    // A body is known once the provider has read it.
    if (!Object.keys(record.params).length) record.params = { ...ctx.oidc?.params };
    record.status = ctx.status;
    withoutIdToken(ctx, tokenOnly, issuer);
    if (record.route === 'discovery' && ctx.status === 200) ctx.body = { ...ctx.body, response_types_supported: [...ctx.body.response_types_supported, 'token'] };
    record.location = ctx.response.get('location');
    if (['token', 'discovery'].includes(record.route)) record.body = ctx.body;
    await settings.alter?.(ctx, record);
    for (const secret of secretsIn(ctx, record)) secrets.add(secret);
  });

  /** Pages of our own; true when the request was for one. */
  async function ownPage(ctx) {
    if (ctx.path === '/favicon.ico') return reply(ctx, 'image/x-icon', '');
    if (ctx.path === '/op.css') return reply(ctx, 'text/css', css);
    if (ctx.path === '/sign-out.js') return reply(ctx, 'text/javascript', signOutScript);
    const [, uid, action] = /^\/interaction\/([\w-]+)(?:\/(login|allow|cancel))?$/.exec(ctx.path) ?? [];
    if (!uid) return false;
    const details = await provider.interactionDetails(ctx.req, ctx.res);
    const { prompt, params, session, grantId } = details;
    const client = (await provider.Client.find(params.client_id)).clientName;
    const form = action ? await readForm(ctx.req) : undefined;

    const goOn = async (result) => {
      ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: !result.error }));
      ctx.status = 303;
      return true;
    };
    const show = (kind, html) => {
      if (settings.coop[kind]) ctx.set('Cross-Origin-Opener-Policy', settings.coop[kind]);
      ctx.set('X-Frame-Options', 'DENY');
      return reply(ctx, 'text/html; charset=utf-8', html);
    };

    if (action === 'cancel') return goOn({ error: 'access_denied', error_description: settings.denial });
    if (action === 'login') {
      const person = personOf(form.get('login'), form.get('password'));
      if (person) return goOn({ login: { accountId: person.subject } });
      return show('signIn', signInPage({ uid, client, people, login: form.get('login'), wrong: true }));
    }
    if (action === 'allow') {
      const grant = (grantId && await provider.Grant.find(grantId)) || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
      grant.addOIDCScope(params.scope);
      return goOn({ consent: { grantId: await grant.save() } });
    }
    if (prompt.name === 'login') return show('signIn', signInPage({ uid, client, people, login: params.login_hint }));
    const { name } = account(session.accountId).claims();
    return show('consent', consentPage({ uid, client, person: name, scopes: params.scope.split(' ') }));
  }

  server.on('request', provider.callback());

  return {
    issuer,
    people,
    settings,
    records,
    /** What was asked of one route, oldest first. */
    asked: (route) => records.filter((one) => one.route === route),
    /** Token answers given out, oldest first. */
    issued: () => records.filter((one) => one.route === 'token' && one.status === 200).map((one) => one.body),
    /** Every token and code that it gave, and every verifier that it was sent. */
    secrets,
    /** Whether an access or refresh token is alive at the provider. */
    alive: async (token) => Boolean((await provider.AccessToken.find(token)) ?? (await provider.RefreshToken.find(token))),
    /** Forgets what was asked; never what was secret. */
    forget: () => { records.length = 0; },
    close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

/** The clients a test may be. The secret belongs to the stand-in for a contact centre's server, never to a page. */
export const clients = {
  web: 'web',
  es256: 'web-es256',
  implicit: 'implicit',
  messenger: 'messenger',
  messengerSecret: 'known-to-the-contact-centre-only',
};

async function configuration({ settings, sites, pages, policy }) {
  const redirects = sites.map((site) => `${site}/messenger-auth/authWindow.html`);
  const returns = sites.flatMap((site) => pages.map((path) => site + path));
  const prompts = policy.base();
  // A hidden frame may ask for a native client too: the only way to have an implicit client on loopback.
  prompts.get('consent').checks.remove('native_client_prompt');
  const client = (id, name, more) => ({
    client_id: id,
    client_name: name,
    redirect_uris: redirects,
    post_logout_redirect_uris: returns,
    token_endpoint_auth_method: 'none',
    ...more,
  });
  return {
    clients: [
      client(clients.web, 'Northlight Bank', { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }),
      client(clients.es256, 'Northlight Bank', { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], id_token_signed_response_alg: 'ES256' }),
      client(clients.implicit, 'Northlight Bank', { grant_types: ['implicit'], response_types: ['id_token', 'id_token token'], application_type: 'native' }),
      client(clients.messenger, 'Northlight Messenger', { grant_types: ['authorization_code'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_post', client_secret: clients.messengerSecret }),
    ],
    jwks: { keys: [await key('RS256'), await key('ES256')] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    responseTypes: ['code', 'id_token', 'id_token token'],
    scopes: ['openid', 'offline_access'],
    claims: { openid: ['sub'], profile: ['name', 'locale'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    clientBasedCORS: (_ctx, origin) => sites.includes(origin),
    findAccount: (_ctx, subject) => account(subject),
    interactions: { policy: prompts, url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    issueRefreshToken: async (_ctx, one) => one.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    loadExistingGrant: async (ctx) => {
      const { client: asking, session, provider, result, requestParamScopes } = ctx.oidc;
      const id = result?.consent?.grantId || session.grantIdFor(asking.clientId);
      const known = id && await provider.Grant.find(id);
      if (settings.consent === 'ask') return known;
      const grant = known || new provider.Grant({ clientId: asking.clientId, accountId: session.accountId });
      grant.addOIDCScope([...requestParamScopes].join(' '));
      await grant.save();
      return grant;
    },
    ttl: {
      AccessToken: () => settings.accessTokenTtl,
      IdToken: () => settings.idTokenTtl,
      AuthorizationCode: 60,
      Grant: 3600,
      Interaction: 1800,
      RefreshToken: 3600,
      Session: 3600,
    },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: async (_ctx, asking, token) => token.clientId === asking.clientId },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => {
          if (settings.coop.signOut) ctx.set('Cross-Origin-Opener-Policy', settings.coop.signOut);
          reply(ctx, 'text/html; charset=utf-8', signOutPage({ form, client: ctx.oidc.client?.clientName, sure: Boolean(ctx.oidc.entities.IdTokenHint) }));
        },
        postLogoutSuccessSource: async (ctx) => { reply(ctx, 'text/html; charset=utf-8', signedOutPage()); },
      },
    },
    renderError: async (ctx, out) => { reply(ctx, 'text/html; charset=utf-8', failurePage(out)); },
  };
}

async function key(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: `${alg.toLowerCase()}-1`, use: 'sig', alg };
}

/** An ID token stands in for the parameter `iss` (RFC 9207); where it goes, `iss` comes. */
function withoutIdToken(ctx, tokenOnly, issuer) {
  const location = ctx.response.get('location');
  const [address, fragment] = location ? location.split('#') : [];
  if (!fragment) return;
  const answer = new URLSearchParams(fragment);
  if (!tokenOnly.delete(answer.get('state'))) return;
  answer.delete('id_token');
  answer.set('iss', issuer);
  ctx.set('location', `${address}#${answer}`);
}

/** Tokens and codes in an answer, and what a request must prove. */
function secretsIn(ctx, { route, params }) {
  const found = [params?.code_verifier];
  const location = ctx.response.get('location');
  if (location) {
    const { search, hash } = new URL(location, 'http://localhost');
    for (const part of [search, hash]) {
      const answer = new URLSearchParams(part.slice(1));
      found.push(...['code', 'access_token', 'id_token'].map((name) => answer.get(name)));
    }
  }
  if (route === 'token') found.push(...['access_token', 'id_token', 'refresh_token'].map((name) => ctx.body?.[name]));
  return found.filter((one) => typeof one === 'string' && one.length >= 16);
}

function reply(ctx, type, body) {
  ctx.status = ctx.status === 404 ? 200 : ctx.status;
  ctx.type = type;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = body;
  return true;
}

async function readForm(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return new URLSearchParams(text);
}

/** Runs `work` without oidc-provider's advice for production on the console. */
async function quietly(work) {
  const kept = { info: console.info, warn: console.warn };
  for (const name of ['info', 'warn']) {
    console[name] = (...said) => { if (!String(said[0]).includes('oidc-provider ')) kept[name](...said); };
  }
  try {
    return await work();
  } finally {
    Object.assign(console, kept);
  }
}
