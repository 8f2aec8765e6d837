/**
 * A pretend Genesys Messenger: the stand-in of the tests, with Genesys's names. The page's plugin `AuthProvider` hands it an
 * unredeemed code; a server behind it redeems that with its own secret.
 */

import { messenger } from '/stand-ins/genesys-messenger.js';
import { askServer, button, conversation, duration, node, offers, receipt, shorten, tell, why } from '../kit.js';

export const title = 'Northlight Messenger';
export const label = 'Message us';

const events = [
  'AuthProvider.ready', 'AuthProvider.signedIn', 'AuthProvider.signInFailed',
  'Auth.authenticating', 'Auth.authenticated', 'Auth.authError', 'Auth.error', 'Auth.signingIn', 'Auth.signedIn', 'Auth.signInFailed', 'Auth.loggedOut',
];

export function begin({ body, status }) {
  status.textContent = 'Guest';
  const wire = node('ol', { class: 'wire', 'aria-label': 'Between Messenger and the page' });
  body.append(wire);
  const { say, field } = conversation(body, () => (status.textContent === 'Guest'
    ? 'Thank you! You are writing anonymously.'
    : 'Thank you! This conversation belongs to you, on every device.'));
  const began = performance.now();
  const note = (kind, name) => {
    wire.append(node('li', { 'data-kind': kind }, node('time', {}, `${((performance.now() - began) / 1000).toFixed(1)} s`), node('code', {}, name)));
    wire.scrollTop = wire.scrollHeight;
  };

  /** When the page was asked for the proof that is exchanged next. */
  let asked = began;
  globalThis.__called = (name) => {
    if (/getAuthCode|signIn$/.test(name)) asked = performance.now();
    note('command', name);
  };
  globalThis.__exchange = async (proof) => {
    const took = duration(performance.now() - asked);
    const answer = await askServer('/stand-ins/genesys', { method: 'POST', body: JSON.stringify(proof) }) ?? { error: 'no answer', lost: true };
    tell(proof.authCode ? 'a code' : 'an ID token', took, 'AuthProvider');
    show(proof, took, answer);
    return answer;
  };

  function show(proof, took, { error, lost, jwt, name }) {
    status.textContent = error ? 'Guest' : name ? `${name}, authenticated` : 'Authenticated';
    say('us', node('p', {}, lost ? 'Genesys’s server does not answer, so this conversation stays anonymous.' : error ? 'Genesys’s server could not redeem that, so this conversation stays anonymous.' : `Welcome back${name ? `, ${name.split(' ')[0]}` : ''}. Your earlier messages are here.`),
      offers(button('Ask for another code', () => globalThis.__genesys.authenticate())),
      receipt('What AuthProvider handed over', {
        authCode: proof.authCode && shorten(proof.authCode),
        idToken: proof.idToken && shorten(proof.idToken),
        redirectUri: proof.redirectUri,
        codeVerifier: proof.codeVerifier && shorten(proof.codeVerifier),
        nonce: proof.nonce && shorten(proof.nonce),
        iss: proof.iss,
        Took: took,
        'Genesys’s server': lost ? error : error ? `refused: ${error}` : `${proof.authCode ? 'redeemed it with its own secret' : 'checked it'}: ${shorten(jwt)}`,
      }));
  }

  function anonymous(words, because) {
    status.textContent = 'Guest';
    say('us', node('p', {}, words),
      offers(button('Sign in', () => globalThis.__genesys.stepUp(), false)),
      receipt('What AuthProvider handed over', { Answer: 'nothing', Because: because }));
  }

  messenger();
  const on = (name, heard) => globalThis.Genesys('subscribe', name, heard);
  for (const name of events) on(name, () => note('event', name));
  let answered = false;
  on('AuthProvider.ready', () => { answered = true; });
  on('Auth.authError', ({ data }) => {
    tell('nothing', duration(performance.now() - asked), 'AuthProvider');
    anonymous('Hello! You are writing anonymously; sign in, and your earlier messages are here.', data.message);
  });
  on('Auth.signInFailed', ({ data }) => anonymous('That did not work.', data.message));
  on('Auth.loggedOut', () => anonymous('Goodbye! This conversation is closed on all your devices.', 'the person has signed out'));
  return {
    first: () => { if (!answered) say('us', node('p', {}, 'Hello! The page has not registered AuthProvider, so you are writing anonymously.'), receipt('What AuthProvider handed over', { Answer: 'nothing', Because: why() })); },
    focus: field,
  };
}
