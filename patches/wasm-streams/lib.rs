//! The names by which `server_fn`, a part of Leptos, knows wasm-streams: its types have no
//! values. The real crate exports JavaScript classes, which stay in the WebAssembly (3 kB after
//! brotli) although a widget without server functions uses none of them.

use core::{
    pin::Pin,
    task::{Context, Poll},
};
use futures_core::Stream;
use wasm_bindgen::JsValue;

/// A stream that is never made.
#[derive(Debug)]
pub enum ReadableStream {}

impl ReadableStream {
    /// Never called.
    ///
    /// # Panics
    /// Always.
    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        unreachable!("there are no server functions")
    }

    /// Never called.
    ///
    /// # Panics
    /// Always.
    pub fn from_raw(_: web_sys::ReadableStream) -> Self {
        unreachable!("there are no server functions")
    }

    /// Never called.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        match self {}
    }

    /// Never called.
    pub fn into_stream(self) -> Self {
        self
    }
}

impl Stream for ReadableStream {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match *self {}
    }
}
