/**
 * A pretend agent desk: the frame that Genesys serves (here a stand-in), and beside it a tool of the site's own that wants the
 * agent's token. The page cannot look into the frame; our lines in its `framework.js` answer.
 */

import { askForToken, askServer, button, duration, node, offers, receipt, shorten, signIn, tell } from '../kit.js';

export const title = 'Northlight desk';
export const label = 'Desk';

export function begin({ body, status }) {
  const { genesys } = globalThis.choices;
  status.textContent = 'For our own people';
  const frame = node('iframe', { src: `http://apps.${genesys}/crm/index.html`, title: 'Genesys Cloud (stand-in)', allow: 'clipboard-write' });
  const said = node('div', { class: 'talk', role: 'log', 'aria-live': 'polite' });
  const ask = button('Who is on this desk?', identify, false);
  body.append(frame, node('section', { class: 'tool' },
    node('p', {}, 'Log in as an agent in the softphone; then this tool of the bank’s own asks for the agent’s token.'),
    offers(ask, button('Sign in on this page', () => signIn((words) => say(node('p', {}, words))).then(identify, () => {}))),
    said, lines()));

  const say = (...children) => {
    said.replaceChildren(node('div', { class: 'said us' }, ...children));
  };

  async function identify() {
    say(node('span', { class: 'pending' }, 'Asking the page…'));
    const { token, why, milliseconds } = await askForToken('auth.getAuthenticationToken');
    tell(token === null ? 'null' : 'a token', duration(milliseconds));
    const steps = (await globalThis.MessengerAuth?.client?.diagnose().catch(() => undefined))?.steps ?? [];
    const frameSaid = steps.filter(({ step }) => step === 'Genesys Embeddable Framework').at(-1)?.outcome;
    if (token === null) {
      say(node('p', {}, 'No agent is known here.'), receipt('What the tool got', { Answer: 'null', Because: frameSaid ?? why, Took: duration(milliseconds) }));
      return;
    }
    const agent = await askServer(`http://api.${genesys}/api/v2/users/me`, { headers: { Authorization: `Bearer ${token}` } });
    if (!agent?.name) {
      say(node('p', {}, 'There is a token, but Genesys Cloud does not say whose it is. Please ask again.'),
        receipt('What the tool got', { Answer: shorten(token), Took: duration(milliseconds), 'api/v2/users/me': 'no answer' }));
      return;
    }
    const { name } = agent;
    status.textContent = `${name}, agent`;
    say(node('p', {}, `${name} is on this desk.`),
      receipt('What the tool got', { Answer: shorten(token), From: frameSaid?.startsWith('the frame gave the') ? frameSaid : 'a sign-in of this page’s own', Took: duration(milliseconds), 'api/v2/users/me': name }));
  }
  return { focus: ask };
}

/** The lines as they stand at the end of `framework.js`. */
function lines() {
  const text = node('code');
  fetch('/stand-ins/framework.js').then((answer) => answer.text()).catch(() => 'They could not be loaded.').then((got) => { text.textContent = got; });
  return node('details', { class: 'receipt' }, node('summary', {}, 'The lines in framework.js'), node('pre', { tabindex: '0' }, text));
}
