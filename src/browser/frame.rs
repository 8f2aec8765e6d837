//! A hidden frame (`<iframe>`), removed when dropped.

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlIFrameElement;

use super::{clock, event::Listener, policy::Watch, timer, window};

/// How often a frame is looked at, in milliseconds.
const GLANCE: u32 = 150;

/// How long a frame stays on a loaded page, in milliseconds, until nothing more is expected of it:
/// time enough for a page that goes on by script.
const QUIET: i64 = 2000;

/// A frame that nobody sees, hears or reaches by keyboard.
pub(crate) struct Frame {
    element: HtmlIFrameElement,
    loaded: Rc<Cell<Option<i64>>>,
    policy: Watch,
    _listener: Listener,
}

/// The page has no document to put a frame into, or forbids it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoFrame;

impl Frame {
    /// Loads an address in a new frame of this page.
    pub(crate) fn open(url: &str) -> Result<Self, NoFrame> {
        let element = hidden().map_err(|_| NoFrame)?;
        let loaded = Rc::new(Cell::new(None));
        let last = Rc::clone(&loaded);
        let listener = Listener::on(&element, "load", move |_| last.set(Some(clock::steady())));
        let policy = Watch::over(url);
        element.set_src(url);
        let document = window().document().ok_or(NoFrame)?;
        // There before the body is, too.
        let root = document.document_element().ok_or(NoFrame)?;
        root.append_child(&element).map_err(|_| NoFrame)?;
        Ok(Self {
            element,
            loaded,
            policy,
            _listener: listener,
        })
    }

    /// The window inside, to compare senders with; `undefined` when there is none.
    pub(crate) fn content_window(&self) -> JsValue {
        self.element.content_window().into()
    }

    /// Whether the page's policy does not let the frame show its address.
    pub(crate) fn is_forbidden(&self) -> bool {
        self.policy.forbids()
    }

    /// Waits until the frame has stayed on one page for a while, whatever page that is.
    pub(crate) async fn gone_quiet(&self) {
        let is_quiet = |since| clock::steady() - since >= QUIET;
        while !self.loaded.get().is_some_and(is_quiet) {
            timer::sleep(GLANCE).await;
        }
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        self.element.remove();
    }
}

fn hidden() -> Result<HtmlIFrameElement, JsValue> {
    let document = window().document().ok_or(JsValue::NULL)?;
    let frame: HtmlIFrameElement = document.create_element("iframe")?.unchecked_into();
    frame.set_hidden(true);
    frame.set_tab_index(-1);
    frame.set_title("-");
    frame.set_attribute("aria-hidden", "true")?;
    // A page's own `iframe { display: block }` outdoes `hidden`. Done by script, because a
    // Content-Security-Policy may refuse the style attribute.
    let style = frame.style();
    style.set_property_with_priority("display", "none", "important")?;
    Ok(frame)
}
