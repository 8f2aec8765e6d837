/** The browser does not let the window open. */

import assert from 'node:assert/strict';
import { ask, button, closed, element, enter, event, eventually, isIdTokenOf, tag, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world({ blockWindows: true });

story('popup-blocked at once, and the panel offers the button that opens it', async (scene) => {
  // Signs in without a click. Looked at through the console alone, because a look from outside counts as a click.
  const page = await scene.visit({
    head: `${tag({ load: 'eager' })}<script>
      addEventListener('messenger-auth:ready', () => {
        __story.timed(() => MessengerAuth.client.signIn().catch((fault) => fault.code), 2000).then(({ outcome, late, ms }) => console.log('refused', outcome, late ? 'late' : 'at-once', Math.round(ms)));
      });
    </script>`,
    body: element,
  });
  const line = await eventually(() => scene.lines.find((one) => one.text.startsWith('refused ')), 'signIn is refused');
  const [, code, when, ms] = line.text.split(' ');
  assert.equal(code, 'popup-blocked');
  assert.equal(when, 'at-once', `refused after ${ms} ms`);
  assert.equal(scene.windows.length, 1);

  const popup = await windowOf(page, () => button(page, 'Open window').click());
  await enter(popup);
  await event(page, 'signed-in');
  await closed(popup);
  isIdTokenOf((await ask(page)).token, { op });
});

story('a click is no reason to block', async (scene) => {
  const page = await scene.visit({ head: tag(), body: element });
  const popup = await windowOf(page, () => button(page, 'Sign in').click());
  await enter(popup);
  await event(page, 'signed-in');
});
