//! What the page's Content-Security-Policy forbids.

use std::{cell::Cell, rc::Rc};

use js_sys::Reflect;

use super::event::Listener;

/// Watches whether the policy keeps the page from an address, until dropped.
pub(crate) struct Watch {
    forbids: Rc<Cell<bool>>,
    _listener: Listener,
}

impl Watch {
    /// Begins before the address is asked for.
    pub(crate) fn over(url: &str) -> Self {
        let forbids = Rc::new(Cell::new(false));
        let seen = Rc::clone(&forbids);
        let url = url.to_owned();
        let listener = Listener::on_page("securitypolicyviolation", move |event| {
            // Of a frame the browser names the origin alone.
            let blocked = Reflect::get(&event, &"blockedURI".into()).ok();
            let blocked = blocked.and_then(|blocked| blocked.as_string());
            if blocked.is_some_and(|blocked| !blocked.is_empty() && url.starts_with(&blocked)) {
                seen.set(true);
            }
        });
        Self {
            forbids,
            _listener: listener,
        }
    }

    /// Whether it does. The browser tells of it a little later than of the failure.
    pub(crate) fn forbids(&self) -> bool {
        self.forbids.get()
    }
}
