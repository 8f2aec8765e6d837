/** What each test of this spec came to, left for `table.js` in the folder that the environment variable RESULTS names, if it names one. */

import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = process.env.RESULTS;
const results = [];

/** Runs a test's body, and notes whether it passed. */
export async function noted(name, run) {
  const result = { name, passed: false };
  results.push(result);
  await run();
  result.passed = true;
}

if (folder) {
  process.on('exit', () => writeFileSync(join(folder, `${basename(process.argv[1], '.spec.js')}.json`), JSON.stringify(results)));
}
