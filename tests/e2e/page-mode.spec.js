/** The whole page leaves for the provider and comes back to the address it left. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { ask, button, call, element, enter, event, eventually, gate, isIdTokenOf, loaded, panel, session, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();
const query = '?a=1&b=%20two&code=of-the-page';
const hash = '#/part?state=of-the-page';

/** Every address that the tab's history holds. */
async function history(scene) {
  const devtools = await scene.context.newCDPSession(scene.page);
  const { entries } = await devtools.send('Page.getNavigationHistory');
  return entries.map((entry) => entry.url);
}

async function leave(page) {
  await button(page, 'Sign in').click();
  await page.waitForURL((url) => url.origin === op.issuer);
}

async function comeBack(scene, type) {
  const page = scene.page;
  const [asked] = op.asked('authorize');
  await page.waitForURL((url) => url.origin === site.origin && url.pathname === '/page');
  await loaded(page);
  await eventually(() => page.evaluate(() => MessengerAuth.client.getSession()), 'a session after coming back');
  assert.equal(page.url(), `${site.origin}/page${query}${hash}`);
  const addresses = await history(scene);
  for (const address of addresses.filter((one) => one.startsWith(site.origin))) {
    assert.equal(address, `${site.origin}/page${query}${hash}`, 'the history of the site');
    assert.ok(!address.includes(asked.params.state));
  }
  assert.equal(asked.params.response_type, type);
  const left = await page.evaluate(() => Object.keys(sessionStorage).filter((key) => /^messenger-auth:(transaction|return|answer):/.test(key)));
  assert.deepEqual(left, [], 'nothing of the login is left in the storage');
}

story('code flow', async (scene) => {
  const page = await scene.visit({ head: tag({ transport: 'page' }), body: element, query: query + hash });
  await leave(page);
  assert.equal(scene.windows.length, 1, 'no window was opened');
  await enter(page);
  await comeBack(scene, 'code');
  isIdTokenOf((await ask(page)).token, { op });
  assert.equal(op.asked('token').length, 1);
});

story('implicit flow', async (scene) => {
  const page = await scene.visit({ head: tag({ transport: 'page', 'client-id': clients.implicit, flow: 'implicit' }), body: element, query: query + hash });
  await leave(page);
  await enter(page);
  await comeBack(scene, 'id_token');
  isIdTokenOf((await ask(page)).token, { op, client: clients.implicit });
});

story('signIn({transport: "page"}) on a page that otherwise opens windows', async (scene) => {
  const page = await scene.visit({ head: tag(), query: query + hash });
  await loaded(page);
  await page.evaluate(() => { MessengerAuth.client.signIn({ transport: 'page' }); });
  await page.waitForURL((url) => url.origin === op.issuer);
  await enter(page);
  await comeBack(scene, 'code');
});

