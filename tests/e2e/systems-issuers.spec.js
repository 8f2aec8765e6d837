/** Every place to sign in: the stories that are the same for all of them. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { startFinesse } from './hosts/finesse.js';
import { domain, genesysCloud } from './hosts/genesys-cloud.js';
import { cookie, portal } from './hosts/power-pages.js';
import { ownLogin } from './hosts/site-session.js';
import { event, isIdTokenOf } from './support/page.js';
import { atProvider, givenUp, inWindow, isLastOf, link, openedWith, signedIn, tellAll } from './support/system-stories.js';
import { world } from './support/world.js';

const it = await world();
const { op, site } = it;
const here = site.origin;

// By hidden frame; by refresh token it is told of the messengers.
tellAll(it, 'OpenID Provider', async (scene, { ttl }) => {
  Object.assign(op.settings, { accessTokenTtl: ttl, idTokenTtl: ttl });
  const page = await openedWith(scene, `issuer: "${op.issuer}", clientId: "${clients.implicit}", flow: "implicit"`);
  return {
    ...atProvider(scene, page),
    isRight: (token) => isIdTokenOf(token, { op, client: clients.implicit }),
  };
});

tellAll(it, 'genesys-cloud', async (scene, { ttl }) => {
  const seen = await genesysCloud(scene.context, { site, ttl });
  const page = await openedWith(scene, `issuer: "genesys-cloud:${domain}", clientId: "agent-desk"`);
  const signIn = () => signedIn(page, inWindow(page, link('Log In')));
  return {
    page,
    signIn,
    isRight: isLastOf(seen.given),
    refuse: async () => {
      await inWindow(page, link('Cancel'))();
      return 'access-denied';
    },
    // It knows no renewal without the person: who does nothing is out in the end.
    endSession: async () => {},
    renew: async () => {
      await event(page, 'sign-in-required');
      await signIn();
    },
    isRenewedUnseen: false,
    tryOffline: givenUp(page),
    ended: async () => assert.deepEqual(seen.revoked.map(([method]) => method), ['DELETE']),
  };
});

tellAll(it, 'power-pages', async (scene, { ttl }) => {
  const settings = { ttl };
  const seen = await portal(scene.context, here, { settings });
  const page = await openedWith(scene, `issuer: "power-pages:${here}", clientId: "chat"`);
  return {
    page,
    signIn: () => signedIn(page, inWindow(page, link('Log In'))),
    isRight: isLastOf(seen.given),
    refuse: async () => {
      settings.refusal = { ErrorId: 'PortalSTS0001', ErrorMessage: 'Client Id provided in the request is not a valid client Id registered for this portal.', Timestamp: '', CorrelationId: '' };
      const code = await givenUp(page, 'PortalSTS0001')();
      delete settings.refusal;
      return code;
    },
    endSession: () => scene.context.clearCookies({ name: cookie.name }),
    tryOffline: givenUp(page),
  };
});

tellAll(it, 'site-session', async (scene, { ttl }) => {
  const seen = await ownLogin(scene.context, { here, ttl });
  const page = await openedWith(scene, `issuer: { kind: "site-session", signInUrl: "${here}/login" }, tokenUrl: "${here}/chat-token"`);
  return {
    page,
    signIn: () => signedIn(page, inWindow(page, link('Log me in'))),
    isRight: isLastOf(seen.given),
    refuse: givenUp(page, 'Log me in'),
    endSession: () => scene.context.clearCookies(),
    tryOffline: givenUp(page),
  };
});

tellAll(it, 'finesse', async (scene, { ttl }) => {
  const { seen, state, close } = await startFinesse(scene, { ttl });
  scene.context.on('close', close);
  const page = await openedWith(scene, `issuer: { kind: "finesse", baseUrl: "${here}", username: "1001" }`);
  return {
    page,
    signIn: () => signedIn(page, inWindow(page, (popup) => popup.getByRole('button', { name: 'Log in' }).click())),
    isRight: isLastOf(seen.given),
    refuse: async () => {
      state.refuses = true;
      const code = await givenUp(page, 'not authorized')();
      state.refuses = false;
      return code;
    },
    endSession: async () => Object.assign(state, { alive: false, refreshDies: true }),
    tryOffline: givenUp(page),
  };
});
