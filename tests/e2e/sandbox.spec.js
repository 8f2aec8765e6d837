/** The page in a sandboxed frame: what each permission is needed for. */

import assert from 'node:assert/strict';
import { ask, call, closed, element, enter, event, events, eventually, isIdTokenOf, loaded, nullInTime, session, snippet, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world({ partitioned: true });
const needed = ['allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-popups', 'allow-popups-to-escape-sandbox'];
const without = (...names) => needed.filter((one) => !names.includes(one)).join(' ');

/** The page in a frame with this sandbox, on a page of another site or of our own. */
async function framed(scene, sandbox, { head = tag(), around = site.elsewhere, ready = true } = {}) {
  scene.put({ head, body: element, path: '/framed' });
  scene.put({ body: `<iframe width="600" height="400" sandbox="${sandbox}" src="${site.origin}/framed"></iframe>`, path: '/around' });
  await scene.page.goto(`${around}/around`);
  const frame = await eventually(() => scene.page.frames().find((one) => one.url() === `${site.origin}/framed`), 'the frame');
  if (ready) await loaded(frame);
  else await frame.waitForLoadState();
  return frame;
}

const press = (frame) => frame.locator('messenger-auth').getByRole('button', { name: 'Sign in' }).click();
const windowOf = async (scene, frame) => (await Promise.all([scene.context.waitForEvent('page'), press(frame)]))[0];

for (const [where, around] of [['another site', site.elsewhere], ['our own site', site.origin]]) {
  for (const [what, sandbox] of [['every permission', without()], ['no allow-popups-to-escape-sandbox', without('allow-popups-to-escape-sandbox')]]) {
    story(`sandbox with ${what} → signed in (frame of ${where})`, async (scene) => {
      const frame = await framed(scene, sandbox, { around });
      const popup = await windowOf(scene, frame);
      await enter(popup);
      await event(frame, 'signed-in');
      await closed(popup);
      isIdTokenOf((await ask(frame)).token, { op });
    });
  }

  story(`sandbox without allow-popups → popup-blocked (frame of ${where})`, async (scene) => {
    scene.expect(/sandboxed frame .*allow-popups/);
    const frame = await framed(scene, without('allow-popups', 'allow-popups-to-escape-sandbox'), { around });
    await press(frame);
    const failed = await event(frame, 'error');
    assert.equal(failed.code, 'popup-blocked');
    assert.match(failed.help, /allow-popups/);
    assert.equal((await ask(frame)).token, null);
  });
}

story('sandbox with neither allow-forms nor leave to escape → timeout at signInTimeoutMs (frame of another site)', async (scene) => {
  scene.expect(/allow-forms/);
  const frame = await framed(scene, without('allow-forms', 'allow-popups-to-escape-sandbox'), { head: tag({ 'sign-in-timeout-ms': '4000' }) });
  const popup = await windowOf(scene, frame);
  await enter(popup);
  assert.equal((await event(frame, 'error')).code, 'timeout');
  await closed(popup);
  assert.equal(await session(frame), null);
});

story('sandbox without allow-same-origin, and the files allow no other origin → null in time (frame of another site)', async (scene) => {
  scene.expect(/CORS policy|ERR_FAILED/);
  const frame = await framed(scene, without('allow-same-origin'), { head: snippet(), ready: false });
  await nullInTime(frame);
});

for (const [how, attributes] of [['', {}], ['redirectUri written out, ', { 'redirect-uri': `${site.origin}/messenger-auth/authWindow.html` }]]) {
  story(`sandbox without allow-same-origin → bad-option, which names it (${how}frame of another site)`, async (scene) => {
    scene.expect(/\[messenger-auth\] bad-option/);
    const { built } = await import('../site/package.js');
    const files = await built();
    for (const path of [files.loader, files.glue, files.wasm]) site.headers[`/messenger-auth/${path}`] = { 'Access-Control-Allow-Origin': '*' };
    const frame = await framed(scene, without('allow-same-origin'), { head: tag({ load: 'eager', ...attributes }) });
    const failed = await event(frame, 'error');
    assert.equal(failed.code, 'bad-option');
    assert.match(failed.message, /allow-same-origin/);
    assert.equal((await ask(frame)).token, null);
    assert.equal((await call(frame, 'getToken')).code, 'bad-option');
    assert.equal((await events(frame, 'signed-in')).length, 0);
    for (const path of [files.loader, files.glue, files.wasm]) delete site.headers[`/messenger-auth/${path}`];
  });
}
