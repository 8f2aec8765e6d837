/** Files that are missing or are not what their hash says. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { built, folder } from '../site/package.js';
import { ask, button, element, enter, event, isIdTokenOf, loaded, nullInTime, panel, snippet, tag, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();
const files = await built();
const at = (name) => `/messenger-auth/${name}`;
const changed = async (name) => Buffer.concat([await readFile(new URL(name, folder)), Buffer.from(name.endsWith('.wasm') ? [0, 2, 1, 120] : '\n//')]);

for (const [name, answer] of Object.entries({
  'missing (404)': { status: 404, body: 'not found', type: 'text/plain' },
  'not what its hash says': { body: await changed(files.loader), type: 'text/javascript' },
  'answered with a page': { body: '<!doctype html>', type: 'text/html; charset=utf-8' },
})) {
  story(`the loader is ${name}: the snippet answers null at once`, async (scene) => {
    scene.expect(/status of 404|integrity|MIME|digest/);
    scene.answer(at(files.loader), answer);
    // At once, and not at the deadline: that would be after a minute.
    const page = await scene.visit({ head: `${snippet('timeoutMs: 60000')}<script>globalThis.early = __story.ask(undefined, 9_000);</script>`, body: element });
    assert.equal((await page.evaluate(() => globalThis.early)).token, null);
    await nullInTime(page);
    assert.equal(await page.evaluate(() => globalThis.MessengerAuth?.client), undefined, 'not a byte of it was run');
  });
}

story('the loader hangs: the snippet answers null at its deadline', async (scene) => {
  await scene.page.route(`**/${files.loader}`, () => {});
  const page = await scene.visit({ head: `${snippet('timeoutMs: 3000')}<script>globalThis.early = __story.ask(undefined, undefined, 2600);</script>`, until: 'domcontentloaded' });
  const { token, ms, late } = await page.evaluate(() => globalThis.early);
  assert.equal(token, null);
  assert.ok(!late, `null after ${ms} ms`);
});

for (const kind of ['glue', 'wasm']) {
  const name = files[kind];
  for (const [what, answer] of Object.entries({
    'missing (404)': { status: 404, body: 'not found', type: 'text/plain' },
    'not what its hash says': { body: await changed(name), type: kind === 'wasm' ? 'application/wasm' : 'text/javascript' },
    'answered with a page': { body: '<!doctype html>', type: 'text/html; charset=utf-8' },
  })) {
    story(`the ${kind} is ${what}: load-failed, and null in time`, async (scene) => {
      scene.expect(/status of 404|integrity|MIME|digest|\[messenger-auth\] load-failed/);
      scene.answer(at(name), answer);
      const page = await scene.visit({ head: tag(), body: element });
      await loaded(page);
      await nullInTime(page, { within: 5000 });
      const failed = await event(page, 'error');
      assert.equal(failed.code, 'load-failed');
      assert.ok(failed.help, 'a remedy');
      assert.equal(scene.said('error').length, 1, 'one line on the console');
      const code = await page.evaluate(() => MessengerAuth.client.ready.then(() => 'ready', (fault) => fault.code));
      assert.equal(code, 'load-failed');
      await panel(page).getByRole('alert').filter({ hasText: /./ }).waitFor();
    });
  }
}

story('WebAssembly with the wrong type is loaded all the same', async (scene) => {
  scene.answer(at(files.wasm), { body: await readFile(new URL(files.wasm, folder)), type: 'application/octet-stream' });
  const page = await scene.visit({ head: tag() });
  await event(page, 'ready');
  assert.equal(scene.said('error').length, 0);
});

for (const kind of ['glue', 'wasm']) {
  story(`the ${kind} cannot be reached for a moment: the next try has it`, async (scene) => {
    scene.expect(/ERR_|\[messenger-auth\] load-failed/);
    let tries = 0;
    await scene.page.route(`**/${files[kind]}`, (route) => {
      tries += 1;
      return tries > 1 ? route.continue() : route.abort('connectionreset');
    });
    const page = await scene.visit({ head: tag(), body: element });
    await loaded(page);
    assert.equal((await ask(page)).token, null);
    assert.equal((await event(page, 'error')).code, 'load-failed');
    const popup = await windowOf(page, () => button(page, 'Sign in').click());
    await enter(popup);
    await event(page, 'signed-in');
    isIdTokenOf((await ask(page)).token, { op });
    assert.equal(tries, 2);
  });
}
