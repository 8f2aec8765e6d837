//! What stops a command: one sentence for the person at the terminal.

use std::fmt::{Display, Formatter};
use std::path::Path;

/// The result of everything here.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// A sentence that says what happened, with what to do about it where that is not plain.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// For `map_err` on file operations: what was tried, on what, and what the system said.
    pub(crate) fn file<E: Display>(tried: &str, path: &Path) -> impl FnOnce(E) -> Self {
        move |error| Self(format!("could not {tried} {}: {error}", path.display()))
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}
