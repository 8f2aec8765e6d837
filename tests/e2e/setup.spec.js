/** The set-up page, as a website's owner uses it. */

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after } from 'node:test';
import { frameworkBridge, redirectUris } from '../../pkg/genesys.mjs';
import { startRogue } from '../rogue/rogue.js';
import { setupCsp } from '../site/csp.js';
import { ana, closed, enter, event, eventually, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world({ pages: ['/page', '/setup/try.html'] });
const rogue = await startRogue({ sites: [site.origin] });
after(() => rogue.close());
for (const [path, policy] of Object.entries(setupCsp)) site.headers[path] = { 'Content-Security-Policy': policy };

/** The provider's answer to the code that cannot exist, which is how a client is found out. */
const refusal = /status of 400/;

/** Chooses, once more where an answer of the checks moved the page between the press and its end, as a person would. */
async function choose(page, name) {
  const radio = page.getByRole('radio', { name: new RegExp(`^${name}`) });
  await eventually(async () => {
    await radio.click();
    return radio.isChecked();
  }, `${name} is chosen`);
}
const field = (page, name) => page.locator('form').getByLabel(name);
const snippet = (page) => page.locator('#snippet').textContent();
const panel = (page, name) => page.getByRole('region', { name });

/** Presses Try it, and gives the page of the try-out. */
const tryIt = (page) => windowOf(page, () => page.getByRole('button', { name: 'Try it' }).click());

/** Waits until a check has come to this, and gives its text. */
async function judged(page, id, outcome) {
  const found = page.locator(`[data-check="${id}"][data-outcome="${outcome}"]`);
  await found.waitFor();
  return found.innerText();
}

async function open({ page }) {
  await page.goto(`${site.origin}/setup.html`);
  await page.getByRole('form', { name: 'Your set-up' }).waitFor();
}

/** Opens the page with the provider of this file filled in. */
async function openFilled(scene) {
  scene.expect(refusal);
  await open(scene);
  await field(scene.page, 'Address of the provider').fill(op.issuer);
  await field(scene.page, 'Client id').fill('web');
}

/** What a site's owner does: pastes what is shown into a page of the site, as it is. */
async function paste(scene, pasted) {
  const page = await scene.context.newPage();
  scene.put({ head: pasted, body: '<messenger-auth></messenger-auth>', path: '/pasted' });
  await page.goto(`${site.origin}/pasted`);
  return page;
}

const fills = {
  'OpenID Provider': { 'Address of the provider': op.issuer, 'Client id': 'web' },
  'Genesys Cloud': { 'Client id': 'web' },
  'Power Pages': { 'Address of the portal': site.origin, 'Client id': 'web' },
  'Cisco Finesse': { 'Address of Finesse': site.origin, 'The agent’s login name': '1001' },
  'My site’s own login': { 'Your login page': `${site.origin}/login`, 'Your token service': `${site.origin}/token` },
};
const both = ['OpenID Provider', 'Genesys Cloud', 'Power Pages', 'Cisco Finesse', 'My site’s own login'];
const pairs = {
  'My own page': both,
  'Dynamics 365': both,
  'Genesys Messenger': ['OpenID Provider'],
  'Genesys Embeddable': ['Genesys Cloud'],
};

for (const [messenger, works] of Object.entries(pairs)) {
  for (const signIn of both) {
    if (works.includes(signIn)) {
      story(`${messenger} with ${signIn}: the widget takes what is shown, in each form`, async (scene) => {
        const { page } = scene;
        scene.expect(/./);
        await page.route(/purecloud|pure\.cloud/, (route) => route.abort());
        await open(scene);
        await choose(page, messenger);
        await choose(page, signIn);
        for (const [label, text] of Object.entries(fills[signIn])) await field(page, label).fill(text);
        if (await field(page, 'Your token service').isVisible()) await field(page, 'Your token service').fill(`${site.origin}/token`);
        for (const form of ['Snippet', 'Tag manager', 'Script tag']) {
          await choose(page, form);
          const pasted = await paste(scene, await snippet(page));
          await event(pasted, 'ready');
          await pasted.close();
        }
        for (const name of ['Register where people sign in', /^Enter at/, 'Allow in your Content-Security-Policy']) assert.ok(await panel(page, name).locator('dd, pre').count(), `${name} says something`);
      });
    } else {
      story(`${messenger} with ${signIn}: refused, in the words of init`, async (scene) => {
        const { page } = scene;
        scene.expect(/bad-option/);
        await open(scene);
        await choose(page, messenger);
        await choose(page, signIn);
        const said = await page.getByRole('alert').getByText('The option host').innerText();
        await page.getByRole('alert').getByText(`${messenger} goes with: ${works.join(', ')}.`).waitFor();
        const { issuer, ...more } = signIn === 'OpenID Provider' ? { issuer: op.issuer } : {
          'Genesys Cloud': { issuer: 'genesys-cloud:mypurecloud.com' },
          'Power Pages': { issuer: `power-pages:${site.origin}` },
          'Cisco Finesse': { issuer: { kind: 'finesse', baseUrl: site.origin, username: '1001' } },
          'My site’s own login': { issuer: { kind: 'site-session', signInUrl: `${site.origin}/login` }, tokenUrl: `${site.origin}/token` },
        }[signIn];
        const host = messenger.toLowerCase().replace(' ', '-');
        const pasted = await paste(scene, `<!-- messenger-auth-snippet ${JSON.stringify({ issuer, clientId: 'web', host, ...more })} -->`);
        assert.equal((await event(pasted, 'error')).message, said);
        assert.equal(await panel(page, 'Paste this').count(), 0, 'there is nothing to paste');
      });
    }
  }
}

story('a sound provider passes every check, and the snippet signs in', async (scene) => {
  const { page } = scene;
  await openFilled(scene);
  for (const id of ['discovery', 'keys', 'flow', 'pkce', 'algorithms', 'cors', 'client', 'silent']) await judged(page, id, 'Passed');
  await page.getByText('8 passed').waitFor();
  assert.deepEqual(op.asked('token').map(({ params }) => params.grant_type), ['authorization_code'], 'asked once');
  const pasted = await paste(scene, await snippet(page));
  await enter(await windowOf(pasted, () => pasted.getByRole('button', { name: 'Sign in' }).click()));
  await event(pasted, 'signed-in');
  assert.deepEqual(await page.evaluate(() => __story.violations), [], 'its own policy holds');
});

story('the policy that is shown is enough', async (scene) => {
  const { page } = scene;
  await openFilled(scene);
  await judged(page, 'client', 'Passed');
  const policy = (await page.locator('#policy').textContent()).replaceAll('\n', ' ');
  const pasted = await scene.context.newPage();
  scene.put({ head: await snippet(page), body: '<messenger-auth></messenger-auth>', path: '/strict', headers: { 'Content-Security-Policy': `default-src 'none'; style-src 'self'; ${policy}` } });
  await pasted.goto(`${site.origin}/strict`);
  await enter(await windowOf(pasted, () => pasted.getByRole('button', { name: 'Sign in' }).click()));
  await event(pasted, 'signed-in');
  assert.deepEqual(await pasted.evaluate(() => __story.violations), []);
});

story('Try it signs in with exactly what is shown, and tells no secret', async (scene) => {
  const { page } = scene;
  await openFilled(scene);
  const trial = await tryIt(page);
  await trial.getByText('null: nobody is signed in').waitFor();
  const popup = await windowOf(trial, () => trial.locator('messenger-auth').getByRole('button', { name: 'Sign in' }).click());
  await enter(popup);
  await trial.getByText('It has an answer.').waitFor();
  await closed(popup);
  const [{ id_token: token }] = op.issued();
  const told = await trial.locator('main').innerText();
  assert.ok(told.includes(`${token.slice(0, 8)}…${token.slice(-6)}`) && !told.includes(token));
  assert.ok(told.includes(ana.subject) && told.includes('signed-in'));
  assert.match(told, /Took\s+\d+ ms/);
  const carried = await trial.locator('html').evaluate(() => [...document.scripts].map((script) => script.textContent));
  assert.ok(carried.includes((await snippet(page)).replace(/^<script>|<\/script>$/g, '')), 'it carries the snippet, letter by letter');
  assert.deepEqual(await trial.evaluate(() => __story.violations), []);
  await page.getByText('It is in a tab of its own').waitFor();
  await field(page, 'Client id').fill('web-es256');
  await page.getByText('The form has changed since').waitFor();
});

story('one signs out in the try-out, and is asked again', async (scene) => {
  const { page } = scene;
  await openFilled(scene);
  const uri = `${site.origin}/setup/try.html`;
  await panel(page, 'Register where people sign in').getByText(uri).waitFor();
  const trial = await tryIt(page);
  await trial.getByText('null: nobody is signed in').waitFor();
  await enter(await windowOf(trial, () => trial.locator('messenger-auth').getByRole('button', { name: 'Sign in' }).click()));
  await trial.getByText('It has an answer.').waitFor();
  await trial.locator('messenger-auth').getByRole('button', { name: 'Sign out' }).click();
  await eventually(() => op.asked('end-session').length, 'the provider hears of it');
  await trial.waitForURL(uri);
  await trial.getByText('null: nobody is signed in').waitFor();
  assert.equal(op.asked('end-session')[0].params.post_logout_redirect_uri, uri);
  await page.getByRole('button', { name: 'Start over' }).click();
  await eventually(() => page.evaluate(() => !sessionStorage.getItem('messenger-auth-setup:trial')), 'what was tried is dropped');
});

story('a tab that the browser does not open: a sentence says so', async (scene) => {
  const { page } = scene;
  await page.addInitScript(() => { window.open = () => null; });
  await openFilled(scene);
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByText('The browser did not open the tab').waitFor();
});

story('where nothing can be copied: a sentence says what to do', async (scene) => {
  const { page } = scene;
  await page.addInitScript(() => { Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined }); });
  await openFilled(scene);
  const copy = page.getByRole('button', { name: 'Copy: Snippet' });
  // It says so for two seconds.
  await eventually(async () => {
    await copy.click();
    return copy.filter({ hasText: 'Select the text instead' }).isVisible();
  }, 'the sentence');
});

