/**
 * A pretend live chat of Omnichannel. Its page-side loader is the stand-in of the tests, with Microsoft's names; behind it a server
 * checks the JWT as the authentication settings say: RS256, the required claims, the public key.
 */

import { loader } from '/stand-ins/dynamics.js';
import { askServer, button, clock, conversation, duration, node, offers, readJwt, receipt, shorten, signIn, tell, why } from '../kit.js';

const FUNCTION_NAME = 'auth.getAuthenticationToken';

export const title = 'Northlight live chat';
export const label = 'Live chat';

loader({ frame: location.href, sdk: 'at-once', reads: 'later' });
const chat = globalThis.__chat;

export function begin({ body, status }) {
  status.textContent = 'Not started';
  const { say, field } = conversation(body, () => (status.textContent.startsWith('Verified')
    ? 'Thank you. I have your record open and will look into it at once.'
    : 'Thank you. I do not know who you are, so I can only answer in general.'));

  /** `ask` gives the token; `by` says what was called. */
  async function start(by, ask) {
    const waiting = say('us pending', node('span', {}, 'Connecting you…'));
    const began = performance.now();
    const token = await ask();
    const took = duration(performance.now() - began);
    tell(token === null ? 'null' : 'a token', took, by);
    const checked = token === null ? undefined : await server(token);
    const warnings = await warned();
    waiting.remove();
    const rows = { Called: by, Answer: token === null ? 'null' : shorten(token), Took: took };
    if (token === null) {
      status.textContent = 'Anonymous';
      say('us', node('p', {}, 'Hello! You are not signed in, so this chat is anonymous.'),
        offers(button('Sign in', person, false), button('Start again', byFunction)),
        receipt('What Dynamics was given', { ...rows, 'lcw:error': '3, no token', Because: why() }));
      return;
    }
    if (!checked) {
      status.textContent = 'Not connected';
      say('us', node('p', {}, 'I cannot start the chat just now: the server behind it does not answer. Please try again.'),
        offers(button('Start again', byFunction)),
        receipt('What Dynamics was given', { ...rows, 'Its server': 'no answer' }));
      return;
    }
    if (checked.refused) chat.fail(4, checked.refused);
    status.textContent = checked.refused ? 'Anonymous: its token was refused' : 'Verified';
    say('us', node('p', {}, checked.refused ? 'Hello! Something about your sign-in was refused, so this chat is anonymous.' : 'Hello! I know who you are, and your record is open on my side.'),
      offers(button('Ask the function', byFunction), button('Ask through the SDK', bySdk)),
      receipt('What Dynamics was given', { ...rows, SDK: chat.provider ? 'setAuthTokenProvider was called with a function' : 'setAuthTokenProvider was not called' },
        checks(token, checked),
        ...(warnings.length ? [node('p', { class: 'warned' }, 'What Messenger Auth told the site’s developer:'), node('ul', { class: 'warned' }, ...warnings.map((text) => node('li', {}, text)))] : [])));
  }

  const byFunction = () => start(FUNCTION_NAME, () => chat.request(FUNCTION_NAME));
  const bySdk = () => start('setAuthTokenProvider', () => globalThis.Microsoft.Omnichannel.LiveChatWidget.SDK.startChat());
  const person = () => signIn((words) => say('us', node('p', {}, words))).then(byFunction, () => {});
  return { first: byFunction, focus: field };
}

/** What the server behind the chat says of a JWT: `{ claims }` or `{ refused }`; nothing where it does not answer. */
const server = (jwt) => askServer('/stand-ins/omnichannel', { method: 'POST', body: JSON.stringify({ jwt, maker: globalThis.choices.maker }) });

/** What Messenger Auth objected to, from its diagnosis. */
async function warned() {
  const report = await globalThis.MessengerAuth?.client?.diagnose().catch(() => undefined);
  return (report?.steps ?? []).filter(({ step, outcome }) => step === 'Dynamics' && !outcome.startsWith('setAuthTokenProvider')).map(({ outcome }) => outcome);
}

/** What is required of the token, one by one. */
function checks(token, { refused, address }) {
  const [header, claims] = readJwt(token) ?? [{}, {}];
  const context = contextOf(claims.lwicontexts);
  const line = (holds, name, value) => node('li', { class: holds ? 'holds' : 'fails' }, node('span', { class: 'mark', role: 'img', 'aria-label': holds ? 'as required' : 'not as required' }, holds ? '✓' : '✗'), node('b', {}, name), node('span', {}, value));
  return node('ul', { class: 'checks' },
    line(header.alg === 'RS256', 'alg', header.alg ?? 'no JWT'),
    line(Boolean(claims.iss), 'iss', claims.iss ?? 'missing'),
    line(Boolean(claims.sub), 'sub', claims.sub ?? 'missing'),
    line(Number.isFinite(claims.iat), 'iat', claims.iat ? clock(claims.iat) : 'missing'),
    line(claims.exp > Date.now() / 1000, 'exp', claims.exp ? clock(claims.exp) : 'missing'),
    ...(claims.lwicontexts === undefined ? [] : [line(Boolean(context), 'lwicontexts', context ?? 'not an object written as text')]),
    line(!refused, 'signature', refused ?? `by the key at ${new URL(address).pathname}`));
}

function contextOf(text) {
  try {
    return Object.entries(JSON.parse(text)).map(([name, value]) => `${name} = ${value}`).join(', ');
  } catch {
    return undefined;
  }
}
