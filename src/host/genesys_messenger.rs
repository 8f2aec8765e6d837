//! Genesys Messenger: the page's `AuthProvider` plugin.
//!
//! Genesys's servers redeem the code with their own secret; it is never redeemed here, and none is
//! handed out twice. The function `Genesys` is looked up at each call: the messenger replaces it
//! when it has loaded. The commands' functions are the loader's: they answer whatever becomes of us.

use std::{
    cell::{Cell, RefCell},
    pin::pin,
    rc::Rc,
};

use js_sys::{Array, Function, Object, Reflect};
use protocol::{
    Error, Fault, client::ResponseType, config::HandOver, json::Value, login::Authorization,
    secret::Secret, session::TokenKind,
};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use super::{Lender, function, text};
use crate::{
    browser::{
        bell::Signal,
        event::callback,
        json,
        task::{race, spawn},
        timer,
    },
    deadline::Deadline,
    session::{Event, Interaction, SignOut, Visitor},
};

/// The messenger's snippet may come long after us, when the visitor has consented to it: how often it is
/// looked for, with at most so many milliseconds in between. Half an hour in all.
const LOOKS: u32 = 900;
const LONGEST_WAIT: u32 = 2_000;

/// How long the messenger may take to end its session, in milliseconds.
const LOGOUT_TIMEOUT: u32 = 3_000;

/// What `Auth`, the messenger's own plugin, tells.
const EVENTS: [&str; 13] = [
    "Auth.ready",
    "Auth.authenticating",
    "Auth.authenticated",
    "Auth.loggedOut",
    "Auth.authError",
    "Auth.error",
    "Auth.tokenError",
    "Auth.authProviderError",
    "Auth.logoutError",
    "Auth.signInAvailable",
    "Auth.signingIn",
    "Auth.signedIn",
    "Auth.signInFailed",
];

