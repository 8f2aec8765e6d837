//! What was tried, and what came of it: the material of `diagnose()`.

use std::cell::RefCell;

use protocol::{Error, json, time::Timestamp};
use serde_json::Value;

use crate::deadline::now;

/// How many steps are remembered.
const REMEMBERED: usize = 100;

/// The last steps, oldest first, as `diagnose()` shows them: when each began (milliseconds since
/// 1970), what was tried, what came of it, how long it took (milliseconds), and where it failed,
/// the error's code and what to change. Nothing secret is ever written here.
#[derive(Default)]
pub(crate) struct Journal(RefCell<Vec<Value>>);

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

    /// The steps, oldest first.
    pub(crate) fn steps(&self) -> Vec<Value> {
        self.0.borrow().clone()
    }

    /// What to change, the latest first, each once.
    pub(crate) fn advice(&self) -> Vec<Value> {
        let mut advice = Vec::new();
        let steps = self.0.borrow();
        for step in steps.iter().rev() {
            if let Some(text) = step.get("advice").and_then(Value::as_str)
                && !advice.contains(&text)
            {
                advice.push(text);
            }
        }
        advice.into_iter().map(Value::from).collect()
    }

    fn push(&self, since: Timestamp, step: &str, outcome: String, error: Option<&Error>) {
        let mut members = vec![
            ("at", since.as_millis().into()),
            ("step", step.into()),
            ("outcome", outcome.into()),
            ("ms", now().millis_since(since).into()),
        ];
        if let Some(error) = error {
            members.push(("code", error.code().into()));
            members.push(("advice", error.help().into()));
        }
        let mut steps = self.0.borrow_mut();
        if steps.len() == REMEMBERED {
            steps.remove(0);
        }
        steps.push(json::object(members));
    }
}
