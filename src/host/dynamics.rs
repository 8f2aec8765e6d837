//! Dynamics 365 Omnichannel: what its live chat expects beside the JavaScript client function.
//!
//! The chat's SDK is fed as soon as it is there and somebody is signed in. Older loaders read the
//! token while they call: one in hand is given at once.

use std::cell::{Cell, RefCell};

use js_sys::{Function, Reflect};
use protocol::{Error, config::HandOver, omnichannel, secret::Secret};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CustomEvent;

use super::{Lender, look_up, text};
use crate::{
    browser::{event::Listener, task::spawn, timer},
    deadline::Deadline,
    session::{Event, Interaction, Visitor},
};

/// What the chat calls its faults (`lcw:error`).
const FAULTS: [(f64, &str); 4] = [
    (2.0, "the function that gives the token failed"),
    (3.0, "the function gave no token: nobody was signed in"),
    (
        4.0,
        "the token was refused: compare its claims and its key with the authentication settings",
    ),
    (
        8.0,
        "the function is not on the page: its name in the authentication settings must be that of the option callback",
    ),
];

/// How often is looked whether the site's JWT is still good for a while, in milliseconds.
const ROUND: u32 = 15_000;

thread_local! {
    /// Whether the SDK has our function.
    static IS_FED: Cell<bool> = const { Cell::new(false) };
    /// Whose function that is.
    static LENDER: RefCell<Option<Lender>> = const { RefCell::new(None) };
    /// What has been warned of.
    static WARNED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Listens for the chat.
pub(super) fn attach(visitor: &'static Visitor, lender: Lender) {
    LENDER.set(Some(lender));
    let ready = Listener::on_page("lcw:ready", move |_| {
        IS_FED.set(false);
        feed(visitor);
    });
    let failed = Listener::on_page("lcw:error", move |event| {
        if let Some(event) = event.dyn_ref::<CustomEvent>() {
            hear(visitor, &event.detail());
        }
    });
    ready.keep();
    failed.keep();
}

/// Follows who is signed in.
pub(super) fn tell(visitor: &'static Visitor, event: &Event) {
    match event {
        Event::SignedIn | Event::Renewed | Event::Ready => feed(visitor),
        Event::SignedOut(_) if IS_FED.replace(false) => {
            let _ = call_sdk("removeAuthTokenProvider", &JsValue::UNDEFINED);
        }
        _ => {}
    }
}

/// Warns, once each, of what Dynamics would refuse a token for.
pub(super) fn inspect(visitor: &Visitor, token: &Secret) {
    for objection in omnichannel::objections(token) {
        let is_new = WARNED.with_borrow_mut(|warned| {
            let is_new = !warned.contains(&objection);
            if is_new {
                warned.push(objection);
            }
            is_new
        });
        if is_new {
            visitor.driver.journal.note("Dynamics", objection);
            visitor.warn(objection);
        }
    }
}

/// Gets a token in hand for the SDK, and gives the SDK our function unless it has it.
fn feed(visitor: &'static Visitor) {
    let config = &visitor.config;
    if config.hand_over == HandOver::Code || sdk().is_none() || !visitor.is_signed_in() {
        return;
    }
    spawn(async move {
        let Ok(token) = obtain(visitor, config.min_ttl).await else {
            return;
        };
        inspect(visitor, &token);
        if IS_FED.get() {
            return;
        }
        let provider = LENDER.with_borrow(|lender| lender.as_ref().map(Lender::provide));
        let fed = provider.is_some_and(|ours| call_sdk("setAuthTokenProvider", &ours));
        IS_FED.set(fed);
        let outcome = if fed {
            "setAuthTokenProvider has the function"
        } else {
            "setAuthTokenProvider refused the function"
        };
        visitor.driver.journal.note("Dynamics", outcome);
        // The session's own tokens are renewed ahead of time anyway; the site's JWT is here.
        let runs_out =
            config.hand_over == HandOver::TokenUrl && visitor.in_hand(config.min_ttl).is_some();
        while runs_out && IS_FED.get() {
            timer::sleep(ROUND).await;
            if IS_FED.get() {
                drop(obtain(visitor, config.min_ttl + 2 * ROUND / 1000).await);
            }
        }
    });
}

async fn obtain(visitor: &'static Visitor, min_ttl: u32) -> Result<Secret, Error> {
    let config = &visitor.config;
    let deadline = Deadline::after(config.timeout_ms);
    let nobody = Interaction::None;
    visitor
        .token(config.hand_over, min_ttl, nobody, deadline)
        .await
}

fn hear(visitor: &Visitor, detail: &JsValue) {
    let code = Reflect::get(detail, &"errorCode".into()).unwrap_or_default();
    let code = code.as_f64().or_else(|| {
        code.as_string()
            .and_then(|text| protocol::json::read(text.as_bytes())?.as_f64())
    });
    let known = FAULTS.iter().find(|(number, _)| code == Some(*number));
    let outcome = match known {
        Some((_, meaning)) => (*meaning).to_owned(),
        None => text(detail, "errorDescription").unwrap_or_else(|| "an error of its own".into()),
    };
    visitor.driver.journal.note("lcw:error", &outcome);
    visitor.tell(&Event::Host("lcw:error", Some(outcome)));
}

fn sdk() -> Option<JsValue> {
    look_up(&["Microsoft", "Omnichannel", "LiveChatWidget", "SDK"])
}

/// Whether it was there, and took it.
fn call_sdk(method: &str, argument: &JsValue) -> bool {
    let Some(sdk) = sdk() else {
        return false;
    };
    let method = Reflect::get(&sdk, &method.into()).unwrap_or_default();
    method
        .dyn_ref::<Function>()
        .is_some_and(|method| method.call1(&sdk, argument).is_ok())
}
