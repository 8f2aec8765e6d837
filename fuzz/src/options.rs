//! The options of `init`, as JSON; attributes after an `@`.

use protocol::{
    address::Address,
    client::ResponseType,
    config::{Config, HandOver, tidy_attributes},
    json::{self, Value},
    session::TokenKind,
};

use crate::{ACCEPTED, NONE, Verdict, login::REDIRECT};

pub(crate) fn check(input: &[u8]) -> Verdict {
    let (are_attributes, text) = match input.strip_prefix(b"@") {
        Some(text) => (true, text),
        None => (false, input),
    };
    let Some(Value::Object(mut options)) = json::read(text) else {
        return NONE;
    };
    if are_attributes {
        tidy_attributes(&mut options);
    }
    let config = match Config::parse(&options, Some(REDIRECT)) {
        Ok(config) => config,
        Err(error) => {
            let (_, problem) = error.option().unwrap_or_else(|| panic!("{error}"));
            assert!(!problem.is_empty());
            return "bad-option";
        }
    };
    for required in ["issuer", "clientId"] {
        assert!(options.contains_key(required));
    }
    for name in options.keys() {
        assert!(!name.to_ascii_lowercase().contains("secret"), "{name}");
    }
    assert!(Address::parse(&config.client.redirect_uri).is_some());
    assert!((1_000..=600_000).contains(&config.timeout_ms));
    assert!((1_000..=600_000).contains(&config.sign_in_timeout_ms));
    assert!((0.1..=0.95).contains(&config.renew_at));
    assert!(config.min_ttl <= 3_600 && config.client.clock_skew <= 600);
    if let Some(url) = &config.token_url {
        assert!(
            Address::parse(url).is_some_and(|address| address.fragment().is_none()),
            "{url}"
        );
    }
    for (name, value) in &config.client.extra_params {
        for ours in [
            "state",
            "nonce",
            "redirect_uri",
            "response_type",
            "client_id",
            "request",
        ] {
            assert_ne!(name, ours);
        }
        assert!(name != "prompt" || !value.split(' ').any(|word| word == "none"));
    }
    let client = &config.client;
    match config.hand_over {
        HandOver::Token(TokenKind::IdToken) => {
            assert!(client.gives_id_token() && config.issuer.issues_id_tokens());
        }
        HandOver::Token(TokenKind::AccessToken) => {
            assert_ne!(client.response_type, ResponseType::IdToken);
        }
        HandOver::Code => assert_eq!(client.response_type, ResponseType::Code),
        HandOver::TokenUrl => assert!(config.token_url.is_some()),
    }
    ACCEPTED
}
