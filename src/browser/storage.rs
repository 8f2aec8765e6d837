//! A store of strings (`sessionStorage`, `localStorage`, or this page's memory).

use std::cell::RefCell;

use web_sys::Storage;

use super::window;

/// Strings by key.
pub(crate) struct Store(Place);

enum Place {
    Browser(Storage),
    Memory(RefCell<Vec<(String, String)>>),
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
        Self(Place::Memory(RefCell::default()))
    }

    fn browser(storage: Option<Storage>) -> Self {
        storage.map_or_else(Self::memory, |storage| Self(Place::Browser(storage)))
    }

    /// Whether what is kept outlives the page.
    pub(crate) fn is_durable(&self) -> bool {
        matches!(self.0, Place::Browser(_))
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<String> {
        match &self.0 {
            Place::Browser(storage) => storage.get_item(key).ok().flatten(),
            Place::Memory(memory) => {
                let memory = memory.borrow();
                let found = memory.iter().find(|(held, _)| held == key);
                found.map(|(_, value)| value.clone())
            }
        }
    }

    /// Keeps a value. One that does not fit leaves the earlier one in its place.
    pub(crate) fn set(&self, key: &str, value: &str) -> Result<(), Full> {
        match &self.0 {
            Place::Browser(storage) => storage.set_item(key, value).map_err(|_| Full),
            Place::Memory(memory) => {
                self.remove(key);
                memory.borrow_mut().push((key.to_owned(), value.to_owned()));
                Ok(())
            }
        }
    }

    /// Forgets a value.
    pub(crate) fn remove(&self, key: &str) {
        match &self.0 {
            // Fails only where nothing could have been kept.
            Place::Browser(storage) => drop(storage.remove_item(key)),
            Place::Memory(memory) => memory.borrow_mut().retain(|(held, _)| held != key),
        }
    }

    /// All keys that begin so.
    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        let mut keys: Vec<String> = match &self.0 {
            Place::Browser(storage) => (0..storage.length().unwrap_or(0))
                .filter_map(|index| storage.key(index).ok().flatten())
                .collect(),
            Place::Memory(memory) => {
                let memory = memory.borrow();
                memory.iter().map(|(key, _)| key.clone()).collect()
            }
        };
        keys.retain(|key| key.starts_with(prefix));
        keys
    }
}
