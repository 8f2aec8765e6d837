// `<messenger-auth>`: a button that works at once, then the engine's panel.

import { tell } from "./error.js";

/** The placeholder's look, which the panel's own style sheet has as well. */
const CSS =
  ":host(:not([hidden])){display:inline-block}button{display:block;font:var(--messenger-auth-font,inherit);padding:.5em 1.25em;border:1px solid transparent;border-radius:var(--messenger-auth-radius,.5em);background:var(--messenger-auth-accent,#1d4ed8);color:var(--messenger-auth-on-accent,#fff)}";

/**
 * @param {(options: Record<string, string>) => void} begin makes the page's client, when there is none
 * @param {Promise<Widget>} arrival resolves when the page has a client
 */
export const defineElement = (begin, arrival) =>
  customElements.define(
    "messenger-auth",
    class extends HTMLElement {
      connectedCallback() {
        const root = this.shadowRoot || this.attachShadow({ mode: "open" });
        const button = document.createElement("button");
        const note = document.createElement("div");
        /** What ends when the element leaves the page. @type {(() => void)[]} */
        const endings = (this._endings = []);
        /** Fills the root. @param {string} css @param {Element[]} content */
        const fill = (css, ...content) => {
          const sheet = new /** @type {any} */ (this.ownerDocument.defaultView).CSSStyleSheet();
          sheet.replaceSync(css);
          root.adoptedStyleSheets = [sheet];
          root.replaceChildren(...content);
        };
        /** @param {any} error */
        const show = ({ code, message }) => {
          note.textContent = message;
          // The panel is dead as well.
          if (code === "crashed") root.replaceChildren(note);
        };

        /** @type {Record<string, string>} */
        const options = {};
        for (const { name, value } of this.attributes)
          options[name.replace(/-./g, (hyphened) => hyphened[1].toUpperCase())] = value;
        begin(options);

        arrival
          .then(async ([client, load, started, text]) => {
            if (this._endings !== endings) return;
            /** @type {any} */ (button).part = "button";
            button.textContent = text;
            button.onclick = () => client.signIn().catch(show);
            button.onpointerover = button.onfocus = load;
            note.role = "alert";
            endings.push(client.on("error", show));
            fill(CSS, button, note);
            const engine = await started;
            // A press is no click where its button goes before it ends.
            while (button.matches(":active")) await new Promise((resolve) => setTimeout(resolve, 9));
            if (this._endings !== endings) return;
            const focused = root.activeElement;
            const panel = document.createElement("div");
            const unmount = engine.mount(panel);
            // An engine that is broken shows nothing: a click on the placeholder says so.
            if (!unmount) return;
            endings.push(unmount);
            fill(engine.adoptedCss(), panel);
            /** @type {any} */
            const first = panel.querySelector("button:not([hidden])") || panel.firstElementChild;
            if (focused) first?.focus();
          })
          .catch(show);
      }

      disconnectedCallback() {
        const endings = /** @type {(() => void)[]} */ (this._endings);
        this._endings = undefined;
        endings.forEach(tell);
      }
    },
  );
