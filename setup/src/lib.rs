//! The set-up page: what a website's owner pastes, registers and enters, shown while they type.
//!
//! What it knows is plain data, tested natively: the form, the script, the advice, the checks. The rules are
//! those of the widget itself (`protocol::config`), so that the page accepts what `init` accepts, and refuses
//! it with the same sentence. In the browser it is shown by Leptos.

/// The value of `serde_json::json!`, as the text of it is read here.
#[cfg(test)]
macro_rules! json {
    ($($tokens:tt)+) => {
        protocol::json::read(serde_json::json!($($tokens)+).to_string().as_bytes()).expect("JSON")
    };
}

pub mod advice;
pub mod checks;
pub mod form;
pub mod script;
pub mod site;

#[cfg(target_arch = "wasm32")]
mod probe;
#[cfg(target_arch = "wasm32")]
mod view;