story('where the whole page leaves, the try-out leaves too', async (scene) => {
  const { page } = scene;
  await openFilled(scene);
  await page.getByText('More options').click();
  await field(page, 'People sign in').selectOption('page');
  const tab = await tryIt(page);
  await tab.locator('messenger-auth').getByRole('button', { name: 'Sign in' }).click();
  await tab.waitForURL((url) => url.origin === op.issuer);
  await enter(tab);
  await tab.getByText('It has an answer.').waitFor();
});

story('the try-out takes nothing from its address', async (scene) => {
  const { page } = scene;
  await page.goto(`${site.origin}/setup/try.html?code=alert(1)#{"code":"alert(1)"}`);
  await page.getByText('There is nothing to try out').waitFor();
});

story('a website elsewhere: another redirect URI for the try-out, and what cannot be known from here', async (scene) => {
  const { page } = scene;
  await openFilled(scene);
  await field(page, 'Your website’s address').fill('https://www.example.com');
  await judged(page, 'cors', 'Warning');
  await judged(page, 'silent', 'Warning');
  const uri = `${site.origin}/messenger-auth/authWindow.html`;
  assert.ok((await panel(page, 'Try it').innerText()).includes(uri));
  assert.ok((await panel(page, 'Register where people sign in').innerText()).includes('https://www.example.com/messenger-auth/authWindow.html'));
});

