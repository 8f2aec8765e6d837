/** What happens meanwhile: somebody signs in, signs out, or comes back, while something else is under way. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { exchanger, genesysSnippet, messenger } from './hosts/genesys.js';
import { portal } from './hosts/power-pages.js';
import { ownLogin } from './hosts/site-session.js';
import { ana, ask, button, call, closed, element, enter, event, events, eventually, gate, loaded, minjun, panel, pressSignIn, session, signIn, tag, watched, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();
const here = site.origin;
const isCode = (text) => /^[\w-]{20,}$/.test(text);
const byCode = { 'hand-over': 'code' };
const siteSession = (more = '') => `<!-- messenger-auth-snippet { issuer: { kind: "site-session", signInUrl: "${here}/login" }, tokenUrl: "${here}/chat-token", ${more} } -->`;

/** A further tab of the same page. */
async function open(scene, what) {
  const page = await scene.context.newPage();
  await scene.visit({ body: element, ...what, page });
  await event(page, 'ready');
  return page;
}

/** Holds back what the provider answers to some requests. */
function held(isMeant) {
  const answer = gate();
  op.settings.alter = (_ctx, record) => (isMeant(record) ? answer.opened : undefined);
  return answer;
}

/** Asks in a click for a token of the page's own, with a window. */
const tokenByWindow = (page, kind) => windowOf(page, () => page.evaluate((wanted) => {
  globalThis.got = MessengerAuth.client.getToken({ kind: wanted, interaction: 'popup' }).then((value) => ({ value }), ({ code }) => ({ code }));
}, kind));
const got = (page) => page.evaluate(() => globalThis.got);

// A sign-out.

story('a sign-out that is asked for twice ends the session at the issuer', async (scene) => {
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  const answer = held(({ route }) => route === 'revocation');
  await page.evaluate(() => { for (let times = 0; times < 2; times += 1) MessengerAuth.client.signOut(); });
  await eventually(() => op.asked('revocation').length, 'the issuer is being told');
  answer.open();
  await eventually(() => op.asked('end-session').length, 'the page goes to the issuer');
});

story('word of a sign-out that comes after the next sign-in keeps nobody from a code', async (scene) => {
  const page = await scene.visit({ head: tag(byCode), body: element });
  await signIn(page);
  await page.evaluate((name) => {
    globalThis.told = [];
    globalThis.channel = new BroadcastChannel(name);
    globalThis.channel.onmessage = ({ data }) => globalThis.told.push(data);
  }, `messenger-auth:tabs:web@${op.issuer}`);
  await call(page, 'signOut', { atIssuer: false });
  const word = await eventually(() => page.evaluate(() => globalThis.told.find((one) => one.includes('"out":true'))), 'it is told');
  await closed(await pressSignIn(page));
  await event(page, 'signed-in', { count: 2 });
  const other = await open(scene, { head: tag(byCode) });
  await page.evaluate((text) => globalThis.channel.postMessage(text), word);
  await call(other, 'diagnose');
  for (const one of [page, page, other]) assert.ok(isCode((await ask(one)).token));
});

// A code for the host, tokens for the page.

story('no code is had unseen: sign-in-required, and signIn opens a window', async (scene) => {
  const page = await scene.visit({ head: tag({ ...byCode, silent: 'false' }), body: element });
  await signIn(page);
  assert.ok(isCode((await ask(page)).token));
  assert.equal((await ask(page)).token, null);
  await event(page, 'sign-in-required');
  const popup = await windowOf(page, () => page.evaluate(() => { MessengerAuth.client.signIn(); }));
  await closed(popup);
  await event(page, 'signed-in', { count: 2 });
  assert.ok(isCode((await ask(page)).token));
});

story('the page’s own token by a window, where the host is handed a code', async (scene) => {
  const page = await scene.visit({ head: tag({ ...byCode, silent: 'false' }), body: element });
  await event(page, 'ready');
  await enter(await tokenByWindow(page, 'access_token'));
  assert.equal((await got(page)).value, op.issued()[0].access_token);
});

story('the page’s own tokens end: signed out, and who asks does not sign in over and over', async (scene) => {
  Object.assign(op.settings, { accessTokenTtl: 6, idTokenTtl: 6 });
  const page = await scene.visit({ head: tag({ ...byCode, 'min-ttl': '1' }), body: element });
  await signIn(page);
  assert.ok((await call(page, 'getToken', { kind: 'access_token' })).value);
  const { length } = await events(page, 'signed-in');
  await event(page, 'renewed');
  for (let times = 0; times < 3; times += 1) assert.ok(isCode((await ask(page)).token));
  assert.equal((await events(page, 'signed-in')).length, length);
  op.settings.alter = (ctx, record) => {
    if (record.params.grant_type !== 'refresh_token') return;
    ctx.status = 400;
    ctx.body = { error: 'invalid_grant' };
  };
  scene.expect(/status of 400/);
  await scene.context.clearCookies();
  assert.equal((await event(page, 'signed-out', { within: 20_000 })).detail.reason, 'expired');
  await button(page, 'Sign in').waitFor();
});

