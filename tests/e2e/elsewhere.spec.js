/** The files come from another origin than the page, and the answer goes there too. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { built, folder } from '../site/package.js';
import { ask, element, enter, event, isIdTokenOf, loaded, pressSignIn, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site, cdn } = await world({ elsewhere: true });
const { loader, integrity } = await built();
const script = (more) => `<script async src="${cdn.origin}/messenger-auth/${loader}" integrity="${integrity[loader]}" crossorigin="anonymous" data-issuer="{{issuer}}" data-client-id="web" ${more}></script>`;
const redirectUri = `${cdn.origin}/messenger-auth/authWindow.html`;
const listed = async (origins) => ({
  body: (await readFile(new URL('authWindow.html', folder), 'utf8')).replace(/<meta name="?messenger-auth-origins"?[^>]*>|(?=<\/head>|<script)/, `<meta name="messenger-auth-origins" content="${origins}">`),
  type: 'text/html; charset=utf-8',
  headers: {},
});

story('the loader alone is elsewhere; authWindow.html is the page’s own', async (scene) => {
  await signIn(await scene.visit({ head: script(`data-redirect-uri="${site.origin}/messenger-auth/authWindow.html"`), body: element }));
  isIdTokenOf((await ask(scene.page)).token, { op });
});

story('authWindow.html is elsewhere as well, and lists the page’s origin', async (scene) => {
  cdn.answer('/messenger-auth/authWindow.html', await listed(`https://www.example.com ${site.origin}`));
  await signIn(await scene.visit({ head: script(`data-redirect-uri="${redirectUri}"`), body: element }));
  isIdTokenOf((await ask(scene.page)).token, { op });
});

story('authWindow.html elsewhere lists others only: nothing is handed over', async (scene) => {
  cdn.answer('/messenger-auth/authWindow.html', await listed('https://www.example.com'));
  const page = await scene.visit({ head: script(`data-redirect-uri="${redirectUri}"`), body: element });
  const popup = await pressSignIn(page);
  await enter(popup);
  await popup.waitForURL(redirectUri);
  await popup.locator('p').filter({ hasText: /./, visible: true }).first().waitFor();
  assert.equal(op.asked('token').length, 0);
  assert.equal(await page.evaluate(() => MessengerAuth.client.getSession()), null);
});

story('no redirectUri where the loader comes from elsewhere: bad-option', async (scene) => {
  scene.expect(/\[messenger-auth\] bad-option/);
  const page = await scene.visit({ head: script('') });
  await loaded(page);
  const failed = await event(page, 'error');
  assert.equal(failed.code, 'bad-option');
  assert.match(failed.message, /redirectUri/);
});
