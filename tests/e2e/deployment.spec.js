/** The ways to bring it onto a page, once and twice, early and late. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { snippetCode } from '../site/markup.js';
import { built, folder } from '../site/package.js';
import { ask, element, event, events, eventually, isIdTokenOf, loaded, signIn, snippet, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();

async function works(page) {
  await signIn(page);
  isIdTokenOf((await ask(page)).token, { op });
}

for (const mode of ['async', 'defer', '']) {
  story(`a ${mode || 'plain'} tag`, async (scene) => {
    await works(await scene.visit({ head: tag({ mode }), body: element }));
  });
}

story('the snippet', async (scene) => {
  await works(await scene.visit({ head: snippet(), body: element }));
});

for (const [name, head] of Object.entries({
  'two tags': tag() + tag(),
  'the snippet, then the tag': snippet() + tag(),
  'the tag, then the snippet': tag({ mode: '' }) + snippet(),
  'two snippets': snippet() + snippet(),
  'two plain tags': tag({ mode: '' }) + tag({ mode: '' }),
})) {
  story(`${name}: one client, and one line about it`, async (scene) => {
    const { glue } = await built();
    const page = await scene.visit({ head, body: element });
    await loaded(page);
    await works(page);
    assert.equal((await events(page, 'ready')).length, 1);
    assert.equal((await events(page, 'signed-in')).length, 1);
    assert.equal(site.asked(`/messenger-auth/${glue}`).length, 1, 'the engine is loaded once');
    assert.equal(scene.lines.filter(({ text }) => /messenger-auth\b.*(?:already|twice)/.test(text)).length, 1, 'the second says so, once');
    assert.equal(scene.said('error').length, 0);
  });
}

story('an element with options of its own, and no tag that has any', async (scene) => {
  const page = await scene.visit({
    head: '<!-- messenger-auth-tag {} -->',
    body: '<messenger-auth issuer="{{issuer}}" client-id="web"></messenger-auth>',
  });
  await works(page);
});

story('injected late, with data attributes', async (scene) => {
  const { loader, integrity } = await built();
  const page = await scene.visit({ body: element });
  await page.evaluate(([src, hash, issuer]) => {
    const script = document.createElement('script');
    Object.assign(script, { src, integrity: hash, crossOrigin: 'anonymous' });
    Object.assign(script.dataset, { issuer, clientId: 'web' });
    document.body.append(script);
  }, [`/messenger-auth/${loader}`, integrity[loader], op.issuer]);
  await works(page);
});

story('injected by a tag manager, which runs the snippet when it likes', async (scene) => {
  const files = await built();
  const page = await scene.visit({ body: element });
  await page.evaluate((code) => {
    const holder = document.createElement('div');
    const script = document.createElement('script');
    script.text = code;
    holder.append(script);
    document.body.append(holder);
    holder.remove();
  }, snippetCode(files, `{ issuer: ${JSON.stringify(op.issuer)}, clientId: "web" }`));
  await works(page);
});

story('load: interaction fetches nothing before it is needed', async (scene) => {
  const { glue, wasm } = await built();
  const page = await scene.visit({ head: tag({ load: 'interaction' }), body: element });
  await loaded(page);
  await page.waitForLoadState('networkidle');
  assert.equal(site.asked(`/messenger-auth/${wasm}`).length + site.asked(`/messenger-auth/${glue}`).length, 0);
  await page.locator('messenger-auth').hover();
  await eventually(() => site.asked(`/messenger-auth/${wasm}`).length, 'the pointer on the element fetches it');
  await event(page, 'ready');
});

for (const load of ['eager', 'idle']) {
  story(`load: ${load} fetches by itself`, async (scene) => {
    const page = await scene.visit({ head: tag({ load }) });
    await event(page, 'ready');
    const { glue, wasm } = await built();
    assert.deepEqual([glue, wasm].map((file) => site.asked(`/messenger-auth/${file}`).length), [1, 1]);
  });
}

story('init with the same options gives the same client; with others it throws', async (scene) => {
  const page = await scene.visit({ head: '<!-- messenger-auth-tag {} -->' });
  await page.waitForFunction(() => globalThis.MessengerAuth?.init);
  const seen = await page.evaluate((issuer) => {
    const first = MessengerAuth.init({ issuer, clientId: 'web' });
    const again = MessengerAuth.init({ clientId: 'web', issuer });
    let code;
    try {
      MessengerAuth.init({ issuer, clientId: 'another' });
    } catch (fault) {
      code = fault instanceof MessengerAuth.MessengerAuthError && fault.code;
    }
    return { same: first === again, is: MessengerAuth.client === first, code };
  }, op.issuer);
  assert.deepEqual(seen, { same: true, is: true, code: 'already-initialised' });
});

story('two versions: the first is the page’s, and the second says so', async (scene) => {
  const { loader } = await built();
  const text = await readFile(new URL(loader, folder), 'utf8');
  const version = /-([\d.]+)\.js$/.exec(loader)[1];
  const mark = `version:"${version}"`;
  assert.ok(text.includes(mark), 'where the version stands');
  scene.answer('/messenger-auth/another.js', { body: text.replace(mark, 'version:"9.9.9"'), type: 'text/javascript' });
  const page = await scene.visit({ head: `${tag({ mode: '' })}<script src="/messenger-auth/another.js" data-issuer="{{issuer}}" data-client-id="web"></script>`, body: element });
  await works(page);
  assert.equal(await page.evaluate(() => MessengerAuth.version), version);
  assert.equal(scene.lines.filter(({ text: said }) => said.includes(`${version} is here already`)).length, 1);
  assert.equal((await events(page, 'ready')).length, 1);
});
