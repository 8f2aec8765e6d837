//! The form.

use leptos::{either::EitherOf4, prelude::*};
use protocol::issuer::genesys_cloud::DOMAINS;

use super::{State, works};
use crate::form::{Field, Form, Input, Lack, Messenger, Part, SignIn, Spec};

#[component]
pub(super) fn Fields() -> impl IntoView {
    let state = expect_context::<State>();
    let messenger = move || state.form.with(|form| form.messenger);
    let sign_in = move || state.form.with(|form| form.sign_in);
    let is_blamed = move || {
        let lack = state.settled.with(Form::complete).err();
        let field = lack.and_then(|lack| lack.field);
        field.is_some_and(|field| {
            state
                .settled
                .with(|form| field.spec(form).part == Part::More)
        })
    };
    let more = NodeRef::<leptos::html::Details>::new();
    // What is wrong is to be seen; nothing closes it again but the person.
    Effect::new(move |_| {
        if is_blamed()
            && let Some(more) = more.get()
        {
            more.set_open(true);
        }
    });
    view! {
        <form class="form" aria-label="Your set-up" autocomplete="off" on:submit=|event| event.prevent_default()>
            <fieldset>
                <legend><span class="step">"1"</span> "Your messenger"</legend>
                <div class="cards">
                    {Messenger::ALL.map(|one| view! {
                        <label class="card">
                            <input type="radio" name="messenger" value=one.option()
                                prop:checked=move || messenger() == one
                                on:change=move |_| state.form.update(|form| form.messenger = one) />
                            <span class="name">{one.name()}</span>
                            <span class="meaning">{one.meaning()}</span>
                        </label>
                    }).collect_view()}
                </div>
                <Rows part=Part::Messenger />
            </fieldset>
            <fieldset>
                <legend><span class="step">"2"</span> "Where people sign in"</legend>
                <div class="cards">
                    {SignIn::ALL.map(|one| view! {
                        <label class="card" class:unfit=move || !works(messenger(), one)>
                            <input type="radio" name="sign-in" value=one.word()
                                prop:checked=move || sign_in() == one
                                on:change=move |_| state.form.update(|form| form.sign_in = one) />
                            <span class="name">{one.name()}</span>
                            <span class="meaning">
                                {move || if works(messenger(), one) {
                                    one.meaning().to_owned()
                                } else {
                                    format!("Not with {}", messenger().name())
                                }}
                            </span>
                        </label>
                    }).collect_view()}
                </div>
                <Rows part=Part::SignIn />
            </fieldset>
            <fieldset>
                <legend><span class="step">"3"</span> "Your website"</legend>
                <Rows part=Part::Site />
            </fieldset>
            <details node_ref=more>
                <summary>"More options"</summary>
                <Rows part=Part::More />
            </details>
            <p><button type="button" class="quiet" on:click=move |_| state.start_over()>"Start over"</button></p>
        </form>
    }
}

#[component]
fn Rows(part: Part) -> impl IntoView {
    let state = expect_context::<State>();
    let fields = move || {
        state
            .form
            .with(|form| form.fields(part).collect::<Vec<_>>())
    };
    view! { <For each=fields key=|field| *field as usize let:field><Row field /></For> }
}

#[component]
fn Row(field: Field) -> impl IntoView {
    let state = expect_context::<State>();
    let spec: Memo<Spec> = Memo::new(move |_| state.form.with(|form| field.spec(form)));
    // What is wrong is said when nobody has typed for a moment.
    let fault = Memo::new(move |_| {
        let lack = state.settled.with(Form::complete).err()?;
        (lack.field == Some(field) && lack.kind == Lack::Wrong).then_some(lack.sentence)
    });
    let id = spec.get_untracked().id;
    let fault_id = format!("{id}-fault");
    let described = format!("{id}-hint {fault_id}");
    let is_switch = matches!(spec.get_untracked().input, Input::Switch);
    let label = move || view! { <label for=id>{move || spec.get().label}</label> };
    view! {
        <div class="row" class:switch=is_switch class:faulty=move || fault.get().is_some()>
            {(!is_switch).then(label)}
            <Control field spec described invalid=Signal::derive(move || fault.get().is_some()) />
            {is_switch.then(label)}
            <p class="hint" id=format!("{id}-hint")>{move || spec.get().hint}</p>
            <p class="fault" id=fault_id aria-live="polite">{move || fault.get()}</p>
        </div>
    }
}

#[component]
fn Control(
    field: Field,
    spec: Memo<Spec>,
    described: String,
    invalid: Signal<bool>,
) -> impl IntoView {
    let state = expect_context::<State>();
    let typed = move || state.form.with(|form| form.typed(field).to_owned());
    let set = move |text: String| state.form.update(|form| form.set(field, &text));
    let invalid = move || if invalid.get() { "true" } else { "false" };
    move || {
        let Spec { id, input, .. } = spec.get();
        let described = described.clone();
        match input {
            Input::Text(example) | Input::Url(example) => {
                let mode = if matches!(input, Input::Url(_)) {
                    "url"
                } else {
                    "text"
                };
                EitherOf4::A(view! {
                    <input type="text" id=id name=id placeholder=example inputmode=mode autocomplete="off"
                        autocapitalize="off" spellcheck="false" aria-describedby=described aria-invalid=invalid
                        prop:value=typed on:input=move |event| set(event_target_value(&event)) />
                })
            }
            Input::Choice(choices) => {
                let choices = choices
                    .iter()
                    .map(|(value, label)| (*value, *label))
                    .collect::<Vec<_>>();
                let chosen = move || state.form.with(|form| form.chosen(field).to_owned());
                EitherOf4::B(select(id, described, choices, chosen, set))
            }
            Input::Region => {
                let regions = DOMAINS
                    .iter()
                    .map(|domain| (*domain, *domain))
                    .collect::<Vec<_>>();
                EitherOf4::C(select(id, described, regions, typed, set))
            }
            Input::Switch => EitherOf4::D(view! {
                <input type="checkbox" id=id name=id aria-describedby=described
                    prop:checked=move || typed() == "true"
                    on:change=move |event| set(event_target_checked(&event).to_string()) />
            }),
        }
    }
}

fn select(
    id: &'static str,
    described: String,
    choices: Vec<(&'static str, &'static str)>,
    typed: impl Fn() -> String + Copy + Send + Sync + 'static,
    set: impl Fn(String) + 'static,
) -> impl IntoView {
    view! {
        <select id=id name=id aria-describedby=described on:change=move |event| set(event_target_value(&event))>
            {choices.into_iter().map(|(value, label)| view! {
                <option value=value prop:selected=move || typed() == value>{label}</option>
            }).collect_view()}
        </select>
    }
}
