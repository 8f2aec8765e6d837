// `window.MessengerAuth`: one per page, whoever comes first.

import { createWidget } from "./client.js";
import { defineElement } from "./element.js";
import { failure, MessengerAuthError } from "./error.js";

/** The same for the same options, in whatever order they stand; functions are not compared. @param {any} options */
const canonical = (options) => {
  /** @type {string[]} */
  const keys = [];
  try {
    JSON.stringify(options, (key, value) => (keys.push(key), value));
    return JSON.stringify(options, keys.sort());
  } catch {
    // The engine refuses what cannot be written down.
  }
};

/**
 * @param {Assets} assets
 * @param {object} attributes options to begin with at once, unless the snippet has left others
 * @returns {Api} the page's own: ours, or the one that was here before
 */
export const attach = (assets, attributes) => {
  /** @type {string | undefined} */
  let given;
  /** @type {(widget: Widget) => void} */
  let arrive;

  /** @type {Api} */
  let api = {
    version: __VERSION__,
    q: 1,
    client: null,
    MessengerAuthError,
    init(options, attributes) {
      const asked = canonical(options);
      if (!api.client) {
        given = asked;
        const widget = createWidget(options, assets, stub, attributes);
        [api.client] = widget;
        arrive(widget);
      } else if (asked !== given)
        throw failure("already-initialised", "The client has other options.", "Use MessengerAuth.client.");
      return api.client;
    },
  };

  /** @param {any} options that were attributes */
  const begin = (options) => {
    if (!api.client && (options.issuer || options.clientId)) api.init(options, true);
  };

  /** @type {Promise<Widget>} */
  const arrival = new Promise((resolve) => {
    arrive = resolve;
  });
  // Neither an element of that name nor an accessor counts.
  const found = Object.getOwnPropertyDescriptor(window, "MessengerAuth")?.value;
  /** @type {Stub | undefined} */
  const stub = found?.o && found;
  if (found?.init) {
    console.info(`[messenger-auth] ${found.version} is here already.`);
    api = found;
    begin(attributes);
  } else {
    // Unlike an assignment it never throws: a page that has locked the name does without.
    Reflect.set(window, "MessengerAuth", api);
    if (stub) api.init(stub.o);
    begin(attributes);
    defineElement(begin, arrival);
  }
  return api;
};
