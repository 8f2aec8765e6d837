/** The sign-in window when it is closed, severed by Cross-Origin-Opener-Policy, or given up. */

import assert from 'node:assert/strict';
import { ana, ask, button, call, closed, element, enter, event, events, eventually, fill, gate, isIdTokenOf, loaded, panel, pressSignIn, session, signIn, tag, watched } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world();

/** Records how the promise of `signIn` ends, beside the panel's own button; late is what takes longer than five seconds. */
const ownButton = `${element}<button id="own">Log in</button><script>
  own.onclick = () => {
    globalThis.outcome = undefined;
    __story.timed(() => MessengerAuth.client.signIn().then(() => 'signed in', (fault) => fault.code), 5000).then(({ outcome: how, late }) => { globalThis.outcome = { how, late }; (globalThis.outcomes ??= []).push(how); });
  };
</script>`;

async function press(scene) {
  await loaded(scene.page);
  const [popup] = await Promise.all([scene.page.waitForEvent('popup'), scene.page.locator('#own').click()]);
  return popup;
}

const outcome = async (page) => eventually(() => page.evaluate(() => globalThis.outcome), 'signIn ends');

/** Asserts that `signIn` ends with `popup-closed` within three seconds: in glances of the page's own; how busy the machine is plays no part. */
async function isSeenClosed(page) {
  const how = await page.evaluate(async () => {
    for (let glances = 0; !globalThis.outcome && glances < 20; glances += 1) await new Promise((resolve) => { setTimeout(resolve, 150); });
    return globalThis.outcome?.how;
  });
  assert.equal(how, 'popup-closed');
}

/** The window has been open and attached for longer than a second. */
async function attached(page, popup) {
  await popup.getByLabel('Password').waitFor();
  await watched(page);
}

story('closed by the person → popup-closed, within three seconds (window)', async (scene) => {
  const page = await scene.visit({ head: tag(), body: ownButton });
  const popup = await press(scene);
  await attached(page, popup);
  await popup.close();
  await isSeenClosed(page);
  await panel(page).getByText('closed before').waitFor();
  await button(page, 'Try again').waitFor();
});

story('closed, but the answer comes later → signed in (window)', async (scene) => {
  const page = await scene.visit({ head: tag(), body: ownButton });
  const popup = await press(scene);
  await attached(page, popup);
  const address = popup.url();
  await popup.close();
  await isSeenClosed(page);

  const tab = await scene.context.newPage();
  await tab.goto(address);
  await enter(tab);
  await event(page, 'signed-in');
  assert.equal((await session(page)).subject, ana.subject);
  isIdTokenOf((await ask(page)).token, { op });
});

story('closed, then tried again', async (scene) => {
  const page = await scene.visit({ head: tag(), body: ownButton });
  const popup = await press(scene);
  await attached(page, popup);
  await popup.close();
  await isSeenClosed(page);
  const [second] = await Promise.all([page.waitForEvent('popup'), button(page, 'Try again').click()]);
  await enter(second);
  await event(page, 'signed-in');
  await closed(second);
});

story('nobody comes back → timeout, at signInTimeoutMs (window)', async (scene) => {
  const page = await scene.visit({ head: tag({ 'sign-in-timeout-ms': '3000' }), body: ownButton });
  const popup = await press(scene);
  assert.deepEqual(await outcome(page), { how: 'timeout', late: false });
  await closed(popup);
});

for (const policy of ['same-origin', 'same-origin-allow-popups']) {
  story(`COOP ${policy} on the provider’s first page → signed in (window)`, async (scene) => {
    op.settings.coop = { signIn: policy };
    const page = await scene.visit({ head: tag(), body: element });
    const popup = await pressSignIn(page);
    await attached(page, popup);
    assert.equal(await page.evaluate(() => __story.events.filter((one) => one.name === 'error').length), 0, 'not mistaken for a closed window');
    await enter(popup);
    await event(page, 'signed-in');
    await closed(popup);
    isIdTokenOf((await ask(page)).token, { op });
  });

  story(`COOP ${policy} on a later page of the provider’s → signed in (window)`, async (scene) => {
    op.settings.consent = 'ask';
    op.settings.coop = { consent: policy };
    const page = await scene.visit({ head: tag(), body: element });
    const popup = await pressSignIn(page);
    await attached(page, popup);
    await enter(popup);
    const allow = popup.getByRole('button', { name: 'Allow' });
    await allow.waitFor();
    await allow.click();
    await event(page, 'signed-in');
    await closed(popup);
    isIdTokenOf((await ask(page)).token, { op });
  });

  story(`COOP ${policy} on the site’s own page → signed in (window)`, async (scene) => {
    const page = await scene.visit({ head: tag(), body: element, headers: { 'Cross-Origin-Opener-Policy': policy } });
    const popup = await pressSignIn(page);
    await attached(page, popup);
    await enter(popup);
    await event(page, 'signed-in');
    await closed(popup);
    isIdTokenOf((await ask(page)).token, { op });
  });
}

