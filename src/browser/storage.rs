//! A store of strings (`sessionStorage`, `localStorage`, or this page's memory).

use js_sys::{Object, Reflect};
use wasm_bindgen::JsCast;
use web_sys::Storage;

use super::window;

/// Strings by key: the browser's stores are objects like any other.
pub(crate) struct Store {
    place: Object,
    is_durable: bool,
}

/// The storage takes no more: it is full, or has been blocked since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

impl Store {
    /// Kept as long as the tab; as long as the page where the browser blocks that.
    pub(crate) fn session() -> Self {
        Self::browser(window().session_storage().ok().flatten())
    }

    /// Kept until removed, for all tabs; as long as the page where the browser blocks that.
    pub(crate) fn local() -> Self {
        Self::browser(window().local_storage().ok().flatten())
    }

    /// Kept as long as the page.
    pub(crate) fn memory() -> Self {
        Self {
            place: Object::new(),
            is_durable: false,
        }
    }

    fn browser(storage: Option<Storage>) -> Self {
        storage.map_or_else(Self::memory, |storage| Self {
            place: storage.unchecked_into(),
            is_durable: true,
        })
    }

    /// Whether what is kept outlives the page.
    pub(crate) fn is_durable(&self) -> bool {
        self.is_durable
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<String> {
        Reflect::get(&self.place, &key.into()).ok()?.as_string()
    }

    /// Keeps a value. One that does not fit leaves the earlier one in its place.
    pub(crate) fn set(&self, key: &str, value: &str) -> Result<(), Full> {
        match Reflect::set(&self.place, &key.into(), &value.into()) {
            Ok(true) => Ok(()),
            _ => Err(Full),
        }
    }

    /// Forgets a value.
    pub(crate) fn remove(&self, key: &str) {
        // Fails only where nothing could have been kept.
        let _ = Reflect::delete_property(&self.place, &key.into());
    }

    /// All keys that begin so.
    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        let mut keys = Vec::new();
        // Fails only where nothing could have been kept.
        for key in Reflect::own_keys(&self.place).unwrap_or_default().iter() {
            if let Some(key) = key.as_string()
                && key.starts_with(prefix)
            {
                keys.push(key);
            }
        }
        keys
    }
}
