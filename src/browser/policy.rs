//! What the page's Content-Security-Policy forbids.

use std::{cell::Cell, rc::Rc};

use super::{event::Listener, json};

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
            let blocked = json::text_member(&event, "blockedURI");
            // A policy that only reports forbids nothing.
            let enforces = json::text_member(&event, "disposition").as_deref() == Some("enforce");
            if enforces
                && blocked.is_some_and(|blocked| !blocked.is_empty() && url.starts_with(&blocked))
            {
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
