//! Between the JSON of these tests, which is `serde_json`'s, and the one under test: by way of text.

use messenger_auth_protocol::json;
use serde_json::Value;

/// What the library reads.
pub(crate) fn ours(value: &Value) -> json::Value {
    json::read(value.to_string().as_bytes()).expect("JSON")
}

/// What the library has made, read by another hand.
pub(crate) fn theirs(value: &json::Value) -> Value {
    serde_json::from_str(&value.to_string()).expect("JSON")
}

/// The same of an object's members.
pub(crate) fn members(members: &json::Map) -> Value {
    theirs(&json::Value::Object(members.clone()))
}
