/**
 * Microsoft's own code for a page: the chat SDK, and the part of the chat widget that asks for tokens, as `globalThis.microsoft`.
 *
 * The widget's other half, what one sees, would bring six hundred packages: `overrides` in package.json puts an empty one (tslib) in
 * the place of each that only the panes need. Nothing of the SDK or of the token's way is replaced.
 */

import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const tests = new URL('../../', import.meta.url);
const widget = './node_modules/@microsoft/omnichannel-chat-widget/lib/esm';
const components = fileURLToPath(new URL('node_modules/@microsoft/omnichannel-chat-components/', tests));

const entry = `
export { OmnichannelChatSDK } from '@microsoft/omnichannel-chat-sdk';
export { FacadeChatSDK } from '${widget}/common/facades/FacadeChatSDK.js';
export { getAuthClientFunction } from '${widget}/components/livechatwidget/common/authHelper.js';
export { BroadcastService, BroadcastServiceInitialize } from '@microsoft/omnichannel-chat-components';
`;

/** The script's text; made once for a lock file, and kept in the folder of builds. */
export async function microsoft() {
  const lock = await readFile(new URL('package-lock.json', tests));
  const own = await readFile(new URL(import.meta.url));
  const name = createHash('sha256').update(lock).update(own).digest('hex').slice(0, 16);
  const folder = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../target', tests));
  const file = `${folder}/microsoft-${name}.js`;
  return readFile(file, 'utf8').catch(async () => {
    const text = await bundled();
    await mkdir(folder, { recursive: true });
    await writeFile(`${file}.${process.pid}`, text);
    await rename(`${file}.${process.pid}`, file);
    return text;
  });
}

async function bundled() {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: fileURLToPath(tests) },
    bundle: true,
    write: false,
    minify: true,
    charset: 'utf8',
    format: 'iife',
    globalName: 'microsoft',
    // Said aloud: else esbuild takes `main`, made for Node, where a package is required.
    mainFields: ['browser', 'module', 'main'],
    define: { global: 'globalThis', 'process.env.NODE_ENV': '"production"' },
    plugins: [withoutPanes],
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** The panes' package does not say that what nobody uses of it may be left out. What its panes import is empty. */
const withoutPanes = {
  name: 'without panes',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^(?:\.|@microsoft\/omnichannel-chat-components$)/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === 'asked' || (path.startsWith('.') && !importer.startsWith(components))) return undefined;
      const found = await resolve(path, { importer, resolveDir, kind, pluginData: 'asked' });
      return { ...found, sideEffects: false };
    });
    onResolve({ filter: /^[^.]/ }, ({ path, importer }) => (
      importer.startsWith(`${components}lib/esm/components/`) ? { path, namespace: 'nothing', sideEffects: false } : undefined));
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '' }));
  },
};