/** What the misbehaving provider does, and how it is shown: which check, and a word of the remedy. */
for (const [what, fault, id, outcome, says] of [
  ['discovery that nobody may read', 'discovery sends no CORS headers', 'discovery', 'Failed', /CORS/],
  ['another issuer in the document', 'discovery’s issuer has a closing slash more', 'discovery', 'Failed', /write: issuer: '.*\/'/],
  ['no document', 'discovery answers 404', 'discovery', 'Failed', /status 404/],
  ['a document that redirects', 'discovery redirects', 'discovery', 'Failed', /redirects/],
  ['a login page in its place', 'discovery is a login page with status 200', 'discovery', 'Failed', /no JSON object/],
  ['keys that nobody may read', 'keys sends no CORS headers', 'keys', 'Failed', /CORS/],
  ['a document without the address of the keys', 'jwks_uri absent', 'keys', 'Failed', /has no jwks_uri/],
  ['a token endpoint that nobody may read', 'token sends no CORS headers', 'cors', 'Failed', /Add http:\/\/localhost:\d+ to the allowed web origins/],
  ['a token endpoint that is not there', 'token endpoint at a server that is not there', 'cors', 'Failed', /could not be reached/],
  ['PKCE without S256', 'code_challenge_methods_supported plain', 'pkce', 'Failed', /lists: plain[^]*switch PKCE with S256 on/],
  ['nothing said of PKCE', 'code_challenge_methods_supported absent', 'pkce', 'Warning', /Try it out/],
]) {
  story(`${what}: ${outcome.toLowerCase()}, with what to do`, async (scene) => {
    const { page } = scene;
    scene.expect(/./);
    const issuer = rogue.issuer();
    issuer.misbehave(fault);
    await open(scene);
    await field(page, 'Address of the provider').fill(issuer.url);
    await field(page, 'Client id').fill('web');
    assert.match(await judged(page, id, outcome), says);
    assert.ok(await snippet(page), 'what can be pasted is shown all the same');
  });
}

