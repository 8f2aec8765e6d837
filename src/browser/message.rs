//! Messages between windows (`postMessage`).

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Window};

use super::{bell::Bell, event, timer, window};

/// A message that arrived at this page, from anyone.
pub(crate) struct Message {
    /// The sender's origin, as the browser vouches for it.
    pub(crate) origin: String,
    /// The sender's window; `null` when it has gone. Equal to the window that was opened only as
    /// long as the two are not severed.
    pub(crate) source: JsValue,
    /// What was sent.
    pub(crate) data: JsValue,
}

/// Listens for messages until dropped.
pub(crate) struct Listener {
    _listener: event::Listener,
}

impl Listener {
    /// Calls back for every message to this page.
    pub(crate) fn new(mut callback: impl FnMut(Message) + 'static) -> Self {
        let on_event = move |event: Event| {
            let event: MessageEvent = event.unchecked_into();
            callback(Message {
                origin: event.origin(),
                source: event.source().map_or(JsValue::NULL, JsValue::from),
                data: event.data(),
            });
        };
        Self {
            _listener: event::Listener::on(&window(), "message", on_event),
        }
    }
}

/// Takes a text from a message that is meant.
type Reader = dyn Fn(&Message) -> Option<String>;

/// Waits for a message that `read` takes a text from, so many milliseconds at the longest.
pub(crate) async fn text(read: Box<Reader>, patience: u32) -> Option<String> {
    let heard = Rc::new((Cell::new(None), Bell::default()));
    let told = Rc::clone(&heard);
    let _listener = Listener::new(move |message| {
        if let Some(text) = read(&message) {
            told.0.set(Some(text));
            told.1.ring();
        }
    });
    let answer = Box::pin(heard.1.until(|| heard.0.take()));
    timer::deadline(answer, patience).await.ok()
}

/// Sends a message to a window, if it is there and of this origin.
pub(crate) fn post(target: &JsValue, data: &JsValue, origin: &str) {
    if target.is_object() {
        let target = target.unchecked_ref::<Window>();
        let _ = target.post_message(data, origin);
    }
}
