//! A button that copies.

use core::time::Duration;

use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::State;

/// How long the button says that it has copied.
const PAUSE: Duration = Duration::from_secs(2);

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Copied,
    Refused,
}

/// Copies `text`; `what` is said to those who do not see it.
#[component]
pub(super) fn Copy(
    #[prop(into)] what: Signal<String>,
    #[prop(into)] text: Signal<String>,
) -> impl IntoView {
    let state = expect_context::<State>();
    let outcome = RwSignal::new(None::<Outcome>);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            let copied = write(&text).await;
            outcome.set(Some(copied));
            state.said.set(match copied {
                Outcome::Copied => format!("Copied: {}", what.get_untracked()),
                Outcome::Refused => {
                    "The browser does not let this page copy. Select the text instead.".to_owned()
                }
            });
            set_timeout(move || outcome.set(None), PAUSE);
        });
    };
    view! {
        <button type="button" class="copy" class:done=move || outcome.get() == Some(Outcome::Copied)
            aria-label=move || format!("Copy: {}", what.get()) on:click=copy>
            {move || match outcome.get() {
                None => "Copy",
                Some(Outcome::Copied) => "Copied",
                Some(Outcome::Refused) => "Select the text instead",
            }}
        </button>
    }
}

/// Over http: there is no clipboard at all.
async fn write(text: &str) -> Outcome {
    let navigator = window().navigator();
    let is_there =
        js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|it| it.is_object());
    if is_there
        && JsFuture::from(navigator.clipboard().write_text(text))
            .await
            .is_ok()
    {
        Outcome::Copied
    } else {
        Outcome::Refused
    }
}
