/** Pages that are hostile or clumsy: clobbered names, and paths that belong to somebody else. */

import assert from 'node:assert/strict';
import { ask, element, event, isIdTokenOf, loaded, signIn, snippet, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world();

const clobbered = {
  'an image named currentScript': '<img name="currentScript" alt="">',
  'a link with the id auth': '<a id="auth" href="#x">x</a>',
  'a form with the id MessengerAuth': '<form id="MessengerAuth"><input name="client"><input name="init"><input name="q"></form>',
  'a form named auth with a field of our function’s name': '<form name="auth"><input name="getAuthenticationToken"></form>',
  'two links with the id MessengerAuth': '<a id="MessengerAuth" href="#x"></a><a id="MessengerAuth" name="q" href="#y"></a>',
};

for (const [name, html] of Object.entries(clobbered)) {
  for (const [how, code] of Object.entries({ 'a tag': tag({ mode: '' }), 'the snippet': snippet() })) {
    story(`${name}, with ${how}`, async (scene) => {
      // The element stands first, so that its name is taken when our script runs.
      const page = await scene.visit({ body: html + code + element });
      await loaded(page);
      await signIn(page);
      isIdTokenOf((await ask(page)).token, { op });
    });
  }
}

const taken = {
  'a foreign function': ['window.auth = { getAuthenticationToken(answer) { answer("theirs"); } };', 'theirs'],
  'a getter': ['window.auth = { get getAuthenticationToken() { globalThis.read = (globalThis.read ?? 0) + 1; return (answer) => answer("got"); } };', 'got'],
  'a getter on the way': ['Object.defineProperty(window, "auth", { configurable: true, get() { return { getAuthenticationToken: (answer) => answer("got") }; } });', 'got'],
  'a text': ['window.auth = "mine";', undefined],
  'a frozen parent': ['window.auth = Object.freeze({ other: 1 });', undefined],
};

for (const [name, [code, theirs]] of Object.entries(taken)) {
  for (const [how, head] of Object.entries({ 'a tag': tag(), 'the snippet': snippet() })) {
    story(`${name} at the callback path, with ${how}: callback-path-taken, and it is left as it is`, async (scene) => {
      scene.expect(/\[messenger-auth\] callback-path-taken/);
      const page = await scene.visit({ head: `<script>${code}</script>${head}`, body: element });
      const failed = await event(page, 'error');
      assert.equal(failed.code, 'callback-path-taken');
      assert.ok(failed.message.includes('auth.getAuthenticationToken'));
      assert.equal(scene.said('error').length, 1);
      if (theirs) assert.equal((await ask(page)).token, theirs);
      else assert.equal(await page.evaluate(() => typeof window.auth.getAuthenticationToken), 'undefined');
      // All the rest works.
      await signIn(page);
      isIdTokenOf(await page.evaluate(() => MessengerAuth.client.getToken()), { op });
    });
  }
}

story('a page that replaces our function before the loader comes keeps its own', async (scene) => {
  scene.expect(/\[messenger-auth\] callback-path-taken/);
  const page = await scene.visit({ head: snippet() + '<script>window.auth = { getAuthenticationToken: (answer) => answer("theirs") };</script>' });
  await loaded(page);
  assert.equal((await ask(page)).token, 'theirs');
});

story('prototypes that the page has changed', async (scene) => {
  const page = await scene.visit({ head: `<script>
    Array.prototype.extra = function extra() { return 1; };
    Object.prototype.noise = 'noise';
    window.define = Object.assign(() => {}, { amd: {} });
  </script>${tag()}`, body: element });
  await signIn(page);
  isIdTokenOf((await ask(page)).token, { op });
});

story('no global beside those of the contract', async (scene) => {
  const names = () => Object.getOwnPropertyNames(globalThis);
  const page = await scene.visit({ body: element });
  const before = new Set(await page.evaluate(names));
  await scene.visit({ head: tag(), body: element });
  await event(page, 'ready');
  const added = (await page.evaluate(names)).filter((name) => !before.has(name) && !/^\d+$/.test(name));
  assert.deepEqual(added.sort(), ['MessengerAuth', 'auth']);
});