story('a provider without a discovery document: its endpoints written out', async (scene) => {
  const { page } = scene;
  await openFilled(scene);
  await page.getByText('More options').click();
  await field(page, 'Token endpoint').fill(`${op.issuer}/token`);
  await page.getByText('Still needed: Authorization endpoint').first().waitFor();
  await field(page, 'Authorization endpoint').fill(`${op.issuer}/auth`);
  await field(page, 'Address of the keys').fill(`${op.issuer}/jwks`);
  await judged(page, 'discovery', 'Note');
  for (const id of ['keys', 'cors', 'client']) await judged(page, id, 'Passed');
  const pasted = await paste(scene, await snippet(page));
  await enter(await windowOf(pasted, () => pasted.getByRole('button', { name: 'Sign in' }).click()));
  await event(pasted, 'signed-in');
});

story('a provider that is not there', async (scene) => {
  const { page } = scene;
  scene.expect(/ERR_CONNECTION_REFUSED/);
  await open(scene);
  await field(page, 'Address of the provider').fill(rogue.nowhere);
  assert.match(await judged(page, 'discovery', 'Failed'), /could not be reached[^]*Check the address/);
});

story('a client that the provider does not know', async (scene) => {
  const { page } = scene;
  scene.expect(/./);
  await open(scene);
  await field(page, 'Address of the provider').fill(op.issuer);
  await field(page, 'Client id').fill('nobody');
  await judged(page, 'discovery', 'Passed');
  await judged(page, 'cors', 'Passed');
  assert.match(await judged(page, 'client', 'Failed'), /invalid_client[^]*Check the client id/);
  await field(page, 'Client id').fill('messenger');
  assert.match(await judged(page, 'client', 'Failed'), /without a secret/);
});

/** The page with the address of a provider whose discovery document never comes: gives the provider. */
async function asksOneThatNeverAnswers(scene) {
  const slow = rogue.issuer();
  slow.misbehave('discovery never answers');
  await open(scene);
  await field(scene.page, 'Address of the provider').fill(slow.url);
  return slow;
}

story('as one types, only what was typed last is asked; what is superseded is given up', async (scene) => {
  const { page } = scene;
  scene.expect(/./);
  const slow = await asksOneThatNeverAnswers(scene);
  await judged(page, 'discovery', 'Checking');
  // Long before its own deadline of eight seconds.
  const given = page.waitForEvent('requestfailed', { predicate: (request) => request.url().startsWith(slow.url), timeout: 5000 });
  const before = op.asked('discovery').length;
  await field(page, 'Address of the provider').pressSequentially('x');
  await field(page, 'Address of the provider').fill(op.issuer);
  await given;
  await judged(page, 'discovery', 'Passed');
  assert.equal(op.asked('discovery').length, before + 1);
});

