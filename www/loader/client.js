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
/** Nearly the longest that a timer can be set to: 23 days. */
const FOREVER = 2e9;

const ignore = () => {};

/**
 * @param {any} options the integrator's, unchecked
 * @param {Assets} assets
 * @param {Stub | undefined} stub
 * @param {boolean} [attributes] whether the options are attributes
 * @returns {Widget}
 */
export const createWidget = (options, assets, stub, attributes) => {
  const given = Object(options);
  const { transport, locale, dataLayer, load } = given;
  const timeoutMs = given.timeoutMs ?? 10000;
  const signInTimeoutMs = given.signInTimeoutMs ?? 600000;
  const callback = given.callback ?? "auth.getAuthenticationToken";

  /** How each unfinished call is made to fail. @type {Set<(error: MessengerAuthError) => void>} */
  const pending = new Set();
  /** @type {Engine | undefined} */
  let engine;
  /** @type {Promise<Engine> | undefined} */
  let starting;
  /** Why nothing works any more. @type {MessengerAuthError | undefined} */
  let fatal;
  /** The sign-in window. @type {Window | null} */
  let popup = null;
  /** One that the engine does not have yet: who comes meanwhile shares it. @type {Window | null} */
  let waiting = null;
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
        `width=480,height=640,left=${screenX + (outerWidth - 480) / 2},top=${screenY + (outerHeight - 640) / 2}`,
      );
      if (popup) popup.document.title = text;
      return popup;
    },

    emit(name, detail) {
      if (name === "error") detail = typed(detail);
      tell(dispatchEvent, new CustomEvent("messenger-auth:" + name, { detail }));
      if (dataLayer)
        tell((all) => {
          // No more than that: a detail holds claims of a person. An element of that name has no `push`.
          (all[dataLayer] ??= []).push?.({ event: ("messenger-auth-" + name).replace(/-/g, "_"), code: detail?.code });
        }, /** @type {any} */ (window));
    },

    crashed() {
      fail(typed(0));
    },

    redirectUri: home === origin ? href : null,
    attributes,
  };

  /** Codes. @type {Set<string>} */
  const published = new Set();
  /** Once on the console, and as an event. @param {any} error */
  const publish = (error) => {
    if (published.has(error.code)) return;
    published.add(error.code);
    console.error(`[messenger-auth] ${error.code}: ${error.message} ${error.help}`);
    page.emit("error", error);
  };

  /** Everything fails: for now, when the files did not come, or for good. @param {any} error */
  const fail = (error) => {
    if (fatal) return;
    if (!/^(load-failed|offline|timeout)$/.test(error.code)) fatal = error;
    engine = starting = undefined;
    for (const reject of pending) reject(error);
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
      const timer = setTimeout(reject, Math.min(ms, FOREVER), failure("timeout", "No answer in time.", "Try again."));
      pending.add(reject);
      work()
        .finally(() => {
          clearTimeout(timer);
          pending.delete(reject);
        })
        .then(resolve, (thrown) => reject(typed(thrown)));
    });

  const ready = () => {
    const promise = bounded(async () => (await started).ready(), Infinity);
    promise.catch(publish);
    return promise;
  };

  const attempt = async () => {
    const glue = await fetchEngine(assets);
    // An attempt that was given up may have come first, late.
    engine ||= glue.start(options, page);
    haveStarted(engine);
    return engine;
  };

  /** Fetches and starts the engine, once; what did not come is fetched again. */
  const start = async () => {
    if (fatal) throw fatal;
    if (!starting) {
      if (published.size) client.ready = ready();
      starting = bounded(attempt, LOAD_PATIENCE);
      starting.catch(fail);
    }
    return starting;
  };

  const loadQuietly = () => {
    start().catch(ignore);
  };

  /**
   * @param {"signOut" | "getToken" | "getAuthorization" | "diagnose"} name
   * @returns {(wish?: { timeoutMs?: number; interaction?: string }) => Promise<any>}
   */
  const call = (name) => (wish) =>
    bounded(
      async () => (await start())[name](wish),
      +(wish?.timeoutMs || ((wish?.interaction || "none") === "none" ? timeoutMs : signInTimeoutMs)) + GRACE,
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
    ready: ready(),

    signIn(wish) {
      /** @type {Window | null} */
      let fresh = null;
      return bounded(async () => {
        // Up to the first `await` this is still the person's click.
        if (!fatal && (wish?.transport || transport) !== "page") {
          if (engine && !waiting ? engine.wantsWindow(wish) : popup?.closed !== false) fresh = waiting = page.open();
          else popup?.focus();
        }
        const ours = await start();
        const handed = fresh;
        fresh = waiting = null;
        return ours.signIn(wish, handed);
      }, +signInTimeoutMs + GRACE).finally(() => {
        fresh?.close();
        waiting = null;
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

  try {
    reserve(callback, client.getAuthenticationToken, stub);
  } catch {
    publish(failure("callback-path-taken", `window.${callback} is taken.`, "Set another callback."));
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
