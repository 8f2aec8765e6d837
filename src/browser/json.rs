//! Values between Rust and JavaScript (`JSON`).

use js_sys::JSON;
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::JsValue;

/// The value as JavaScript has it.
pub(crate) fn to_js(value: &Value) -> JsValue {
    // JSON is what JavaScript has: nothing fails here.
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .unwrap_or(JsValue::NULL)
}

/// A value of JavaScript's; none for what JSON has not.
pub(crate) fn from_js(value: JsValue) -> Option<Value> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// The value as text.
pub(crate) fn to_text(value: &Value) -> Option<String> {
    JSON::stringify(&to_js(value)).ok()?.as_string()
}
