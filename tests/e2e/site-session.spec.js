/** The site's own session: its login page and its cookie, a service that gives the token, no OAuth in the page. */

import assert from 'node:assert/strict';
import { ownLogin as standIn } from './hosts/site-session.js';
import { ask, button, call, closed, element, event, events, eventually, gate, lag, loaded, panel, seesSignOut, session, watched, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();
const here = site.origin;
const ownLogin = (context, options) => standIn(context, { here, ...options });

const head = (more = '') => `<!-- messenger-auth-snippet { issuer: { kind: "site-session", signInUrl: "${here}/login" }, tokenUrl: "${here}/chat-token", ${more} } -->`;
const known = (context) => context.addCookies([{ name: 'sid', value: 'ana', url: here }]);

story('a person whom the site knows: the token of its service, and a session', async (scene) => {
  const seen = await ownLogin(scene.context);
  await known(scene.context);
  const page = await scene.visit({ head: head(), body: element });
  await loaded(page);
  const { token, ms } = await ask(page);
  assert.equal(token, seen.given[0]);
  assert.ok(ms < 5000, `answered after ${ms} ms`);
  await event(page, 'signed-in');
  await button(page, 'Sign out').waitFor();
  assert.equal((await session(page)).subject, null, 'the token is the messenger\'s to read');
  assert.deepEqual(await call(page, 'getToken'), { value: seen.given[0] });
  await Promise.all([ask(page), ask(page)]);
  assert.equal(seen.asked, 1, 'a token in hand is asked for once');
  assert.equal(op.records.length, 0, 'no provider is asked for anything');
});

story('a token that is about to end is asked for anew', async (scene) => {
  const seen = await ownLogin(scene.context, { ttl: 61 });
  await known(scene.context);
  const page = await scene.visit({ head: head() });
  await loaded(page);
  assert.equal((await ask(page)).token, seen.given[0]);
  await new Promise((resolve) => setTimeout(resolve, 2100));
  assert.equal((await ask(page)).token, seen.given[1]);
  assert.equal((await events(page, 'signed-in')).length, 1);
});

story('nobody is known: null at once, and the login page in a window', async (scene) => {
  const seen = await ownLogin(scene.context);
  const page = await scene.visit({ head: head(), body: element });
  await loaded(page);
  const { token, ms } = await ask(page);
  assert.equal(token, null);
  assert.ok(ms < 3000, `null after ${ms} ms`);
  await event(page, 'sign-in-required');
  const popup = await windowOf(page, () => button(page, 'Sign in').click());
  await popup.getByRole('link', { name: 'Log me in' }).click();
  await event(page, 'signed-in');
  await closed(popup);
  assert.equal((await ask(page)).token, seen.given.at(-1));
  scene.expect(/401/);
});

story('the window is closed without a login: popup-closed', async (scene) => {
  scene.expect(/401|\[messenger-auth\] popup-closed/);
  await ownLogin(scene.context);
  const page = await scene.visit({ head: head(), body: element });
  await loaded(page);
  const popup = await windowOf(page, () => button(page, 'Sign in').click());
  await popup.getByRole('link', { name: 'Log me in' }).waitFor();
  await watched(page);
  await popup.close();
  assert.equal((await event(page, 'error')).code, 'popup-closed');
  await panel(page).getByRole('alert').filter({ hasText: /./ }).waitFor();
});

story('the service is in trouble for a moment: the window stays, and the login is noticed', async (scene) => {
  scene.expect(/401|503/);
  const seen = await ownLogin(scene.context);
  const page = await scene.visit({ head: head(), body: element });
  await loaded(page);
  const popup = await windowOf(page, () => button(page, 'Sign in').click());
  await popup.getByRole('link', { name: 'Log me in' }).waitFor();
  let failures = 0;
  await scene.context.route(`${here}/chat-token`, (route) => {
    failures += 1;
    return failures > 2 ? route.fallback() : route.fulfill({ status: 503, body: 'later' });
  });
  await eventually(() => failures > 2, 'it is asked on and on');
  await popup.getByRole('link', { name: 'Log me in' }).click();
  await event(page, 'signed-in');
  assert.equal((await ask(page)).token, seen.given.at(-1));
});

story('a page that leaves by itself leaves once', async (scene) => {
  scene.expect(/401/);
  await ownLogin(scene.context);
  const page = await scene.visit({ head: head('onSignedOut: "page"') });
  await loaded(page);
  await page.evaluate(() => { auth.getAuthenticationToken(() => {}); });
  await page.getByRole('link', { name: 'Log me in' }).waitFor();
  await page.goBack();
  await loaded(page);
  assert.equal((await ask(page)).token, null);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal(new URL(page.url()).pathname, '/page', 'it stays');
});

story('the whole page goes to the login page, and is known when it comes back', async (scene) => {
  scene.expect(/401/);
  const seen = await ownLogin(scene.context);
  const other = await scene.context.newPage();
  await scene.visit({ head: head(), page: other });
  await event(other, 'ready');
  const page = await scene.visit({ head: head('transport: "page"'), body: element });
  await loaded(page);
  await button(page, 'Sign in').click();
  await page.getByRole('link', { name: 'Log me in' }).click();
  await page.getByRole('link', { name: 'To the page' }).click();
  await loaded(page);
  assert.ok(seen.given.includes((await ask(page)).token));
  await event(other, 'signed-in');
  assert.deepEqual([(await events(page, 'signed-in')).length, seen.given.length], [1, 2], 'each has asked once');
});

story('the whole page, and the site knows the person by now: Sign in signs in, and does not leave', async (scene) => {
  scene.expect(/401/);
  const seen = await ownLogin(scene.context);
  const page = await scene.visit({ head: head('transport: "page"'), body: element });
  await loaded(page);
  assert.equal((await ask(page)).token, null);
  await known(scene.context);
  const left = [];
  page.on('framenavigated', (frame) => left.push(frame.url()));
  await button(page, 'Sign in').click();
  await event(page, 'signed-in');
  assert.equal((await ask(page)).token, seen.given[0]);
  assert.deepEqual(left, []);
});

story('who signs out stays signed out here, though the cookie lives', async (scene) => {
  const seen = await ownLogin(scene.context);
  await known(scene.context);
  const page = await scene.visit({ head: head(), body: element });
  await loaded(page);
  await ask(page);
  await call(page, 'signOut');
  await event(page, 'signed-out');
  const before = seen.asked;
  assert.equal((await ask(page)).token, null);
  assert.equal(seen.asked, before);
  const popup = await windowOf(page, () => button(page, 'Sign in').click());
  await event(page, 'signed-in', { count: 2 });
  await closed(popup);
  await eventually(async () => (await ask(page)).token, 'and is signed in again by a click');
});

story('a sign-in and a sign-out in one tab are those of the other tabs', async (scene) => {
  scene.expect(/401/);
  const seen = await ownLogin(scene.context);
  const page = await scene.visit({ head: head(), body: element });
  const other = await scene.context.newPage();
  await scene.visit({ head: head(), body: element, page: other });
  for (const one of [page, other]) await event(one, 'ready');
  const popup = await windowOf(page, () => button(page, 'Sign in').click());
  await popup.getByRole('link', { name: 'Log me in' }).click();
  await event(page, 'signed-in');
  await event(other, 'signed-in');
  await button(other, 'Sign out').waitFor();
  // Each has the word of the site itself: the cookie goes along.
  assert.deepEqual(new Set([(await ask(page)).token, (await ask(other)).token]), new Set(seen.given));

  await button(other, 'Sign out').click();
  for (const one of [page, other]) {
    await event(one, 'signed-out');
    assert.equal((await ask(one)).token, null);
    await button(one, 'Sign in').waitFor();
  }
});

story('a sign-out is told before what it has written can be seen: the cookie signs nobody in again', async (scene) => {
  const seen = await ownLogin(scene.context);
  await known(scene.context);
  const page = await scene.visit({ head: head(), body: element });
  const other = await scene.context.newPage();
  await scene.visit({ head: head(), body: element, page: other });
  for (const one of [page, other]) {
    await event(one, 'ready');
    assert.ok((await ask(one)).token);
  }
  await lag(other);
  const before = seen.asked;
  await call(page, 'signOut');
  await event(other, 'signed-out');
  assert.equal((await ask(other)).token, null);
  assert.equal(seen.asked, before);
});

story('signed out while the service of a tab that hears nothing is asked: it brings nobody back', async (scene) => {
  const seen = await ownLogin(scene.context);
  await known(scene.context);
  await scene.context.addInitScript(() => { delete globalThis.BroadcastChannel; });
  const page = await scene.visit({ head: head(), body: element });
  const other = await scene.context.newPage();
  await scene.visit({ head: head(), body: element, page: other });
  for (const one of [page, other]) await event(one, 'ready');
  assert.ok((await ask(other)).token);
  const answer = gate();
  await page.route(`${here}/chat-token`, async (route) => {
    await answer.opened;
    await route.fallback();
  });
  const asked = ask(page);
  await page.waitForRequest(`${here}/chat-token`);
  await call(other, 'signOut');
  await seesSignOut(page);
  answer.open();
  assert.equal((await asked).token, null);
  const before = seen.asked;
  assert.equal((await ask(other)).token, null);
  assert.equal(seen.asked, before);
});
