//! The panel as elements: one view, patched in place when the state changes.
//!
//! The elements stay the same in every state, because a screen reader only hears a live region
//! that was there before its text, and because a button that keeps its place keeps the focus.
//! The whole view in one effect takes 1,100 bytes (brotli) less than an effect for each text.

use super::button::button;
use super::status::Status;
use super::text::Language;
use super::{Actions, Panel};
use leptos::mount::mount_to_renderer;
use leptos::prelude::*;
use leptos::tachys::view::{Mountable, Render};
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use std::rc::Rc;

/// Shows the panel in `root` until the returned function is called.
pub(crate) fn mount(
    root: HtmlElement,
    panel: ArcReadSignal<Panel>,
    actions: Actions,
    language: Language,
) -> impl FnOnce() {
    // Nothing is mounted by this: it starts Leptos' executor.
    drop(mount_to_renderer(&root, || ()));
    let effect = RenderEffect::new(move |state| {
        let view = element(&panel.read(), &actions, language);
        match state {
            None => {
                let mut state = view.build();
                state.mount(&root, None);
                state
            }
            Some(mut state) => {
                // Asked first: the browser drops the focus of what is hidden at once.
                let focused = find(&root, ":focus");
                view.rebuild(&mut state);
                if let Some(focused) = focused {
                    keep_focus(&root, &focused);
                }
                state
            }
        }
    });
    move || {
        if let Some(mut state) = effect.take_value() {
            state.unmount();
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
