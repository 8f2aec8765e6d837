//! Who receives the result: the messenger of the site.
//!
//! The callback that every messenger can ask through is the loader's. Here is what a messenger
//! expects beside it.

mod dynamics;
mod genesys_embeddable;
mod genesys_messenger;

use js_sys::{Function, Reflect};
use protocol::{
    Error,
    config::{HandOver, Host},
    error::one_line,
    secret::Secret,
    session::TokenKind,
};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use crate::{
    browser::json,
    deadline::Deadline,
    session::{Event, Visitor},
};

#[wasm_bindgen]
extern "C" {
    /// The loader, which has functions for a messenger to keep: they answer whatever becomes of us.
    #[derive(Clone)]
    pub(crate) type Lender;

    /// Gives its callback a token, while it is called where one is in hand.
    #[wasm_bindgen(method, getter)]
    fn provide(this: &Lender) -> Function;

    /// Has a command carried out, then resolves or rejects it.
    #[wasm_bindgen(method)]
    fn command(this: &Lender, name: &str) -> Function;
}

/// Begins to serve the messenger.
pub(crate) fn attach(visitor: &'static Visitor, lender: Lender) {
    match visitor.config.host {
        Host::Page | Host::GenesysEmbeddable => {}
        Host::Dynamics => dynamics::attach(visitor, lender),
        Host::GenesysMessenger => genesys_messenger::attach(visitor, lender),
    }
}

/// Carries a command of the messenger's out.
pub(crate) async fn command(
    visitor: &'static Visitor,
    name: &str,
    data: &JsValue,
) -> Result<JsValue, Error> {
    genesys_messenger::command(visitor, name, data).await
}

/// Tells the messenger what the page's listeners are told.
pub(crate) fn tell(visitor: &'static Visitor, event: &Event) {
    match visitor.config.host {
        Host::Page | Host::GenesysEmbeddable => {}
        Host::Dynamics => dynamics::tell(visitor, event),
        Host::GenesysMessenger => genesys_messenger::tell(event),
    }
}

/// Ends the messenger's own session: after ours, before the issuer's.
pub(crate) async fn end_session(visitor: &'static Visitor) {
    if visitor.config.host == Host::GenesysMessenger {
        genesys_messenger::end_session(visitor).await;
    }
}

/// The token that the messenger itself has of the person, where it gives one.
pub(crate) async fn token(visitor: &Visitor, what: HandOver, deadline: Deadline) -> Option<Secret> {
    let is_its_own = visitor.config.host == Host::GenesysEmbeddable
        && what == HandOver::Token(TokenKind::AccessToken);
    if !is_its_own {
        return None;
    }
    genesys_embeddable::agent_token(visitor, deadline).await
}

/// Looks at a token that is about to be handed over, for what the messenger would refuse it for.
pub(crate) fn inspect(visitor: &Visitor, token: &Secret) {
    if visitor.config.host == Host::Dynamics && visitor.config.hand_over != HandOver::Code {
        dynamics::inspect(visitor, token);
    }
}

/// A function or an object at a path of the page's; none where anything else stands on the way.
fn look_up(path: &[&str]) -> Option<JsValue> {
    let mut value: JsValue = js_sys::global().into();
    for name in path {
        value = member(&value, name)?;
    }
    Some(value)
}

fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    // An element of the page with that name is not what is meant.
    let is_element = value.dyn_ref::<web_sys::Element>().is_some();
    (!is_element && (value.is_object() || value.is_function())).then_some(value)
}

fn function(path: &[&str]) -> Option<Function> {
    look_up(path)?.dyn_into().ok()
}

/// A text of the messenger's, made fit for one line.
fn text(object: &JsValue, name: &str) -> Option<String> {
    Some(one_line(&json::text_member(object, name)?))
}
