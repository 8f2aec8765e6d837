/** Genesys Messenger as host: its plugin, its server that redeems codes, and everything that can come in between. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { exchanger, genesysSnippet, messenger } from './hosts/genesys.js';
import { ana, button, call, closed, element, enter, event, events, eventually, loaded, minjun, panel, pressSignIn, session, signIn, steps, tag, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();
const options = { 'client-id': clients.messenger, host: 'genesys-messenger' };
const JWT = `jwt-of-genesys-for-${ana.subject}`;

const jwts = (page) => page.evaluate(() => globalThis.__genesys.jwts);
const heard = (page, name) => page.evaluate((wanted) => globalThis.__genesys.events.filter(({ eventName }) => eventName === wanted), name);
const told = (page, name) => eventually(async () => (await heard(page, name))[0], `${name} is published`);
const calls = (page) => page.evaluate(() => globalThis.__genesys.calls);
const arrive = (page, how) => page.evaluate(messenger, how);

/** The messenger has a session of this person's. */
const isServed = (page, jwt = JWT) => eventually(async () => (await jwts(page)).includes(jwt), 'the messenger has its own token');

/** A page with the messenger's snippet and ours, and Genesys's server behind it. */
async function opened(scene, { attributes = {}, body = element, head, server = exchanger(op) } = {}) {
  await scene.context.exposeFunction('__exchange', server.exchange);
  const page = await scene.visit({ head: head ?? genesysSnippet + tag({ ...options, ...attributes }), body });
  await loaded(page);
  return { page, seen: server.seen };
}

/** Nothing but the messenger's server may redeem a code: a page's request has an origin. */
const redeemedByPage = () => op.asked('token').filter((one) => one.origin);

/** A person who has a session at the provider, and an empty page. */
async function known(scene, more) {
  const page = await scene.visit({ head: tag({ 'client-id': clients.web }), body: element });
  await signIn(page);
  await page.evaluate(() => sessionStorage.clear());
  op.forget();
  return opened(scene, more);
}

for (const [name, head, order] of [
  ['our script comes after its snippet', genesysSnippet + tag(options), 'late'],
  ['our script comes before its snippet', tag(options) + genesysSnippet, 'late'],
  ['there is no snippet until we are there', tag(options), 'later'],
]) {
  story(`${name}: the person is known, nobody is asked`, async (scene) => {
    const { page, seen } = await known(scene, { head });
    if (order === 'later') await event(page, 'ready');
    await arrive(page);
    await isServed(page);
    assert.equal(seen.length, 1);
    assert.ok(seen[0].codeVerifier && seen[0].nonce, 'what its server needs');
    assert.equal(seen[0].redirectUri, `${site.origin}/messenger-auth/authWindow.html`);
    assert.deepEqual(redeemedByPage(), [], 'the page redeems nothing');
    assert.deepEqual((await session(page)).claims, {}, 'and has no tokens');
    await event(page, 'signed-in');
  });
}

story('a code is handed out once: each time it asks it is given a fresh one', async (scene) => {
  const { page, seen } = await known(scene);
  await arrive(page);
  await isServed(page);
  await page.evaluate(() => globalThis.__genesys.authenticate());
  await page.evaluate(() => Promise.all([globalThis.__genesys.authenticate(), globalThis.__genesys.authenticate()]));
  await eventually(async () => (await jwts(page)).length === 4, 'each of them holds');
  assert.equal(new Set(seen.map((one) => one.authCode)).size, 4);
  assert.equal(new Set(seen.map((one) => one.codeVerifier)).size, 4);
});

story('nobody is signed in: it is told so, and when a person signs in at our button it is served', async (scene) => {
  const { page } = await opened(scene);
  await arrive(page);
  const { data } = await told(page, 'Auth.authError');
  assert.match(data.message, /Nobody is signed in/);
  await event(page, 'sign-in-required');
  const popup = await pressSignIn(page);
  await enter(popup);
  await closed(popup);
  await isServed(page);
  assert.deepEqual(redeemedByPage(), []);
  await panel(page).getByText('Signed in', { exact: false }).first().waitFor();
});

story('it asks while a person takes long to sign in: it is served when that is done', async (scene) => {
  scene.expect(/timeout/);
  const { page } = await opened(scene);
  const popup = await pressSignIn(page);
  await popup.getByLabel('Password').waitFor();
  // For what comes now, more than five seconds pass in a tenth of their time.
  await page.evaluate(() => {
    const set = globalThis.setTimeout;
    globalThis.setTimeout = (work, ms, ...rest) => set(work, ms > 5000 ? ms / 10 : ms, ...rest);
    globalThis.__slowly = () => { globalThis.setTimeout = set; };
  });
  await arrive(page);
  await told(page, 'Auth.authError');
  await page.evaluate(() => globalThis.__slowly());
  await enter(popup);
  await closed(popup);
  await isServed(page);
});

