//! A button of the panel.

use leptos::prelude::*;

/// A button that stays in the document while it has nothing to say, so that the keyboard's focus
/// can be led away from it.
///
/// `busy` is the button's, not the panel's: `aria-busy` around a live region would silence it.
pub(super) fn button(
    name: &'static str,
    class: &'static str,
    label: &'static str,
    busy: &'static str,
) -> impl IntoView {
    view! {
        <button
            type="button"
            name=name
            class=class
            part=class
            hidden=label.is_empty()
            aria-busy=busy
            aria-disabled=busy
        >
            {label}
        </button>
    }
}
