/**
 * A pretend contact-centre messenger.
 *
 * It knows nothing of Messenger Auth: like the real ones it is told the dotted name of a function on `window`,
 * calls it detached with a callback, and waits ten seconds for a token or null.
 */

import { askForToken, button, clock, conversation, duration, node, offers, readJwt, receipt, shorten, signIn, tell } from '../kit.js';

const FUNCTION_NAME = 'auth.getAuthenticationToken';

const forAgents = document.documentElement.dataset.audience === 'agents';

export const title = forAgents ? 'Northlight team chat' : 'Northlight Messenger';
export const label = forAgents ? 'Team chat' : 'Chat';

export function begin({ body, status }) {
  status.textContent = 'Guest';
  const { say, field } = conversation(body, () => (status.textContent === 'Guest'
    ? 'Thank you. As a guest I can tell you opening hours and prices; for anything else, please sign in.'
    : 'Thank you, I know who is asking and will look into it at once.'));

  async function identify() {
    const waiting = say('us pending', node('span', {}, 'One moment, seeing who is writing…'));
    const { token, why, milliseconds } = await askForToken(FUNCTION_NAME);
    waiting.remove();
    tell(token === null ? 'null' : 'a token', duration(milliseconds));
    if (token === null) {
      status.textContent = 'Guest';
      say('us', node('p', {}, `Hello! I cannot see who you are, so I will answer as for any ${forAgents ? 'newcomer' : 'visitor'}.`),
        offers(button('Sign in', person, false), button('Ask again', identify)),
        receipt('What the messenger got', { Answer: 'null', Because: why, Took: duration(milliseconds) }));
      return;
    }
    const claims = readJwt(token)?.[1];
    const name = claims?.name?.split(' ')[0];
    status.textContent = claims?.name ? `${claims.name}, verified` : 'Verified';
    say('us', node('p', {}, name ? `Hello ${name}, how can I help?` : 'Hello, you are signed in. How can I help?'),
      offers(button('Ask again', identify)),
      receipt('What the messenger got', { Answer: shorten(token), Took: duration(milliseconds), ...facts(claims) }));
  }

  const person = () => signIn((words) => say('us', node('p', {}, words))).then(identify, () => {});
  return { first: identify, focus: field };
}

function facts(claims) {
  if (!claims) return { Claims: 'none: an access token that only the issuer can read' };
  return {
    Issuer: claims.iss, Subject: claims.sub, Name: claims.name, 'E-mail': claims.email, Audience: claims.aud && String(claims.aud),
    Issued: clock(claims.iat), Expires: clock(claims.exp),
  };
}
