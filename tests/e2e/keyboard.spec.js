/** Everything by keyboard: sign in, sign out, and the focus stays where one is. */

import assert from 'node:assert/strict';
import { ana, button, element, event, eventually, panel, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world();

/** The text of what has the focus, through shadow roots. */
const focused = (page) => page.evaluate(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at === document.body ? '' : (at?.innerText ?? '').trim();
});

async function tabTo(page, text) {
  for (let press = 0; press < 12; press += 1) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === text) return;
  }
  assert.fail(`Tab never reached “${text}”, but stands at “${await focused(page)}”`);
}

story('sign in and out', async (scene) => {
  const page = await scene.visit({ head: tag(), body: `<a href="#x">before</a>${element}<a href="#y">after</a>` });
  await event(page, 'ready');
  await button(page, 'Sign in').waitFor();
  await tabTo(page, 'Sign in');
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);

  await popup.getByLabel('Password').waitFor();
  await popup.keyboard.type(ana.login);
  await popup.keyboard.press('Tab');
  await popup.keyboard.type(ana.password);
  await popup.keyboard.press('Enter');
  await event(page, 'signed-in');
  await eventually(() => popup.isClosed(), 'the window closes');

  await button(page, 'Sign out').waitFor();
  assert.ok(await page.evaluate(() => document.activeElement.localName === 'messenger-auth'), 'the focus has stayed in the panel');
  await tabTo(page, 'Sign out');
  await page.keyboard.press('Enter');
  await eventually(() => op.asked('end-session').length, 'the issuer hears of it');
});

story('with the space bar, and the focus can leave again', async (scene) => {
  const page = await scene.visit({ head: tag(), body: `${element}<a href="#y">after</a>` });
  await event(page, 'ready');
  await button(page, 'Sign in').waitFor();
  await tabTo(page, 'Sign in');
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Space')]);
  await popup.close();
  await page.bringToFront();
  await tabTo(page, 'after');
});

story('a screen reader hears what happens', async (scene) => {
  const page = await scene.visit({ head: tag(), body: element });
  await event(page, 'ready');
  await panel(page).getByRole('group', { name: 'Sign-in' }).waitFor();
  await panel(page).getByRole('status').waitFor({ state: 'attached' });
  const [popup] = await Promise.all([page.waitForEvent('popup'), button(page, 'Sign in').click()]);
  await panel(page).getByRole('status').filter({ hasText: 'Please continue' }).waitFor();
  await popup.getByRole('button', { name: 'Cancel' }).click();
  scene.expect(/\[messenger-auth\] access-denied/);
  await panel(page).getByRole('alert').filter({ hasText: 'refused' }).waitFor();
});
