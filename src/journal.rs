//! What was tried, and what came of it: the material of `diagnose()`.

use std::{cell::RefCell, collections::VecDeque};

use protocol::{Error, json, time::Timestamp};
use serde_json::Value;

use crate::deadline::now;

/// How many steps are remembered.
const REMEMBERED: usize = 100;

/// The last steps, oldest first. Nothing secret is ever written here.
#[derive(Default)]
pub(crate) struct Journal(RefCell<VecDeque<Entry>>);

/// One step.
struct Entry {
    /// When it began, in milliseconds since 1970.
    at: i64,
    /// What was tried.
    step: String,
    /// What came of it.
    outcome: String,
    /// How long it took, in milliseconds.
    ms: i64,
    /// The error's code.
    code: Option<&'static str>,
    /// What to change.
    advice: Option<String>,
}

impl Journal {
    /// Notes something that has just happened.
    pub(crate) fn note(&self, step: &str, outcome: &str) {
        self.push(now(), step, outcome.to_owned(), None);
    }

    /// Notes how a step ended that began at `since`.
    pub(crate) fn ended<T>(&self, since: Timestamp, step: &str, result: &Result<T, Error>) {
        let error = result.as_ref().err();
        let outcome = error.map_or_else(|| "done".to_owned(), ToString::to_string);
        self.push(since, step, outcome, error);
    }

    /// The steps as `diagnose()` shows them, oldest first.
    pub(crate) fn to_json(&self) -> Value {
        self.0.borrow().iter().map(Entry::to_json).collect()
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

impl Entry {
    fn to_json(&self) -> Value {
        let mut members = vec![
            ("at", self.at.into()),
            ("step", self.step.as_str().into()),
            ("outcome", self.outcome.as_str().into()),
            ("ms", self.ms.into()),
        ];
        if let (Some(code), Some(advice)) = (self.code, &self.advice) {
            members.push(("code", code.into()));
            members.push(("advice", advice.as_str().into()));
        }
        json::object(members)
    }
}
