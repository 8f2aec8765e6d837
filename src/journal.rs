//! What was tried, and what came of it: the material of `diagnose()`.

use std::{cell::RefCell, collections::VecDeque};

use protocol::{Error, time::Timestamp};
use serde::Serialize;

use crate::deadline::now;

/// How many steps are remembered.
const REMEMBERED: usize = 100;

/// The last steps, oldest first. Nothing secret is ever written here.
#[derive(Default)]
pub(crate) struct Journal(RefCell<VecDeque<Entry>>);

/// One step, as `diagnose()` shows it.
#[derive(Clone, Serialize)]
pub(crate) struct Entry {
    /// When it began, in milliseconds since 1970.
    at: i64,
    /// What was tried.
    step: String,
    /// What came of it.
    outcome: String,
    /// How long it took, in milliseconds.
    ms: i64,
    /// The error's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// What to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Journal {
    /// Notes something that has just happened.
    pub(crate) fn note(&self, step: &str, outcome: &str) {
        self.push(now(), step, outcome.to_owned(), None);
    }

    /// Notes how a step ended that began at `since`.
    pub(crate) fn ended<T>(&self, since: Timestamp, step: &str, result: &Result<T, Error>) {
        match result {
            Ok(_) => self.push(since, step, "done".to_owned(), None),
            Err(error) => self.push(since, step, error.to_string(), Some(error)),
        }
    }

    /// The steps, oldest first.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.0.borrow().iter().cloned().collect()
    }

    /// What to change, the latest first, each once.
    pub(crate) fn advice(&self) -> Vec<String> {
        let mut advice: Vec<String> = Vec::new();
        for entry in self.0.borrow().iter().rev() {
            if let Some(text) = &entry.advice
                && !advice.contains(text)
            {
                advice.push(text.clone());
            }
        }
        advice
    }

    fn push(&self, since: Timestamp, step: &str, outcome: String, error: Option<&Error>) {
        let mut entries = self.0.borrow_mut();
        if entries.len() == REMEMBERED {
            entries.pop_front();
        }
        entries.push_back(Entry {
            at: since.as_millis(),
            step: step.to_owned(),
            outcome,
            ms: now().millis_since(since),
            code: error.map(Error::code),
            advice: error.map(Error::help),
        });
    }
}