story('severed: the panel asks, and reopening leads to the login', async (scene) => {
  op.settings.coop = { signIn: 'same-origin' };
  const page = await scene.visit({ head: tag(), body: ownButton });
  const popup = await press(scene);
  await popup.getByLabel('Password').waitFor();
  await panel(page).getByText('Still signing in?').waitFor();
  const [again] = await Promise.all([page.waitForEvent('popup'), button(page, 'Reopen window').click()]);
  await enter(again);
  await event(page, 'signed-in');
  assert.equal((await outcome(page)).how, 'signed in');
  assert.equal(op.asked('token').length, 1);
});

story('severed, and given up → popup-closed (window)', async (scene) => {
  op.settings.coop = { signIn: 'same-origin' };
  const page = await scene.visit({ head: tag(), body: ownButton });
  const popup = await press(scene);
  await popup.getByLabel('Password').waitFor();
  await panel(page).getByText('Still signing in?').waitFor();
  await button(page, 'Cancel').click();
  assert.equal((await outcome(page)).how, 'popup-closed');
});

story('looks closed, is tried again, and then finished in the first window', async (scene) => {
  op.settings.consent = 'ask';
  op.settings.coop = { consent: 'same-origin' };
  const page = await scene.visit({ head: tag(), body: ownButton });
  const first = await press(scene);
  await attached(page, first);
  await enter(first);
  await first.getByRole('button', { name: 'Allow' }).waitFor();
  await isSeenClosed(page);

  op.settings.coop = {};
  const second = await press(scene);
  await second.getByRole('button', { name: 'Allow' }).waitFor();
  await first.getByRole('button', { name: 'Allow' }).click();
  await event(page, 'signed-in');
  assert.equal((await outcome(page)).how, 'signed in');
  assert.deepEqual(await page.evaluate(() => globalThis.outcomes), ['popup-closed', 'signed in']);
  await closed(second);
  await closed(first);
  isIdTokenOf((await ask(page)).token, { op });
  assert.equal(op.asked('token').length, 1);
});

story('closed while it is still blank: popup-closed as soon as the provider has answered', async (scene) => {
  const answer = gate();
  op.settings.alter = (_ctx, { route }) => (route === 'discovery' ? answer.opened : undefined);
  const page = await scene.visit({ head: tag(), body: ownButton });
  const popup = await press(scene);
  await eventually(() => op.asked('discovery').length, 'discovery is on its way');
  await popup.close();
  answer.open();
  assert.equal((await outcome(page)).how, 'popup-closed');
  assert.equal(op.asked('authorize').length, 0);
});

story('signed in, and another login is cancelled: still signed in, and can sign out', async (scene) => {
  const page = await scene.visit({ head: tag({ scope: 'openid profile' }), body: `${element}<button id="own">Again</button><script>
    own.onclick = () => MessengerAuth.client.signIn({ prompt: 'login' }).catch((fault) => { globalThis.outcome = { how: fault.code }; });
  </script>` });
  await signIn(page);
  const popup = await press(scene);
  await popup.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await outcome(page)).how, 'access-denied');
  assert.equal(op.asked('authorize').at(-1).params.prompt, 'login');
  await panel(page).getByText(`Signed in as ${ana.name}`).waitFor();
  assert.equal((await session(page)).subject, ana.subject);
  // To the provider, as the page leaves to end the session there.
  await Promise.all([page.waitForURL((url) => url.origin === op.issuer), button(page, 'Sign out').click()]);
});

story('severed, then reopened: what was asked for is asked for again', async (scene) => {
  op.settings.coop = { signIn: 'same-origin' };
  const page = await scene.visit({ head: tag(), body: ownButton });
  await loaded(page);
  await page.evaluate(() => { globalThis.own.onclick = () => MessengerAuth.client.signIn({ loginHint: 'minjun' }); });
  const popup = await press(scene);
  await popup.getByLabel('Password').waitFor();
  await panel(page).getByText('Still signing in?').waitFor();
  const [again] = await Promise.all([page.waitForEvent('popup'), button(page, 'Reopen window').click()]);
  await again.getByLabel('Password').waitFor();
  assert.deepEqual(op.asked('authorize').map((one) => one.params.login_hint), ['minjun', 'minjun']);
});

story('severed, and nobody comes back → timeout, at signInTimeoutMs (window)', async (scene) => {
  op.settings.coop = { signIn: 'same-origin' };
  const page = await scene.visit({ head: tag({ 'sign-in-timeout-ms': '3000' }), body: ownButton });
  await loaded(page);
  // It stands there for a moment, which a look from outside can miss.
  const isAsked = page.evaluate(async () => {
    const { shadowRoot } = document.querySelector('messenger-auth');
    const seen = () => shadowRoot.textContent.includes('Still signing in?');
    while (!seen() && !globalThis.outcome) await new Promise((resolve) => { setTimeout(resolve, 50); });
    return seen();
  });
  await press(scene);
  assert.deepEqual(await outcome(page), { how: 'timeout', late: false });
  assert.ok(await isAsked, 'the panel asks');
});

