/** Every messenger: the stories that are the same for all of them. */

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { clients } from '../op/op.js';
import { startTokenService } from '../site/token-service.js';
import { CHAT, chatLoader, microsoftServers } from './hosts/dynamics.js';
import { exchanger, genesysSnippet, messenger } from './hosts/genesys.js';
import { genesysCloud } from './hosts/genesys-cloud.js';
import { framework } from './hosts/genesys-embeddable.js';
import { ana, claimsOf, event, eventually } from './support/page.js';
import { atProvider, closedAtOnce, inWindow, isLastOf, link, openedWith, signedIn, tellAll } from './support/system-stories.js';
import { world } from './support/world.js';

const it = await world();
const { op, site } = it;
const service = await startTokenService({ op, sites: [site.origin] });
after(() => service.close());

const openIdProvider = `issuer: "${op.issuer}", clientId: "${clients.web}"`;

tellAll(it, 'page', async (scene, { ttl }) => {
  Object.assign(op.settings, { accessTokenTtl: ttl, idTokenTtl: ttl });
  const page = await openedWith(scene, `${openIdProvider}, handOver: "access_token"`);
  return {
    ...atProvider(scene, page),
    isRight: (token) => isLastOf(op.issued().map(({ access_token }) => access_token))(token),
    ended: async () => assert.equal(op.asked('revocation').length, 1, 'the refresh token is taken back'),
  };
});

tellAll(it, 'dynamics', async (scene, { ttl }) => {
  Object.assign(op.settings, { accessTokenTtl: ttl, idTokenTtl: ttl });
  service.forget();
  service.settings.ttl = ttl;
  // The chat is given what it asks for.
  scene.home.push(CHAT);
  await microsoftServers(scene.context, { publicKey: `${service.origin}/publickey` });
  const page = await openedWith(scene, `${openIdProvider}, host: "dynamics", handOver: "token-url", tokenUrl: "${service.origin}/token"`, { head: chatLoader });
  return {
    ...atProvider(scene, page),
    give: () => page.evaluate(() => globalThis.__chat.request('auth.getAuthenticationToken')),
    isRight: (token) => {
      isLastOf(service.issued)(token);
      assert.equal(claimsOf(token).sub, ana.subject);
    },
  };
});

/** What Genesys's own messenger has become of what it was given: the token of its session, or nothing. */
tellAll(it, 'genesys-messenger', async (scene, { name }) => {
  const { exchange, seen } = exchanger(op);
  await scene.context.exposeFunction('__exchange', exchange);
  const page = await openedWith(scene, `issuer: "${op.issuer}", clientId: "${clients.messenger}", host: "genesys-messenger"`, { head: genesysSnippet });
  const isLate = name === 'lost network, token in hand';
  const arrive = async () => {
    await page.evaluate(messenger, { authenticates: false });
    await eventually(() => page.evaluate(() => globalThis.__genesys.events.some(({ eventName }) => eventName === 'AuthProvider.ready')), 'it has our plugin');
  };
  if (!isLate) await arrive();
  const at = atProvider(scene, page);
  let tries = 0;
  return {
    ...at,
    // A code is handed out once: each is one that nobody has seen, and Genesys's server can redeem it.
    give: async () => {
      if (isLate && !tries++) await arrive();
      return page.evaluate(async () => {
        const { jwts } = globalThis.__genesys;
        const before = jwts.length;
        await globalThis.__genesys.authenticate();
        return jwts.length > before ? jwts.at(-1) : null;
      });
    },
    isRight: (given) => {
      assert.equal(given, `jwt-of-genesys-for-${ana.subject}`);
      assert.equal(new Set(seen.map(({ authCode }) => authCode)).size, seen.length, 'no code twice');
      assert.deepEqual(op.asked('token').filter(({ origin }) => origin), [], 'the page redeems nothing');
    },
    isRenewed: () => seen.length > 1,
    isGivenOnce: true,
    hasSession: false,
    // As long as nobody asks.
    endSession: async () => {
      await page.evaluate(() => { globalThis.__genesys.loggedOutElsewhere(); });
      await at.endSession();
      await event(page, 'signed-out');
    },
    ended: async () => assert.ok((await page.evaluate(() => globalThis.__genesys.calls)).includes('Auth.logout')),
  };
});

const domain = 'mypurecloud.de';
const frame = `<iframe src="https://apps.${domain}/crm/index.html" title="Genesys Cloud"></iframe>`;
/** The stories of the agent whom the frame knows; in the others there is no frame, and the page signs in by itself. */
const inFrame = ['token hand-over', 'renewal', 'refusal at renewal', 'lost network, token in hand', 'lost network at renewal'];

tellAll(it, 'genesys-embeddable', async (scene, { ttl, name }) => {
  const seen = await genesysCloud(scene.context, { site, domain, ttl });
  await framework(scene.context, { site, domain, agent: 'the first token of the agent' });
  const hasFrame = inFrame.includes(name);
  const page = await openedWith(scene, `issuer: "genesys-cloud:${domain}", clientIds: { "${domain}": "desk" }, host: "genesys-embeddable"`, { body: hasFrame ? frame : '' });
  const becomes = (token) => page.frames()[1].evaluate((next) => { globalThis.agent = next; }, token);
  const signIn = () => signedIn(page, inWindow(page, link('Log In')));
  let agent = 'the first token of the agent';
  let isFrames = hasFrame;
  return {
    page,
    signIn: async () => {
      if (!isFrames) await signIn();
    },
    isRight: (token) => isLastOf(isFrames ? [agent] : seen.given)(token),
    refuse: async () => {
      await inWindow(page, link('Cancel'))();
      return 'access-denied';
    },
    // The frame renews by itself; it is asked each time.
    renew: () => becomes(agent = 'the second token of the agent'),
    endSession: async () => {
      await becomes('');
      // Then the page signs the agent in by itself.
      isFrames = false;
    },
    hasSession: false,
    isRenewedUnseen: false,
    tryOffline: closedAtOnce(page),
    ended: async () => assert.deepEqual(seen.revoked.map(([method]) => method), ['DELETE']),
  };
});
