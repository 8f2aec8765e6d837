//! What holds of every set of options that can be made up.

use messenger_auth_protocol::{
    Error,
    address::Address,
    client::ResponseType,
    config::{Config, HandOver},
    session::TokenKind,
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use crate::json::ours;

fn parse(options: &Map<String, Value>) -> Result<Config, Error> {
    let options = ours(&Value::Object(options.clone()));
    Config::parse(options.as_object().expect("an object"), BESIDE)
}

const BESIDE: Option<&str> = Some("https://www.example.com/authWindow.html");

/// Options, and for each whether its value can be right.
fn option() -> impl Strategy<Value = (&'static str, Value, bool)> {
    let right = select(vec![
        ("callback", json!("shop.getToken")),
        ("callback", json!("none")),
        ("clockSkew", json!(0)),
        ("clockSkew", json!("600")),
        ("dataLayer", json!("dataLayer")),
        (
            "extraParams",
            json!({ "login_hint": "x", "n": 1, "prompt": "login" }),
        ),
        ("extraParams", json!("{\"acr_values\":\"high\"}")),
        ("host", json!("dynamics")),
        ("load", json!("eager")),
        ("locale", json!("ko")),
        ("maxAge", json!(4_294_967_295_u32)),
        ("minTtl", json!(3_600)),
        ("onSignedOut", json!("page")),
        ("postLogoutRedirectUri", json!("https://www.example.com/")),
        (
            "redirectUri",
            json!("http://localhost:9000/authWindow.html"),
        ),
        ("renewAt", json!(0.95)),
        ("renewAt", json!("0.1")),
        ("signInTimeoutMs", json!(600_000)),
        ("silent", json!("false")),
        ("silent", json!(true)),
        ("storage", json!("local")),
        ("timeoutMs", json!(1_000)),
        ("timeoutMs", Value::Null),
        ("tokenUrl", json!("https://www.example.com/token?x=y")),
        ("tokenUrlMember", json!("data.token")),
        ("transport", json!("page")),
    ]);
    let wrong = select(vec![
        ("callback", json!("__proto__.f")),
        ("callback", json!("a..f")),
        ("callback", json!(7)),
        ("clientSecret", json!("hush")),
        ("clockSkew", json!(601)),
        ("clockSkew", json!(-1)),
        ("extraParams", json!({ "a": [] })),
        ("extraParams", json!("no object")),
        ("extraParams", json!([])),
        ("host", json!("elsewhere")),
        ("load", json!("never")),
        ("locale", json!("de")),
        ("maxAge", json!(4_294_967_296_u64)),
        ("minTtl", json!(0.5)),
        ("nosuch", json!(1)),
        ("onSignedOut", json!("null ")),
        ("postLogoutRedirectUri", json!("/bye")),
        (
            "redirectUri",
            json!("http://www.example.com/authWindow.html"),
        ),
        (
            "redirectUri",
            json!("https://www.example.com/authWindow.html#x"),
        ),
        ("redirectUri", json!("/authWindow.html")),
        ("renewAt", json!(0.99)),
        ("renewAt", json!("NaN")),
        ("scope", json!("openid\nemail")),
        ("signInTimeoutMs", json!(999)),
        ("silent", json!(1)),
        ("storage", json!("Session")),
        ("timeoutMs", json!(600_001)),
        ("timeoutMs", json!("")),
        ("tokenUrl", json!("/token")),
        ("tokenUrl", json!("https://www.example.com/#token")),
        ("tokenUrlMember", json!(["token"])),
        ("transport", json!({})),
    ]);
    prop_oneof![
        5 => right.prop_map(|(name, value)| (name, value, true)),
        1 => wrong.prop_map(|(name, value)| (name, value, false)),
    ]
}

/// Flow, response type, what is handed over; whether the three go together at an OpenID Provider.
fn flow() -> impl Strategy<Value = (Value, bool)> {
    select(vec![
        (json!({}), true),
        (json!({ "flow": "code", "handOver": "code" }), true),
        (
            json!({ "responseType": "code", "handOver": "access_token" }),
            true,
        ),
        (json!({ "flow": "implicit" }), true),
        (json!({ "flow": "implicit", "responseType": "token" }), true),
        (
            json!({ "flow": "implicit", "responseType": "token id_token", "handOver": "access_token" }),
            true,
        ),
        (
            json!({ "handOver": "id_token", "scope": "openid email" }),
            true,
        ),
        (
            json!({ "handOver": "access_token", "scope": "email" }),
            true,
        ),
        (json!({ "handOver": "id_token", "scope": "email" }), false),
        (json!({ "flow": "implicit", "scope": "email" }), false),
        (
            json!({ "flow": "implicit", "handOver": "access_token" }),
            false,
        ),
        (json!({ "flow": "implicit", "handOver": "code" }), false),
        (
            json!({ "flow": "implicit", "responseType": "token", "handOver": "id_token" }),
            false,
        ),
        (json!({ "responseType": "id_token" }), false),
        (json!({ "flow": "implicit", "responseType": "code" }), false),
        (json!({ "flow": "hybrid" }), false),
    ])
}

/// What every set of options that is accepted comes to.
fn check(config: &Config) {
    let client = &config.client;
    for url in [Some(&client.redirect_uri), config.token_url.as_ref()] {
        let Some(url) = url else { continue };
        assert!(
            Address::parse(url).is_some_and(|url| url.fragment().is_none()),
            "{url}"
        );
    }
    assert!((1_000..=600_000).contains(&config.timeout_ms));
    assert!((1_000..=600_000).contains(&config.sign_in_timeout_ms));
    assert!((0.1..=0.95).contains(&config.renew_at));
    assert!(config.min_ttl <= 3_600 && client.clock_skew <= 600);
    match config.hand_over {
        HandOver::Token(TokenKind::IdToken) => assert!(client.gives_id_token()),
        HandOver::Token(TokenKind::AccessToken) => {
            assert_ne!(client.response_type, ResponseType::IdToken);
        }
        HandOver::Code => assert_eq!(client.response_type, ResponseType::Code),
        HandOver::TokenUrl => assert!(config.token_url.is_some()),
    }
}

proptest! {
    /// Accepted is what is right in every option; a refusal names one that is wrong.
    #[test]
    fn accepted_if_and_only_if_every_option_is_right(
        (flow, flow_fits) in flow(),
        more in vec(option(), 0..6),
    ) {
        let mut options = json!({ "issuer": "https://idp.example.com", "clientId": "web" });
        let members = options.as_object_mut().expect("an object");
        members.extend(flow.as_object().expect("an object").clone());
        let mut wrong: Vec<&str> = Vec::new();
        for (name, value, right) in more {
            // The last of a name counts.
            wrong.retain(|other| *other != name);
            if !right {
                wrong.push(name);
            }
            members.insert(name.to_owned(), value);
        }
        match parse(members) {
            Ok(config) => {
                prop_assert!(wrong.is_empty() && flow_fits, "{options}");
                check(&config);
            }
            Err(error) => {
                let Some((option, _)) = error.option() else {
                    return Err(TestCaseError::fail(error.to_string()));
                };
                let name = option.split('.').next().expect("a name");
                let of_flow = !flow_fits && ["flow", "responseType", "handOver", "scope"].contains(&name);
                prop_assert!(of_flow || wrong.contains(&name), "{option} in {options}");
            }
        }
    }

    /// No parameter of the authorize request can be replaced that the library sets.
    #[test]
    fn parameters_of_ours_cannot_be_replaced(
        name in select(vec![
            "client_id", "client_secret", "code_challenge", "code_challenge_method", "max_age", "nonce",
            "redirect_uri", "request", "request_uri", "response_mode", "response_type", "scope", "state",
        ]),
        value in "[ -~]{0,8}",
    ) {
        let options = json!({
            "issuer": "https://idp.example.com", "clientId": "web", "extraParams": { name: value },
        });
        let Err(refused) = parse(options.as_object().expect("an object")) else {
            return Err(TestCaseError::fail("accepted"));
        };
        let option = refused.option().map(|(option, _)| option.to_owned());
        prop_assert_eq!(option, Some(format!("extraParams.{name}")));
    }

    /// Any values for any names end in a configuration that is whole, or in a refusal.
    #[test]
    fn any_values_are_refused_or_whole(
        members in vec((
            prop_oneof![option().prop_map(|(name, _, _)| name.to_owned()), Just("issuer".to_owned()), Just("clientId".to_owned()), "[a-zA-Z]{0,9}"],
            prop_oneof![
                any::<bool>().prop_map(Value::from), any::<i64>().prop_map(Value::from), any::<f64>().prop_map(Value::from),
                any::<String>().prop_map(Value::from), "[{\\[\"0-9a-z:,.\\]}-]{0,12}".prop_map(Value::from),
                Just(Value::Null), Just(json!([])), Just(json!({})), Just(json!("https://idp.example.com")),
            ],
        ), 0..6),
        whole in any::<bool>(),
    ) {
        let mut members: Map<String, Value> = members.into_iter().collect();
        if whole {
            members.insert("issuer".into(), json!("https://idp.example.com"));
            members.insert("clientId".into(), json!("web"));
        }
        match parse(&members) {
            Ok(config) => check(&config),
            Err(error) => match error.option() {
                Some((_, problem)) => prop_assert!(!problem.is_empty()),
                None => prop_assert!(false, "{error}"),
            },
        }
    }
}
