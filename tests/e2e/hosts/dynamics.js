/**
 * Dynamics 365 Omnichannel around a page: a stand-in for the loader that a site pastes, the frame in which Microsoft's own code runs,
 * and a stand-in for Microsoft's servers, which checks every JWT as its settings say.
 */

import { importSPKI, jwtVerify } from 'jose';
import { microsoft } from './dynamics-bundle.js';

export const CHAT = 'https://chat.example.net';
const ORGANISATION = 'https://org.example.org';
const MESSAGES = 'https://messages.example.net';

/** What a site pastes. */
export const chatLoader = `<script id="Microsoft_Omnichannel_LCWidget" src="${CHAT}/LiveChatBootstrapper.js"></script>`;

/**
 * The loader: listens to its frame, and calls the function that the settings name. Runs in the page, as text.
 *
 * `frame` is the frame's address; `sdk` whether it has the SDK object from the beginning, at `lcw:ready` or never; `reads` whether it
 * waits for the token that a provider gives, or, as older ones did, reads it while it calls.
 */
export function loader({ frame, sdk, reads }) {
  const story = { authTokens: [], provider: undefined, removed: 0, set: 0, errors: [] };
  globalThis.__chat = story;
  const fail = (errorCode, errorDescription) => {
    story.errors.push(errorCode);
    dispatchEvent(new CustomEvent('lcw:error', { detail: { errorCode, errorDescription } }));
  };
  story.fail = fail;

  /** By dotted name from `window`, detached; the first answer and the later ones are all sent. */
  const request = (functionFullName, answer) => {
    const found = functionFullName.split('.').reduce((place, name) => place?.[name], globalThis);
    if (typeof found !== 'function') return fail(8, `${functionFullName} is not on the page`);
    found((token) => {
      story.authTokens.push(token);
      if (token === null) fail(3, 'no token');
      answer(token);
    });
  };
  story.request = (name) => new Promise((resolve) => { request(name, resolve); });
  addEventListener('message', ({ data, source, origin }) => {
    if (origin !== new URL(frame).origin || data?.messageName !== 'authTokenRequest') return;
    request(data.functionFullName, (authToken) => source.postMessage({ messageName: 'authTokenResponse', authToken }, origin));
  });

  const theSdk = {
    setAuthTokenProvider(...given) {
      if (given.length !== 1 || typeof given[0] !== 'function') throw new Error('setAuthTokenProvider takes one function');
      if (this !== theSdk) throw new Error('setAuthTokenProvider is a method');
      story.set += 1;
      story.provider = given[0];
    },
    getAuthTokenProvider: () => story.provider,
    removeAuthTokenProvider: () => {
      story.removed += 1;
      story.provider = undefined;
    },
    startChat: () => new Promise((resolve) => {
      if (!story.provider) return resolve(null);
      let now = null;
      story.provider((token) => {
        now = token;
        if (reads === 'later') resolve(token);
      });
      if (reads === 'at-once') resolve(now);
    }),
  };
  story.ready = () => {
    (globalThis.Microsoft ??= {}).Omnichannel = { LiveChatWidget: { SDK: theSdk } };
    dispatchEvent(new CustomEvent('lcw:ready'));
  };
  if (sdk === 'at-once') story.ready();

  story.open = () => new Promise((resolve) => {
    const element = document.createElement('iframe');
    element.src = frame;
    element.title = 'chat';
    element.onload = () => resolve();
    document.body.append(element);
  });
}

/**
 * The frame's own script: Microsoft's SDK, and around it the widget's facade, which asks for a token before each call that needs one
 * and has its own ideas about when to ask again.
 */
function frameScript({ organisation, functionName }) {
  const { OmnichannelChatSDK, FacadeChatSDK, BroadcastServiceInitialize, BroadcastService, getAuthClientFunction } = globalThis.microsoft;
  const chatConfig = { LiveChatConfigAuthSettings: { msdyn_javascriptclientfunction: functionName } };
  const story = { asked: 0, errors: [] };
  globalThis.__widget = story;
  BroadcastServiceInitialize('widget');
  BroadcastService.getMessageByEventName('OnWidgetError').subscribe(({ payload }) => story.errors.push(payload.errorMessage));

  /** What a page gives the widget as `getAuthToken`: here it asks the loader, over to the page. */
  const getAuthToken = (functionFullName) => new Promise((resolve) => {
    story.asked += 1;
    const hear = ({ data, source }) => {
      if (source !== parent || data?.messageName !== 'authTokenResponse') return;
      removeEventListener('message', hear);
      resolve(data.authToken);
    };
    addEventListener('message', hear);
    parent.postMessage({ messageName: 'authTokenRequest', functionFullName }, '*');
  });

  const chatSDK = new OmnichannelChatSDK({ orgUrl: organisation, orgId: 'org', widgetId: 'widget' }, { telemetry: { disable: true } });
  const facade = new FacadeChatSDK({ chatSDK, chatConfig, getAuthToken, isAuthenticated: Boolean(getAuthClientFunction(chatConfig)), isSDKMocked: false }, false);
  story.call = (name, ...given) => facade[name](...given).then((value) => ({ value }), (fault) => ({ message: fault.message }));
  story.token = () => facade.token;
  story.isExpired = () => facade.isTokenExpired();
}

