//! What comes of the form.

use leptos::{either::Either, prelude::*};
use wasm_bindgen::prelude::wasm_bindgen;

use super::{Build, State, copy::Copy, trial::Trial, works};
use crate::{
    advice::{self, Advice, DedicatedWindow, Directive, Entry, Genesys},
    checks::{self, Check, Outcome},
    form::{Complete, Form, HasExamples, Incomplete, Lack, Messenger, SignIn},
    script::{self, Shape},
};

#[wasm_bindgen(raw_module = "../messenger-auth/genesys.mjs")]
extern "C" {
    #[wasm_bindgen(js_name = frameworkBridge, catch)]
    fn framework_bridge(page_origin: &str) -> Result<String, wasm_bindgen::JsValue>;
    #[wasm_bindgen(js_name = redirectUris)]
    fn redirect_uris(options: &js_sys::Object) -> js_sys::Array;
}

/// What the package itself writes.
struct Package;

impl Genesys for Package {
    fn bridge(&self, page_origin: &str) -> Result<String, String> {
        framework_bridge(page_origin).map_err(|error| js_sys::Error::from(error).message().into())
    }

    fn redirect_uris(
        &self,
        domain: &str,
        dedicated: DedicatedWindow,
        redirect_uri: &str,
    ) -> Vec<String> {
        let options = js_sys::Object::new();
        let set = |name: &str, value: wasm_bindgen::JsValue| {
            let _ = js_sys::Reflect::set(&options, &name.into(), &value);
        };
        set("domain", domain.into());
        set(
            "dedicatedLoginWindow",
            (dedicated == DedicatedWindow::Yes).into(),
        );
        set("redirectUri", redirect_uri.into());
        redirect_uris(&options)
            .iter()
            .filter_map(|uri| uri.as_string())
            .collect()
    }
}

/// The form with examples in it where it is empty, so that there is always something to read.
type Draft = Option<(Form, Complete, HasExamples)>;

#[component]
pub(super) fn Results() -> impl IntoView {
    let state = expect_context::<State>();
    let draft = Signal::derive(move || -> Draft {
        let (form, has) = state.form.with(Form::with_examples);
        let complete = form.complete().ok()?;
        Some((form, complete, has))
    });
    let advised = Memo::new(move |_| {
        draft.with(|draft| {
            let (form, complete, _) = draft.as_ref()?;
            let trial = state.try_out(complete);
            Some(advice::advice(form, complete, trial.as_ref(), &Package))
        })
    });
    let policy = Memo::new(move |_| {
        draft.with(|draft| {
            let (form, complete, _) = draft.as_ref()?;
            let code = match state.files.get() {
                Build::Here(files) => state.shape.get().inline(&files, complete),
                Build::Loading | Build::Missing => None,
            };
            let hash = code.as_deref().map(script::policy_hash);
            Some(state.findings.with(|found| {
                let document = found.discovery.as_ref().and_then(|read| read.as_ref().ok());
                advice::policy(form, complete, document, hash)
            }))
        })
    });
    let has_examples =
        Memo::new(move |_| draft.with(|draft| matches!(draft, Some((_, _, HasExamples::Yes)))));
    let is_refused = move || {
        matches!(
            state.complete(),
            Err(Incomplete {
                kind: Lack::Pair,
                ..
            })
        )
    };
    view! {
        <div class="results">
            <Lacking />
            <div class="results" hidden=is_refused>
                <Checks />
                <Paste />
                <Register advised has_examples />
                <Enter advised has_examples />
                <Policy policy has_examples />
                <Trial />
            </div>
        </div>
    }
}

/// Why a pair is refused.
#[component]
fn Lacking() -> impl IntoView {
    let state = expect_context::<State>();
    let refused = Memo::new(move |_| {
        let lack = state.complete().err()?;
        (lack.kind == Lack::Pair).then_some(lack.sentence)
    });
    view! {
        <div role="alert">
            {move || refused.get().map(|sentence| view! {
                <div class="refusal">
                    <h2>"These two do not go together"</h2>
                    <p>{sentence}</p>
                    <p class="instead">{instead(state)}</p>
                </div>
            })}
        </div>
    }
}

/// What goes together with the messenger that is chosen.
fn instead(state: State) -> String {
    let messenger = state.form.with(|form| form.messenger);
    let names: Vec<&str> = SignIn::ALL
        .into_iter()
        .filter(|sign_in| works(messenger, *sign_in))
        .map(SignIn::name)
        .collect();
    format!("{} goes with: {}.", messenger.name(), names.join(", "))
}

/// What keeps the script from being shown.
fn lack(state: State) -> Option<(Lack, String)> {
    let lack = state.complete().err()?;
    Some((lack.kind, lack.sentence))
}

