/** Events, the data layer and the diagnosis: what they say, and that no secret is in them. */

import assert from 'node:assert/strict';
import { ask, button, call, element, enter, event, events, eventually, loaded, pressSignIn, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world({ settings: { accessTokenTtl: 10, idTokenTtl: 10 } });

story('the same events for listeners, the window and the data layer; no token in any', async (scene) => {
  const page = await scene.visit({
    head: `<script>window.dataLayer = [{ event: 'page' }];</script>${tag({ 'data-layer': 'dataLayer', 'min-ttl': '1', 'renew-at': '0.4' })}`,
    body: element,
  });
  await loaded(page);
  await page.evaluate(() => {
    globalThis.heard = [];
    for (const name of ['ready', 'signed-in', 'renewed', 'signed-out', 'sign-in-required', 'error']) {
      MessengerAuth.client.on(name, (detail) => heard.push({ name, detail }));
    }
    globalThis.stopped = 0;
    const stop = MessengerAuth.client.on('signed-in', () => { stopped += 1; });
    stop();
  });
  assert.equal((await ask(page)).token, null);
  await event(page, 'sign-in-required');
  await signIn(page);
  await event(page, 'renewed', { within: 10_000 });
  await call(page, 'signOut', { atIssuer: false });
  await event(page, 'signed-out');

  const seen = await page.evaluate(() => ({ heard, layer: window.dataLayer, stopped, dom: __story.events, kept: JSON.stringify({ ...localStorage }) }));
  assert.equal(seen.stopped, 0, 'a listener that was stopped hears nothing');
  const order = ['sign-in-required', 'signed-in', 'renewed', 'signed-out'];
  for (const [what, names] of Object.entries({
    listeners: seen.heard.map((one) => one.name),
    window: seen.dom.map((one) => one.name),
    'data layer': seen.layer.slice(1).map((one) => one.event.replace('messenger_auth_', '').replaceAll('_', '-')),
  })) assert.deepEqual([...new Set(names.filter((name) => order.includes(name)))], order, what);
  assert.equal(seen.layer[0].event, 'page');

  const report = (await call(page, 'diagnose')).value;
  assert.ok(JSON.stringify(report).length > 50, 'the diagnosis says something');
  const told = JSON.stringify([seen, report, scene.lines]);
  const secrets = [
    ...op.issued().flatMap(({ access_token, id_token, refresh_token }) => [access_token, id_token, refresh_token]),
    ...op.asked('token').flatMap(({ params }) => [params.code, params.code_verifier]),
    ...op.asked('authorize').map(({ params }) => params.state),
  ].filter(Boolean);
  assert.ok(secrets.length >= 8);
  for (const secret of secrets) assert.ok(!told.includes(secret), `${secret.slice(0, 8)}… was told`);
});

story('ready comes once, also for one who asks late', async (scene) => {
  const page = await scene.visit({ head: tag() });
  await event(page, 'ready');
  assert.equal(await page.evaluate(() => MessengerAuth.client.ready.then(() => 'ready')), 'ready');
  assert.equal((await events(page, 'ready')).length, 1);
});

story('the issuer says no: the panel shows it as text, and markup stays text', async (scene) => {
  scene.expect(/\[messenger-auth\] access-denied/);
  op.settings.denial = '<img src=x onerror="globalThis.pwned = 1"><b>not today</b>';
  const page = await scene.visit({
    head: tag(),
    body: `${element}<button id="own">Log in</button><script>own.onclick = () => MessengerAuth.client.signIn().catch((fault) => { globalThis.fault = { code: fault.code, message: fault.message, help: fault.help }; });</script>`,
  });
  await loaded(page);
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.locator('#own').click()]);
  await popup.getByRole('button', { name: 'Cancel' }).click();
  const fault = await (await page.waitForFunction(() => globalThis.fault)).jsonValue();
  assert.equal(fault.code, 'access-denied');
  const shown = page.locator('messenger-auth');
  await shown.getByText('access was refused').waitFor();
  await shown.locator('summary').click();
  await eventually(async () => (await shown.locator('details').innerText()).includes('access-denied'), 'the details name the code');
  assert.ok((await shown.locator('details').innerText()).includes('<b>not today</b>'), 'the description stands there as text');
  assert.equal(await shown.locator('img, b').count(), 0);
  assert.equal(await page.evaluate(() => globalThis.pwned), undefined);
  assert.ok(popup.isClosed() || (await eventually(() => popup.isClosed(), 'the window closes')));

  op.settings.denial = 'no';
  const again = await Promise.all([page.waitForEvent('popup'), button(page, 'Try again').click()]);
  await enter(again[0]);
  await event(page, 'signed-in');
});

story('an error of another kind keeps the issuer’s own words', async (scene) => {
  scene.expect(/\[messenger-auth\] issuer-error/);
  op.settings.alter = (ctx, record) => {
    if (record.route !== 'resume' || !record.location) return;
    const to = new URL(record.location);
    to.searchParams.delete('code');
    to.searchParams.set('error', 'temporarily_unavailable');
    to.searchParams.set('error_description', 'Come back tomorrow');
    ctx.set('location', to.href);
  };
  const page = await scene.visit({ head: tag(), body: element });
  const popup = await pressSignIn(page);
  await enter(popup);
  const failed = await event(page, 'error');
  assert.equal(failed.code, 'issuer-error');
  assert.match(failed.message, /temporarily_unavailable/);
  assert.match(failed.message, /Come back tomorrow/);
});