story('a second person signs in for the host: the first one’s tokens are nobody’s', async (scene) => {
  const page = await scene.visit({ head: tag(byCode), body: element });
  await signIn(page);
  await call(page, 'getToken', { kind: 'access_token' });
  assert.equal((await session(page)).subject, ana.subject);
  const { length } = await events(page, 'signed-in');
  const popup = await windowOf(page, () => page.evaluate(() => { MessengerAuth.client.signIn({ prompt: 'login' }); }));
  await enter(popup, minjun);
  await event(page, 'signed-in', { count: length + 1 });
  assert.notEqual((await session(page)).subject, ana.subject);
  await call(page, 'getToken', { kind: 'access_token' });
  assert.equal((await session(page)).subject, minjun.subject);
});

// A window.

story('the site’s token comes with the login in the window, and is not asked for again', async (scene) => {
  scene.expect(/401/);
  const seen = await ownLogin(scene.context, { here });
  const page = await scene.visit({ head: siteSession(), body: element });
  await event(page, 'ready');
  const popup = await pressSignIn(page);
  const asked = ask(page);
  await popup.getByRole('link', { name: 'Log me in' }).click();
  assert.deepEqual([(await asked).token], seen.given);
});

story('the site’s login in one tab: the window of the other closes, and each is signed in once', async (scene) => {
  scene.expect(/401/);
  await ownLogin(scene.context, { here });
  const page = await scene.visit({ head: siteSession(), body: element });
  const other = await open(scene, { head: siteSession() });
  await event(page, 'ready');
  const [popup, second] = [await pressSignIn(page), await pressSignIn(other)];
  await popup.getByRole('link', { name: 'Log me in' }).click();
  for (const one of [popup, second]) await closed(one);
  for (const one of [page, other]) {
    await event(one, 'signed-in');
    assert.ok((await ask(one)).token);
    assert.equal((await events(one, 'signed-in')).length, 1);
    assert.deepEqual(await events(one, 'error'), []);
  }
});

story('a portal’s login in one tab: the window of the other closes, and who waits there is answered', async (scene) => {
  const seen = await portal(scene.context, 'https://portal.example');
  const what = { head: tag({ issuer: 'power-pages:https://portal.example', 'client-id': 'chat', silent: 'false' }), body: element };
  const page = await scene.visit(what);
  await event(page, 'ready');
  const other = await open(scene, what);
  const waiting = await pressSignIn(other);
  const asked = ask(other);
  const popup = await pressSignIn(page);
  await popup.getByRole('link', { name: 'Log In' }).click();
  await closed(waiting);
  assert.equal((await asked).token, seen.given[0]);
  assert.deepEqual(await events(other, 'error'), []);
});

story('a token is wished for with a window, and another tab signs in: it is given, and the window closes', async (scene) => {
  const attributes = { silent: 'false' };
  const page = await scene.visit({ head: tag(attributes), body: element });
  await event(page, 'ready');
  const other = await open(scene, { head: tag(attributes) });
  const popup = await tokenByWindow(page, 'access_token');
  await popup.getByLabel('Password').waitFor();
  await signIn(other);
  await closed(popup);
  assert.equal((await got(page)).value, op.issued()[0].access_token);
});

story('a hidden frame, begun before the click, signs the person in: the window closes', async (scene) => {
  const known = await scene.visit({ head: tag({ 'client-id': clients.es256 }), body: element });
  await signIn(known);
  const page = await scene.visit({ head: tag(), body: element, path: '/page', query: '?again' });
  await event(page, 'ready');
  const [frame, login] = [gate(), gate()];
  op.settings.alter = (_ctx, { route, params }) => (route === 'authorize' ? (params.prompt === 'none' ? frame : login).opened : undefined);
  const asked = ask(page);
  await eventually(() => op.asked('authorize').some(({ params }) => params.prompt === 'none'), 'the frame asks');
  const popup = await windowOf(page, () => page.evaluate(() => { globalThis.signingIn = MessengerAuth.client.signIn().then(() => 'signed in', ({ code }) => code); }));
  await eventually(() => op.asked('authorize').some(({ params }) => !params.prompt), 'the window asks');
  frame.open();
  assert.ok((await asked).token);
  await closed(popup);
  assert.equal(await page.evaluate(() => globalThis.signingIn), 'signed in');
  await button(page, 'Sign out').waitFor();
  assert.equal((await events(page, 'signed-in')).length, 1);
  login.open();
});

