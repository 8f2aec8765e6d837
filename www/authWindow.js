// The redirect URI's script: hands the issuer's answer to the page that asked for it, and to nobody else.

const address = location.href;
// No code and no token stays in the address, whatever comes next.
history.replaceState(null, "", location.pathname);

const { search, hash, origin: home } = new URL(address);
/** @param {string} part */
const stateIn = (part) => new URLSearchParams(part.slice(1)).get("state");
const state = stateIn(search) || stateIn(hash) || "";

/** Where page mode left from. Only the page itself can have written it there. */
const RETURN = "messenger-auth:return:";

/** Page mode: back to where the person was. @param {string | undefined} key */
const goBack = (key) => {
  const back = key && sessionStorage.getItem(key);
  if (!key || !back || !back.startsWith(home + "/")) return false;
  sessionStorage.removeItem(key);
  sessionStorage.setItem("messenger-auth:answer:" + state, address);
  location.replace(back);
  return true;
};

/** For the person who still sees this window. */
const show = () => {
  const sentence =
    /** @type {HTMLElement | null} */ (document.querySelector(`p[lang="${navigator.language.slice(0, 2)}"]`)) ||
    /** @type {HTMLElement} */ (document.querySelector("p"));
  sentence.hidden = false;
  document.documentElement.lang = sentence.lang;
  document.title = sentence.innerText;
};

/** Popup and hidden frame: to the window that opened this one, and to whoever waits for this very state. */
const handOver = () => {
  const partner = opener || (parent !== window && parent);
  const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=messenger-auth-origins]"));
  const origins = [home, ...((meta && meta.content.match(/https?:\/\/[^\s/]+/g)) || [])];
  const channel = new BroadcastChannel("messenger-auth:" + state);
  const message = { messengerAuth: "answer", url: address };

  /** @param {MessageEvent} event */
  const hear = ({ data }) => {
    if (data && data.messengerAuth === "received") close();
  };
  channel.onmessage = hear;
  onmessage = (event) => {
    if (event.source === partner && origins.includes(event.origin)) hear(event);
  };

  if (state) channel.postMessage(message);
  if (partner) for (const target of origins) partner.postMessage(message, target);

  setTimeout(() => {
    // A page-mode login whose answer came back with another state: the page shall say so.
    if (partner || !goBack(Object.keys(sessionStorage).find((key) => key.startsWith(RETURN)))) show();
  }, 1500);
};

try {
  if (!search && !hash) show();
  else if (!goBack(RETURN + state)) handOver();
} catch {
  // Storage or channel are forbidden here.
  show();
}
