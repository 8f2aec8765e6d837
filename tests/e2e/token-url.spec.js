/** The site's own token service, asked with the access token. */

import assert from 'node:assert/strict';
import { ask, call, element, enter, event, events, eventually, loaded, pressSignIn, signIn, snippet, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op } = await world();
const head = tag({ 'hand-over': 'token-url', 'token-url': '{{origin}}/jwt' });

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims) => `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${Buffer.from('of the site').toString('base64url')}`;

/** The service: it gives out `answer`, and writes down what it was shown. */
async function service(place, answer) {
  const shown = [];
  await place.route('**/jwt', async (route) => {
    shown.push(await route.request().allHeaders());
    await route.fulfill(answer());
  });
  return shown;
}

story('a JWT for the access token, asked for once', async (scene) => {
  const token = jwt({ sub: 'customer-17', exp: Math.floor(Date.now() / 1000) + 600 });
  const shown = await service(scene.page, () => ({ contentType: 'application/jwt', body: token }));
  const page = await scene.visit({ head, body: element });
  await signIn(page);
  const answers = await page.evaluate(() => Promise.all([__story.ask(), __story.ask(), __story.ask()]));
  assert.deepEqual(answers.map((one) => one.token), [token, token, token]);
  assert.equal((await call(page, 'getToken')).value, token);
  assert.deepEqual(shown.map((headers) => headers.authorization), [`Bearer ${op.issued()[0].access_token}`]);
});

story('401: null, and sign-in-required', async (scene) => {
  scene.expect(/status of 401/);
  const shown = await service(scene.page, () => ({ status: 401, body: '' }));
  const page = await scene.visit({ head, body: element });
  await signIn(page);
  assert.equal((await ask(page)).token, null);
  await event(page, 'sign-in-required');
  assert.equal(shown.length, 1);
  assert.equal((await events(page, 'error')).length, 0);
});

story('a page in place of a JWT: null, and response-malformed', async (scene) => {
  await service(scene.page, () => ({ contentType: 'text/html', body: '<!doctype html><title>Log in</title>' }));
  const page = await scene.visit({ head, body: element });
  await signIn(page);
  assert.equal((await ask(page)).token, null);
  assert.equal((await event(page, 'error')).code, 'response-malformed');
});

const good = () => jwt({ sub: 'customer-17', exp: Math.floor(Date.now() / 1000) + 600 });

story('who waits while the person signs in is given the JWT of that sign-in', async (scene) => {
  const token = good();
  const shown = await service(scene.page, () => ({ contentType: 'application/jwt', body: token }));
  const page = await scene.visit({ head, body: element });
  await loaded(page);
  const popup = await pressSignIn(page);
  await popup.getByLabel('Password').waitFor();
  const asked = ask(page);
  await enter(popup);
  assert.equal((await asked).token, token);
  assert.equal(shown.length, 1);
});

story('who waits in a new tab when the others tell it who is signed in is given the JWT', async (scene) => {
  const token = good();
  await service(scene.context, () => ({ contentType: 'application/jwt', body: token }));
  await scene.visit({ head, body: element });
  await signIn(scene.page);
  const tab = await scene.context.newPage();
  const early = snippet('handOver: "token-url", tokenUrl: "{{origin}}/jwt"');
  await scene.visit({ head: `${early}<script>__story.ask().then((answer) => { globalThis.early = answer; });</script>`, page: tab });
  const { token: given } = await eventually(() => tab.evaluate(() => globalThis.early), 'it is answered');
  assert.equal(given, token);
  assert.deepEqual(await events(tab, 'sign-in-required'), []);
});