story('a renewal leaves the window alone in which somebody is signing in', async (scene) => {
  scene.expect(/status of 401/);
  Object.assign(op.settings, { accessTokenTtl: 8, idTokenTtl: 8 });
  await scene.page.route('**/jwt', (route) => route.fulfill({ status: 401, body: '' }));
  const service = { 'hand-over': 'token-url', 'token-url': '{{origin}}/jwt' };
  const page = await scene.visit({ head: tag({ 'client-id': clients.implicit, flow: 'implicit', 'response-type': 'id_token token', 'min-ttl': '1', ...service }), body: element });
  await signIn(page);
  const login = held(({ route, params }) => route === 'authorize' && !params.prompt);
  const popup = await tokenByWindow(page, 'token-url');
  await event(page, 'renewed', { within: 20_000 });
  await watched(page);
  assert.equal(popup.isClosed(), false);
  login.open();
  await closed(popup);
  assert.equal((await got(page)).code, 'sign-in-required', 'of this person the service knows nothing');
});

story('severed, reopened, and refused in the first window: the panel still offers the second', async (scene) => {
  op.settings.coop = { signIn: 'same-origin' };
  const page = await scene.visit({ head: tag(), body: element });
  await event(page, 'ready');
  const first = await pressSignIn(page);
  await first.getByLabel('Password').waitFor();
  await panel(page).getByText('Still signing in?').waitFor();
  const second = await windowOf(page, () => button(page, 'Reopen window').click());
  await second.getByLabel('Password').waitFor();
  await panel(page).getByText('Still signing in?').waitFor();
  await first.getByRole('button', { name: 'Cancel' }).click();
  await closed(first);
  await button(page, 'Cancel').waitFor();
  await enter(second);
  await event(page, 'signed-in');
});

// The whole page.

story('a click where the site is asked first shows that something happens, and two clicks are one sign-in', async (scene) => {
  scene.expect(/401/);
  await ownLogin(scene.context, { here });
  const page = await scene.visit({ head: siteSession('transport: "page"'), body: element });
  await event(page, 'ready');
  assert.equal((await ask(page)).token, null);
  await scene.context.addCookies([{ name: 'sid', value: 'ana', url: here }]);
  const answer = gate();
  await page.route(`${here}/chat-token`, async (route) => {
    await answer.opened;
    await route.fallback();
  });
  await button(page, 'Sign in').click();
  await panel(page).getByText('One moment').first().waitFor();
  answer.open();
  await event(page, 'signed-in');
  assert.ok((await ask(page)).token);
  assert.equal((await events(page, 'signed-in')).length, 1);
});

story('the site clears localStorage while the page comes back from the login: the person is signed in', async (scene) => {
  const page = await scene.visit({ head: tag({ transport: 'page', silent: 'false' }), body: element });
  await event(page, 'ready');
  // Somebody has been here before.
  await call(page, 'signOut', { atIssuer: false });
  await page.evaluate(() => { MessengerAuth.client.signIn(); });
  await page.waitForURL((url) => url.origin === op.issuer);
  const answer = gate();
  await page.route((url) => url.pathname.endsWith('/authWindow.html'), async (route) => {
    if (route.request().method() === 'HEAD') await answer.opened;
    await route.fallback();
  });
  const compared = page.waitForRequest((request) => request.method() === 'HEAD');
  await enter(page);
  await compared;
  await page.evaluate(() => { localStorage.clear(); });
  answer.open();
  await event(page, 'ready');
  assert.equal((await session(page)).subject, ana.subject);
  await button(page, 'Sign out').waitFor();
});

// A messenger.

story('Genesys Messenger: a person says no, and signs in later: it is told', async (scene) => {
  scene.expect(/\[messenger-auth\] access-denied/);
  await scene.context.exposeFunction('__exchange', exchanger(op).exchange);
  const page = await scene.visit({ head: genesysSnippet + tag({ 'client-id': clients.messenger, host: 'genesys-messenger' }), body: element });
  await loaded(page);
  await page.evaluate(messenger, { authenticates: false });
  await eventually(() => page.evaluate(() => globalThis.__genesys.events.some(({ eventName }) => eventName === 'AuthProvider.ready')), 'it has our plugin');
  const popup = await windowOf(page, () => page.evaluate(() => { globalThis.__genesys.stepUp(); }));
  await popup.getByRole('button', { name: 'Cancel' }).click();
  await event(page, 'error');
  await closed(popup);
  await enter(await windowOf(page, () => panel(page).getByRole('button', { name: /Try again|Sign in/ }).first().click()));
  await eventually(() => page.evaluate((jwt) => globalThis.__genesys.jwts.includes(jwt), `jwt-of-genesys-for-${ana.subject}`), 'it is served');
});

// The panel.

story('a press that begins before the engine is there and ends after it opens a window', async (scene) => {
  const engine = gate();
  await scene.page.route('**/*.wasm', async (route) => {
    await engine.opened;
    await route.continue();
  });
  const page = await scene.visit({ head: tag({ load: 'interaction' }), body: element });
  await loaded(page);
  await button(page, 'Sign in').hover();
  await page.mouse.down();
  engine.open();
  await event(page, 'ready');
  const popup = await windowOf(page, () => page.mouse.up());
  await enter(popup);
  await event(page, 'signed-in');
});