/** Checks a JWT as the servers do: RS256, by the key at the address in the settings, with the claims that are required. Gives the claims. */
export async function check(jwt, publicKey) {
  const pem = await fetch(publicKey).then((answer) => answer.text());
  const { payload } = await jwtVerify(jwt, await importSPKI(pem, 'RS256'), { algorithms: ['RS256'], requiredClaims: ['iss', 'iat', 'exp', 'sub'] });
  return payload;
}

/**
 * Puts Microsoft's servers around the pages of a context. Nothing of it leaves the machine.
 *
 * @param {import('playwright-core').BrowserContext} context
 * @param {object} options
 * @param {string} options.publicKey address of the public key, as in the authentication settings
 * @param {string} [options.functionName] the JavaScript client function, as in the authentication settings
 * @param {'at-once' | 'later'} [options.sdk]
 * @param {'later' | 'at-once'} [options.reads]
 */
export async function microsoftServers(context, { publicKey, functionName = 'auth.getAuthenticationToken', sdk = 'later', reads = 'later' }) {
  const frame = `${CHAT}/widget.html`;
  const calls = [];
  const strangers = [];

  const script = async () => `${await microsoft()};(${frameScript})(${JSON.stringify({ organisation: ORGANISATION, functionName })});`;
  const html = (body) => ({ contentType: 'text/html', body: `<!doctype html><meta charset="utf-8"><title>Chat</title>${body}` });
  const cors = { 'Access-Control-Allow-Origin': CHAT, 'Access-Control-Allow-Headers': '*', 'Access-Control-Expose-Headers': '*', 'Access-Control-Allow-Methods': '*' };
  const acsToken = `${part({ alg: 'none' })}.${part({ exp: Math.floor(Date.now() / 1000) + 86_400, skypeid: 'acs:visitor' })}.x`;

  const service = async (request) => {
    const { pathname } = new URL(request.url());
    const jwt = request.headers().authenticatedusertoken;
    const call = { path: pathname, jwt };
    calls.push(call);
    if (pathname.startsWith('/livechatconnector/config/')) {
      return { json: {
        LiveChatVersion: 2,
        LiveChatConfigAuthSettings: { msdyn_javascriptclientfunction: functionName },
        LiveWSAndLiveChatEngJoin: { msdyn_conversationmode: '192350000' },
        DataMaskingInfo: { setting: { msdyn_maskforcustomer: false } },
        ChatWidgetLanguage: { msdyn_localeid: '1033' },
      } };
    }
    try {
      call.claims = await check(jwt, publicKey);
    } catch (fault) {
      call.refused = fault.code;
      return { status: 401, headers: { errorcode: '2' }, json: {} };
    }
    if (pathname.endsWith('/conversation')) {
      return { json: { ChatId: '19:chat', Token: acsToken, RegionGtms: '{}', ExpiresIn: '86400', VisitorId: 'visitor', ACSEndpoint: MESSAGES } };
    }
    if (pathname.includes('getliveworkitemdetails')) return { json: { State: 'Active', ConversationId: 'conversation' } };
    return { json: {} };
  };

  await context.route((url) => url.hostname !== 'localhost', async (route) => {
    const request = route.request();
    const url = request.url();
    if (url === `${CHAT}/LiveChatBootstrapper.js`) return route.fulfill({ contentType: 'text/javascript', body: `(${loader})(${JSON.stringify({ frame, sdk, reads })});` });
    if (url === frame) return route.fulfill(html('<script src="widget.js"></script>'));
    if (url === `${CHAT}/widget.js`) return route.fulfill({ contentType: 'text/javascript', body: await script() });
    if (request.method() === 'OPTIONS') return route.fulfill({ status: 204, headers: cors });
    if (url.startsWith(ORGANISATION)) {
      const { headers, ...answer } = await service(request);
      return route.fulfill({ ...answer, headers: { ...cors, ...headers } });
    }
    if (url.startsWith(`${MESSAGES}/chat/config/`)) return route.fulfill({ headers: cors, json: { trouterServiceUrl: MESSAGES, registrarServiceUrl: MESSAGES, cloudType: 'public' } });
    // A long poll for messages that never come.
    if (url.startsWith(MESSAGES)) return undefined;
    strangers.push(url);
    return route.abort();
  });

  return {
    /** Requests to the organisation's service: `{ path, jwt, claims, refused }`. */
    calls,
    /** Addresses that nothing here answers for. */
    strangers,
    /** The frame that Microsoft's code runs in; opened by a visitor's click. */
    open: async (page) => {
      await page.evaluate(() => globalThis.__chat.open());
      return page.frames().find((one) => one.url() === frame);
    },
  };
}

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
