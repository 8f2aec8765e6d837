// The page's client: whatever the engine does or fails to do, every call has its answer in time.

import { fetchEngine } from "./engine.js";
import { failure, MessengerAuthError, tell, typed } from "./error.js";
import { reserve } from "./path.js";
import { signInText } from "./text.js";

/** How long the files may take. */
const LOAD_PATIENCE = 60000;
/** Our deadlines end after the engine's own: they are for an engine that no longer answers. */
const GRACE = 1000;
/** The callback's answer comes this long before the host's limit: 500 ms, and 50 for a timer that fires late. */
const HEADSTART = 550;
/** The longest that a timer can be set to: 24 days. */
const FOREVER = 2 ** 31 - 1;

const ignore = () => {};

/**
 * @param {any} options the integrator's, unchecked
 * @param {Assets} assets
 * @param {Stub | undefined} stub
 * @param {boolean} [attributes] whether the options are attributes
 * @returns {Widget}
 */
export const createWidget = (options, assets, stub, attributes) => {
  const {
    timeoutMs = 10000,
    signInTimeoutMs = 600000,
    callback = "auth.getAuthenticationToken",
    transport,
    locale,
    dataLayer,
    load,
  } = Object(options);

  /** How each unfinished call is made to fail. @type {Set<(error: MessengerAuthError) => void>} */
  const pending = new Set();
  /** @type {Engine | undefined} */
  let engine;
  /** @type {Promise<Engine> | undefined} */
  let starting;
  /** Nothing works any more. */
  let dead = false;
  /** The sign-in window. @type {Window | null} */
  let popup = null;
  /** @type {(engine: Engine) => void} */
  let haveStarted;
  /** @type {Promise<Engine>} */
  const started = new Promise((resolve) => {
    haveStarted = resolve;
  });

  const text = signInText(locale);
  const { origin: home, href } = new URL("authWindow.html", assets[3]);
  /** @type {Page} */
  const page = {
    open() {
      popup = window.open(
        "about:blank",
        "",
        `popup,width=480,height=640,left=${screenX + (outerWidth - 480) / 2},top=${screenY + (outerHeight - 640) / 2}`,
      );
      if (popup) popup.document.title = text;
      return popup;
    },

    emit(name, detail) {
      if (name === "error") detail = typed(detail);
      tell(dispatchEvent, new CustomEvent("messenger-auth:" + name, { detail }));
      if (dataLayer)
        tell((all) => {
          // No more than that: a detail holds claims of a person.
          (all[dataLayer] ||= []).push({ event: "messenger_auth_" + name.replace(/-/g, "_"), code: detail?.code });
        }, /** @type {any} */ (window));
    },

    crashed() {
      die(typed(0));
    },

    redirectUri: home === origin ? href : null,
    attributes,
  };

  /** Once on the console, and as an event. @param {any} error */
  const publish = (error) => {
    console.error(`[messenger-auth] ${error.code}: ${error.message} ${error.help}`);
    page.emit("error", error);
  };

  /** The end: everything fails, now and later. @param {MessengerAuthError} error */
  const die = (error) => {
    if (dead) return;
    dead = true;
    engine = undefined;
    starting = Promise.reject(error);
    starting.catch(ignore);
    for (const fail of pending) fail(error);
    popup?.close();
    publish(error);
  };

  /**
   * Work that ends: at its deadline, or when the widget dies.
   * @template T
   * @param {() => Promise<T>} work
   * @param {number} ms
   * @returns {Promise<T>}
   */
  const bounded = (work, ms) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(reject, ms, failure("timeout", "No answer in time.", "Try again."));
      pending.add(reject);
      work()
        .finally(() => {
          clearTimeout(timer);
          pending.delete(reject);
        })
        .then(resolve, (thrown) => reject(typed(thrown)));
    });

  /** Fetches and starts the engine, once. */
  const start = () =>
    (starting ||= bounded(async () => {
      engine = (await fetchEngine(assets)).start(options, page);
      haveStarted(engine);
      return engine;
    }, LOAD_PATIENCE).catch((error) => {
      die(error);
      throw error;
    }));

  const ready = bounded(async () => (await started).ready(), FOREVER);
  ready.catch((error) => {
    if (!dead) publish(error);
  });

  const loadQuietly = () => {
    start().catch(ignore);
  };

  /**
   * @param {"signOut" | "getToken" | "getAuthorization" | "diagnose"} name
   * @returns {(wish?: { timeoutMs?: number; interaction?: string }) => Promise<any>}
   */
  const call =
    (name) =>
    (wish = {}) =>
      bounded(
        async () => (await start())[name](wish),
        +(wish.timeoutMs || ((wish.interaction || "none") === "none" ? timeoutMs : signInTimeoutMs)) + GRACE,
      );

  /** Answers once: with a token, or with `null` at `end`. @type {(call: EarlyCall) => void} */
  const answer = ([reply, end]) => {
    const left = () => Math.max(end - Date.now(), 0);
    bounded(async () => (await start()).handOver(left()), left())
      .catch(ignore)
      .then((token) => tell(reply, token ?? null));
  };

  /** @type {Client} */
  const client = {
    ready,

    signIn(wish = {}) {
      /** @type {Window | null} */
      let fresh = null;
      return bounded(async () => {
        // Up to the first `await` this is still the person's click.
        if (!dead && (wish.transport || transport) !== "page") {
          if (engine ? engine.wantsWindow(wish) : popup?.closed !== false) fresh = page.open();
          else popup?.focus();
        }
        const ours = await start();
        const handed = fresh;
        fresh = null;
        return ours.signIn(wish, handed);
      }, +signInTimeoutMs + GRACE).finally(() => {
        fresh?.close();
      });
    },

    signOut: call("signOut"),
    getToken: call("getToken"),
    getAuthorization: call("getAuthorization"),
    diagnose: call("diagnose"),

    getAuthenticationToken(reply) {
      answer([reply, Date.now() + +timeoutMs - HEADSTART]);
    },

    getSession: () => engine?.getSession() ?? null,

    on(event, listener) {
      /** @param {any} event */
      const hear = ({ detail }) => listener(detail);
      addEventListener("messenger-auth:" + event, hear);
      return () => removeEventListener("messenger-auth:" + event, hear);
    },
  };

  if (callback !== "none")
    try {
      reserve(callback, client.getAuthenticationToken, stub);
    } catch {
      publish(failure("callback-path-taken", `window.${callback} is taken.`, "Set callback to another path."));
    }
  if (stub) {
    stub.q.forEach(answer);
    // Someone may have kept the stub's function.
    stub.q.push = /** @type {any} */ (answer);
  }

  try {
    // Back from a login.
    if (/messenger-auth:answer:/.test(`${Object.keys(sessionStorage)}`)) loadQuietly();
  } catch {}
  if (load === "eager") loadQuietly();
  else if (load !== "interaction") (window.requestIdleCallback || setTimeout)(loadQuietly);

  return [client, loadQuietly, started, text];
};