story('its session is dead: reAuthenticate gets a new code without the person', async (scene) => {
  const { page } = await known(scene);
  await arrive(page, { authenticates: false });
  await told(page, 'AuthProvider.ready');
  const windows = scene.windows.length;
  await page.evaluate(() => globalThis.__genesys.sessionDies());
  await isServed(page);
  assert.equal(scene.windows.length, windows);
  assert.deepEqual(await calls(page), ['Auth.reAuthenticate', 'AuthProvider.reAuthenticate', 'AuthProvider.getAuthCode']);
  assert.equal(op.asked('authorize').length, 1, 'one code, which getAuthCode gives');
});

story('its session and the provider\'s are dead: reAuthenticate asks the person', async (scene) => {
  const { page } = await opened(scene);
  await arrive(page, { authenticates: false });
  await told(page, 'AuthProvider.ready');
  const popup = await windowOf(page, () => page.evaluate(() => { globalThis.__genesys.sessionDies(); }));
  await enter(popup);
  await isServed(page);
});

story('its session is dead and the window is blocked: whoever then signs in at our button is made known', async (scene) => {
  scene.expect(/popup-blocked/);
  await scene.context.addInitScript(() => {
    const { open } = window;
    globalThis.__blocked = true;
    window.open = (...given) => (globalThis.__blocked ? null : open.apply(window, given));
  });
  const { page } = await opened(scene);
  await arrive(page, { authenticates: false });
  await told(page, 'AuthProvider.ready');
  await page.evaluate(() => { globalThis.__genesys.sessionDies(); });
  await event(page, 'error');
  await page.evaluate(() => { globalThis.__blocked = false; });
  const popup = await windowOf(page, () => panel(page).getByRole('button', { name: /window|Sign in/ }).first().click());
  await enter(popup);
  await isServed(page);
});

story('an odd call of a command is refused, and breaks nothing', async (scene) => {
  const { page } = await known(scene);
  await arrive(page);
  await isServed(page);
  const codes = await page.evaluate(() => new Promise((resolve) => {
    const run = globalThis.__genesys.commands('AuthProvider').get('getAuthCode');
    run(undefined);
    run({});
    run({ data: null, resolve: (proof) => resolve(proof.authCode), reject: resolve });
  }));
  assert.match(codes, /^[\w-]{20,}$/);
});

story('what its Auth plugin told before we came is no news', async (scene) => {
  await scene.context.addInitScript(messenger, { authenticates: false, past: 'Auth.loggedOut' });
  const page = await scene.visit({ head: tag({ 'client-id': clients.web }), body: element });
  await signIn(page);
  const again = await scene.visit({ head: tag({ ...options, 'client-id': clients.web, 'hand-over': 'id_token' }), body: element });
  await event(again, 'ready');
  await told(again, 'AuthProvider.ready');
  await eventually(async () => (await steps(again)).some((line) => line.startsWith('Auth.loggedOut')), 'it is written down');
  assert.deepEqual(await events(again, 'signed-out'), []);
  assert.ok(await session(again));
});

story('forceUpdate begins a new login and resolves nothing', async (scene) => {
  const { page, seen } = await known(scene);
  await arrive(page);
  await isServed(page);
  const popup = await windowOf(page, () => page.evaluate(() => { globalThis.__genesys.authenticate({ forceUpdate: true }); }));
  await closed(popup);
  await eventually(async () => (await jwts(page)).length === 2, 'the new login reaches it');
  assert.equal(seen.length, 2);
});

story('a conversation without a name gets one: signIn publishes signedIn', async (scene) => {
  const { page } = await opened(scene);
  await arrive(page, { authenticates: false });
  await told(page, 'AuthProvider.ready');
  const popup = await windowOf(page, () => page.evaluate(() => { globalThis.__genesys.stepUp(); }));
  await enter(popup, minjun);
  await isServed(page, `jwt-of-genesys-for-${minjun.subject}`);
  await told(page, 'Auth.signedIn');
});

