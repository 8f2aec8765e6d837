/** Where a session is kept: for the tab, or for the whole browser. */

import assert from 'node:assert/strict';
import { ask, call, element, event, eventually, isIdTokenOf, loaded, panel, session, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world();
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
