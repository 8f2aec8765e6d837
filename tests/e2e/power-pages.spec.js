/** A Power Pages portal as issuer: its token service, its implicit flow with a fragment of its own. */

import assert from 'node:assert/strict';
import { cookie, portal } from './hosts/power-pages.js';
import { ask, button, call, closed, element, event, loaded, nullInTime, pressSignIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, site } = await world();
const here = site.origin;
const known = (context) => context.addCookies([{ ...cookie, url: here }]);
const head = (origin = here, more = {}) => tag({ issuer: `power-pages:${origin}`, 'client-id': 'chat', ...more });

story('a page of the portal: the cookie alone gives the token', async (scene) => {
  const seen = await portal(scene.context, here);
  await known(scene.context);
  const page = await scene.visit({ head: head(), body: element });
  await loaded(page);
  assert.equal((await ask(page)).token, seen.given[0]);
  await event(page, 'signed-in');
  assert.equal(seen.authorize.length, 0);
  assert.equal(seen.token[0].method, 'GET');
});

story('nobody is signed in: 200 with a login page is null at once, and sign-in-required', async (scene) => {
  await portal(scene.context, here);
  // At once, and not at the deadline: that would be after a minute.
  const page = await scene.visit({ head: head(here, { 'timeout-ms': '60000' }) });
  await loaded(page);
  await nullInTime(page);
  await event(page, 'sign-in-required');
});

story('a page elsewhere: a window to the portal, which answers with `token` in the fragment', async (scene) => {
  const seen = await portal(scene.context, 'https://portal.example');
  const page = await scene.visit({ head: head('https://portal.example/', { silent: 'false' }), body: element });
  await loaded(page);
  const popup = await pressSignIn(page);
  await popup.getByRole('link', { name: 'Log In' }).click();
  await closed(popup);
  await event(page, 'signed-in');
  assert.equal((await ask(page)).token, seen.given[0]);
  const [asked] = seen.authorize;
  assert.deepEqual(Object.keys(asked).sort(), ['client_id', 'nonce', 'redirect_uri', 'response_type', 'state']);
  assert.equal(asked.response_type, 'token');
  assert.match(asked.state, /^[\w-]{20}$/);
});

story('with the whole page there and back', async (scene) => {
  const seen = await portal(scene.context, 'https://portal.example');
  const page = await scene.visit({ head: head('https://portal.example', { transport: 'page', silent: 'false' }), body: element });
  await loaded(page);
  await button(page, 'Sign in').click();
  await page.getByRole('link', { name: 'Log In' }).click();
  await page.waitForURL(`${here}/page`);
  await event(page, 'signed-in');
  assert.equal((await ask(page)).token, seen.given[0]);
});

for (const [what, spoil, code] of [
  ['another nonce', { nonce: 'of-somebody-else' }, 'nonce-mismatch'],
  ['an exp that has come', { exp: 1_600_000_000 }, 'token-expired'],
]) {
  story(`a token with ${what}: ${code}`, async (scene) => {
    scene.expect(new RegExp(`\\[messenger-auth\\] ${code}`));
    await portal(scene.context, 'https://portal.example', { spoil });
    const page = await scene.visit({ head: head('https://portal.example', { silent: 'false' }), body: element });
    await loaded(page);
    const popup = await pressSignIn(page);
    await popup.getByRole('link', { name: 'Log In' }).click();
    assert.equal((await event(page, 'error')).code, code);
    assert.equal((await ask(page)).token, null);
  });
}

story('the portal answers an error object of its own: null at once, and bad-status', async (scene) => {
  scene.expect(/\[messenger-auth\] bad-status/, /status of 500/);
  const settings = { fault: { ErrorId: 'PortalSTS0006', ErrorMessage: 'Something went wrong', Timestamp: '', CorrelationId: '' } };
  const seen = await portal(scene.context, here, { settings });
  await known(scene.context);
  const page = await scene.visit({ head: head(here, { 'timeout-ms': '60000' }), body: element });
  await loaded(page);
  assert.equal((await ask(page, undefined, 9_000)).token, null);
  assert.equal((await event(page, 'error')).code, 'bad-status');
  delete settings.fault;
  assert.equal((await ask(page)).token, seen.given[0]);
});

story('a client id that no portal takes is refused at once', async (scene) => {
  scene.expect(/\[messenger-auth\] bad-option/);
  const page = await scene.visit({ head: head(here, { 'client-id': 'a'.repeat(37) }) });
  await loaded(page);
  const failed = await event(page, 'error');
  assert.match(failed.message, /clientId/);
  assert.equal((await call(page, 'getToken')).code, 'bad-option');
});

story('signed in by a window on a page elsewhere: so are the other tabs, now and later', async (scene) => {
  const seen = await portal(scene.context, 'https://portal.example');
  const given = { head: head('https://portal.example'), body: element };
  const page = await scene.visit(given);
  const other = await scene.context.newPage();
  await scene.visit({ ...given, page: other });
  for (const one of [page, other]) await event(one, 'ready');
  const popup = await pressSignIn(page);
  await popup.getByRole('link', { name: 'Log In' }).click();
  await event(other, 'signed-in');
  const later = await scene.context.newPage();
  await scene.visit({ ...given, page: later });
  await event(later, 'signed-in');
  for (const one of [page, other, later]) assert.equal((await ask(one)).token, seen.given[0]);
  assert.deepEqual(seen.given.length, 1);

  await button(later, 'Sign out').click();
  for (const one of [page, other, later]) {
    await event(one, 'signed-out');
    assert.equal((await ask(one)).token, null);
  }
});
