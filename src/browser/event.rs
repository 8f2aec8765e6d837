//! Functions of ours that JavaScript calls: listeners, which are removed when dropped, and callbacks.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, EventTarget};

/// Listens until dropped, which may happen inside its own callback.
pub(crate) struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Calls back for each `name` event that reaches `target`.
    pub(crate) fn on(
        target: &EventTarget,
        name: &'static str,
        callback: impl FnMut(Event) + 'static,
    ) -> Self {
        let callback = Closure::<dyn FnMut(Event)>::new(callback);
        // Fails only for callbacks that are no functions.
        let _ = target.add_event_listener_with_callback(name, callback.as_ref().unchecked_ref());
        Self {
            target: target.clone(),
            name,
            callback,
        }
    }
}

impl Listener {
    /// Calls back for each `name` event that reaches the page.
    pub(crate) fn on_page(name: &'static str, callback: impl FnMut(Event) + 'static) -> Self {
        Self::on(&super::window(), name, callback)
    }

    /// Listens for as long as the page lives.
    pub(crate) fn keep(self) {
        core::mem::forget(self);
    }
}

/// A function for others to keep, and to call whenever they like.
pub(crate) fn callback(run: impl FnMut(JsValue) + 'static) -> Function {
    let callback = Closure::<dyn FnMut(JsValue)>::new(run);
    callback.into_js_value().unchecked_into()
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.name, callback);
    }
}
