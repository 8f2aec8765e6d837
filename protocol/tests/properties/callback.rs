//! The answer of the authorization endpoint.

use std::sync::Arc;

use messenger_auth_protocol::{
    Error, Fault,
    client::{Client, ResponseType},
    error::Refusal,
    http::Body,
    login::{Login, Transaction},
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;

use crate::{
    parts::{dice, encode, text},
    script::{Browser, Query, TOKEN, client, code, id_token, idp, intent, session},
};

const OURS: [&str; 11] = [
    "access_token",
    "code",
    "error",
    "error_description",
    "expires_in",
    "id_token",
    "iss",
    "refresh_token",
    "scope",
    "state",
    "token_type",
];

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Query,
    Fragment,
}

#[derive(Debug, Clone)]
struct Param {
    place: Place,
    name: String,
    value: String,
}

/// A name, mostly one that means something; a value, mostly a plain one.
fn param() -> impl Strategy<Value = Param> {
    (
        prop_oneof![Just(Place::Query), Just(Place::Fragment)],
        prop_oneof![6 => select(&OURS[..]).prop_map(str::to_owned), 1 => text()],
        prop_oneof![
            Just(String::new()),
            Just("c0de".into()),
            Just("Bearer".into()),
            Just("300".into()),
            Just("STATE".into()),
            Just("ID-TOKEN".into()),
            text(),
        ],
    )
        .prop_map(|(place, name, value)| Param { place, name, value })
}

fn written(params: &[Param], dice: &[bool]) -> String {
    let part = |place| {
        let pairs = params.iter().filter(|param| param.place == place);
        let pairs = pairs
            .map(|Param { name, value, .. }| [encode(name, dice), encode(value, dice)].join("="));
        pairs.collect::<Vec<_>>().join("&")
    };
    format!("?{}#{}", part(Place::Query), part(Place::Fragment))
}

/// A login that has been begun, with what its ID token would be.
struct Waiting {
    browser: Browser,
    transaction: Arc<Transaction>,
    id_token: String,
}

fn waiting(client: &Client) -> Waiting {
    let mut browser = Browser::new();
    let redirect = browser.begin(client, &idp(), intent()).expect("a redirect");
    let nonce = Query::of(&redirect.url)
        .get("nonce")
        .unwrap_or_default()
        .to_owned();
    let id_token = id_token(&json!({ "nonce": nonce }));
    browser.answer(TOKEN, 200, &json!({
        "access_token": "from the token endpoint".replace(' ', "-"), "token_type": "Bearer", "id_token": id_token,
    }));
    Waiting {
        browser,
        transaction: redirect.transaction,
        id_token,
    }
}

fn response_type() -> impl Strategy<Value = ResponseType> {
    select(vec![
        ResponseType::Code,
        ResponseType::IdToken,
        ResponseType::Token,
        ResponseType::IdTokenToken,
    ])
}

