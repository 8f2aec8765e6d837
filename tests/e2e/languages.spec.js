/** The panel speaks the page's language. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { button, element, enter, event, eventually, panel, tag, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story } = await world();
const text = JSON.parse(await readFile(new URL('../../src/ui/text.json', import.meta.url), 'utf8'));

for (const language of ['en', 'es', 'ko']) {
  story(`${language}, from the page's lang`, async (scene) => {
    const page = await scene.visit({ head: tag({ scope: 'openid profile' }), body: element, lang: language });
    await event(page, 'ready');
    const popup = await windowOf(page, () => button(page, text['sign-in'][language]).click());
    await panel(page).getByText(text['window-open'][language]).waitFor();
    await enter(popup);
    await button(page, text['sign-out'][language]).waitFor();
    await eventually(async () => (await panel(page).getByRole('status').innerText()).trim() === text['signed-in-as'][language].replace('{name}', 'Ana García'), 'who is signed in');
  });
}

story('the option locale comes before the page', async (scene) => {
  const page = await scene.visit({ head: tag({ locale: 'ko' }), body: element, lang: 'es' });
  await event(page, 'ready');
  await button(page, text['sign-in'].ko).waitFor();
});

story('a language that is not there: the browser’s', { locale: 'es-MX' }, async (scene) => {
  const page = await scene.visit({ head: tag(), body: element, lang: 'fi' });
  await event(page, 'ready');
  await button(page, text['sign-in'].es).waitFor();
});

story('the placeholder speaks it too, before the engine is there', async (scene) => {
  const page = await scene.visit({ head: tag({ load: 'interaction' }), body: element, lang: 'ko' });
  assert.equal((await button(page, text['sign-in'].ko).innerText()).trim(), text['sign-in'].ko);
  const popup = await windowOf(page, () => button(page, text['sign-in'].ko).click());
  await enter(popup);
  await event(page, 'signed-in');
});