story('a person who says no in a step-up: signIn publishes signInFailed', async (scene) => {
  scene.expect(/\[messenger-auth\] access-denied/);
  const { page } = await opened(scene);
  await arrive(page, { authenticates: false });
  await told(page, 'AuthProvider.ready');
  const popup = await windowOf(page, () => page.evaluate(() => { globalThis.__genesys.stepUp(); }));
  await popup.getByRole('button', { name: 'Cancel' }).click();
  const { data } = await told(page, 'Auth.signInFailed');
  assert.match(data.message, /refused/);
  assert.match(await page.evaluate(() => String(globalThis.__genesys.refused)), /refused/);
});

story('the implicit flow hands over an ID token with its nonce', async (scene) => {
  const { page, seen } = await opened(scene, { attributes: { 'client-id': clients.implicit, flow: 'implicit' } });
  await arrive(page);
  await told(page, 'Auth.authError');
  const popup = await pressSignIn(page);
  await enter(popup);
  await isServed(page);
  assert.ok(seen[0].idToken && !seen[0].authCode && seen[0].nonce);
});

story('the whole page leaves and comes back: getAuthCode has what it needs', async (scene) => {
  const { page } = await opened(scene, { attributes: { transport: 'page', silent: 'false' } });
  await button(page, 'Sign in').click();
  await enter(page);
  await page.waitForURL(`${site.origin}/page`);
  await event(page, 'signed-in');
  await arrive(page);
  await isServed(page);
});

story('reAuthenticate leaves with the whole page: nothing is resolved, and getAuthCode has what it needs afterwards', async (scene) => {
  const { page, seen } = await opened(scene, { attributes: { transport: 'page', silent: 'false' } });
  await arrive(page, { authenticates: false });
  await told(page, 'AuthProvider.ready');
  await page.evaluate(() => {
    addEventListener('pagehide', () => { sessionStorage.setItem('settled', globalThis.settled); });
    globalThis.settled = 0;
    globalThis.__genesys.commands('AuthProvider').get('reAuthenticate')({ resolve: () => { globalThis.settled += 1; }, reject: () => { globalThis.settled += 1; } });
  });
  await enter(page);
  await page.waitForURL(`${site.origin}/page`);
  await event(page, 'signed-in');
  assert.equal(await page.evaluate(() => sessionStorage.getItem('settled')), '0');
  await arrive(page);
  await isServed(page);
  assert.equal(seen.length, 1);
  assert.equal(op.asked('authorize').length, 1, 'with the code that the person came back with');
});

story('the page is loaded anew in the middle: its messenger is served with a fresh code, and nobody is asked', async (scene) => {
  const { page, seen } = await known(scene);
  await arrive(page);
  await isServed(page);
  await page.reload();
  const windows = scene.windows.length;
  await arrive(page);
  await isServed(page);
  assert.equal(new Set(seen.map(({ authCode }) => authCode)).size, 2);
  assert.equal(scene.windows.length, windows);
});

story('a person who says no in reAuthenticate: it is rejected, and said', async (scene) => {
  scene.expect(/\[messenger-auth\] access-denied/);
  const { page } = await opened(scene);
  await arrive(page, { authenticates: false });
  await told(page, 'AuthProvider.ready');
  const popup = await windowOf(page, () => page.evaluate(() => { globalThis.__genesys.sessionDies(); }));
  await popup.getByRole('button', { name: 'Cancel' }).click();
  assert.match(await eventually(() => page.evaluate(() => globalThis.__genesys.refused && String(globalThis.__genesys.refused)), 'the command is rejected'), /refused/);
  assert.equal((await event(page, 'error')).code, 'access-denied');
  assert.deepEqual(await jwts(page), []);
});

story('logoutOIDC signs out, at the provider too', async (scene) => {
  const { page } = await opened(scene, { attributes: { 'client-id': clients.implicit, flow: 'implicit' } });
  await arrive(page);
  await told(page, 'Auth.authError');
  await enter(await pressSignIn(page));
  await isServed(page);
  await page.evaluate(() => { globalThis.__genesys.commands('AuthProvider').get('logoutOIDC')({ resolve() {}, reject() {} }); });
  await eventually(() => op.asked('end-session').length, 'the provider is asked to end its session');
  // It comes back: Chromium does not always close a page that is still on its way.
  await page.waitForFunction(() => !globalThis.__genesys && globalThis.MessengerAuth?.client);
});

