//! The browser's Web APIs as values: one API a file, nothing about logins in any of them.

pub(crate) mod awake;
pub(crate) mod bell;
pub(crate) mod channel;
pub(crate) mod clock;
pub(crate) mod crypto;
pub(crate) mod entropy;
pub(crate) mod event;
pub(crate) mod fetch;
pub(crate) mod frame;
pub(crate) mod json;
pub(crate) mod lock;
pub(crate) mod message;
pub(crate) mod page;
pub(crate) mod policy;
pub(crate) mod popup;
pub(crate) mod storage;
pub(crate) mod task;
pub(crate) mod timer;

use wasm_bindgen::JsCast;
use web_sys::Window;

/// The page's window. This code runs nowhere else.
fn window() -> Window {
    js_sys::global().unchecked_into()
}
