/**
 * A stand-in for Genesys Messenger: the page's half, as its documentation describes it, and a server that really redeems what the
 * page's plugin hands over, as a confidential client with a secret, verifier, nonce and redirect URI of its own.
 */

import { createRemoteJWKSet, jwtVerify } from 'jose';
import { clients } from '../../op/op.js';

/** What a site pastes: the stub that keeps calls until the messenger is there. */
export const genesysSnippet = `<script>
(function (g, e, n, es, ys) {
  g._genesysJs = e;
  g[e] = g[e] || function () { (g[e].q = g[e].q || []).push(arguments); };
  g[e].t = 1 * new Date();
  g[e].c = es;
})(window, 'Genesys', '', { environment: 'test', deploymentId: 'd' });
</script>`;

/** The messenger itself: replaces the stub and takes over what it kept. Runs in the page. */
export function messenger({ authenticates = true, past: before } = {}) {
  const story = { calls: [], events: [], jwts: [] };
  globalThis.__genesys = story;
  const plugins = new Map();
  const listeners = [];
  const past = before ? [{ eventName: before, data: {} }] : [];

  const publish = (eventName, data) => {
    const [publisher] = eventName.split('.');
    story.events.push({ eventName, data });
    past.push({ eventName, data });
    for (const { name, heard } of listeners) if (name === eventName) heard({ time: Date.now(), publisher, event: eventName.split('.')[1], eventName, data });
  };
  const subscribe = (name, heard) => {
    listeners.push({ name, heard });
    // What has been is told once more, without its whole name.
    for (const one of past.filter(({ eventName }) => eventName === name)) queueMicrotask(() => heard({ time: Date.now(), publisher: name.split('.')[0], event: name.split('.')[1], data: one.data }));
  };
  const command = (full, data = {}) => new Promise((resolve, reject) => {
    const [plugin, name] = full.split('.');
    const run = plugins.get(plugin)?.get(name);
    story.calls.push(full);
    globalThis.__called?.(full, Date.now());
    if (!run) return reject(new Error(`${full} is no command`));
    return run({ data, resolve, reject });
  });
  const register = (name, begin) => {
    if (plugins.has(name)) throw new Error(`Plugin ${name} is already registered`);
    const commands = new Map();
    plugins.set(name, commands);
    const kept = {};
    queueMicrotask(() => begin({
      command,
      subscribe,
      unsubscribe: () => {},
      registerCommand: (one, run) => { commands.set(one, run); },
      publish: (event, data) => publish(`${name}.${event}`, data),
      data: (key, value) => (value === undefined ? kept[key] : (kept[key] = value)),
      ready: () => publish(`${name}.ready`),
    }));
  };

  const exchange = async (proof) => {
    publish('Auth.authenticating', { authCode: proof.authCode, redirectUri: proof.redirectUri });
    const answer = await globalThis.__exchange(proof);
    if (answer.error) publish('Auth.error', { message: answer.error });
    else {
      story.jwts.push(answer.jwt);
      publish('Auth.authenticated', { jwt: answer.jwt, refreshToken: 'a-refresh-token-of-genesys' });
    }
    return !answer.error;
  };
  const authenticate = (data) => command('AuthProvider.getAuthCode', data).then(
    (proof) => proof && exchange(proof),
    (error) => { story.refused = error; publish('Auth.authError', { message: String(error) }); },
  );
  register('Auth', (auth) => {
    auth.registerCommand('reAuthenticate', (call) => command('AuthProvider.reAuthenticate').then(() => authenticate()).then(call.resolve, call.reject));
    auth.registerCommand('logout', (call) => {
      const had = story.jwts.length > 0;
      story.jwts = [];
      setTimeout(() => {
        publish('Auth.loggedOut', { status: 200, statusText: 'OK' });
        had ? call.resolve() : call.reject('nobody');
      }, 50);
    });
    auth.ready();
  });
  subscribe('AuthProvider.ready', () => { if (authenticates) authenticate(); });
  subscribe('AuthProvider.signedIn', ({ data }) => exchange(data).then((holds) => holds && publish('Auth.signedIn', { authCode: data.authCode })));
  subscribe('AuthProvider.signInFailed', ({ data }) => publish('Auth.signInFailed', { message: String(data) }));

  /** What the person does in the messenger's window. */
  story.commands = (plugin) => plugins.get(plugin);
  story.authenticate = authenticate;
  story.publish = publish;
  story.stepUp = () => { publish('Auth.signingIn'); return command('AuthProvider.signIn').catch((error) => { story.refused = error; }); };
  story.loggedOutElsewhere = () => publish('Auth.loggedOut', { status: 200, statusText: 'OK' });
  story.sessionDies = () => command('Auth.reAuthenticate').catch((error) => { story.refused = error; });

  const run = (verb, name, ...rest) => {
    if (verb === 'subscribe') subscribe(name, rest[0]);
    if (verb === 'registerPlugin') register(name, rest[0]);
    if (verb === 'command') command(name, rest[0]).then(rest[1] ?? (() => {}), rest[2] ?? (() => {}));
  };
  const kept = globalThis.Genesys?.q ?? [];
  globalThis.Genesys = (...given) => run(...given);
  for (const given of kept) run(...given);
}

/**
 * Genesys's server: redeems a code with its own secret, or checks an ID token, and answers what the messenger's server does.
 *
 * @param {{ issuer: string }} op
 * @param {{ secret?: string }} [options]
 */
export function exchanger(op, { secret = clients.messengerSecret } = {}) {
  const keys = createRemoteJWKSet(new URL(`${op.issuer}/jwks`));
  const seen = [];
  const exchange = async ({ authCode, idToken, redirectUri, codeVerifier, nonce, maxAge, iss }) => {
    seen.push({ authCode, idToken, redirectUri, codeVerifier, nonce, maxAge, iss });
    if (Boolean(authCode) === Boolean(idToken)) return { error: 'exactly one of authCode and idToken' };
    if (!redirectUri) return { error: 'redirectUri is missing' };
    let token = idToken;
    if (authCode) {
      const body = new URLSearchParams({ grant_type: 'authorization_code', code: authCode, redirect_uri: redirectUri, client_id: clients.messenger, client_secret: secret, ...(codeVerifier && { code_verifier: codeVerifier }) });
      const answer = await fetch(`${op.issuer}/token`, { method: 'POST', body });
      const tokens = await answer.json();
      if (!answer.ok) return { error: `${tokens.error}: ${tokens.error_description}` };
      token = tokens.id_token;
    }
    try {
      const { payload } = await jwtVerify(token, keys, { issuer: op.issuer, audience: authCode ? clients.messenger : clients.implicit });
      if (!nonce || payload.nonce !== nonce) return { error: 'the nonce is not that of the login' };
      return { jwt: `jwt-of-genesys-for-${payload.sub}`, name: payload.name };
    } catch (error) {
      return { error: error.message };
    }
  };
  return { exchange, seen };
}
