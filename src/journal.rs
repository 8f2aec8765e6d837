//! What was tried, and what came of it: the material of `diagnose()`.

use std::cell::RefCell;

use protocol::{
    Error, decimal,
    json::{self, Value},
    time::Timestamp,
};

use crate::deadline::now;

/// How many steps are remembered.
const REMEMBERED: usize = 100;

/// How many of them a panel shows.
const SHOWN: usize = 12;

/// The last steps, oldest first, as `diagnose()` shows them: when each began (milliseconds since
/// 1970), what was tried, what came of it, how long it took (milliseconds), and where it failed,
/// the error's code and what to change. Nothing secret is ever written here.
#[derive(Default)]
pub(crate) struct Journal(RefCell<Vec<Value>>);

impl Journal {
    /// Notes something that has just happened.
    pub(crate) fn note(&self, step: &str, outcome: &str) {
        self.push(now(), step, outcome, None, "");
    }

    /// Notes something that has just happened, and what to change.
    pub(crate) fn advise(&self, step: &str, outcome: &str, advice: &str) {
        self.push(now(), step, outcome, None, advice);
    }

    /// Notes how a step ended that began at `since`.
    pub(crate) fn ended<T>(&self, since: Timestamp, step: &str, result: &Result<T, Error>) {
        self.ended_with(since, step, result.as_ref().err());
    }

    fn ended_with(&self, since: Timestamp, step: &str, error: Option<&Error>) {
        match error {
            None => self.push(since, step, "done", None, ""),
            Some(error) => {
                let code = Some(error.code());
                self.push(since, step, &error.message(), code, &error.help());
            }
        }
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

    /// The latest steps as lines for a developer, oldest first.
    pub(crate) fn lines(&self) -> String {
        let steps = self.0.borrow();
        let mut lines = String::new();
        for step in steps.iter().skip(steps.len().saturating_sub(SHOWN)) {
            let text = |name| step.get(name).and_then(Value::as_str).unwrap_or_default();
            let ms = step.get("ms").and_then(Value::as_i64).unwrap_or_default();
            let ms = decimal::print(ms);
            for part in [text("step"), " (", &ms, " ms): ", text("outcome"), "\n"] {
                lines.push_str(part);
            }
        }
        lines
    }

    fn push(&self, since: Timestamp, step: &str, outcome: &str, code: Option<&str>, advice: &str) {
        let mut members = vec![
            ("at", since.as_millis().into()),
            ("step", step.into()),
            ("outcome", outcome.into()),
            ("ms", now().millis_since(since).into()),
        ];
        if let Some(code) = code {
            members.push(("code", code.into()));
        }
        if !advice.is_empty() {
            members.push(("advice", advice.into()));
        }
        let mut steps = self.0.borrow_mut();
        if steps.len() == REMEMBERED {
            steps.remove(0);
        }
        steps.push(json::object(members));
    }
}
