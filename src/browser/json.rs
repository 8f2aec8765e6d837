//! Values between Rust and JavaScript (`JSON`).

use js_sys::{JSON, Object, Reflect};
use protocol::json::{Value, object};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};

/// The value as JavaScript has it.
pub(crate) fn to_js(value: &Value) -> JsValue {
    // JSON is what JavaScript has: nothing fails here.
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .unwrap_or(JsValue::NULL)
}

/// An object of the members that have a value.
pub(crate) fn present(mut members: Vec<(&str, Value)>) -> JsValue {
    members.retain(|(_, value)| !value.is_null());
    to_js(&object(members))
}

/// A value of JavaScript's; none where it has a function for a member, or a number without an end or a value.
///
/// By way of text, because the reader of texts is there anyway; serde-wasm-bindgen's reader
/// would bring 6,000 bytes (brotli) along.
pub(crate) fn from_js(value: &JsValue) -> Option<Value> {
    if has_unspeakable(value) {
        return None;
    }
    protocol::json::read(text(value)?.as_bytes())
}

/// The value as text.
pub(crate) fn to_text(value: &Value) -> Option<String> {
    text(&to_js(value))
}

/// A member that is a text, of a value that somebody else has made.
pub(crate) fn text_member(object: &JsValue, name: &str) -> Option<String> {
    Reflect::get(object, &name.into()).ok()?.as_string()
}

fn text(value: &JsValue) -> Option<String> {
    JSON::stringify(value).ok()?.as_string()
}

/// Such members would be left out in silence.
fn has_unspeakable(value: &JsValue) -> bool {
    value.dyn_ref().is_some_and(|object: &Object| {
        Object::values(object).iter().any(|member: JsValue| {
            let number = member.as_f64();
            member.is_function() || number.is_some_and(|number| !number.is_finite())
        })
    })
}
