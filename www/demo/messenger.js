/** The window that the chosen messenger stands in, and the button that opens it. */

import { node } from './kit.js';

const { host } = globalThis.choices.chosen;
const panel = document.getElementById('messenger');
const bubble = document.getElementById('bubble');
const status = node('span', { class: 'who' });
const body = node('div', { class: 'body' });

const begun = import(`./hosts/${host}.js`).then(({ title, label, begin }) => {
  for (const part of [panel, bubble]) part.dataset.host = host;
  bubble.querySelector('span').textContent = label;
  panel.append(
    node('header', {},
      node('div', {}, node('strong', {}, title), status),
      node('button', { type: 'button', class: 'icon', 'aria-label': 'Close messenger', click: () => toggle(false) }, '×')),
    body,
  );
  bubble.hidden = false;
  return begin({ body, status });
});

let opened = false;

async function toggle(open) {
  const { first, focus } = await begun;
  panel.hidden = !open;
  bubble.hidden = open;
  bubble.setAttribute('aria-expanded', String(open));
  (open ? focus : bubble).focus();
  // What came in the meantime.
  for (const list of body.querySelectorAll('.talk, .wire')) list.scrollTop = (list.lastElementChild?.offsetTop ?? 0) - list.offsetTop - 16;
  if (!open || opened) return;
  opened = true;
  first?.();
}

for (const opener of document.querySelectorAll('[data-open-messenger]')) opener.addEventListener('click', () => toggle(true));
panel.addEventListener('keydown', (event) => { if (event.key === 'Escape') toggle(false); });
