//! A button that copies.

use core::time::Duration;

use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::State;

/// How long the button says that it has copied.
const PAUSE: Duration = Duration::from_secs(2);

/// Copies `text`; `what` is said to those who do not see it.
#[component]
pub(super) fn Copy(
    #[prop(into)] what: Signal<String>,
    #[prop(into)] text: Signal<String>,
) -> impl IntoView {
    let state = expect_context::<State>();
    let copied = RwSignal::new(None::<bool>);
    let copy = move |_| {
        let promise = window()
            .navigator()
            .clipboard()
            .write_text(&text.get_untracked());
        spawn_local(async move {
            let is_copied = JsFuture::from(promise).await.is_ok();
            copied.set(Some(is_copied));
            state.said.set(if is_copied {
                format!("Copied: {}", what.get_untracked())
            } else {
                "The browser does not let this page copy. Select the text instead.".to_owned()
            });
            set_timeout(move || copied.set(None), PAUSE);
        });
    };
    view! {
        <button type="button" class="copy" class:done=move || copied.get() == Some(true)
            aria-label=move || format!("Copy: {}", what.get()) on:click=copy>
            {move || match copied.get() {
                None => "Copy",
                Some(true) => "Copied",
                Some(false) => "Not allowed",
            }}
        </button>
    }
}
