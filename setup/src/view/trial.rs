//! The try-out: a page of its own, in a tab of its own, that carries the snippet.

use leptos::prelude::*;
use protocol::issuer::Kind;
use protocol::json;

use super::{Build, State, storage};
use crate::{
    advice::TryOut,
    form::{Complete, Field, Form, Messenger},
    script,
};

/// Where the page is.
pub(super) const PAGE: &str = "setup/try.html";

/// What it reads, from the tab's own storage: nobody else can write there.
const KEPT: &str = "messenger-auth-setup:trial";

/// Drops what it was last given.
pub(super) fn forget() {
    if let Some(storage) = storage() {
        // What cannot be removed was never kept.
        let _ = storage.remove_item(KEPT);
    }
}

/// What came of pressing the button.
#[derive(Clone, PartialEq)]
enum Begun {
    /// A tab carries this script.
    With(String),
    /// Nothing; why.
    Refused(&'static str),
}

#[component]
pub(super) fn Trial() -> impl IntoView {
    let state = expect_context::<State>();
    let begun = RwSignal::new(None::<Begun>);
    let code = Memo::new(move |_| {
        let (Ok(complete), Build::Here(files)) = (state.complete(), state.files.get()) else {
            return None;
        };
        let site = state.here()?;
        Some(script::code(&files, &complete.options, &site))
    });
    let press = move |_| {
        let (Some(code), Ok(complete)) = (
            code.get_untracked(),
            state.form.with_untracked(Form::complete),
        ) else {
            return;
        };
        let callback = state
            .form
            .with_untracked(|form| form.text(Field::Callback).to_owned());
        let kept = json::object(vec![
            ("code", code.as_str().into()),
            ("callback", callback.into()),
            ("limit", complete.config.timeout_ms.into()),
        ]);
        let is_kept =
            storage().is_some_and(|storage| storage.set_item(KEPT, &kept.to_string()).is_ok());
        let has_opened = is_kept && window().open_with_url(PAGE).ok().flatten().is_some();
        begun.set(Some(if has_opened {
            Begun::With(code)
        } else if is_kept {
            Begun::Refused(
                "The browser did not open the tab: allow this page its windows, then try again.",
            )
        } else {
            Begun::Refused(
                "The browser keeps nothing for this page: allow storage, then try again.",
            )
        }));
    };
    let remarks = move || {
        state
            .complete()
            .map_or_else(|_| Vec::new(), |complete| remarks(state, &complete))
    };
    let said = move || match begun.get() {
        _ if code.with(Option::is_none) => lacking(state),
        None => "",
        Some(Begun::Refused(sentence)) => sentence,
        Some(Begun::With(then)) if code.with(|now| now.as_ref() == Some(&then)) => {
            "It is in a tab of its own."
        }
        Some(Begun::With(_)) => "The form has changed since: try it again.",
    };
    view! {
        <section class="panel" aria-labelledby="try-title">
            <header><h2 id="try-title">"Try it"</h2></header>
            <p class="about">
                "Signs in with exactly these options, on a page of this address that holds nothing but the snippet, a button and a pretend messenger. Answers are shown shortened."
            </p>
            <ul class="remarks">
                {move || remarks().into_iter().map(|(text, value)| view! {
                    <li>{text} {value.map(|value| view! { " " <code>{value}</code> })}</li>
                }).collect_view()}
            </ul>
            <p class="actions">
                <button type="button" class="primary" id="try" aria-disabled=move || code.get().is_none().to_string() on:click=press>
                    {move || if begun.with(Option::is_some) { "Try it again" } else { "Try it" }}
                </button>
                <span class="note" role="status">
                    {said}
                </span>
            </p>
        </section>
    }
}

/// Why there is nothing to try out.
fn lacking(state: State) -> &'static str {
    if state.complete().is_err() {
        "As soon as the form is complete."
    } else if state.here().is_none() {
        "Nobody can be signed in on this page’s address: open it over https:, or on localhost."
    } else if state.files.get() == Build::Loading {
        "Reading the files of this build …"
    } else {
        "The files of Messenger Auth are not beside this page."
    }
}

/// What to know before.
fn remarks(state: State, complete: &Complete) -> Vec<(&'static str, Option<String>)> {
    let mut remarks = Vec::new();
    if let Some(TryOut {
        redirect_uri: Some(uri),
        ..
    }) = state.try_out(complete)
    {
        remarks.push((
            "Register this redirect URI too, for the try-out on this page:",
            Some(uri),
        ));
    }
    match complete.config.issuer.kind() {
        Kind::Finesse(_) => remarks.push(("Only where this page is on Finesse’s own origin, or behind your proxy; and with a name, not a call, for the agent.", None)),
        Kind::SiteSession(_) => remarks.push(("Your service has to know this page’s origin, or be on it.", None)),
        _ => {}
    }
    match state.form.with(|form| form.messenger) {
        Messenger::GenesysMessenger => remarks.push((
            "The pretend messenger gets a code and does not redeem it: only Genesys can.",
            None,
        )),
        Messenger::GenesysEmbeddable => remarks.push((
            "There is no frame of Genesys here: the page signs the agent in by itself.",
            None,
        )),
        Messenger::Page | Messenger::Dynamics => {}
    }
    remarks
}
