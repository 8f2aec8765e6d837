//! A button of the panel.

use leptos::prelude::*;
use std::rc::Rc;

/// A button that stays in the document while it has nothing to say, so that the keyboard's focus
/// can be led away from it.
///
/// `busy` is the button's, not the panel's: `aria-busy` around a live region would silence it.
/// Captured clicks are the ones that Leptos attaches with less code, and nothing lies below.
pub(super) fn button(
    class: &'static str,
    label: &'static str,
    busy: &'static str,
    action: Rc<dyn Fn()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=class
            part=class
            hidden=label.is_empty()
            aria-busy=busy
            aria-disabled=busy
            on:click:capture=move |_| action()
        >
            {label}
        </button>
    }
}
