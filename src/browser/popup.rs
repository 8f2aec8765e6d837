//! A window that the page has opened.

use core::cell::Cell;

use web_sys::Window;

use super::{clock, timer};

/// How often a window is looked at, in milliseconds: nothing tells when one closes.
const GLANCE: u32 = 150;

/// How long a window must have shown a page, in milliseconds, for `closed` to be believed: a page
/// whose response forbids openers (Cross-Origin-Opener-Policy) looks closed as soon as it arrives.
/// A second, less what the glances may miss of it.
const SETTLED: i64 = 1000 - 2 * GLANCE as i64;

/// Why a window looks closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gone {
    /// Somebody closed it, most likely. A later page that forbids openers looks the same.
    Closed,
    /// It was sent to a page and never seen there for long: it may well be open.
    Severed,
}

/// A window opened empty, in a click.
pub(crate) struct Popup {
    window: Window,
    sent: Cell<bool>,
    arrived: Cell<Option<i64>>,
}

impl Popup {
    /// Takes on a window that shows `about:blank`.
    pub(crate) fn adopt(window: Window) -> Self {
        Self {
            window,
            sent: Cell::new(false),
            arrived: Cell::new(None),
        }
    }

    /// The window itself, to compare senders with.
    pub(crate) fn window(&self) -> &Window {
        &self.window
    }

    /// Sends the window to an address, leaving no entry for the one before in its history.
    pub(crate) fn navigate(&self, url: &str) {
        let location = self.window.location();
        if location.replace(url).is_err() {
            let _ = location.set_href(url);
        }
        self.sent.set(true);
        self.arrived.set(None);
    }

    /// The text of the window's document, once it is loaded, if it is of this page's origin and its path
    /// ends so.
    pub(crate) fn document_text(&self, path_end: &str) -> Option<String> {
        // Of another origin: an exception.
        let path = self.window.location().pathname().ok()?;
        let document = self.window.document()?;
        if !path.ends_with(path_end) || document.ready_state() != "complete" {
            return None;
        }
        document.document_element()?.text_content()
    }

    /// Brings the window to the front, as far as the browser lets a page do so.
    pub(crate) fn focus(&self) {
        let _ = self.window.focus();
    }

    /// Closes the window.
    pub(crate) fn close(&self) {
        let _ = self.window.close();
    }

    /// Whether the window looks closed at this moment.
    pub(crate) fn is_gone(&self) -> bool {
        self.window.closed().unwrap_or(true)
    }

    /// Watches until the window looks closed.
    pub(crate) async fn gone(&self) {
        while !self.is_gone() {
            if self.arrived.get().is_none() && self.shows_a_page() {
                self.arrived.set(Some(clock::steady()));
            }
            timer::sleep(GLANCE).await;
        }
    }

    /// Only the empty window of our own is an open book; the address of any other page is
    /// unreadable, or other than `about:blank`.
    fn shows_a_page(&self) -> bool {
        !matches!(self.window.location().href(), Ok(href) if href == "about:blank")
    }

    /// Why the window looks closed, when it has just begun to.
    pub(crate) fn verdict(&self) -> Gone {
        let settled = |since| clock::steady() - since >= SETTLED;
        if !self.sent.get() || self.arrived.get().is_some_and(settled) {
            Gone::Closed
        } else {
            Gone::Severed
        }
    }
}
