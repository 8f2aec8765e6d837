//! The panel as elements: one view, patched in place when the state changes.
//!
//! The elements stay the same in every state, because a screen reader only hears a live region
//! that was there before its text, and because a button that keeps its place keeps the focus.
//! The panel is told of a change as a whole, and patched without Leptos' signals, and one listener hears
//! all clicks: the graph behind signals and listeners of Leptos' would be 6,700 bytes more to download
//! (brotli), for one value and three buttons.

use super::button::button;
use super::status::Status;
use super::text::Language;
use super::{Action, Board, Panel};
use crate::browser::{event::Listener, task::Leash};
use leptos::prelude::*;
use leptos::tachys::view::{Mountable, Render};
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event, HtmlElement};
use std::cell::RefCell;
use std::rc::Rc;

/// Shows the panel in `root` until the returned function is called. `act` is called
/// synchronously in the click, because a window may have to be opened in it.
pub(crate) fn mount(
    root: HtmlElement,
    board: Rc<Board>,
    act: impl Fn(Action) + 'static,
    language: Language,
) -> impl FnOnce() {
    let mut seen = board.changes();
    let mut state = element(&board.panel(), language).build();
    state.mount(&root, None);
    let shown = Rc::clone(&board);
    let clicks = Listener::on(&root, "click", move |event| {
        let action = clicked(&event, &shown.panel());
        if let Some(action) = action {
            act(action);
        }
    });
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
            let view = element(&board.panel(), language);
            view.rebuild(&mut patched.borrow_mut());
            if let Some(focused) = focused {
                keep_focus(&root, &focused);
            }
        }
    }));
    move || {
        drop(clicks);
        patching.pull();
        // Where it is being patched, the page takes the element itself away.
        if let Ok(mut mounted) = mounted.try_borrow_mut() {
            mounted.unmount();
        }
    }
}

/// What the person wants who has clicked.
fn clicked(event: &Event, panel: &Panel) -> Option<Action> {
    let button: Element = event.target()?.dyn_into().ok()?;
    match &*button.get_attribute("name")? {
        "main" => match panel {
            Panel::SignedOut
            | Panel::Failed { .. }
            | Panel::WindowBlocked
            | Panel::StillSigningIn => Some(Action::SignIn),
            Panel::WindowOpen => Some(Action::ShowWindow),
            Panel::Working | Panel::SignedIn { .. } => None,
        },
        "cancel" => Some(Action::Cancel),
        "sign-out" => Some(Action::SignOut),
        _ => None,
    }
}

fn element(panel: &Panel, language: Language) -> impl Render<State: Mountable> + use<> {
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
    let busy = match panel {
        Panel::Working | Panel::SignedIn { .. } => "true",
        _ => "false",
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
                {button("main", "button", main, busy)}
                {button("cancel", "button quiet", cancel, "false")}
                {button("sign-out", "button quiet", sign_out, "false")}
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