#[component]
fn Checks() -> impl IntoView {
    let state = expect_context::<State>();
    let checks: Memo<Vec<Check>> = Memo::new(move |_| {
        state.settled.with(|form| {
            state
                .findings
                .with(|found| checks::judge(form, found, &state.origin()))
        })
    });
    let summary = move || {
        checks.with(|checks| {
            let count = |outcome| {
                checks
                    .iter()
                    .filter(|check| check.outcome == outcome)
                    .count()
            };
            let parts = [
                (count(Outcome::Fail), "failed"),
                (count(Outcome::Warning), "to look at"),
                (count(Outcome::Pass), "passed"),
                (count(Outcome::Running), "running"),
            ];
            parts
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, word)| format!("{count} {word}"))
                .collect::<Vec<_>>()
                .join(" · ")
        })
    };
    view! {
        <section class="panel" aria-labelledby="checks-title" hidden=move || checks.with(Vec::is_empty)>
            <header>
                <h2 id="checks-title">"Checks"</h2>
                <p class="summary" role="status" aria-live="polite" id="checks-summary">{summary}</p>
            </header>
            <ul class="checks" id="checks">
                <For each=move || checks.get() key=|check| (check.id, check.outcome as u8, check.found.clone()) let:check>
                    <li data-check=check.id data-outcome=check.outcome.word()>
                        <span class="mark" role="img" aria-label=check.outcome.word()></span>
                        <div>
                            <h3>{check.title}</h3>
                            <p>{check.found.clone()}</p>
                            {(!check.remedy.is_empty()).then(|| view! { <p class="remedy">{check.remedy.clone()}</p> })}
                        </div>
                    </li>
                </For>
            </ul>
        </section>
    }
}

/// What people call a form of it, and when it is right.
const fn shape_words(shape: Shape) -> [&'static str; 3] {
    match shape {
        Shape::Snippet => [
            "snippet",
            "Snippet",
            "Goes into the <head> of your pages, before the messenger’s own script. It is right also where the messenger asks very early.",
        ],
        Shape::TagManager => [
            "tag-manager",
            "Tag manager",
            "Goes into a Custom HTML tag that fires on the initialisation of all pages. Sign-ins and sign-outs arrive in dataLayer as messenger_auth_… events.",
        ],
        Shape::Tag => [
            "tag",
            "Script tag",
            "The shortest form, for pages whose messenger is loaded later. Tag managers drop its data- attributes: there, use their own form.",
        ],
    }
}

#[component]
fn Paste() -> impl IntoView {
    let state = expect_context::<State>();
    let shape = state.shape;
    let text = Memo::new(move |_| {
        match (state.complete(), state.files.get()) {
        (Err(_), _) => Err(lack(state)),
        (_, Build::Loading) => Err(Some((Lack::Missing, "Reading the files of this build …".to_owned()))),
        (_, Build::Missing) => Err(Some((
            Lack::Wrong,
            "The files of Messenger Auth are not beside this page: serve the folder messenger-auth/ with integrity.json and snippet.js in it.".to_owned(),
        ))),
            (Ok(complete), Build::Here(files)) => match shape.get().text(&files, &complete) {
                Some(text) => Ok(script::parts(&text, &complete.options).map(str::to_owned)),
                None => Err(Some((Lack::Wrong, "An attribute cannot hold a function: take the snippet, or write the agent’s name as text.".to_owned()))),
            },
        }
    });
    let folder = move || {
        state.form.with(|form| {
            form.site()
                .map_or_else(|_| "/messenger-auth/".to_owned(), |site| site.path(""))
        })
    };
    view! {
        <section class="panel" aria-labelledby="paste-title">
            <header>
                <h2 id="paste-title">"Paste this"</h2>
                <fieldset class="segments">
                    <legend class="unseen">"Form"</legend>
                    {Shape::ALL.map(|one| view! {
                        <label>
                            <input type="radio" name="shape" value=shape_words(one)[0] prop:checked=move || shape.get() == one
                                on:change=move |_| shape.set(one) />
                            <span>{shape_words(one)[1]}</span>
                        </label>
                    }).collect_view()}
                </fieldset>
            </header>
            {move || match text.get() {
                Ok(parts) => {
                    let copied = parts.concat();
                    let [before, made, after] = parts;
                    Either::Left(view! {
                        <p class="about">{move || shape_words(shape.get())[2]}</p>
                        <div class="code">
                            <pre id="snippet" tabindex="0" role="region" aria-label="What to paste"><code>{before}<mark>{made}</mark>{after}</code></pre>
                            <Copy what=Signal::derive(move || shape_words(shape.get())[1].to_owned()) text=Signal::stored(copied) />
                        </div>
                    })
                }
                Err(lack) => Either::Right(lack.map(|(kind, sentence)| view! {
                    <p class="lack" class:missing={kind == Lack::Missing} id="lack">
                        {(kind == Lack::Missing).then_some("It appears here as soon as the form is complete. ")}
                        {sentence}
                    </p>
                })),
            }}
            <ol class="todo">
                <li>"Serve the files of the package from your website, at " <code>{folder}</code> ". Nothing else is to be installed."</li>
                <li>"Put a button where you want one: " <code>"<messenger-auth></messenger-auth>"</code></li>
            </ol>
        </section>
    }
}

