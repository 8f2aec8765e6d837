/** Where a session is kept: for the tab, or for the whole browser. */

import assert from 'node:assert/strict';
import { ask, call, element, enter, event, eventually, fill, isIdTokenOf, loaded, panel, session, signIn, tag, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();
const kept = (page) => page.evaluate(() => [sessionStorage, localStorage].map((one) => Object.keys(one).filter((key) => key.startsWith('messenger-auth:session:')).length));

async function secondTab(scene, attributes) {
  op.forget();
  const page = await scene.context.newPage();
  await scene.visit({ head: tag(attributes), body: element, path: '/second', page });
  await event(page, 'ready');
  return page;
}

story('storage: local is for every tab, and a sign-out empties it', async (scene) => {
  const attributes = { storage: 'local', silent: 'false' };
  const page = await scene.visit({ head: tag(attributes), body: element });
  await signIn(page);
  assert.deepEqual(await kept(page), [0, 1]);
  const tab = await secondTab(scene, attributes);
  isIdTokenOf((await ask(tab)).token, { op });
  assert.deepEqual([op.asked('authorize').length, op.asked('token').length], [0, 0]);
  await call(tab, 'signOut', { atIssuer: false });
  assert.deepEqual(await kept(tab), [0, 0]);
});

story('storage: session is for one tab: one that comes after it knows nobody', async (scene) => {
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  await signIn(page);
  assert.deepEqual(await kept(page), [1, 0]);
  await page.close();
  const tab = await secondTab(scene, { silent: 'false' });
  assert.equal((await ask(tab)).token, null);
});

for (const storage of ['session', 'local']) {
  story(`storage: ${storage}, which the browser forbids: the session lives in the page`, async (scene) => {
    await scene.context.addInitScript(() => {
      for (const name of ['sessionStorage', 'localStorage']) Object.defineProperty(globalThis, name, { get() { throw new DOMException('no', 'SecurityError'); } });
    });
    const page = await scene.visit({ head: tag({ storage }), body: element });
    await signIn(page);
    isIdTokenOf((await ask(page)).token, { op });
  });
}

story('what is kept and cannot be read is nobody’s session', async (scene) => {
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  await signIn(page);
  await page.evaluate(() => { for (const key of Object.keys(sessionStorage)) if (key.startsWith('messenger-auth:session:')) sessionStorage.setItem(key, '{"broken'); });
  await page.reload();
  await event(page, 'ready');
  assert.equal(await session(page), null);
  assert.deepEqual(await kept(page), [0, 0]);
});

story('the element taken out and put back shows what is', async (scene) => {
  const page = await scene.visit({ head: tag({ scope: 'openid profile' }), body: element });
  await loaded(page);
  await page.evaluate(() => { globalThis.kept = document.querySelector('messenger-auth'); kept.remove(); document.body.append(kept); });
  await signIn(page);
  await panel(page).getByText('Signed in as').waitFor();
  await page.evaluate(() => { kept.remove(); });
  await call(page, 'signOut', { atIssuer: false });
  await page.evaluate(() => { document.body.append(kept); });
  await panel(page).getByRole('button', { name: 'Sign in' }).waitFor();
  await eventually(async () => await panel(page).getByRole('button').count() === 1, 'one button');
});

for (const [storage, again, later] of [['memory', false, false], ['session', true, false], ['local', true, true]]) {
  story(`storage: ${storage}: what survives a reload, and the tab`, async (scene) => {
    const attributes = { storage, silent: 'false' };
    const page = await scene.visit({ head: tag(attributes), body: element });
    await signIn(page);
    const first = (await ask(page)).token;
    await page.reload();
    await event(page, 'ready');
    assert.equal((await ask(page)).token, again ? first : null);
    if (!again) await signInAgain(page);
    const held = (await ask(page)).token;

    // Beside another tab that knows, nothing is lost in any storage.
    const beside = await secondTab(scene, attributes);
    await eventually(() => session(beside), 'a tab beside it is told');
    await page.reload();
    await eventually(() => session(page), 'so is a tab that was loaded anew');
    assert.equal((await ask(page)).token, held);
    await Promise.all([page.close(), beside.close()]);
    const tab = await secondTab(scene, attributes);
    assert.equal((await ask(tab)).token, later ? held : null);
    assert.deepEqual([op.asked('authorize').length, op.asked('token').length], [0, 0]);
  });
}

/** The provider still knows the person: the window comes back by itself. */
async function signInAgain(page) {
  await panel(page).getByRole('button', { name: 'Sign in' }).click();
  await event(page, 'signed-in');
}

for (const storage of ['session', 'local']) {
  story(`storage: ${storage}, which is full: the session lives in the page, and is renewed`, async (scene) => {
    await scene.context.addInitScript(fill, 'sessionStorage');
    await scene.context.addInitScript(fill, 'localStorage');
    Object.assign(op.settings, { accessTokenTtl: 10, idTokenTtl: 10 });
    const page = await scene.visit({ head: tag({ storage, silent: 'false', 'min-ttl': '1', 'renew-at': '0.2' }), body: element });
    await signIn(page);
    await event(page, 'renewed', { count: 2, within: 15_000 });
    isIdTokenOf((await ask(page)).token, { op });
    assert.deepEqual(await kept(page), [0, 0]);
  });
}

story('in a frame on another site, where the browser forbids storage for real: the session lives in the frame, and is renewed', async (scene) => {
  Object.assign(op.settings, { accessTokenTtl: 10, idTokenTtl: 10 });
  scene.put({ head: tag({ storage: 'local', silent: 'false', 'min-ttl': '1', 'renew-at': '0.2' }), body: element });
  scene.put({ path: '/around', body: `<iframe src="${site.origin}/page"></iframe>` });
  await scene.page.goto(`${site.elsewhere}/around`);
  const inside = scene.page.frames().find((frame) => frame.url() === `${site.origin}/page`);
  assert.equal(await inside.evaluate(() => { try { return Boolean(localStorage); } catch { return 'forbidden'; } }), 'forbidden');
  const popup = await windowOf(scene.page, () => inside.locator('messenger-auth').getByRole('button', { name: 'Sign in' }).click());
  await enter(popup);
  await event(inside, 'renewed', { count: 2, within: 15_000 });
  isIdTokenOf((await ask(inside)).token, { op });
});

for (const minutes of [11, -11]) {
  story(`what a login needs on its way back lies there for ten minutes at most: the clock ${minutes > 0 ? 'goes on' : 'is set back'}`, async (scene) => {
    await scene.page.addInitScript(() => {
      const { now } = Date;
      Date.now = () => now() + Number(sessionStorage.getItem('shift'));
    });
    const page = await scene.visit({ head: tag({ silent: 'false', transport: 'page' }), body: element });
    const waiting = () => page.evaluate(() => Object.keys(sessionStorage).filter((key) => /^messenger-auth:(transaction|return):/.test(key)).length);
    await panel(page).getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${op.issuer}/**`);
    await page.goBack();
    await event(page, 'ready');
    assert.equal(await waiting(), 2);
    await page.evaluate((shift) => {
      sessionStorage.setItem('shift', shift);
      document.dispatchEvent(new Event('visibilitychange'));
    }, minutes * 60_000);
    await eventually(async () => await waiting() === 0, 'it is taken away');
  });
}

story('localStorage, which is full: who signs out stays signed out', async (scene) => {
  await scene.context.addInitScript(fill, 'localStorage');
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  await call(page, 'signOut', { atIssuer: false });
  await event(page, 'signed-out');
  op.forget();
  // The issuer still knows the person.
  assert.equal((await call(page, 'getToken')).code, 'sign-in-required');
  assert.equal((await ask(page)).token, null);
  await page.reload();
  await event(page, 'ready');
  assert.equal((await ask(page)).token, null, 'and after a reload');
  assert.equal(op.asked('authorize').length, 0);
});
