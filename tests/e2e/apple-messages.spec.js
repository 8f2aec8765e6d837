/** The redirect page of Apple Messages for Business. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { folder } from '../site/package.js';
import { eventually } from './support/page.js';
import { world } from './support/world.js';

const { story, site } = await world();
const source = await readFile(new URL('appleMessages.html', folder), 'utf8');
const path = '/messenger-auth/appleMessages.html';
const service = 'https://messages.example/oauth/callback?tenant=7';

/** The site's copy of the page, and a messaging service that writes down what reaches it. */
async function arrive(scene, query, address = service) {
  const reached = [];
  await scene.context.route('https://messages.example/**', (route) => {
    reached.push({ url: route.request().url(), referer: route.request().headers().referer });
    return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Done</title>Done' });
  });
  scene.answer(path, { body: source.replace('name="messenger-auth-service" content=""', `name="messenger-auth-service" content="${address}"`), type: 'text/html; charset=utf-8' });
  await scene.page.goto('about:blank');
  await scene.page.goto(site.origin + path + query, { waitUntil: 'commit' });
  return reached;
}

for (const [what, query, sent] of [
  ['a code', '?code=c-1&state=s%20t', { code: 'c-1', state: 's t' }],
  ['a refusal', '?error=access_denied&error_description=No%20%3Cb%3E&state=s', { error: 'access_denied', error_description: 'No <b>', state: 's' }],
  ['a code beside what nobody asked for', '?code=c&state=s&iss=https%3A%2F%2Fidp.example&redirect=https%3A%2F%2Fevil.example#access_token=t', { code: 'c', state: 's' }],
]) {
  story(`${what} is sent on, to the one address`, async (scene) => {
    const reached = await arrive(scene, query);
    await scene.page.waitForURL('https://messages.example/**');
    assert.deepEqual(Object.fromEntries(new URL(reached[0].url).searchParams), { tenant: '7', ...sent });
    assert.equal(reached[0].referer, undefined, 'it says not where it comes from');
    assert.equal(reached.length, 1);
    await scene.page.goBack();
    assert.equal(scene.page.url(), 'about:blank', 'no code stays in the history');
  });
}

for (const [what, query, address] of [
  ['an empty address', ''],
  ['no state', '?code=c'],
  ['a code and an error together', '?code=c&error=e&state=s'],
  ['a code twice', '?code=c&code=d&state=s'],
  ['no address filled in', '?code=c&state=s', ''],
  ['an address that is not https:', '?code=c&state=s', 'http://messages.example/x'],
  ['an address that is a script', '?code=c&state=s', 'javascript:alert(1)'],
  ['an address with a password', '?code=c&state=s', 'https://a:b@messages.example/x'],
]) {
  story(`${what}: it goes nowhere, and says so`, async (scene) => {
    const reached = await arrive(scene, query, address);
    await scene.page.getByText('This sign-in cannot go on', { exact: false }).waitFor();
    assert.equal(await eventually(() => scene.page.evaluate(() => location.href), 'an address'), site.origin + path, 'nothing stays in the address');
    assert.deepEqual(reached, []);
  });
}
