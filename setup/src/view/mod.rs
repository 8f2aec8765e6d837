//! The page, as the browser shows it.
#![allow(
    unreachable_pub,
    reason = "Leptos and wasm-bindgen make public items of their own"
)]

mod copy;
mod fields;
mod results;
mod trial;

use core::time::Duration;

use gloo_net::http::Request;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use protocol::json;
use wasm_bindgen::{JsCast, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortSignal, HtmlElement, Url};

use crate::{
    advice::TryOut,
    checks::{self, Findings, Plan},
    form::{Complete, Form, Incomplete, Messenger, SignIn},
    probe::{PATIENCE, Probe},
    script::{Files, Shape},
    site::Site,
};

/// How long after the last key the form counts as typed.
const PAUSE: Duration = Duration::from_millis(450);

/// Everything that the parts of the page share.
#[derive(Clone, Copy)]
struct State {
    form: RwSignal<Form>,
    /// The form when nobody has typed for a moment.
    settled: RwSignal<Form>,
    files: RwSignal<Build>,
    findings: RwSignal<Findings>,
    /// The form of what is pasted.
    shape: RwSignal<Shape>,
    /// What a screen reader is to say.
    said: RwSignal<String>,
    /// This page's origin, and the folder of the files beside it.
    here: StoredValue<(String, String)>,
}

/// The files of the build.
#[derive(Clone, PartialEq)]
enum Build {
    Loading,
    Here(Files),
    Missing,
}

impl State {
    fn new() -> Self {
        let (origin, folder) = here();
        let mut form = Form::new(&origin, &folder);
        if let Some(kept) = storage().and_then(|storage| storage.get_item(KEPT).ok().flatten()) {
            form.take_up(&json::read(kept.as_bytes()).unwrap_or(json::Value::Null));
        }
        Self {
            form: RwSignal::new(form.clone()),
            settled: RwSignal::new(form),
            files: RwSignal::new(Build::Loading),
            findings: RwSignal::default(),
            shape: RwSignal::new(Shape::Snippet),
            said: RwSignal::default(),
            here: StoredValue::new((origin, folder)),
        }
    }

    /// Begins anew with an empty form.
    fn start_over(&self) {
        let (origin, folder) = self.here.get_value();
        self.form.set(Form::new(&origin, &folder));
        trial::forget();
    }

    fn origin(&self) -> String {
        self.here.with_value(|(origin, _)| origin.clone())
    }

    /// This page as a site, where people could be signed in on it.
    fn here(&self) -> Option<Site> {
        self.here
            .with_value(|(origin, folder)| Site::read(origin, folder))
            .ok()
    }

    /// What the try-out needs to be registered, where people could be signed in on this page.
    fn try_out(&self, complete: &Complete) -> Option<TryOut> {
        let has_one = complete.config.issuer.knows_clients();
        let uri = self.here()?.redirect_uri();
        Some(TryOut {
            page: beside(trial::PAGE)?.href(),
            redirect_uri: (has_one && uri != complete.config.client.redirect_uri).then_some(uri),
        })
    }

    /// The form as options, or what it lacks.
    fn complete(&self) -> Result<Complete, Incomplete> {
        self.form.with(Form::complete)
    }
}

/// Shows the page.
#[wasm_bindgen(start)]
pub fn start() {
    let app = document().get_element_by_id("app");
    let Some(app) = app.and_then(|app| app.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    app.set_inner_html("");
    mount_to(app, Page).forget();
}

#[component]
fn Page() -> impl IntoView {
    let state = State::new();
    provide_context(state);
    spawn_local(async move { state.files.set(files().await) });
    settle(state);
    ask(state);
    view! {
        <div class="sheet">
            <fields::Fields />
            <results::Results />
        </div>
        <p class="unseen" role="status" aria-live="polite">
            {move || state.said.get()}
        </p>
    }
}

/// Keeps the form for the next visit in this tab, and copies it when nobody has typed for a moment.
fn settle(state: State) {
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let kept = state.form.with(Form::kept);
        if let Some(storage) = storage() {
            // Where nothing can be kept, a reload begins anew.
            let _ = storage.set_item(KEPT, &kept.to_string());
        }
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        let settled = move || state.settled.set(state.form.get_untracked());
        timer.set_value(set_timeout_with_handle(settled, PAUSE).ok());
    });
}

/// Asks what there is to ask; another plan gives up the questions of the one before.
fn ask(state: State) {
    let plan: Memo<Option<Plan>> = Memo::new(move |_| state.settled.with(checks::plan));
    let probe = StoredValue::new_local(None::<Probe>);
    Effect::new(move |_| {
        let plan = plan.get();
        probe.set_value(None);
        state.findings.set(Findings::default());
        probe
            .set_value(plan.map(|plan| Probe::begin(plan, move |found| state.findings.set(found))));
    });
}

/// This page's origin, and the path of the files' folder beside it.
fn here() -> (String, String) {
    let folder = beside(FOLDER).map(|url| url.pathname());
    let origin = window().location().origin();
    (
        origin.unwrap_or_default(),
        folder.unwrap_or_else(|| ["/", FOLDER].concat()),
    )
}

/// The address of a file beside this page.
fn beside(name: &str) -> Option<Url> {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    Url::new_with_base(name, &base).ok()
}

/// Under which name the form is kept.
const KEPT: &str = "messenger-auth-setup:form";

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

const FOLDER: &str = "messenger-auth/";

/// The files of this build, as this page's own site serves them.
async fn files() -> Build {
    // Both within one deadline, to the end of their bodies.
    let limit = AbortSignal::timeout_with_f64(PATIENCE.as_secs_f64() * 1000.0);
    let text = async |name: &str| {
        let request = Request::get(&[FOLDER, name].concat()).abort_signal(Some(&limit));
        let answer = request.send().await.ok()?;
        if answer.ok() {
            answer.text().await.ok()
        } else {
            None
        }
    };
    let read = async {
        let integrity = json::read(text("integrity.json").await?.as_bytes())?;
        Files::read(&integrity, &text("snippet.js").await?)
    };
    read.await.map_or(Build::Missing, Build::Here)
}

/// Whether messenger and sign-in go together at all.
fn works(messenger: Messenger, sign_in: SignIn) -> bool {
    crate::form::refusal(messenger, sign_in, "").is_none()
}
