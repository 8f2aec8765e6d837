/** The npm package: a plain module on a page, inside a bundle, and what it holds. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { csp } from '../site/csp.js';
import { built, folder } from '../site/package.js';
import { ask, element, enter, event, isIdTokenOf, loaded, signIn, windowOf } from './support/page.js';
import { world } from './support/world.js';

const run = promisify(execFile);
const { story, op } = await world();
const files = await built();
const scratch = await mkdtemp(join(tmpdir(), 'messenger-auth-'));
after(() => rm(scratch, { recursive: true }));

/** The package as npm would publish it: its folder, unpacked. */
async function packed() {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', scratch], { cwd: fileURLToPath(folder), shell: process.platform === 'win32' });
  const [{ filename, files: inside }] = JSON.parse(stdout);
  await run('tar', ['-xzf', filename], { cwd: scratch });
  return { inside: inside.map((one) => one.path).sort(), at: join(scratch, 'package') };
}

const module = '<script type="module" nonce="{{nonce}}">\nimport { init, MessengerAuthError, version } from "/messenger-auth/messenger-auth.mjs";\nconst client = init({ issuer: "{{issuer}}", clientId: "web" });\nglobalThis.ours = { client, MessengerAuthError, version };\n</script>';

story('<script type="module">', async (scene) => {
  const page = await scene.visit({ head: module, body: element });
  await loaded(page);
  assert.ok(await page.evaluate(() => ours.client === MessengerAuth.client && ours.MessengerAuthError === MessengerAuth.MessengerAuthError && ours.version === MessengerAuth.version));
  await signIn(page);
  isIdTokenOf((await ask(page)).token, { op });
});

for (const [policy, more] of [
  ['the README’s policy', {}],
  ['a policy of Trusted Types', { 'require-trusted-types-for': "'script'", 'trusted-types': "'none'" }],
])
  story(`<script type="module"> under ${policy}`, async (scene) => {
    const page = await scene.visit({ head: module, body: element, headers: { 'Content-Security-Policy': csp({ issuer: op.issuer, more }) } });
    await loaded(page);
    await signIn(page);
    isIdTokenOf((await ask(page)).token, { op });
    assert.deepEqual(await page.evaluate(() => __story.violations), []);
  });

story('in a bundle', async (scene) => {
  const { at } = await packed();
  const project = join(scratch, 'project');
  await mkdir(join(project, 'node_modules'), { recursive: true });
  await cp(at, join(project, 'node_modules', 'messenger-auth'), { recursive: true });
  await writeFile(join(project, 'app.js'), `import { init } from 'messenger-auth';
const client = init({ issuer: document.documentElement.dataset.issuer, clientId: 'web', redirectUri: new URL('/messenger-auth/authWindow.html', location.href).href });
document.getElementById('own').onclick = () => client.signIn();
`);
  const { outputFiles } = await build({ entryPoints: [join(project, 'app.js')], bundle: true, format: 'esm', splitting: true, write: false, outdir: join(project, 'out'), logLevel: 'silent' });
  for (const one of outputFiles) scene.answer(`/bundle/${one.path.split(/[\\/]/).pop()}`, { body: one.text, type: 'text/javascript' });
  // The one file that esbuild leaves to its user.
  scene.answer(`/bundle/${files.wasm}`, { body: await readFile(join(at, files.wasm)), type: 'application/wasm' });

  const page = await scene.visit({ head: '<script type="module" src="/bundle/app.js"></script>', body: `<button id="own">Log in</button><script>document.documentElement.dataset.issuer = '{{issuer}}';</script>` });
  await loaded(page);
  const popup = await windowOf(page, () => page.locator('#own').click());
  await enter(popup);
  await event(page, 'signed-in');
  isIdTokenOf((await ask(page)).token, { op });
});

test('npm pack holds the files of the allow-list, each of them, and no other', async () => {
  const { inside, at } = await packed();
  const manifest = JSON.parse(await readFile(join(at, 'package.json'), 'utf8'));
  const wanted = ['package.json', 'README.md', 'messenger-auth.d.ts', 'messenger-auth.mjs', files.loader, files.glue, files.wasm, 'appleMessages.html', 'appleMessages.js', 'authWindow.html', 'authWindow.js', 'genesys.d.ts', 'genesys.mjs', 'integrity.json', 'snippet.js'];
  wanted.push('LICENSE-APACHE', 'LICENSE-MIT', 'LICENSE-THIRD-PARTY');
  assert.deepEqual(inside, wanted.sort());
  assert.ok(Array.isArray(manifest.files), 'an allow-list');
  assert.equal(manifest.name, 'messenger-auth');
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.scripts?.postinstall ?? manifest.scripts?.install, undefined);
  assert.equal((await readdir(at)).length, inside.length);
});

test('every hash in integrity.json is that of its file', async () => {
  const { createHash } = await import('node:crypto');
  for (const [name, hash] of Object.entries(files.integrity)) {
    const body = await readFile(new URL(name, folder));
    assert.equal(hash, `sha384-${createHash('sha384').update(body).digest('base64')}`, name);
  }
});