story('a person who says no comes back to the same address, and the page says so', async (scene) => {
  scene.expect(/\[messenger-auth\] access-denied/);
  const page = await scene.visit({ head: tag({ transport: 'page' }), body: element, query: query + hash });
  await leave(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForURL((url) => url.origin === site.origin && url.pathname === '/page');
  assert.equal((await event(page, 'error')).code, 'access-denied');
  await panel(page).getByRole('alert').getByText('access was refused').waitFor();
  assert.equal(page.url(), `${site.origin}/page${query}${hash}`);
});

story('an answer with a state that nobody sent', async (scene) => {
  scene.expect(/\[messenger-auth\] state-mismatch/);
  const page = await scene.visit({ head: tag({ transport: 'page' }), body: element });
  await leave(page);
  await page.goto(`${site.origin}/messenger-auth/authWindow.html?code=stolen&state=made-up&iss=${encodeURIComponent(op.issuer)}`);
  await page.waitForURL((url) => url.pathname === '/page');
  assert.equal((await event(page, 'error')).code, 'state-mismatch');
  assert.equal(page.url(), `${site.origin}/page`);
  assert.equal(op.asked('token').length, 0);
  assert.equal(await page.evaluate(() => MessengerAuth.client.getSession()), null);
});

story('a return address of another origin is not followed', async (scene) => {
  const page = await scene.visit({ head: tag({ transport: 'page' }), body: element });
  await page.evaluate(() => sessionStorage.setItem('messenger-auth:return:abc', 'https://example.com/taken'));
  await page.goto(`${site.origin}/messenger-auth/authWindow.html?code=x&state=abc`);
  await page.waitForURL((url) => url.search === '');
  await eventually(() => page.evaluate(() => document.body?.innerText.trim()), 'the window says something or the site shows its page');
  assert.equal(new URL(page.url()).origin, site.origin);
});

story('onSignedOut: page answers null and leaves for the login page', async (scene) => {
  const page = await scene.visit({ head: tag({ 'on-signed-out': 'page' }), query: query + hash });
  await loaded(page);
  await page.evaluate(() => { __story.ask().then(({ token }) => console.log(`the callback got ${token}`)); });
  await page.waitForURL((url) => url.origin === op.issuer);
  await eventually(() => scene.lines.some((line) => line.text === 'the callback got null'), 'the callback is answered before the page leaves');
  await enter(page);
  await page.waitForURL((url) => url.pathname === '/page');
  isIdTokenOf((await ask(page)).token, { op });
});

story('no storage: storage-unavailable, and nothing leaves', async (scene) => {
  await scene.context.addInitScript(() => Object.defineProperty(globalThis, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError'); } }));
  const page = await scene.visit({ head: tag({ transport: 'page', storage: 'memory' }) });
  await loaded(page);
  const refused = await call(page, 'signIn');
  assert.equal(refused.code, 'storage-unavailable');
  assert.ok(refused.typed);
  assert.equal(op.asked('authorize').length, 0);
});

story('a reload of the window that brought the answer hands out nothing twice', async (scene) => {
  const page = await scene.visit({ head: tag({ transport: 'page' }), body: element });
  await leave(page);
  await enter(page);
  await page.waitForURL((url) => url.pathname === '/page');
  await eventually(() => page.evaluate(() => MessengerAuth?.client?.getSession()), 'a session');
  await page.reload();
  await loaded(page);
  await eventually(() => page.evaluate(() => MessengerAuth.client.getSession()), 'the session again');
  assert.equal(op.asked('token').length, 1);
});

const departures = () => op.asked('authorize').filter((one) => one.params.prompt !== 'none');

/** Asks, and gives the page the time to leave that it must not use. */
async function staysWith(page, answer) {
  assert.equal((await ask(page)).token, answer);
  await page.waitForTimeout(1500);
  assert.equal(new URL(page.url()).origin, site.origin);
}

story('onSignedOut: page, twenty callers: the page leaves once, and not again after a refusal', async (scene) => {
  scene.expect(/\[messenger-auth\] access-denied/);
  const page = await scene.visit({ head: tag({ 'on-signed-out': 'page' }) });
  await loaded(page);
  await page.evaluate(() => { for (let caller = 0; caller < 20; caller += 1) __story.ask(); });
  await page.waitForURL((url) => url.origin === op.issuer);
  assert.equal(departures().length, 1);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForURL(`${site.origin}/page`);
  assert.equal((await event(page, 'error')).code, 'access-denied');
  await staysWith(page, null);
  assert.equal(departures().length, 1);
});

story('onSignedOut: page does not leave by itself after a sign-out', async (scene) => {
  const page = await scene.visit({ head: tag({ 'on-signed-out': 'page' }), body: element });
  await signIn(page);
  await call(page, 'signOut', { atIssuer: false });
  await staysWith(page, null);
  assert.equal(departures().length, 1, 'the window alone');
  assert.equal(await session(page), null);
});

for (const [name, attributes] of Object.entries({ 'transport: page': { transport: 'page' }, 'onSignedOut: page': { 'on-signed-out': 'page' } })) {
  story(`${name} with a redirect window of another origin: bad-option`, async (scene) => {
    scene.expect(/\[messenger-auth\] bad-option/);
    const page = await scene.visit({ head: tag({ ...attributes, 'redirect-uri': `${op.issuer}/authWindow.html` }) });
    const failed = await event(page, 'error');
    assert.equal(failed.code, 'bad-option');
    assert.match(failed.message, /redirectUri/);
    await staysWith(page, null);
    assert.equal(op.asked('authorize').length, 0);
  });
}

story('signed out in another tab while the clock is compared on the way back: nobody is signed in', async (scene) => {
  const implicit = { 'client-id': clients.implicit, flow: 'implicit' };
  const other = await scene.context.newPage();
  await scene.visit({ head: tag(implicit), body: element, page: other });
  await signIn(other);
  const page = await scene.visit({ head: tag({ transport: 'page', ...implicit }), body: element });
  await event(page, 'ready');
  await page.evaluate(() => { MessengerAuth.client.signIn({ prompt: 'login' }); });
  await page.waitForURL((url) => url.origin === op.issuer);
  const answer = gate();
  await page.route((url) => url.pathname.endsWith('/authWindow.html'), async (route) => {
    if (route.request().method() === 'HEAD') await answer.opened;
    await route.fallback();
  });
  const compared = page.waitForRequest((request) => request.method() === 'HEAD');
  await enter(page);
  await compared;
  await call(other, 'signOut', { atIssuer: false });
  answer.open();
  await event(page, 'ready');
  assert.equal(await session(page), null);
  assert.equal((await ask(page)).token, null);
});