story('a provider that never answers has a deadline', async (scene) => {
  const { page } = scene;
  scene.expect(/./);
  await asksOneThatNeverAnswers(scene);
  assert.match(await judged(page, 'discovery', 'Failed'), /Waited too long/);
});

story('bad input has a sentence beside its field, and never a blank', async (scene) => {
  const { page } = scene;
  await open(scene);
  await page.getByText('Still needed: Address of the provider').first().waitFor();
  for (const [label, text, says] of [
    ['Address of the provider', 'idp.example.com', 'is no whole address; write it as https://idp.example.com'],
    ['Address of the provider', 'http://idp.example.com', 'http: is for localhost only'],
    ['Address of the provider', 'https://idp.example.com/.well-known/openid-configuration', 'must be the issuer itself'],
    ['Your website’s address', 'www.example.com', 'https://www.example.com'],
    ['Your website’s address', 'http://www.example.com', 'localhost only'],
    ['Folder of the files', '/a b/', 'path of a folder'],
  ]) {
    const input = field(page, label);
    const original = await input.inputValue();
    await field(page, 'Client id').fill('web');
    if (label !== 'Address of the provider') await field(page, 'Address of the provider').fill('https://idp.invalid');
    await input.fill(text);
    const described = (await input.getAttribute('aria-describedby')).split(' ').map((id) => `#${id}`).join(', ');
    await page.locator(described).getByText(says).or(page.locator(described).filter({ hasText: says })).first().waitFor();
    assert.equal(await input.getAttribute('aria-invalid'), 'true');
    assert.ok((await page.locator('#lack').innerText()).includes(says));
    for (const name of ['Register where people sign in', /^Enter at/, 'Allow in your Content-Security-Policy']) assert.match(await panel(page, name).innerText(), /\n.{10}/, 'never a blank');
    await input.fill(original);
  }
  scene.expect(/ERR_NAME_NOT_RESOLVED|ERR_/);
});

story('Dynamics: its fields, and what it cannot take', async (scene) => {
  const { page } = scene;
  await openFilled(scene);
  await choose(page, 'Dynamics 365');
  await page.getByText('Still needed: Your token service').first().waitFor();
  await field(page, 'What the messenger gets').selectOption('id_token');
  await judged(page, 'jwt', 'Warning');
  const fields = await panel(page, 'Enter at Dynamics 365').innerText();
  assert.ok(fields.includes('JavaScript client function') && fields.includes('auth.getAuthenticationToken') && fields.includes('Public key URL'));
  await field(page, 'What the messenger gets').selectOption('code');
  assert.match(await page.locator('#client-type').innerText(), /with a secret/);
  assert.match(await panel(page, 'Enter at Dynamics 365').innerText(), /Client secret[^]*never into the page/);
});

story('a flow that the messenger cannot take is told at its field, which is opened', async (scene) => {
  const { page } = scene;
  await openFilled(scene);
  await page.getByText('More options').click();
  await field(page, 'Flow').selectOption('token');
  await page.getByText('More options').click();
  await choose(page, 'Genesys Messenger');
  await page.locator('#flow-fault').getByText('genesys-messenger').waitFor();
  assert.ok(await field(page, 'Flow').isVisible());
  assert.equal(await page.getByText('These two do not go together').count(), 0);
});