#[component]
fn Entries(entries: Vec<Entry>) -> impl IntoView {
    view! {
        <dl class="entries">
            {entries.into_iter().map(|entry| {
                let label = entry.label;
                view! {
                    <div>
                        <dt>{label}</dt>
                        <dd>
                            {entry.value.map(|value| {
                                let copied = value.clone();
                                view! {
                                    <span class="value">
                                        <code>{value}</code>
                                        <Copy what=Signal::stored(label.to_owned()) text=Signal::stored(copied) />
                                    </span>
                                }
                            })}
                            {(!entry.note.is_empty()).then(|| view! { <span class="note">{entry.note}</span> })}
                        </dd>
                    </div>
                }
            }).collect_view()}
        </dl>
    }
}

#[component]
fn Examples(has_examples: Memo<bool>) -> impl IntoView {
    view! {
        <p class="examples" hidden=move || !has_examples.get()>
            "With examples in the place of what is still empty."
        </p>
    }
}

/// Said in the place of what cannot be told.
#[component]
fn Unknown() -> impl IntoView {
    let state = expect_context::<State>();
    move || lack(state).map(|(_, sentence)| view! { <p class="lack">{sentence}</p> })
}

#[component]
fn Register(advised: Memo<Option<Advice>>, has_examples: Memo<bool>) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="register-title">
            <header><h2 id="register-title">"Register where people sign in"</h2></header>
            {move || match advised.get() {
                Some(advice) => Either::Left(view! {
                    <p class="place">{advice.place}</p>
                    <Examples has_examples />
                    <div class="client">
                        <span class="tag">"Type of client"</span>
                        <strong id="client-type">{advice.client}</strong>
                        <p>{advice.why}</p>
                    </div>
                    <Entries entries=advice.register />
                }),
                None => Either::Right(view! { <Unknown /> }),
            }}
        </section>
    }
}

#[component]
fn Enter(advised: Memo<Option<Advice>>, has_examples: Memo<bool>) -> impl IntoView {
    let state = expect_context::<State>();
    let name = move || match state.form.with(|form| form.messenger) {
        Messenger::Page => "Enter at your messenger".to_owned(),
        other => format!("Enter at {}", other.name()),
    };
    view! {
        <section class="panel" aria-labelledby="enter-title">
            <header><h2 id="enter-title">{name}</h2></header>
            {move || match advised.get() {
                Some(advice) => Either::Left(view! {
                    <p class="place">{advice.messenger_place}</p>
                    <Examples has_examples />
                    <Entries entries=advice.messenger />
                    {advice.bridge.map(|bridge| match bridge {
                        Ok(lines) => {
                            let copied = lines.clone();
                            Either::Left(view! {
                                <div class="code">
                                    <pre id="bridge" tabindex="0" role="region" aria-label="Lines for framework.js"><code>{lines}</code></pre>
                                    <Copy what=Signal::stored("Lines for framework.js".to_owned()) text=Signal::stored(copied) />
                                </div>
                            })
                        }
                        Err(sentence) => Either::Right(view! { <p class="lack">{sentence}</p> }),
                    })}
                }),
                None => Either::Right(view! { <Unknown /> }),
            }}
        </section>
    }
}

#[component]
fn Policy(policy: Memo<Option<Vec<Directive>>>, has_examples: Memo<bool>) -> impl IntoView {
    let lines = move || {
        policy.get().map(|policy| {
            policy
                .iter()
                .map(|line| format!("{} {};", line.name, line.values.join(" ")))
                .collect::<Vec<_>>()
                .join("\n")
        })
    };
    view! {
        <section class="panel" aria-labelledby="policy-title">
            <header><h2 id="policy-title">"Allow in your Content-Security-Policy"</h2></header>
            {move || match (policy.get(), lines()) {
                (Some(policy), Some(lines)) => {
                    let copied = lines.clone();
                    Either::Left(view! {
                        <p class="about">"Only where your site sends one. Add these values to the directives that it has; a nonce in the place of the hash does as well."</p>
                        <Examples has_examples />
                        <div class="code">
                            <pre id="policy" tabindex="0" role="region" aria-label="Content-Security-Policy"><code>{lines}</code></pre>
                            <Copy what=Signal::stored("Content-Security-Policy".to_owned()) text=Signal::stored(copied) />
                        </div>
                        <ul class="why">
                            {policy.into_iter().map(|line| view! { <li><code>{line.name}</code> " " {line.why}</li> }).collect_view()}
                        </ul>
                    })
                }
                _ => Either::Right(view! { <Unknown /> }),
            }}
        </section>
    }
}
