/**
 * The table of attacks and results: `node table.js FOLDER` prints the totals of what a run left in FOLDER (results.js),
 * `node table.js FOLDER FILE` writes the whole of it as Markdown.
 */

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const conformance = 'Conformance: the OpenID Foundation’s relying-party modules';

/** The tables of the document, with the specs whose tests are their rows. */
const sections = {
  'ID token': ['attacks-id-token'],
  'Authorization answer': ['attacks-answer', 'auth-window'],
  'The page around us': ['page-around-us'],
  'Discovery, keys, token endpoint': ['attacks-documents'],
  Windows: ['windows', 'blocked', 'cross-site', 'sandbox', 'storage', 'csp'],
  Deadlines: ['deadlines'],
  [conformance]: ['conformance'],
};

/** What a reader may wonder at. */
const notes = {
  'ID token': 'A token over 1 MiB is refused as `response-malformed`: the answer that brings it is over 1 MiB as well.',
  'Authorization answer': 'In a hidden frame `sign-in-required` is what `login_required` and its like mean: it takes the person.',
  [conformance]: `The modules are told by our own provider, in a browser; the Foundation’s suite itself was not run. Userinfo is never asked for, and
the test of \`userinfo-invalid-sub\` has seen that. No \`state\` goes with a sign-out: the session has ended before the page leaves, and whatever
\`state\` comes back changes nothing.`,
};

const [folder, file] = process.argv.slice(2);
const read = async (spec) => {
  const path = join(folder, `${spec}.json`);
  return existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : [];
};
const tables = await Promise.all(Object.entries(sections).map(async ([title, specs]) => ({ title, tests: (await Promise.all(specs.map(read))).flat() })));
const total = (tests) => `${tests.filter(({ passed }) => passed).length} of ${tests.length} passed`;

if (file) {
  const missing = tables.filter(({ tests }) => !tests.length).map(({ title }) => title);
  if (missing.length) throw new Error(`nothing was run for: ${missing.join('; ')}`);
  await writeFile(file, document());
}
const run = tables.filter(({ tests }) => tests.length);
if (run.length) {
  console.log('\n── attacks and results');
  for (const { title, tests } of run) console.log(`  ${total(tests).padStart(18)}  ${title}`);
  console.log(`  ${total(run.flatMap(({ tests }) => tests)).padStart(18)}  in all`);
}

function document() {
  return `# What was tried in a browser, and what came of it

Made by \`cargo xtask table\` from a run in Chromium; a change by hand is lost. Each line stands for a named test, or for several that differ
in how the person comes to a token: in a window, in a hidden frame (\`prompt=none\`), at a refresh, at a renewal in a hidden frame. A result is the
stable code of the error that the page hears; where it is an error, the test has also seen that it came in time, that the callback gave
\`null\`, and that no token, code or verifier of that answer is kept, shown or told anywhere. \`accepted\`: what was handed out is the issuer's token.

In all ${total(tables.flatMap(({ tests }) => tests))}.
${tables.map(section).join('')}`;
}

function section({ title, tests }) {
  const rows = new Map();
  for (const { name, passed } of tests) {
    const [, what = name, result = '', where = ''] = /^(.*) → (.*) \((.*)\)$/.exec(name) ?? [];
    const key = `${what}\n${result}`;
    if (!rows.has(key)) rows.set(key, { what, result, places: [] });
    rows.get(key).places.push({ where, passed });
  }
  return `
## ${title}

${total(tests)}.${notes[title] ? ` ${notes[title]}` : ''}

| what happens | result | passed in |
|---|---|---|
${[...rows.values()].map(line).join('')}`;
}

function line({ what, result, places }) {
  const told = places.map(({ where, passed }) => (passed ? where || 'yes' : `**failed** ${where}`)).join('; ');
  const code = /^[a-z-]+$/.test(result) ? `\`${result}\`` : result;
  return `| ${escape(what)} | ${escape(code)} | ${escape(told)} |\n`;
}

function escape(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').trim();
}
