/** The WebAssembly breaks: whoever waits is answered, whoever comes later too. */

import assert from 'node:assert/strict';
import { ask, button, call, element, event, eventually, loaded, nullInTime, panel, signIn, tag } from './support/page.js';
import { chatLoader, microsoftServers } from './hosts/dynamics.js';
import { exchanger, genesysSnippet, messenger } from './hosts/genesys.js';
import { breakable, FAULTS } from './support/crash.js';
import { clients } from '../op/op.js';
import { world } from './support/world.js';

const { story, op } = await world();

/** Asserts what a page looks like whose engine is gone. */
async function isBroken(scene, page) {
  const failed = await event(page, 'error');
  assert.equal(failed.code, 'crashed');
  assert.ok(failed.help, 'a remedy');
  await nullInTime(page, { within: 1000 });
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
  await nullInTime(page, { within: 1000 });
  await isBroken(scene, page);
});

story('an element that is put in afterwards offers a button, and a press says what is wrong', async (scene) => {
  scene.expect(...FAULTS);
  await scene.context.addInitScript(breakable);
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  await page.evaluate(() => { globalThis.__trap = true; });
  await nullInTime(page, { within: 1000 });
  await page.evaluate(() => { document.querySelector('messenger-auth').replaceWith(document.createElement('messenger-auth')); });
  await button(page, 'Sign in').click();
  await panel(page).getByRole('alert').filter({ hasText: /./ }).waitFor();
});

story('it traps between two calls: who waits is answered at once', async (scene) => {
  scene.expect(...FAULTS);
  await scene.context.addInitScript(breakable);
  op.settings.delay = { authorize: 2000 };
  // At once, and not at the deadline: that would be after a minute.
  const page = await scene.visit({ head: tag({ 'timeout-ms': '60000' }), body: element });
  await loaded(page);
  const answer = ask(page, undefined, 9_000);
  // The hidden frame has been sent to the provider; its answer is what breaks it.
  await eventually(() => op.asked('authorize').length, 'the provider is asked');
  await page.evaluate(() => { globalThis.__trap = true; });
  assert.equal((await answer).token, null);
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

story('the function that the chat\'s SDK keeps: null at once, in the call that traps and ever after', async (scene) => {
  scene.expect(...FAULTS);
  await scene.context.addInitScript(breakable);
  await microsoftServers(scene.context, {});
  const page = await scene.visit({ head: chatLoader + tag({ host: 'dynamics', 'timeout-ms': '60000' }), body: element });
  await signIn(page);
  await page.evaluate(() => globalThis.__chat.ready());
  await eventually(() => page.evaluate(() => globalThis.__chat.set), 'the SDK has our function');
  const asked = () => page.evaluate(() => new Promise((resolve) => { globalThis.__chat.provider(resolve); }));
  assert.ok(await asked());
  await page.evaluate(() => { globalThis.__trap = true; });
  assert.equal(await asked(), null);
  assert.equal(await asked(), null);
  await isBroken(scene, page);
});

story('the commands that Genesys Messenger keeps: rejected at once, the one under way and all later ones', async (scene) => {
  scene.expect(...FAULTS);
  await scene.context.addInitScript(breakable);
  await scene.context.exposeFunction('__exchange', exchanger(op).exchange);
  const page = await scene.visit({ head: genesysSnippet + tag({ 'client-id': clients.messenger, host: 'genesys-messenger', 'timeout-ms': '60000' }), body: element });
  await page.evaluate(messenger, { authenticates: false });
  await eventually(() => page.evaluate(() => globalThis.__genesys.events.some(({ eventName }) => eventName === 'AuthProvider.ready')), 'it has our commands');
  await page.evaluate(() => {
    globalThis.give = (name) => new Promise((resolve, reject) => { globalThis.__genesys.commands('AuthProvider').get(name)({ data: {}, resolve, reject }); }).then(() => 'resolved', (why) => why);
  });
  op.settings.delay = { authorize: 2000 };
  const underWay = page.evaluate(() => globalThis.give('getAuthCode'));
  await eventually(() => op.asked('authorize').length, 'the provider is asked');
  await page.evaluate(() => { globalThis.__trap = true; });
  assert.match(await underWay, /stopped working/);
  for (const name of ['getAuthCode', 'reAuthenticate', 'signIn', 'logoutOIDC']) assert.match(await page.evaluate((one) => globalThis.give(one), name), /stopped working/, name);
  await isBroken(scene, page);
});
