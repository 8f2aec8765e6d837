/** A hidden frame with prompt=none signs in whom the provider already knows. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { ask, call, element, event, events, eventually, isIdTokenOf, loaded, nullInTime, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world();

/** The person has signed in on another tab of this browser, closed since; this tab knows nothing yet. */
async function knownElsewhere(scene, attributes) {
  await scene.visit({ head: tag(attributes), body: element });
  await signIn(scene.page);
  op.forget();
  const tab = await scene.context.newPage();
  await scene.page.close();
  return scene.visit({ head: tag(attributes), body: element, path: '/second', page: tab });
}

for (const [name, attributes] of Object.entries({
  'code flow': {},
  'implicit flow': { 'client-id': clients.implicit, flow: 'implicit' },
})) {
  story(`the callback gets a token without a window, in ${name}`, async (scene) => {
    const page = await knownElsewhere(scene, attributes);
    await loaded(page);
    const windows = scene.windows.length;
    const { token, ms } = await ask(page);
    isIdTokenOf(token, { op, client: attributes['client-id'] });
    assert.ok(ms < 9500, `answered after ${ms} ms`);
    const asked = op.asked('authorize');
    assert.deepEqual(asked.map((one) => one.params.prompt), ['none']);
    assert.equal(scene.windows.length, windows, 'no window was opened');
    await event(page, 'signed-in');
    await eventually(() => page.frames().length === 1, 'the frame is taken away');
  });
}

story('silent: false asks the provider nothing', async (scene) => {
  const page = await knownElsewhere(scene, { silent: 'false' });
  await loaded(page);
  await nullInTime(page, { within: 5000 });
  await event(page, 'sign-in-required');
  assert.equal(op.asked('authorize').length, 0);
});

story('a provider that never answers in the frame does not hold the callback', async (scene) => {
  op.settings.delay = { authorize: 20_000 };
  const page = await scene.visit({ head: tag({ 'timeout-ms': '4000' }) });
  await loaded(page);
  await nullInTime(page, { within: 3600 });
});

story('getToken says what is missing', async (scene) => {
  const page = await scene.visit({ head: tag() });
  await loaded(page);
  const refused = await call(page, 'getToken');
  assert.equal(refused.code, 'sign-in-required');
  assert.ok(refused.typed && refused.help);
  assert.equal((await events(page, 'signed-in')).length, 0);
});
