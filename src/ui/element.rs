//! The panel as elements: one view, patched in place when the state changes.
//!
//! The elements stay the same in every state, because a screen reader only hears a live region
//! that was there before its text, and because a button that keeps its place keeps the focus.
//! The panel is told of a change as a whole, and patched without Leptos' signals: the graph behind them would
//! be 5,000 bytes more to download (brotli), for one value.

use super::button::button;
use super::status::Status;
use super::text::Language;
use super::{Actions, Board, Panel};
use crate::browser::task::Leash;
use leptos::prelude::*;
use leptos::tachys::view::{Mountable, Render};
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use std::cell::RefCell;
use std::rc::Rc;

/// Shows the panel in `root` until the returned function is called.
pub(crate) fn mount(
    root: HtmlElement,
    board: Rc<Board>,
    actions: Actions,
    language: Language,
) -> impl FnOnce() {
    let mut seen = board.changes();
    let mut state = element(&board.panel(), &actions, language).build();
    state.mount(&root, None);
    let mounted = Rc::new(RefCell::new(state));
    let patched = Rc::clone(&mounted);
    let patching = Leash::default();
    patching.spawn(Box::pin(async move {
        loop {
            seen = board.changed(seen).await;
            // Asked first: the browser drops the focus of what is hidden at once.
            let focused = find(&root, ":focus");
            // Made first: the page hears of a lost focus while the view is patched, and may bring
            // the next change about in that very moment.
            let view = element(&board.panel(), &actions, language);
            view.rebuild(&mut patched.borrow_mut());
            if let Some(focused) = focused {
                keep_focus(&root, &focused);
            }
        }
    }));
    move || {
        patching.pull();
        // Where it is being patched, the page takes the element itself away.
        if let Ok(mut mounted) = mounted.try_borrow_mut() {
            mounted.unmount();
        }
    }
}

fn element(
    panel: &Panel,
    actions: &Actions,
    language: Language,
) -> impl Render<State: Mountable> + use<> {
    let Status {
        state,
        label,
        said: [before, name, after],
        alert,
        main,
        cancel,
        sign_out,
        details,
        failure: [code, message, help, steps],
    } = Status::of(panel, language);
    let (act, busy) = match panel {
        Panel::SignedOut | Panel::Failed { .. } => (Rc::clone(&actions.sign_in), "false"),
        Panel::WindowOpen => (Rc::clone(&actions.show_window), "false"),
        Panel::WindowBlocked | Panel::StillSigningIn => (Rc::clone(&actions.reopen), "false"),
        Panel::Working | Panel::SignedIn { .. } => (Rc::new(|| {}) as Rc<dyn Fn()>, "true"),
    };

    view! {
        <div
            class="panel"
            part="panel"
            role="group"
            tabindex="-1"
            dir="ltr"
            lang=language.tag()
            aria-label=label
            data-state=state
        >
            <p class="status" role="status">
                {before.to_owned()}
                <bdi>{name.to_owned()}</bdi>
                {after.to_owned()}
            </p>
            <p class="alert" role="alert">
                {alert}
            </p>
            <div class="actions">
                {button("button", main, busy, act)}
                {button("button quiet", cancel, "false", Rc::clone(&actions.cancel))}
                {button("button quiet", sign_out, "false", Rc::clone(&actions.sign_out))}
            </div>
            <details hidden=code.is_empty()>
                <summary>{details} " " <code>{code.to_owned()}</code></summary>
                <p lang="en">{message.to_owned()}</p>
                <p lang="en">{help.to_owned()}</p>
                <p lang="en" class="steps">{steps.to_owned()}</p>
            </details>
        </div>
    }
}

/// Leads the focus away from what has just gone: to the main button, and where there is none to
/// the panel itself.
fn keep_focus(root: &HtmlElement, focused: &Element) {
    if matches!(focused.closest("[hidden]"), Ok(Some(_)))
        && let Some(next) =
            find(root, ".button:not(.quiet,[hidden])").or_else(|| find(root, ".panel"))
        && let Ok(next) = next.dyn_into::<HtmlElement>()
    {
        let _ = next.focus();
    }
}

fn find(root: &HtmlElement, selector: &str) -> Option<Element> {
    root.query_selector(selector).ok().flatten()
}