#[wasm_bindgen]
extern "C" {
    /// What the messenger hands to a plugin.
    #[derive(Clone)]
    type Plugin;

    #[wasm_bindgen(method, catch, js_name = registerCommand)]
    fn register_command(this: &Plugin, name: &str, run: &Function) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn publish(this: &Plugin, name: &str, data: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn ready(this: &Plugin) -> Result<JsValue, JsValue>;
}

thread_local! {
    /// The messenger has asked in vain: it is to be told when somebody signs in.
    static WAITS: Cell<bool> = const { Cell::new(false) };
    /// Our plugin, once the messenger has taken it: it is there, and not only its snippet.
    static PLUGIN: RefCell<Option<Plugin>> = const { RefCell::new(None) };
    /// We are the ones who sign out.
    static LEAVING: Cell<bool> = const { Cell::new(false) };
}

/// Registers the plugin as soon as the messenger's snippet is there.
pub(super) fn attach(visitor: &'static Visitor, lender: Lender) {
    spawn(async move {
        let mut wait = 40;
        for _ in 0..LOOKS {
            if register(visitor, lender.clone()) {
                return;
            }
            timer::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        note(
            visitor,
            "window.Genesys never came: the messenger's snippet is not on the page",
        );
    });
}

/// A person who has signed in at our own button is made known to a messenger that has asked.
pub(super) fn tell(event: &Event) {
    if matches!(event, Event::SignedIn) && WAITS.take() {
        let _ = genesys(&["command".into(), "Auth.reAuthenticate".into()]);
    }
}

/// `Auth.logout`, where there is a messenger.
pub(super) async fn end_session(visitor: &'static Visitor) {
    if PLUGIN.with_borrow(Option::is_none) || LEAVING.get() {
        return;
    }
    let done = Rc::new(Signal::default());
    let answered = |outcome: &'static str| {
        let done = Rc::clone(&done);
        callback(move |_| {
            note(visitor, outcome);
            done.give();
        })
    };
    LEAVING.set(true);
    let logout = genesys(&[
        "command".into(),
        "Auth.logout".into(),
        Object::new().into(),
        answered("Auth.logout: done").into(),
        answered("Auth.logout: refused").into(),
    ]);
    if let Some(Ok(_)) = logout {
        race(pin!(done.given()), pin!(timer::sleep(LOGOUT_TIMEOUT))).await;
    }
    LEAVING.set(false);
}

/// Whether there was somebody to register with.
fn register(visitor: &'static Visitor, lender: Lender) -> bool {
    let plugin = callback(move |plugin| {
        if begin(visitor, &lender, plugin.unchecked_into()).is_err() {
            refused(visitor);
        }
    });
    match genesys(&[
        "registerPlugin".into(),
        "AuthProvider".into(),
        plugin.into(),
    ]) {
        None => false,
        Some(Ok(_)) => true,
        Some(Err(_)) => {
            refused(visitor);
            true
        }
    }
}

fn refused(visitor: &'static Visitor) {
    const WHY: &str =
        "Genesys refused the plugin AuthProvider: another script on the page has registered one";
    visitor.warn(WHY);
    fail(visitor, WHY);
}

fn begin(visitor: &'static Visitor, lender: &Lender, plugin: Plugin) -> Result<(), JsValue> {
    for name in ["getAuthCode", "reAuthenticate", "signIn", "logoutOIDC"] {
        plugin.register_command(name, &lender.command(name))?;
    }
    for name in EVENTS {
        let heard = callback(move |event| hear(visitor, name, &event));
        let _ = genesys(&["subscribe".into(), name.into(), heard.into()]);
    }
    plugin.ready()?;
    PLUGIN.set(Some(plugin));
    note(visitor, "AuthProvider is registered");
    Ok(())
}

/// Carries a command out that the messenger has given.
pub(super) async fn command(
    visitor: &'static Visitor,
    name: &str,
    data: &JsValue,
) -> Result<JsValue, Error> {
    if name == "logoutOIDC" {
        visitor.sign_out(SignOut::AtIssuer, None).await?;
        return Ok(JsValue::UNDEFINED);
    }
    WAITS.set(false);
    let result = match name {
        "getAuthCode" => get_auth_code(visitor, data).await,
        "reAuthenticate" => re_authenticate(visitor).await,
        _ => sign_in(visitor).await,
    };
    // Whatever stood in the way: whoever signs in later is made known.
    WAITS.set(WAITS.get() || result.is_err());
    result
}

async fn get_auth_code(visitor: &'static Visitor, data: &JsValue) -> Result<JsValue, Error> {
    let is_update = Reflect::get(data, &"forceUpdate".into()).is_ok_and(|force| force.is_truthy());
    if !is_update {
        return proof(visitor).await;
    }
    // Who signs in now is made known when that is done.
    WAITS.set(true);
    spawn(async move { drop(sign_in_anew(visitor).await) });
    Ok(JsValue::UNDEFINED)
}

/// The messenger's own session is dead. It asks for the new code by itself, once this is done.
async fn re_authenticate(visitor: &'static Visitor) -> Result<JsValue, Error> {
    let renewed = if !is_code_flow(visitor) {
        id_token(visitor).await.map(drop)
    } else if visitor.has_authorization() {
        Ok(())
    } else {
        code(visitor)
            .await
            .map(|authorization| visitor.keep_authorization(authorization))
    };
    match renewed {
        Err(error) if error.asks_for_person() => sign_in_anew(visitor).await?,
        result => result?,
    }
    Ok(JsValue::UNDEFINED)
}

/// A conversation that began without a name gets one.
async fn sign_in(visitor: &'static Visitor) -> Result<JsValue, Error> {
    let mut result = proof(visitor).await;
    if let Err(error) = &result
        && error.asks_for_person()
    {
        result = match sign_in_anew(visitor).await {
            Ok(()) => proof(visitor).await,
            Err(error) => Err(error),
        };
    }
    // Without the one or the other the messenger's window waits for ever.
    if let Some(plugin) = PLUGIN.with_borrow(Clone::clone) {
        let _ = match &result {
            Ok(proof) => plugin.publish("signedIn", proof),
            Err(error) => plugin.publish("signInFailed", &error.message().into()),
        };
    }
    result
}

/// What `getAuthCode` resolves: a code that nobody has seen, or an ID token.
async fn proof(visitor: &'static Visitor) -> Result<JsValue, Error> {
    let client = &visitor.config.client;
    let mut members: Vec<(&str, Value)> = Vec::new();
    if is_code_flow(visitor) {
        let authorization = code(visitor).await?;
        let verifier = authorization.code_verifier.as_ref();
        members.push(("authCode", authorization.code.expose().into()));
        members.push(("codeVerifier", verifier.map(Secret::expose).into()));
        members.push(("nonce", authorization.nonce.into()));
        members.push(("iss", authorization.iss.into()));
    } else {
        let token = id_token(visitor).await?;
        let nonce = visitor.with_session(|session| session?.nonce().map(str::to_owned));
        members.push(("idToken", token.expose().into()));
        members.push(("nonce", nonce.into()));
    }
    members.push(("redirectUri", client.redirect_uri.as_str().into()));
    members.push(("maxAge", client.max_age.into()));
    Ok(json::present(members))
}

fn is_code_flow(visitor: &Visitor) -> bool {
    visitor.config.client.response_type == ResponseType::Code
}

async fn code(visitor: &'static Visitor) -> Result<Authorization, Error> {
    let deadline = Deadline::after(visitor.config.timeout_ms);
    visitor.authorization(Interaction::None, deadline).await
}

async fn id_token(visitor: &'static Visitor) -> Result<Secret, Error> {
    let deadline = Deadline::after(visitor.config.timeout_ms);
    let what = HandOver::Token(TokenKind::IdToken);
    let min_ttl = visitor.config.min_ttl;
    visitor
        .token(what, min_ttl, Interaction::None, deadline)
        .await
}

async fn sign_in_anew(visitor: &'static Visitor) -> Result<(), Error> {
    let mut wish = visitor.plain_wish(visitor.config.transport);
    if is_code_flow(visitor) {
        wish.redemption = visitor.config.host.redemption();
    }
    let deadline = Deadline::after(visitor.config.sign_in_timeout_ms);
    visitor.sign_in_for(wish, deadline).await
}

/// What the messenger tells of its own part. Its tokens stay with it.
fn hear(visitor: &'static Visitor, name: &'static str, event: &JsValue) {
    let data = Reflect::get(event, &"data".into()).unwrap_or_default();
    let message = text(&data, "message").or_else(|| text(&data, "statusText"));
    let outcome = message.as_deref().unwrap_or("heard");
    visitor.driver.journal.note(name, outcome);
    // What had been before we came is told without its whole name: it is no news.
    if text(event, "eventName").is_none() {
        return;
    }
    visitor.tell(&Event::Host(name, message.clone()));
    match name {
        "Auth.loggedOut" if !LEAVING.get() => {
            LEAVING.set(true);
            spawn(async move {
                drop(visitor.sign_out(SignOut::Here, None).await);
                LEAVING.set(false);
            });
        }
        "Auth.error" | "Auth.tokenError" | "Auth.authProviderError" | "Auth.logoutError" => {
            fail(visitor, &[name, ": ", outcome].concat());
        }
        _ => {}
    }
}

fn fail(visitor: &'static Visitor, detail: &str) {
    note(visitor, detail);
    visitor.tell(&Event::Error(
        Fault::Messenger {
            detail: detail.to_owned(),
        }
        .into(),
    ));
}

fn note(visitor: &Visitor, outcome: &str) {
    visitor.driver.journal.note("Genesys Messenger", outcome);
}

/// Calls `Genesys`, where it is.
fn genesys(arguments: &[JsValue]) -> Option<Result<JsValue, JsValue>> {
    let genesys: Function = function(&["Genesys"])?;
    let arguments: Array = arguments.iter().collect();
    Some(genesys.apply(&JsValue::UNDEFINED, &arguments))
}
