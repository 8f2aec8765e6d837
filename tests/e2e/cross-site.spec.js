/** The page in a frame of another site's: signed in, or told what the page around it must change. */

import assert from 'node:assert/strict';
import { ana, ask, call, closed, element, enter, event, events, eventually, isIdTokenOf, loaded, nullInTime, session, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world({ partitioned: true });
const policies = ['same-origin', 'same-origin-allow-popups'];

/** Goes to another site that shows our page in a frame; gives the frame. */
async function framed(scene, { headers = {}, own = {}, attributes = {}, attribute = '' } = {}) {
  scene.put({ head: tag(attributes), body: element, path: '/framed', headers: own });
  scene.put({ body: `<iframe ${attribute} width="600" height="400" src="${site.origin}/framed"></iframe>`, path: '/around', headers });
  await scene.page.goto(`${site.elsewhere}/around`);
  const frame = await eventually(() => scene.page.frames().find((one) => one.url() === `${site.origin}/framed`), 'the frame');
  await loaded(frame);
  assert.ok(await frame.evaluate(() => { try { return !top.location.href; } catch { return true; } }), 'a frame of another origin');
  return frame;
}

const press = async (scene, frame, name = 'Sign in') => {
  const [popup] = await Promise.all([scene.context.waitForEvent('page'), frame.locator('messenger-auth').getByRole('button', { name }).click()]);
  return popup;
};

async function signedIn(frame, popup) {
  await event(frame, 'signed-in');
  await closed(popup);
  assert.equal((await session(frame)).subject, ana.subject);
  isIdTokenOf((await ask(frame)).token, { op });
  assert.deepEqual(await events(frame, 'error'), []);
}

/** What the page, its panel and its diagnosis say. */
async function told(frame, code, pattern) {
  const failed = await event(frame, 'error');
  assert.equal(failed.code, code);
  assert.match(failed.help, pattern);
  await frame.locator('messenger-auth summary').click();
  await frame.locator('messenger-auth details').getByText(failed.help).waitFor();
  const { value } = await call(frame, 'diagnose');
  assert.ok(value.advice.some((advice) => pattern.test(advice)), value.advice.join('\n'));
  await nullInTime(frame);
}

story('no COOP anywhere → signed in (frame of another site)', async (scene) => {
  const frame = await framed(scene);
  const popup = await press(scene, frame);
  await enter(popup);
  await signedIn(frame, popup);
});

story('COOP same-origin-allow-popups around the frame → signed in (frame of another site)', async (scene) => {
  const frame = await framed(scene, { headers: { 'Cross-Origin-Opener-Policy': 'same-origin-allow-popups' } });
  const popup = await press(scene, frame);
  await enter(popup);
  await signedIn(frame, popup);
});

story('COOP same-origin around the frame → popup-blocked (frame of another site)', async (scene) => {
  const frame = await framed(scene, { headers: { 'Cross-Origin-Opener-Policy': 'same-origin' } });
  await press(scene, frame);
  await told(frame, 'popup-blocked', /Cross-Origin-Opener-Policy: same-origin \(same-origin-allow-popups will do\)/);
  // What takes its place is a window that nobody can reach.
  assert.equal(op.asked('authorize').filter(({ params }) => params.prompt !== 'none').length, 0);
});

for (const policy of policies) {
  story(`COOP ${policy} on the framed page itself → signed in (frame of another site)`, async (scene) => {
    const frame = await framed(scene, { own: { 'Cross-Origin-Opener-Policy': policy } });
    const popup = await press(scene, frame);
    await enter(popup);
    await signedIn(frame, popup);
  });

  for (const [where, page] of [['first', 'signIn'], ['a later', 'consent']]) {
    story(`COOP ${policy} on the provider’s ${where} page → popup-closed (frame of another site)`, async (scene) => {
      op.settings.consent = 'ask';
      op.settings.coop = { [page]: policy };
      const frame = await framed(scene);
      const popup = await press(scene, frame);
      const since = Date.now();
      if (page === 'consent') {
        await popup.getByLabel('Password').waitFor();
        await eventually(() => Date.now() > since + 1500, 'it has been there for a while');
        await enter(popup);
      }
      await told(frame, 'popup-closed', /Cross-Origin-Opener-Policy .* window of its own/);
      assert.ok(!popup.isClosed());
      // The answer goes where the frame cannot hear it: nobody is signed in, and the person is told to go back.
      if (page === 'signIn') await enter(popup);
      await popup.getByRole('button', { name: 'Allow' }).click();
      await popup.getByText('You can close this window').waitFor();
      assert.equal(op.asked('token').length, 0);
      assert.equal(await session(frame), null);
    });
  }
}

story('COOP on the provider’s page, and the frame is of our own site → signed in (frame)', async (scene) => {
  op.settings.coop = { signIn: 'same-origin' };
  scene.put({ head: tag(), body: element, path: '/framed' });
  await scene.visit({ body: '<iframe width="600" height="400" src="/framed"></iframe>', path: '/around' });
  const frame = scene.page.frames()[1];
  await loaded(frame);
  const popup = await press(scene, frame);
  await enter(popup);
  await signedIn(frame, popup);
});

story('signIn() without a click, where the page around allows no windows → popup-blocked at once (frame of another site)', async (scene) => {
  const frame = await framed(scene, { headers: { 'Cross-Origin-Opener-Policy': 'same-origin' } });
  const since = Date.now();
  const { code, help } = await call(frame, 'signIn');
  assert.equal(code, 'popup-blocked');
  assert.match(help, /same-origin-allow-popups/);
  assert.ok(Date.now() - since < 5000);
});

story('a hidden frame inside the frame gets no cookies → sign-in-required, and the diagnosis says so (frame of another site)', async (scene) => {
  const frame = await framed(scene);
  const popup = await press(scene, frame);
  await enter(popup);
  await signedIn(frame, popup);
  await frame.evaluate(() => { for (const key of Object.keys(sessionStorage)) if (key.includes(':session:')) sessionStorage.removeItem(key); });
  await frame.goto(`${site.origin}/framed`);
  await loaded(frame);
  const refused = await call(frame, 'getToken');
  assert.equal(refused.code, 'sign-in-required');
  const { value } = await call(frame, 'diagnose');
  assert.ok(value.steps.some(({ outcome, advice }) => /third-party cookies/.test(outcome) && /refresh tokens/.test(advice)), JSON.stringify(value.steps));
});
