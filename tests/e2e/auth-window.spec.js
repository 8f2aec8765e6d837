/** The redirect window by itself: opened by hand, by strangers, in frames, again. */

import assert from 'node:assert/strict';
import { startSite } from '../site/site.js';
import { after } from 'node:test';
import { closed, element, enter, event, eventually, events, pressSignIn, session, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();
const stranger = await startSite();
after(() => stranger.close());
const address = `${site.origin}/messenger-auth/authWindow.html`;
const answer = () => `?code=a-code&state=a-state&iss=${encodeURIComponent(op.issuer)}`;
const sentence = (place) => eventually(() => place.evaluate(() => document.body?.innerText.trim()), 'a sentence for the person');

for (const [name, query] of Object.entries({ 'an empty query': '', 'an answer that nobody waits for': '?code=a-code&state=a-state', 'a fragment that nobody waits for': '#access_token=a-token&state=a-state' })) {
  story(`opened by hand with ${name}: a sentence, a clean address`, async ({ page }) => {
    await page.goto(address + query);
    assert.ok((await sentence(page)).length > 10);
    assert.equal(page.url(), address);
    assert.equal(await page.evaluate(() => JSON.stringify([{ ...localStorage }])), '[{}]');
    assert.ok(!page.isClosed());
    assert.ok(await page.title());
  });
}

for (const [locale, words] of Object.entries({ 'es-ES': /ventana|puede/i, 'ko-KR': /창/ })) {
  story(`the sentence in ${locale}`, { locale }, async ({ page }) => {
    await page.goto(address);
    assert.match(await sentence(page), words);
  });
}

story('opened by a foreign site: it learns nothing', async (scene) => {
  const opener = stranger.page('/evil', '<!doctype html><script>globalThis.got = []; addEventListener("message", (event) => got.push(event.data));</script>');
  await scene.page.goto(opener);
  const [popup] = await Promise.all([scene.page.waitForEvent('popup'), scene.page.evaluate((to) => { window.open(to); }, address + answer())]);
  await sentence(popup);
  assert.equal(popup.url(), address);
  assert.deepEqual(await scene.page.evaluate(() => globalThis.got), []);
});

story('framed by a foreign site: it learns nothing', async (scene) => {
  const framing = stranger.page('/frame', `<!doctype html><script>globalThis.got = []; addEventListener("message", (event) => got.push(event.data));</script><iframe src="${address}${answer()}"></iframe>`);
  await scene.page.goto(framing);
  await eventually(() => scene.page.frames().length === 2, 'the frame');
  const [, frame] = scene.page.frames();
  await frame.waitForLoadState();
  await sentence(frame);
  assert.deepEqual(await scene.page.evaluate(() => globalThis.got), []);
  assert.ok(!(await scene.page.evaluate(() => document.querySelector('iframe').contentWindow.length)));
});

story('under a path that begins with //: it hands over, and its address is clean', async (scene) => {
  const doubled = `${site.origin}//messenger-auth/authWindow.html`;
  await scene.context.route((url) => url.origin === site.origin && url.pathname.startsWith('//'), async (route) => {
    const { pathname } = new URL(route.request().url());
    await route.fulfill({ response: await route.fetch({ url: site.origin + pathname.slice(1) }) });
  });
  const page = await scene.visit();
  await page.evaluate(() => { globalThis.got = []; onmessage = ({ data }) => got.push(data); });
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.evaluate((to) => { open(to); }, doubled + answer())]);
  await eventually(() => page.evaluate(() => globalThis.got.length), 'the answer');
  assert.deepEqual(await page.evaluate(() => globalThis.got), [{ messengerAuth: 'answer', url: doubled + answer() }]);
  await eventually(() => popup.url() === doubled, 'a clean address');
});

story('messages that a page did not ask for sign nobody in', async (scene) => {
  const page = await scene.visit({ head: tag(), body: element });
  const popup = await pressSignIn(page);
  await popup.getByLabel('Password').waitFor();
  const [{ params }] = op.asked('authorize').filter((one) => one.params.prompt !== 'none');
  const forged = `${address}?code=forged&state=${params.state}&iss=${encodeURIComponent(op.issuer)}`;

  // From another origin, which knows everything that can be known.
  const evil = stranger.page('/message', '<!doctype html>');
  await page.evaluate((src) => new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.onload = resolve;
    frame.src = src;
    document.body.append(frame);
  }), evil);
  const frame = page.frames().find((one) => one.url() === evil);
  await frame.evaluate((url) => parent.postMessage({ messengerAuth: 'answer', url }, '*'), forged);
  // From this page's own window, and of other shapes.
  await page.evaluate((url) => {
    for (const data of [{ messengerAuth: 'answer', url }, { messengerAuth: 'answer' }, 'answer', null, { messengerAuth: 'answer', url: 7 }]) window.postMessage(data, location.origin);
  }, forged);
  // With a state of somebody else's.
  await popup.evaluate((url) => opener?.postMessage({ messengerAuth: 'answer', url }, '*'), `${address}?code=forged&state=another`);

  await enter(popup);
  await event(page, 'signed-in');
  await closed(popup);
  assert.ok(op.asked('token').every((one) => one.params.code !== 'forged'), 'no forged code is redeemed');
  assert.equal((await events(page, 'error')).length, 0);
  assert.ok(await session(page));
});

story('an answer that is sent twice counts once', async (scene) => {
  const page = await scene.visit({ head: tag(), body: element });
  let landed;
  scene.context.on('request', (request) => { if (request.url().startsWith(`${address}?`)) landed = request.url(); });
  const popup = await pressSignIn(page);
  await enter(popup);
  await event(page, 'signed-in');
  const again = await scene.context.newPage();
  await again.goto(landed);
  await sentence(again);
  assert.equal(op.asked('token').length, 1);
  assert.equal((await events(page, 'signed-in')).length, 1);
});