story('each event of its Auth plugin is told to the page and to diagnose(); its faults are errors', async (scene) => {
  scene.expect(/\[messenger-auth\] messenger-error/);
  const { page } = await opened(scene);
  await arrive(page, { authenticates: false });
  await told(page, 'AuthProvider.ready');
  const names = ['ready', 'authenticating', 'authenticated', 'loggedOut', 'authError', 'error', 'tokenError', 'authProviderError', 'logoutError', 'signInAvailable', 'signingIn', 'signedIn', 'signInFailed'].map((name) => `Auth.${name}`);
  const faults = ['Auth.error', 'Auth.tokenError', 'Auth.authProviderError', 'Auth.logoutError'];
  const before = (await events(page, 'error')).length;
  const heardByPage = await page.evaluate(async (all) => {
    const seen = [];
    MessengerAuth.client.on('host', (detail) => seen.push(detail));
    for (const name of all) globalThis.__genesys.publish(name, { message: `words of ${name}`, jwt: 'a-jwt-of-genesys', authCode: 'a-code' });
    await new Promise((resolve) => { setTimeout(resolve); });
    return seen;
  }, names);
  assert.deepEqual(heardByPage, names.map((name) => ({ name, message: `words of ${name}` })));
  const lines = await steps(page);
  for (const name of names) assert.ok(lines.includes(`${name}: words of ${name}`), name);
  const failed = (await events(page, 'error')).slice(before);
  assert.deepEqual(failed.map(({ code, message }) => [code, faults.find((name) => message.includes(name))]), faults.map((name) => ['messenger-error', name]));
});

story('signing out ends its session first, the provider\'s after it', async (scene) => {
  const called = [];
  await scene.context.exposeFunction('__called', (name, at) => { called.push({ name, at }); });
  const { page } = await known(scene);
  await arrive(page);
  await isServed(page);
  await page.evaluate(() => { MessengerAuth.client.signOut(); });
  const [ended] = await eventually(() => op.asked('end-session').length && op.asked('end-session'), 'the provider is asked to end its session');
  const logout = await eventually(() => called.find(({ name }) => name === 'Auth.logout'), 'its session is ended');
  assert.ok(logout.at <= ended.at, 'and first');
  await page.waitForURL((url) => url.origin === op.issuer);
});

story('signed out on another device: our session ends, the provider is left alone', async (scene) => {
  const { page } = await known(scene);
  await arrive(page);
  await isServed(page);
  await page.evaluate(() => globalThis.__genesys.loggedOutElsewhere());
  await event(page, 'signed-out');
  assert.equal(op.asked('end-session').length, 0);
});

story('its server refuses the code: our error says so, and what to compare', async (scene) => {
  scene.expect(/\[messenger-auth\] messenger-error/);
  const { page } = await known(scene, { server: exchanger(op, { secret: 'mistyped' }) });
  await arrive(page);
  const failed = await event(page, 'error');
  assert.equal(failed.code, 'messenger-error');
  assert.match(failed.message, /Auth\.error: invalid_client/);
  assert.match(failed.help, /messenger's settings/);
  assert.ok((await steps(page)).some((line) => line.startsWith('Auth.error: invalid_client')));
});

story('another script has registered AuthProvider: said once', async (scene) => {
  await scene.context.addInitScript(messenger, {});
  const page = await scene.visit({ head: `<script>Genesys('registerPlugin', 'AuthProvider', () => {});</script>${tag(options)}` });
  const failed = await event(page, 'error');
  assert.equal(failed.code, 'messenger-error');
  assert.match(failed.message, /another script/);
  assert.equal(scene.said('warning').length, 1);
});

story('its events are told to the page, without its tokens', async (scene) => {
  const { page } = await known(scene);
  await page.evaluate(() => { globalThis.__heard = []; MessengerAuth.client.on('host', (detail) => globalThis.__heard.push(detail)); });
  await arrive(page);
  await isServed(page);
  const seen = await eventually(async () => {
    const all = await page.evaluate(() => globalThis.__heard);
    return all.some(({ name }) => name === 'Auth.authenticated') && all;
  }, 'Auth.authenticated is told');
  assert.doesNotMatch(JSON.stringify(seen), /jwt-of|a-refresh-token|authCode/);
  assert.doesNotMatch((await steps(page)).join('\n'), /jwt-of|a-refresh-token/);
});

story('an issuer whose code Genesys’ server cannot redeem is refused at once', async (scene) => {
  scene.expect(/\[messenger-auth\] bad-option/);
  const page = await scene.visit({ head: tag({ issuer: 'genesys-cloud:mypurecloud.de', 'client-id': 'a', host: 'genesys-messenger' }) });
  await loaded(page);
  const failed = await event(page, 'error');
  assert.equal(failed.code, 'bad-option');
  assert.match(failed.message, /host/);
  assert.deepEqual((await events(page, 'ready')), []);
  assert.equal((await call(page, 'getToken')).code, 'bad-option');
});
