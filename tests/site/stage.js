/**
 * The demo site as plain files, for Trunk: run as its hook, after `cargo xtask build`. Only the page's own messenger is there; the
 * stand-ins of the others are servers.
 */

import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folder } from './package.js';
import { startSite } from './site.js';

const staging = process.env.TRUNK_STAGING_DIR;
if (!staging) throw new Error('TRUNK_STAGING_DIR is not set; Trunk sets it for its hooks');

const site = await startSite({ words: { issuer: 'http://localhost:9080', tokenService: 'http://localhost:9081', genesys: 'localhost:9082' } });
const page = await fetch(site.origin);
await writeFile(join(staging, 'index.html'), await page.text());
await site.close();
await cp(new URL('../../www/demo/', import.meta.url), join(staging, 'demo'), { recursive: true });
for (const name of ['setup.html', 'setup/']) await cp(new URL(`../../www/${name}`, import.meta.url), join(staging, name), { recursive: true });
await cp(folder, join(staging, 'messenger-auth'), { recursive: true });
