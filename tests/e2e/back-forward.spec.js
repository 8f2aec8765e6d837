/** *Back* to a page that the browser has kept as it was left. */

import assert from 'node:assert/strict';
import { ask, button, call, closed, element, enter, event, eventually, isIdTokenOf, loaded, pressSignIn, session, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world({ backForwardCache: true });
// What may not be stored is not kept.
const headers = { 'Cache-Control': 'no-cache' };

const watchReturn = (page) => page.evaluate(() => addEventListener('pageshow', ({ persisted }) => { globalThis.isKept = persisted; }));

/** Presses *back*. Playwright's own waits for a load that a kept page does not have. */
async function back(page) {
  page.evaluate(() => history.back()).catch(() => {});
  await eventually(() => page.evaluate(() => globalThis.isKept).catch(() => false), 'the page comes out of the cache');
}

story('back from the login page: the panel offers the sign-in again at once', async (scene) => {
  const page = await scene.visit({ head: tag({ transport: 'page', silent: 'false' }), body: element, headers });
  await event(page, 'ready');
  await watchReturn(page);
  await button(page, 'Sign in').click();
  await page.getByLabel('Password').waitFor();
  await back(page);
  // Sooner than the departure would have been given up as a timeout.
  assert.equal((await event(page, 'error', { within: 4000 })).code, 'sign-in-required');
  await button(page, 'Try again').click();
  await enter(page);
  await page.waitForURL((url) => url.pathname === '/page');
  await loaded(page);
  isIdTokenOf((await ask(page)).token, { op });
});

story('from one page with the widget to another and back: the first is as it was left, and hears the other tabs again', async (scene) => {
  const head = tag({ silent: 'false' });
  const page = await scene.visit({ head, body: element, headers });
  await event(page, 'ready');
  await watchReturn(page);
  await scene.visit({ head, body: element, headers, path: '/second' });
  await event(page, 'ready');
  await back(page);
  assert.equal(new URL(page.url()).pathname, '/page');
  const other = await scene.context.newPage();
  await scene.visit({ head, body: element, path: '/third', page: other });
  await signIn(other);
  await event(page, 'signed-in');
  isIdTokenOf((await ask(page)).token, { op });
});

story('back to a page whose person, known by a code, has signed out on the next one: nobody is signed in', async (scene) => {
  const head = tag({ 'hand-over': 'code' });
  const page = await scene.visit({ head, body: element, headers });
  await signIn(page);
  await watchReturn(page);
  await scene.visit({ head, body: element, headers, path: '/second' });
  await event(page, 'ready');
  assert.ok((await ask(page)).token);
  await call(page, 'signOut', { atIssuer: false });
  await back(page);
  await event(page, 'signed-out');
  assert.equal(await session(page), null);
  assert.equal((await ask(page)).token, null);
  await closed(await pressSignIn(page));
  await event(page, 'signed-in', { count: 2 });
});
