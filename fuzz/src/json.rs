//! The reader of JSON, compared with `serde_json`; and between the two, for the other targets.

use protocol::json::{self, Map};
use serde_json::Value;

use crate::{ACCEPTED, Verdict};

/// As many members as an object may have.
const MEMBERS_MAX: usize = 1_024;

pub(crate) fn check(input: &[u8]) -> Verdict {
    let theirs = serde_json::from_slice::<Value>(input).ok();
    let Some(read) = json::read(input) else {
        assert_eq!(json::read_strictly(input), None);
        let Some(_) = theirs else {
            return "refused";
        };
        assert!(members_in(input) > MEMBERS_MAX, "refused without a reason");
        return "too-many";
    };
    let theirs = theirs.expect("JSON");
    assert!(is_same(&read, &theirs), "{read}\n{theirs}");
    let written = read.to_string();
    let again: Value = serde_json::from_str(&written).expect("what is written is JSON");
    assert!(is_same(&read, &again), "{written}");
    // A member that stands twice is written twice and kept once.
    let strict = json::read_strictly(input);
    assert_eq!(strict.is_some(), members_of(&theirs) == members_in(input));
    match strict {
        None => "repeats",
        Some(strict) => {
            assert_eq!(strict, read);
            ACCEPTED
        }
    }
}

/// What the library reads.
pub(crate) fn ours(value: &Value) -> json::Value {
    json::read(value.to_string().as_bytes()).expect("JSON")
}

/// What the library has made, read by another hand.
pub(crate) fn theirs(value: &json::Value) -> Value {
    serde_json::from_str(&value.to_string()).expect("JSON")
}

/// The same of an object's members.
pub(crate) fn members(members: &Map) -> serde_json::Map<String, Value> {
    let members = members.iter();
    members
        .map(|(name, value)| (name.to_owned(), theirs(value)))
        .collect()
}

/// Whether both are the same value, its numbers but for the last bits.
pub(crate) fn is_same(ours: &json::Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (json::Value::Null, Value::Null) => true,
        (json::Value::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (json::Value::String(ours), Value::String(theirs)) => ours == theirs,
        (json::Value::Number(ours), Value::Number(theirs)) => {
            let theirs = theirs.as_f64().expect("a number");
            // Two neighbours differ by one in their bits; the first of them is the sign.
            ours.to_bits().abs_diff(theirs.to_bits()) <= 2
        }
        (json::Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| is_same(a, b))
        }
        (json::Value::Object(ours), Value::Object(theirs)) => is_same_object(ours, theirs),
        _ => false,
    }
}

/// The same of an object's members, in their order.
pub(crate) fn is_same_object(ours: &Map, theirs: &serde_json::Map<String, Value>) -> bool {
    ours.len() == theirs.len()
        && (ours.iter().zip(theirs)).all(|((a, x), (b, y))| a == b && is_same(x, y))
}

/// How many members are kept.
fn members_of(value: &Value) -> usize {
    match value {
        Value::Array(elements) => elements.iter().map(members_of).sum(),
        Value::Object(members) => members.len() + members.values().map(members_of).sum::<usize>(),
        _ => 0,
    }
}

/// How many members are written: colons outside texts.
fn members_in(text: &[u8]) -> usize {
    let (mut count, mut is_text) = (0, false);
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_text = !is_text,
            b'\\' => _ = bytes.next(),
            b':' if !is_text => count += 1,
            _ => {}
        }
    }
    count
}
