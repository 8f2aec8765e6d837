//! This page: its address, its language, where it goes next.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlIFrameElement, Url};

use super::window;

/// The address, query and fragment included.
pub(crate) fn href() -> String {
    window().location().href().unwrap_or_default()
}

/// The origin of an absolute address.
pub(crate) fn origin_of(url: &str) -> Option<String> {
    Url::new(url).ok().map(|url| url.origin())
}

/// Whether an absolute address is of the page's own origin.
pub(crate) fn is_own_origin(url: &str) -> bool {
    origin_of(url).is_some_and(|origin| origin_of(&href()) == Some(origin))
}

/// The name of the page's host, without its port.
pub(crate) fn host() -> String {
    window().location().hostname().unwrap_or_default()
}

/// Whether the browser trusts the page with cryptography (https, or loopback).
pub(crate) fn is_secure() -> bool {
    window().is_secure_context()
}

/// Whether the page is in a frame.
pub(crate) fn is_framed() -> bool {
    let parent = window().parent().ok().flatten();
    parent.is_some_and(|parent| *parent != *window())
}

/// Whether the page is in a frame of another origin's.
pub(crate) fn is_framed_by_others() -> bool {
    let top = window().top().ok().flatten();
    top.is_none_or(|top| top.location().href().is_err())
}

/// Whether the page has no origin of its own: nobody can send it a message that others cannot read.
pub(crate) fn is_nobodys() -> bool {
    window().origin() == "null"
}

/// The page's language, as a BCP 47 tag.
pub(crate) fn language() -> Option<String> {
    let document = window().document()?;
    document.document_element()?.get_attribute("lang")
}

/// The language that the browser is set to, as a BCP 47 tag.
pub(crate) fn browser_language() -> Option<String> {
    window().navigator().language()
}

/// Whether the browser believes that there is a network.
pub(crate) fn is_online() -> bool {
    window().navigator().on_line()
}

/// The window of the first frame of the page's whose address is of this origin.
pub(crate) fn frame_of(origin: &str) -> Option<JsValue> {
    let document = window().document()?;
    let frames = document.get_elements_by_tag_name("iframe");
    for at in 0..frames.length() {
        if let Some(frame) = frames.item(at)
            && let Ok(frame) = frame.dyn_into::<HtmlIFrameElement>()
            && origin_of(&frame.src()).as_deref() == Some(origin)
        {
            return frame.content_window().map(JsValue::from);
        }
    }
    None
}

/// Leaves for an address; *back* leads here again. Stays when it is no address.
pub(crate) fn navigate(url: &str) {
    let _ = window().location().assign(url);
}

/// Leaves for an address by `POST`, with what is too long or too private for a query.
pub(crate) fn post_form(url: &str, fields: &[(&str, &str)]) {
    // The document is there, all names are valid, and `submit` reports no failures.
    let _ = submit(url, fields);
}

fn submit(url: &str, fields: &[(&str, &str)]) -> Result<(), JsValue> {
    let form = element(
        "form",
        &[
            ("method", "post"),
            ("action", url),
            ("accept-charset", "utf-8"),
            ("hidden", ""),
        ],
    )?;
    // Fields hide members of the form that have their names (`submit`, `append`, …): they come
    // last, and in one piece.
    let inputs = element("div", &[])?;
    for (name, value) in fields {
        let attributes = [("type", "hidden"), ("name", name), ("value", value)];
        let input = element("input", &attributes)?;
        inputs.append_child(&input)?;
    }
    let document = window().document().ok_or(JsValue::NULL)?;
    let root = document.document_element().ok_or(JsValue::NULL)?;
    root.append_child(&form)?;
    form.append_child(&inputs)?;
    let class = Reflect::get(&window(), &"HTMLFormElement".into())?;
    let prototype = Reflect::get(&class, &"prototype".into())?;
    let submit: Function = Reflect::get(&prototype, &"submit".into())?.dyn_into()?;
    submit.call0(&form)?;
    Ok(())
}

fn element(name: &str, attributes: &[(&str, &str)]) -> Result<Element, JsValue> {
    let document = window().document().ok_or(JsValue::NULL)?;
    let element = document.create_element(name)?;
    for (attribute, value) in attributes {
        element.set_attribute(attribute, value)?;
    }
    Ok(element)
}
