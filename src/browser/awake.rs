//! The signs that a page may have missed something: it was hidden, frozen, asleep or offline.

use std::rc::Rc;

use web_sys::EventTarget;

use super::{event::Listener, window};

/// Calls back whenever the page comes back from where time passed without it, until dropped.
pub(crate) struct Awake {
    _listeners: Vec<Listener>,
}

impl Awake {
    /// Listens: shown again, thawed, out of the back/forward cache, online again.
    pub(crate) fn listen(callback: impl Fn() + 'static) -> Self {
        let callback = Rc::new(callback);
        let window = window();
        let document = window.document();
        let mut listeners = Vec::new();
        let mut on = |target: &EventTarget, name: &'static str| {
            let callback = Rc::clone(&callback);
            listeners.push(Listener::on(target, name, move |_| callback()));
        };
        on(&window, "pageshow");
        on(&window, "online");
        if let Some(document) = document {
            on(&document, "visibilitychange");
            on(&document, "resume");
        }
        Self {
            _listeners: listeners,
        }
    }
}
