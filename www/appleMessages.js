// The redirect page of Apple Messages for Business: sends the login's answer on to the messaging service, and nowhere else.

import { show } from "./sentence.js";

const answered = location.search;
// No code stays in the address, whatever comes next.
history.replaceState(null, "", location.origin + location.pathname);

/** What the service expects, and all that it is sent. */
const NAMES = ["code", "state", "error", "error_description"];

/** @param {string} text an address, or what should be one */
const parsed = (text) => {
  try {
    return new URL(text);
  } catch {
    return null;
  }
};

const forward = () => {
  const meta = document.querySelector("meta[name=messenger-auth-service]");
  const service = parsed((meta instanceof HTMLMetaElement && meta.content) || "");
  if (!service || service.protocol !== "https:" || service.username || service.password) return false;
  const given = new URLSearchParams(answered);
  const answer = NAMES.filter((name) => given.has(name));
  // One answer: a code or an error, of one login, each part of it once.
  if (!given.get("state") || given.has("code") === given.has("error") || answer.some((name) => given.getAll(name).length > 1)) return false;
  for (const name of answer) service.searchParams.set(name, /** @type {string} */ (given.get(name)));
  location.replace(service.href);
  return true;
};

if (!forward()) show();
