//! The try-out: a page of its own that carries the snippet, in a frame, or in a tab where the whole page leaves.

use leptos::prelude::*;
use protocol::{config::Transport, issuer::Kind};
use serde_json::json;

use super::{Build, State, storage};
use crate::{
    form::{Complete, Field, Form, Messenger},
    script,
};

/// Where the page is.
const PAGE: &str = "setup/try.html";

/// What it reads, from the tab's own storage: nobody else can write there.
const KEPT: &str = "messenger-auth-setup:trial";

/// A try-out that has been begun.
#[derive(Clone, PartialEq)]
struct Begun {
    /// Counts, so that each is a new page.
    number: u32,
    /// What it carries.
    code: String,
}

#[component]
pub(super) fn Trial() -> impl IntoView {
    let state = expect_context::<State>();
    let begun = RwSignal::new(None::<Begun>);
    let elsewhere = RwSignal::new(false);
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
        let kept =
            json!({ "code": code, "callback": callback, "limit": complete.config.timeout_ms });
        let is_kept =
            storage().is_some_and(|storage| storage.set_item(KEPT, &kept.to_string()).is_ok());
        if !is_kept {
            state.said.set(
                "The browser keeps nothing for this page: allow storage, then try again."
                    .to_owned(),
            );
            return;
        }
        if complete.config.transport == Transport::Page {
            let opened = window().open_with_url(PAGE).ok().flatten();
            elsewhere.set(opened.is_some());
            begun.set(None);
            return;
        }
        elsewhere.set(false);
        begun.update(|begun| {
            let number = begun.as_ref().map_or(0, |one| one.number) + 1;
            *begun = Some(Begun { number, code });
        });
    };
    let remarks = move || {
        state
            .complete()
            .map_or_else(|_| Vec::new(), |complete| remarks(state, &complete))
    };
    let is_stale = move || {
        begun.with(|begun| {
            begun
                .as_ref()
                .is_some_and(|begun| Some(&begun.code) != code.get().as_ref())
        })
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
                    {move || if code.get().is_none() {
                        "As soon as the form is complete."
                    } else if elsewhere.get() {
                        "It is in a tab of its own, because the whole page leaves to sign in."
                    } else if is_stale() {
                        "The form has changed since: try it again."
                    } else {
                        ""
                    }}
                </span>
            </p>
            {move || begun.get().map(|Begun { number, .. }| view! {
                <iframe class="trial" title="Try-out" src=format!("{PAGE}?{number}")></iframe>
            })}
        </section>
    }
}

/// What to know before.
fn remarks(state: State, complete: &Complete) -> Vec<(&'static str, Option<String>)> {
    let mut remarks = Vec::new();
    if let Some(uri) = state.trial_redirect_uri(complete) {
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
