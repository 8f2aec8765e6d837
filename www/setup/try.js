// The try-out: a page that carries the snippet as the set-up page shows it, with a pretend messenger beside it.
//
// The snippet comes from this tab's own storage, where only pages of this site can write: never from the address.

const KEPT = "messenger-auth-setup:trial";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {{ code: string, callback: string, limit: number } | null} */
const trial = (() => {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  } catch {
    return null;
  }
})();

const started = performance.now();
const callback = trial?.callback || "auth.getAuthenticationToken";

/** @param {string} tag @param {(string | Node)[]} children @param {string} [className] */
const node = (tag, children, className) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
};

/** @param {Record<string, unknown>} facts */
const table = (facts) =>
  node(
    "dl",
    Object.entries(facts)
      .filter(([, value]) => value !== undefined)
      .flatMap(([term, value]) => [node("dt", [term]), node("dd", [String(value)])]),
  );

/** @param {string} title @param {string} [more] */
function note(title, more = "") {
  const time = node("time", [`${((performance.now() - started) / 1000).toFixed(1)} s`]);
  byId("events").prepend(node("li", [time, node("strong", [title]), node("span", [more])]));
}

/** @param {any} detail the detail of an event in a line */
const brief = (detail) =>
  [
    detail?.code && `${detail.code}: ${detail.message} ${detail.help ?? ""}`,
    detail?.claims && (detail.claims.name ?? detail.subject ?? "somebody known to the issuer only"),
    detail?.expiresAt && `until ${new Date(detail.expiresAt).toLocaleTimeString()}`,
    detail?.reason,
  ]
    .filter(Boolean)
    .join(" · ");

/** Head and tail: enough to tell two answers apart, not enough to use one. @param {string} text */
const shortened = (text) => (text.length > 40 ? `${text.slice(0, 8)}…${text.slice(-6)}` : "…") + ` (${text.length} characters)`;

/** @param {string} part of a JWT */
const decoded = (part) => JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0))));

/** What a JWT says, without being checked. @param {string} token */
function claims(token) {
  try {
    const [head, body] = token.split(".").map((part, at) => (at < 2 ? decoded(part) : part));
    /** @param {unknown} seconds */
    const time = (seconds) => (typeof seconds === "number" ? new Date(seconds * 1000).toLocaleTimeString() : undefined);
    const { iss, sub, aud, iat, exp, lwicontexts } = body;
    return { Kind: "a JWT", "Signed with": head.alg, Issuer: iss, Subject: sub, Audience: aud, Issued: time(iat), Expires: time(exp), lwicontexts };
  } catch {
    return { Kind: "no JWT: a code, or a token that only its issuer can read" };
  }
}

/** How often it has been asked: an older answer does not take the place of a newer one. */
let turns = 0;

/** Asks as a messenger does: by a dotted name, with a callback, for so long and no longer. */
function ask() {
  const limit = trial?.limit ?? 10_000;
  const asked = performance.now();
  const turn = ++turns;
  byId("answer").replaceChildren(node("p", ["Asking …"]));
  /** @param {string} sentence @param {Record<string, unknown>} facts @param {string} kind */
  const answered = (sentence, facts, kind) => {
    clearTimeout(late);
    if (turn !== turns) return;
    const took = Math.round(performance.now() - asked);
    byId("answer").replaceChildren(node("p", [sentence], kind), table({ ...facts, Took: `${took} ms` }));
    byId("answer").dataset.kind = kind;
    void diagnose();
  };
  const late = setTimeout(() => answered(`No answer within ${limit / 1000} seconds.`, {}, "bad"), limit);
  /** @type {any} */
  const found = callback.split(".").reduce((/** @type {any} */ place, /** @type {string} */ part) => place?.[part], window);
  if (typeof found !== "function") return answered(callback === "none" ? "The callback is switched off." : `${callback} is not a function on this page.`, {}, "bad");
  found((/** @type {string | null} */ answer) => {
    if (answer === null) answered("null: nobody is signed in, or it did not work. The diagnosis below says which. Press Sign in above, then ask again.", { Answer: "null" }, "null");
    else answered("It has an answer.", { Answer: shortened(answer), ...claims(answer) }, "good");
  });
}

async function diagnose() {
  /** @type {any} */
  const client = /** @type {any} */ (window).MessengerAuth?.client;
  if (!client) return;
  const report = await client.diagnose().catch((/** @type {any} */ fault) => ({ advice: [`${fault.code}: ${fault.message} ${fault.help}`], steps: [] }));
  byId("advice").replaceChildren(...report.advice.map((/** @type {string} */ line) => node("li", [line])));
  byId("steps").replaceChildren(
    ...report.steps.map((/** @type {any} */ step) => node("li", [node("time", [`${step.ms} ms`]), node("strong", [step.step]), node("span", [step.outcome])])),
  );
}

function run() {
  if (!trial) {
    byId("nothing").textContent = "There is nothing to try out in this tab: press Try it on the set-up page.";
    byId("nothing").hidden = false;
    return;
  }
  for (const event of ["ready", "signed-in", "signed-out", "renewed", "sign-in-required", "error", "host"]) {
    addEventListener(`messenger-auth:${event}`, (raised) => {
      note(event, brief(/** @type {CustomEvent} */ (raised).detail));
      if (event === "signed-in") ask();
      else void diagnose();
    });
  }
  byId("ask").addEventListener("click", ask);
  byId("diagnose").addEventListener("click", diagnose);
  // As it stands in a page's head, with the page's nonce where its server gives one.
  const script = document.createElement("script");
  script.nonce = /** @type {HTMLElement} */ (document.querySelector("[nonce]")).nonce;
  script.textContent = trial.code;
  document.head.append(script);
  ask();
}

run();

export {};
