/** The WebAssembly breaks: whoever waits is answered, whoever comes later too. */

import assert from 'node:assert/strict';
import { ask, button, call, element, event, eventually, loaded, panel, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world();

/** From when on any call of the WebAssembly traps, as a panic does: the page sets `__trap`. */
function breakable() {
  // (module (func (export "t") unreachable))
  const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11]);
  const { t: trap } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  const original = WebAssembly.instantiateStreaming;
  globalThis.__calls = 0;
  WebAssembly.instantiateStreaming = async (...given) => {
    const { module, instance } = await original(...given);
    const exports = Object.fromEntries(Object.entries(instance.exports).map(([name, value]) => [name, typeof value !== 'function' ? value : (...values) => {
      if (globalThis.__trap) {
        globalThis.__calls += 1;
        trap();
      }
      return value(...values);
    }]));
    return { module, instance: { exports } };
  };
}

const FAULTS = [/unreachable|RuntimeError/, /\[messenger-auth\] crashed/];

/** Asserts what a page looks like whose engine is gone. */
async function isBroken(scene, page) {
  const failed = await event(page, 'error');
  assert.equal(failed.code, 'crashed');
  assert.ok(failed.help, 'a remedy');
  const late = await ask(page);
  assert.equal(late.token, null);
  assert.ok(late.ms < 1000, `null after ${late.ms} ms`);
  for (const method of ['getToken', 'signOut', 'getAuthorization']) {
    const refused = await call(page, method);
    assert.equal(refused.code, 'crashed', method);
    assert.ok(refused.typed);
  }
  assert.equal(await page.evaluate(() => MessengerAuth.client.getSession()), null);
  assert.equal(scene.said('error').length, 1, 'one line on the console');
  assert.equal(await page.evaluate(() => globalThis.__calls), 1, 'what is broken is not called again');
  await panel(page).getByRole('alert').filter({ hasText: /./ }).waitFor();
}

story('a call traps: its caller is answered at once', async (scene) => {
  scene.expect(...FAULTS);
  await scene.context.addInitScript(breakable);
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  await page.evaluate(() => { globalThis.__trap = true; });
  const { token, ms } = await ask(page);
  assert.equal(token, null);
  assert.ok(ms < 1000, `null after ${ms} ms`);
  await isBroken(scene, page);
});

story('it traps between two calls: who waits is answered at once', async (scene) => {
  scene.expect(...FAULTS);
  await scene.context.addInitScript(breakable);
  op.settings.delay = { authorize: 2000 };
  const page = await scene.visit({ head: tag({ 'timeout-ms': '8000' }), body: element });
  await loaded(page);
  const answer = ask(page);
  // The hidden frame has been sent to the provider; its answer is what breaks it.
  await eventually(() => op.asked('authorize').length, 'the provider is asked');
  await page.evaluate(() => { globalThis.__trap = true; });
  const { token, ms } = await answer;
  assert.equal(token, null);
  assert.ok(ms < 6000, `null after ${ms} ms, and not at the deadline`);
  await isBroken(scene, page);
});

story('it traps while the window is open: the window is closed', async (scene) => {
  scene.expect(...FAULTS);
  await scene.context.addInitScript(breakable);
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  await loaded(page);
  const [popup] = await Promise.all([page.waitForEvent('popup'), button(page, 'Sign in').click()]);
  await popup.getByLabel('Password').waitFor();
  await page.evaluate(() => { globalThis.__trap = true; });
  await eventually(() => popup.isClosed(), 'the window is closed');
  await isBroken(scene, page);
});
