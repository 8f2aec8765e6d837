//! What must hold of every input that strangers can make, one function a parser.
//!
//! Each takes any bytes, asserts, and tells what came of them: `accepted`, or the code of the
//! refusal. libFuzzer calls them through `targets/`; the files of `corpus/` are a test of
//! their own, in which a file's name, up to its first dot, is what must come of it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "to stop is how a property says that it does not hold"
)]

mod callback;
mod discovery;
mod id_token;
mod json;
mod keys;
mod login;
mod options;
mod site_token;
mod stored;
mod token;

use protocol::Error;

/// What came of an input: `accepted`, or the code of the refusal.
pub type Verdict = &'static str;

/// A parser with what must hold of it.
pub type Target = fn(&[u8]) -> Verdict;

/// The targets by name; each has a binary in `targets/` and a folder in `corpus/`.
pub const TARGETS: [(&str, Target); 9] = [
    ("callback", callback::check),
    ("discovery", discovery::check),
    ("id_token", id_token::check),
    ("json", json::check),
    ("keys", keys::check),
    ("options", options::check),
    ("site_token", site_token::check),
    ("stored", stored::check),
    ("token", token::check),
];

/// Checks an input with the target of this name.
///
/// # Panics
///
/// Where something does not hold that must, or where there is no such target.
pub fn check(target: &str, input: &[u8]) {
    let found = TARGETS.iter().find(|(name, _)| *name == target);
    let (_, check) = found.expect("a target of this name");
    check(input);
}

const ACCEPTED: Verdict = "accepted";
/// An input that is none for this target: too short, or no text where text arrives.
const NONE: Verdict = "none";

/// The code of a refusal that is fit to be shown: one line, not endless, without the secrets.
fn refused(error: &Error, secrets: &[&str]) -> Verdict {
    for shown in [error.to_string(), error.help(), format!("{error:?}")] {
        assert!(shown.len() < 8_192, "endless: {shown}");
        assert!(
            !shown.contains(char::is_control),
            "more than a line: {shown:?}"
        );
        for secret in secrets {
            assert!(!shown.contains(secret), "{shown} gives {secret} away");
        }
    }
    error.code()
}
