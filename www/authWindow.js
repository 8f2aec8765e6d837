// The redirect URI's script: hands the issuer's answer to the page that asked for it, and to nobody else.

import { show } from "./sentence.js";

const address = location.href;
// No code and no token stays in the address, whatever comes next.
history.replaceState(null, "", location.origin + location.pathname);

const { search, hash, origin: home } = new URL(address);
/** @param {string} part */
const stateIn = (part) => new URLSearchParams(part.slice(1)).get("state");
const state = stateIn(search) || stateIn(hash) || "";

/** Where page mode left from. Only the page itself can have written it there. */
const RETURN = "messenger-auth:return:";

/** Page mode: back to where the person was. @param {(key: string) => boolean} isIt whether the way back is kept there */
const goBack = (isIt) => {
  try {
    const key = Object.keys(sessionStorage).find(isIt);
    const back = key && sessionStorage.getItem(key);
    if (!back || !back.startsWith(home + "/")) return false;
    sessionStorage.removeItem(key);
    sessionStorage.setItem("messenger-auth:answer:" + state, address);
    location.replace(back);
    return true;
  } catch {
    // Storage is forbidden here: then page mode did not leave from here.
    return false;
  }
};

/** Popup and hidden frame: to the window that opened this one, and to whoever waits for this very state. */
const handOver = () => {
  const partner = opener || (parent !== window && parent);
  const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=messenger-auth-origins]"));
  const origins = [home, ...((meta && meta.content.match(/https?:\/\/[^\s/]+/g)) || [])];
  const message = { messengerAuth: "answer", url: address };

  /** @param {MessageEvent} event */
  const hear = ({ data }) => {
    if (data && data.messengerAuth === "received") close();
  };
  onmessage = (event) => {
    if (event.source === partner && origins.includes(event.origin)) hear(event);
  };

  if (state)
    try {
      const channel = new BroadcastChannel("messenger-auth:" + state);
      channel.onmessage = hear;
      channel.postMessage(message);
    } catch {
      // Forbidden as well.
    }
  if (partner) for (const target of origins) partner.postMessage(message, target);

  setTimeout(() => {
    // A page-mode login whose answer came back with another state: the page shall say so.
    if (partner || !goBack((key) => key.startsWith(RETURN))) show();
  }, 1500);
};

if (!search && !hash) show();
else if (!goBack((key) => key === RETURN + state)) handOver();
