/**
 * The pictures in docs/: the demo with each system, as a person sees it after signing in, and the set-up page. `cargo xtask demo --pictures`,
 * or with names of pictures after it.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { ana, button, closed, enter, eventually, loaded, windowOf } from './e2e/support/page.js';
import { launch } from './e2e/support/browser.js';
import { startDemo } from './site/demo.js';

const docs = new URL('../docs/', import.meta.url);
const viewport = { width: 1080, height: 760 };

/** The most that a picture may weigh, in bytes. */
const MOST = 200_000;

const messenger = (page) => page.locator('#messenger');
const open = (page) => page.locator('#bubble').click();

/** The pictures: the choice, and what is done. `window`: the login's window is shown too. */
const pictures = {
  demo: { act: async (page) => {
    await logIn(page, () => button(page, 'Sign in').click());
    await open(page);
    await messenger(page).getByText('What the messenger got').waitFor();
  } },
  dynamics: { chosen: { host: 'dynamics' }, act: async (page) => {
    await logIn(page, () => button(page, 'Sign in').click());
    await eventually(() => page.evaluate(() => Boolean(globalThis.__chat.provider)), 'the SDK is fed');
    await open(page);
    await messenger(page).getByText('signature').waitFor();
  } },
  'genesys-messenger': { chosen: { host: 'genesys-messenger' }, act: async (page) => {
    await open(page);
    await logIn(page, () => messenger(page).getByRole('button', { name: 'Sign in' }).click());
    await messenger(page).getByText('redeemed it').waitFor();
  } },
  'genesys-embeddable': { chosen: { host: 'genesys-embeddable', issuer: 'genesys-cloud' }, act: async (page) => {
    await open(page);
    const frame = page.frameLocator('#messenger iframe');
    await logIn(page, () => frame.getByRole('button', { name: 'Agent login' }).click());
    await frame.getByText('available').waitFor();
    await messenger(page).getByRole('button', { name: 'Who is on this desk?' }).click();
    await messenger(page).getByText('is on this desk.').waitFor();
    await messenger(page).getByText('The lines in framework.js').click();
    await messenger(page).getByText('Messenger Auth: gives').waitFor();
  } },
  'power-pages': { chosen: { host: 'dynamics', issuer: 'power-pages' }, window: true, act: fromMessenger('signature') },
  'site-session': { chosen: { issuer: 'site-session' }, window: true, act: fromMessenger('Subject') },
  finesse: { chosen: { issuer: 'finesse' }, window: true, act: fromMessenger('Claims') },
  setup: { path: '/setup.html', act: fillIn },
  'setup-phone': { path: '/setup.html', size: { width: 390, height: 844 }, colours: 'dark', act: fillIn },
};

/** The set-up page, filled in for the demo's own provider, when the checks have passed. */
async function fillIn(page) {
  await page.getByLabel('Address of the provider').fill(demo.op.issuer);
  await page.getByLabel('Client id').fill('web');
  await page.getByText(/^\d+ passed$/).waitFor();
  await page.evaluate(() => document.querySelectorAll('*').forEach((one) => one.scrollTo(0, 0)));
}

/** Signs in from the messenger, until it shows `last`; gives a picture of the login's window. */
function fromMessenger(last) {
  return async (page) => {
    await open(page);
    const shot = await logIn(page, () => messenger(page).getByRole('button', { name: 'Sign in' }).click());
    await messenger(page).getByText(last, { exact: true }).waitFor();
    return shot;
  };
}

async function logIn(page, act) {
  const popup = await windowOf(page, act);
  await popup.setViewportSize({ width: 460, height: 340 });
  const press = popup.getByText(/^log (?:me )?in as/i);
  await popup.getByLabel('Password').or(press).waitFor();
  const shot = await popup.screenshot();
  await (await press.count() ? press.click() : enter(popup, ana));
  await closed(popup);
  return shot;
}

/** The page with the login's window laid over it, as it stood there before. */
async function together(context, below, above) {
  const sheet = await context.newPage();
  const image = (shot) => `data:image/png;base64,${shot.toString('base64')}`;
  await sheet.setContent(`<style>body{margin:0}img{display:block}figure{position:absolute;left:64px;bottom:40px;margin:0;padding-top:26px;background:#d9dde3;border-radius:10px 10px 0 0;overflow:hidden;box-shadow:0 2px 6px #0003,0 18px 50px #0005}
i{position:absolute;top:9px;width:9px;height:9px;border-radius:9px;background:#9aa3b0}</style><img src="${image(below)}"><figure><i style="left:14px"></i><i style="left:30px"></i><i style="left:46px"></i><img src="${image(above)}"></figure>`);
  await sheet.locator('figure img').evaluate((one) => one.decode());
  return sheet.screenshot();
}

const wanted = process.argv.slice(2);
const demo = await startDemo({ fixed: true });
const browser = await launch();
await mkdir(docs, { recursive: true });
for (const [name, { path = '/', chosen = {}, window: isShown, size = viewport, colours = 'light', act }] of Object.entries(pictures)) {
  if (wanted.length && !wanted.includes(name)) continue;
  demo.finesse.state.alive = false;
  const context = await browser.newContext({ viewport: size, locale: 'en-GB', colorScheme: colours, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`${demo.site.origin}${path}?${new URLSearchParams(chosen)}`);
  if (path === '/') await loaded(page);
  const above = await act(page);
  // No caret, and nothing under the pointer.
  await page.mouse.move(600, 2);
  await page.evaluate(() => document.activeElement?.blur());
  const shot = await page.screenshot({ animations: 'disabled' });
  const picture = isShown ? await together(context, shot, above) : shot;
  if (picture.length > MOST) throw new Error(`docs/${name}.png would be ${picture.length} bytes; ${MOST} are allowed`);
  await writeFile(new URL(`${name}.png`, docs), picture);
  console.log(`docs/${name}.png  ${picture.length} bytes`);
  await context.close();
}
await browser.close();
await demo.close();