proptest! {
    /// Whatever is in it: what is accepted has the right state, each of our names once, and
    /// exactly what was asked for in the place where it belongs.
    #[test]
    fn an_accepted_answer_is_whole(
        response_type in response_type(),
        params in vec(param(), 0..7),
        with_state in prop::option::weighted(0.9, any::<prop::sample::Index>()),
        dice in dice(),
    ) {
        let mut waiting = waiting(&client(response_type));
        let state = waiting.transaction.state().to_owned();
        let mut params = params;
        if let Some(at) = with_state {
            let place = if response_type == ResponseType::Code { Place::Query } else { Place::Fragment };
            let param = Param { place, name: "state".into(), value: "STATE".into() };
            params.insert(at.index(params.len() + 1), param);
        }
        for param in &mut params {
            param.value = param.value.replace("STATE", &state).replace("ID-TOKEN", &waiting.id_token);
        }
        let answer = written(&params, &dice);
        let outcome = waiting.browser.complete(&waiting.transaction, &answer);

        let values = |place, name: &str| {
            let named = params.iter().filter(move |param| param.name == name && param.place == place);
            named.map(|param| param.value.as_str()).collect::<Vec<_>>()
        };
        let times = |name: &str| params.iter().filter(|param| param.name == name).count();
        let states = [values(Place::Query, "state"), values(Place::Fragment, "state")].concat();
        let is_ours = !states.is_empty() && states.iter().all(|value| *value == state);
        prop_assert_eq!(is_ours, !matches!(&outcome, Err(error) if error.code() == "state-mismatch"));

        let in_query = |name| values(Place::Query, name).len();
        let in_fragment = |name| values(Place::Fragment, name).len();
        if is_ours && OURS.into_iter().any(|name| times(name) > 1) {
            prop_assert_eq!(code(outcome), "response-malformed");
            return Ok(());
        }
        match outcome {
            Ok(Login::SignedIn(_)) => {
                prop_assert_eq!(times("error"), 0);
                prop_assert_eq!(in_query("code"), usize::from(response_type == ResponseType::Code));
                prop_assert_eq!(in_fragment("code"), 0);
                for token in ["access_token", "id_token", "refresh_token"] {
                    prop_assert_eq!(in_query(token), 0);
                }
                prop_assert_eq!(in_fragment("access_token"), usize::from(response_type.has_access_token()));
                prop_assert_eq!(in_fragment("id_token"), usize::from(response_type.has_id_token()));
            }
            Ok(other) => prop_assert!(false, "the code is to be redeemed here: {other:?}"),
            Err(error) if error.refusal().is_some() => {
                let Fault::Refused { error, .. } = &*error else { panic!("{error} is no refusal") };
                let said = [values(Place::Query, "error"), values(Place::Fragment, "error")].concat();
                prop_assert_eq!(said.len(), 1);
                prop_assert!(said[0].chars().take(300).eq(error.chars()) || said[0].contains(char::is_control));
                prop_assert_eq!(times("code") + times("access_token") + times("id_token"), 0);
            }
            Err(_) => {}
        }
    }

    /// However it is escaped, wherever it stands, whatever stands beside it: a code arrives as
    /// it was sent.
    #[test]
    fn a_right_code_arrives_unchanged(
        sent in "\\PC{1,20}",
        noise in vec(("[a-z_]{1,9}x", text()), 0..4),
        at in any::<prop::sample::Index>(),
        dice in dice(),
    ) {
        let mut waiting = waiting(&client(ResponseType::Code));
        let ours = |name: &str, value: &str| Param { place: Place::Query, name: name.into(), value: value.into() };
        let noise = noise.into_iter().map(|(name, value)| ours(&name, &value));
        let mut params: Vec<Param> = noise.collect();
        params.insert(at.index(params.len() + 1), ours("code", &sent));
        params.insert(at.index(params.len() + 1), ours("state", waiting.transaction.state()));
        session(waiting.browser.complete(&waiting.transaction, &written(&params, &dice)));
        let sent_forms: Vec<&str> = waiting.browser.asked.iter().filter_map(|request| match &request.body {
            Body::Form(form) => Some(form.expose()),
            _ => None,
        }).collect();
        prop_assert_eq!(sent_forms.len(), 1);
        let form = Query::read(sent_forms[0]);
        prop_assert_eq!(form.get("code"), Some(sent.as_str()));
    }

    /// The issuer's words arrive as they were sent, on one line and cut.
    #[test]
    fn a_refusal_arrives_as_text(
        error in prop_oneof![Just("access_denied".to_owned()), Just("login_required".to_owned()), "\\PC{1,12}"],
        description in prop::option::of(any::<String>()),
        response_type in response_type(),
        dice in dice(),
    ) {
        let mut waiting = waiting(&client(response_type));
        let ours = |name: &str, value: &str| Param { place: Place::Fragment, name: name.into(), value: value.into() };
        let mut params = vec![ours("error", &error), ours("state", waiting.transaction.state())];
        params.extend(description.iter().map(|text| ours("error_description", text)));
        let outcome = waiting.browser.complete(&waiting.transaction, &written(&params, &dice));
        let one_line = |text: &str| -> String {
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
        };
        let expected = Fault::Refused {
            refusal: Refusal::from_oauth(&error),
            error: one_line(&error),
            description: description.as_deref().map(one_line),
        };
        prop_assert_eq!(outcome, Err(Error::from(expected)));
    }

    /// Any text at all behind the redirect URI is no answer of this login.
    #[test]
    fn any_other_text_is_not_this_logins(answer in any::<String>()) {
        let mut waiting = waiting(&client(ResponseType::Code));
        let outcome = waiting.browser.complete(&waiting.transaction, &answer);
        prop_assert_eq!(code(outcome), "state-mismatch");
    }

    /// What the authorize request is told arrives there as it is, once.
    #[test]
    fn parameters_reach_the_issuer_unchanged(
        params in vec(("[a-z]{3,8}_x", "\\PC{0,12}"), 0..4),
        client_id in "\\PC{1,12}",
        login_hint in prop::option::of("\\PC{1,12}"),
    ) {
        let mut params = params;
        params.sort();
        params.dedup_by(|left, right| left.0 == right.0);
        let client = Client { extra_params: params.clone(), client_id: client_id.clone(), ..client(ResponseType::Code) };
        let mut intent = intent();
        intent.login_hint.clone_from(&login_hint);
        let redirect = Browser::new().begin(&client, &idp(), intent);
        let redirect = redirect.expect("a redirect");
        let asked = Query::of(&redirect.url);
        prop_assert_eq!(asked.get("client_id"), Some(client_id.as_str()));
        prop_assert_eq!(asked.get("login_hint"), login_hint.as_deref());
        for (name, value) in &params {
            prop_assert_eq!(asked.get(name), Some(value.as_str()));
        }
    }
}