/** Counts how often a window is brought to the front, which nobody sees in a headless browser. Runs in the page. */
function countFocus() {
  globalThis.focused = 0;
  const open = window.open.bind(window);
  window.open = (...wish) => new Proxy(open(...wish), {
    get: (popup, name) => {
      if (name === 'focus') return () => { globalThis.focused += 1; popup.focus(); };
      const value = popup[name];
      return typeof value === 'function' ? value.bind(popup) : value;
    },
  });
}

story('a second click while the window is open → one login, and the window comes to the front (window)', async (scene) => {
  await scene.context.addInitScript(countFocus);
  const page = await scene.visit({ head: tag(), body: ownButton });
  const popup = await press(scene);
  await popup.getByLabel('Password').waitFor();
  await page.locator('#own').click();
  await page.waitForFunction(() => globalThis.focused >= 1);
  await button(page, 'Show window').click();
  await page.waitForFunction(() => globalThis.focused >= 2);
  await enter(popup);
  await page.waitForFunction(() => globalThis.outcomes?.length === 2);
  assert.deepEqual(await page.evaluate(() => globalThis.outcomes), ['signed in', 'signed in']);
  await closed(popup);
  assert.deepEqual([scene.windows.length, op.asked('authorize').length, op.asked('token').length], [2, 1, 1]);
});

story('a second click before the engine is there → one login (window)', async (scene) => {
  op.settings.delay = { discovery: 1000 };
  const page = await scene.visit({ head: tag({ load: 'interaction' }), body: ownButton });
  await loaded(page);
  const popup = await press(scene);
  await page.locator('#own').click();
  await enter(popup);
  await page.waitForFunction(() => globalThis.outcomes?.length === 2);
  assert.deepEqual(await page.evaluate(() => globalThis.outcomes), ['signed in', 'signed in']);
  assert.deepEqual([scene.windows.length, op.asked('authorize').length, op.asked('token').length], [2, 1, 1]);
});

story('two logins at once, in one page → one login (window)', async (scene) => {
  const page = await scene.visit({ head: tag(), body: ownButton });
  await loaded(page);
  await page.evaluate(() => {
    globalThis.own.onclick = () => {
      const { client } = MessengerAuth;
      Promise.all([client.signIn(), client.signIn(), client.getToken({ interaction: 'popup' })]).then((all) => { globalThis.all = all; });
    };
  });
  const popup = await press(scene);
  await enter(popup);
  const [first, second, token] = await (await page.waitForFunction(() => globalThis.all)).jsonValue();
  assert.deepEqual(first, second);
  isIdTokenOf(token, { op });
  assert.deepEqual([scene.windows.length, op.asked('authorize').filter(({ params }) => params.prompt !== 'none').length, op.asked('token').length], [2, 1, 1]);
});

story('two logins at once, in two tabs → both are signed in by the first, the other window closes (window)', async (scene) => {
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  const other = await scene.context.newPage();
  await scene.visit({ head: tag({ silent: 'false' }), body: element, path: '/second', page: other });
  const popup = await pressSignIn(page);
  const second = await pressSignIn(other);
  await enter(popup);
  await event(page, 'signed-in');
  await closed(second);
  for (const one of [page, other]) {
    await eventually(async () => (await session(one))?.subject === ana.subject, 'signed in');
    assert.equal((await events(one, 'error')).length, 0);
    isIdTokenOf((await ask(one)).token, { op });
  }
});

for (const storage of ['session', 'local']) {
  story(`storage: ${storage} is full → signed in, for as long as the page lives (window)`, async (scene) => {
    const page = await scene.visit({ head: tag({ storage, silent: 'false' }), body: element });
    for (const name of ['sessionStorage', 'localStorage']) await page.evaluate(fill, name);
    await signIn(page);
    isIdTokenOf((await ask(page)).token, { op });
    await page.evaluate(() => { sessionStorage.clear(); localStorage.clear(); });
  });
}

story('storage is full → storage-unavailable, and the page stays (whole page)', async (scene) => {
  scene.expect(/storage-unavailable/);
  const page = await scene.visit({ head: tag({ transport: 'page' }), body: element });
  await loaded(page);
  await page.evaluate(fill, 'sessionStorage');
  const { code, help } = await call(page, 'signIn');
  assert.equal(code, 'storage-unavailable');
  assert.ok(help);
  assert.equal(op.asked('authorize').length, 0);
  await page.evaluate(() => { sessionStorage.clear(); });
});