story('a token service that cookies do not reach, and one that no bearer may cross to', async (scene) => {
  const { page } = scene;
  scene.expect(/./);
  await open(scene);
  await choose(page, 'My site’s own login');
  await field(page, 'Your login page').fill(`${site.origin}/login`);
  await field(page, 'Your token service').fill('https://token.example.org/');
  assert.match(await judged(page, 'service', 'Failed'), /cookie never goes there/);
  await choose(page, 'Dynamics 365');
  await choose(page, 'OpenID Provider');
  await field(page, 'Address of the provider').fill(op.issuer);
  await field(page, 'Client id').fill('web');
  const origin = { 'Access-Control-Allow-Origin': site.origin };
  const bearer = { 'Access-Control-Allow-Headers': 'authorization' };
  const cookie = { 'Access-Control-Allow-Credentials': 'true' };
  for (const [allowed, outcome, says] of [
    [origin, 'Failed', /Access-Control-Allow-Headers: Authorization/],
    [{ ...origin, ...bearer }, 'Failed', /Access-Control-Allow-Credentials: true/],
    [{ ...origin, ...bearer, ...cookie }, 'Passed', /gives nothing to whoever is not signed in/],
  ]) {
    const server = createServer((request, response) => {
      seen.push([request.method, request.headers.authorization]);
      response.writeHead(request.method === 'OPTIONS' ? 204 : 401, allowed).end();
    });
    const seen = [];
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await field(page, 'Your token service').fill(`http://localhost:${server.address().port}/token`);
      await eventually(() => seen.some(([method]) => method === 'OPTIONS'), 'the browser asks first');
      assert.match(await judged(page, 'service', outcome), says);
      if (outcome === 'Passed') assert.ok(seen.some(([, said]) => said === 'Bearer messenger-auth-set-up-check'));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
});

story('Genesys Messenger: discovery address, and secrets that stay there', async (scene) => {
  const { page } = scene;
  await openFilled(scene);
  await choose(page, 'Genesys Messenger');
  await judged(page, 'cors', 'Note');
  const fields = await panel(page, 'Enter at Genesys Messenger').innerText();
  assert.ok(fields.includes(`${op.issuer}/.well-known/openid-configuration`));
  assert.match(fields, /Client Secret[^]*never into the page/);
  assert.equal(await page.getByLabel(/secret/i).count(), 0, 'no field asks for one');
  assert.match(await page.locator('#policy').textContent(), /wss:\/\/webmessaging\.mypurecloud\.com/);
});

story('Genesys Embeddable: the lines are those of the package’s own helper, and so are the redirect URIs', async (scene) => {
  const { page } = scene;
  await page.route(/purecloud|pure\.cloud/, (route) => route.abort());
  scene.expect(/ERR_FAILED/);
  await open(scene);
  await choose(page, 'Genesys Embeddable');
  await choose(page, 'Genesys Cloud');
  await field(page, 'Client id').fill('agents');
  await field(page, 'Region of Genesys Cloud').selectOption('mypurecloud.de');
  await page.getByLabel('dedicatedLoginWindow').check();
  await field(page, 'Your website’s address').fill('https://desk.example.com');
  await eventually(async () => (await page.locator('#bridge').textContent()) === frameworkBridge('https://desk.example.com'), 'the lines');
  const wanted = redirectUris({ domain: 'mypurecloud.de', dedicatedLoginWindow: true, redirectUri: 'https://desk.example.com/messenger-auth/authWindow.html' });
  const told = await panel(page, 'Register where people sign in').innerText();
  for (const uri of wanted) assert.ok(told.includes(uri), uri);
  assert.ok((await snippet(page)).includes('clientIds: { "mypurecloud.de": "agents" }'));
});

story('Copy copies, and says so', async (scene) => {
  const { page } = scene;
  await scene.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openFilled(scene);
  await page.getByRole('button', { name: 'Copy: Snippet' }).click();
  await page.getByRole('status').getByText('Copied: Snippet').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await snippet(page));
  await page.getByRole('button', { name: 'Copy: Redirect URI', exact: true }).click();
  await page.getByRole('status').getByText('Copied: Redirect URI').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${site.origin}/messenger-auth/authWindow.html`);
});

story('a reload keeps what was typed, until one starts over', async (scene) => {
  const { page } = scene;
  await openFilled(scene);
  await judged(page, 'silent', 'Passed');
  await choose(page, 'Dynamics 365');
  await page.getByText('Still needed: Your token service').first().waitFor();
  await page.reload();
  await judged(page, 'silent', 'Passed');
  assert.equal(await field(page, 'Client id').inputValue(), 'web');
  assert.ok(await page.getByRole('radio', { name: /^Dynamics/ }).isChecked());
  await page.getByRole('button', { name: 'Start over' }).click();
  assert.equal(await field(page, 'Client id').inputValue(), '');
  assert.ok(await page.getByRole('radio', { name: /^My own page/ }).isChecked());
});

story('by keyboard alone', async (scene) => {
  const { page } = scene;
  scene.expect(refusal);
  await open(scene);
  const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.value || document.activeElement?.textContent);
  const tabTo = async (id) => {
    for (let presses = 0; presses < 60; presses += 1) {
      if (await focused() === id) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`${id} is not reached`);
  };
  await tabTo('page');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), 'dynamics');
  await page.keyboard.press('ArrowUp');
  await tabTo('issuer');
  // At once, as from the clipboard: where typing takes long, half an address is asked.
  await page.keyboard.insertText(op.issuer);
  await tabTo('client');
  await page.keyboard.type('web');
  await judged(page, 'client', 'Passed');
  await tabTo('snippet');
  await tabTo('try');
  const trial = await windowOf(page, () => page.keyboard.press('Enter'));
  await trial.getByText('null: nobody is signed in').waitFor();
  const popup = await windowOf(trial, async () => {
    await trial.locator('messenger-auth').getByRole('button', { name: 'Sign in' }).press('Enter');
  });
  await enter(popup);
  await trial.getByText('It has an answer.').waitFor();
});

for (const width of [360, 1280]) {
  story(`${width} pixels wide, nothing sticks out`, { viewport: { width, height: 740 } }, async (scene) => {
    const { page } = scene;
    // Where one choice takes long, what it asks for is asked.
    await page.route(/purecloud|pure\.cloud/, (route) => route.abort());
    scene.expect(/ERR_FAILED/);
    await openFilled(scene);
    await judged(page, 'client', 'Passed');
    await page.getByText('More options').click();
    for (const messenger of Object.keys(pairs)) {
      await choose(page, messenger);
      for (const signIn of both) {
        await choose(page, signIn);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, `${messenger}, ${signIn}`);
      }
    }
    await choose(page, 'My own page');
    await choose(page, 'OpenID Provider');
    const trial = await tryIt(page);
    await trial.setViewportSize({ width, height: 740 });
    await trial.getByText('null: nobody is signed in').waitFor();
    const [wide, room] = await trial.locator('html').evaluate((html) => [html.scrollWidth, html.clientWidth]);
    assert.ok(wide <= room, 'nor in the try-out');
  });
}

story('every field has its name, and results are told aloud', async (scene) => {
  const { page } = scene;
  await open(scene);
  await page.getByText('More options').click();
  for (const control of await page.locator('form input, form select').all()) {
    const name = await control.evaluate((node) => node.labels?.length && [...node.labels].map((label) => label.textContent).join(' ').trim());
    assert.ok(name, `${await control.getAttribute('id')} has a label`);
  }
  assert.equal(await page.locator('#checks-summary').getAttribute('aria-live'), 'polite');
});

story('files that are not there: a sentence says which', async (scene) => {
  scene.expect(/status of 404/);
  scene.answer('/messenger-auth/integrity.json', { status: 404, body: 'not found', type: 'text/plain' });
  const { page } = scene;
  await openFilled(scene);
  await page.getByText('The files of Messenger Auth are not beside this page: serve the folder').waitFor();
  await panel(page, 'Try it').getByText('The files of Messenger Auth are not beside this page').waitFor();
});

story('a program that does not start: a sentence says so', async (scene) => {
  scene.expect(/./);
  scene.answer('/setup/engine_bg.wasm', { status: 404, body: 'not found', type: 'text/plain' });
  await scene.page.goto(`${site.origin}/setup.html`);
  await scene.page.getByText('This page could not start').waitFor();
});
