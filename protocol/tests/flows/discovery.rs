//! Discovery documents that must be refused.

use messenger_auth_protocol::{Error, Fault, client::ResponseType, login};
use serde_json::{Value, json};

use crate::script::{
    Browser, DISCOVERY, IDP, JWKS, Query, client, code, discovery_document, idp, intent, issuer,
};

fn with(change: impl FnOnce(&mut Value)) -> Browser {
    let mut document = discovery_document();
    change(&mut document);
    let mut browser = Browser::new();
    browser.answer(DISCOVERY, 200, &document);
    browser
}

fn refusal(mut browser: Browser, response_type: ResponseType) -> Error {
    let begun = browser.begin(&client(response_type), &idp(), intent());
    assert_eq!(browser.asked_urls(), [DISCOVERY], "nothing more is asked");
    begun.expect_err("refused")
}

#[test]
fn another_issuer() {
    for published in [
        "https://evil.example",
        "https://idp.example.com/",
        "https://IDP.example.com",
        "https://idp.example.com:443",
        "",
    ] {
        let error = refusal(
            with(|document| document["issuer"] = published.into()),
            ResponseType::Code,
        );
        assert_eq!(error.code(), "discovery-mismatch", "{published}");
        assert!(error.to_string().contains(published) && error.to_string().contains(IDP));
    }
    let error = refusal(
        with(|document| document["issuer"] = "https://idp.example.com/".into()),
        ResponseType::Code,
    );
    assert!(error.help().ends_with("issuer: 'https://idp.example.com/'"));
}

#[test]
fn a_closing_slash_is_dropped_for_the_address_only() {
    let mut browser = Browser::new();
    let with_slash = issuer(&[IDP, "/"].concat().into());
    let begun = browser.begin(&client(ResponseType::Code), &with_slash, intent());
    assert_eq!(browser.asked_urls(), [DISCOVERY]);
    assert!(
        begun
            .expect_err("refused")
            .help()
            .ends_with("issuer: 'https://idp.example.com'")
    );
}

#[test]
fn an_endpoint_that_is_no_safe_address() {
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "end_session_endpoint",
        "revocation_endpoint",
    ] {
        for url in [
            "http://idp.example.com/x",
            "javascript:alert(1)",
            "data:text/html,x",
            "/relative",
            "//idp.example.com/x",
            "https://idp.example.com/x#y",
            "https://user@idp.example.com/x",
            "",
        ] {
            let error = refusal(
                with(|document| document[name] = url.into()),
                ResponseType::Code,
            );
            assert_eq!(error.code(), "discovery-mismatch", "{name}: {url}");
        }
        let loopback = with(|document| document[name] = "http://localhost:9080/x".into()).begin(
            &client(ResponseType::Code),
            &idp(),
            intent(),
        );
        assert!(loopback.is_ok(), "{name}");
    }
}

#[test]
fn no_document() {
    let nested = "[".repeat(100_000);
    let too_long = [
        &discovery_document().to_string(),
        " ".repeat(1 << 20).as_str(),
    ]
    .concat();
    for body in [
        "",
        "null",
        "[]",
        "\"text\"",
        "{",
        "<!doctype html><title>Sign in</title>",
        &nested,
        &too_long,
        "{}",
        r#"{"issuer":7}"#,
        r#"{"issuer":"https://idp.example.com"}"#,
        r#"{"issuer":"https://idp.example.com","authorization_endpoint":7}"#,
    ] {
        let mut browser = Browser::new();
        browser.answer_bytes(DISCOVERY, 200, body);
        let error = refusal(browser, ResponseType::Code);
        assert_eq!(error.code(), "response-malformed", "{body:.40}");
    }
    let mut browser = Browser::new();
    browser.answer_bytes(DISCOVERY, 200, [0xff, 0xfe]);
    assert_eq!(
        refusal(browser, ResponseType::Code).code(),
        "response-malformed"
    );
}

#[test]
fn no_success() {
    for status in [304, 400, 404, 500, 503] {
        let mut browser = Browser::new();
        browser.answer(DISCOVERY, status, &discovery_document());
        let error = refusal(browser, ResponseType::Code);
        assert_eq!(error.code(), "bad-status");
        assert!(error.to_string().contains(&status.to_string()));
    }
    let url = DISCOVERY.to_owned();
    for fault in [
        Fault::Offline,
        Fault::Network { url: url.clone() },
        Fault::CorsBlocked { url },
    ] {
        let mut browser = Browser::new();
        let error = Error::from(fault);
        browser.fail(DISCOVERY, error.clone());
        assert_eq!(refusal(browser, ResponseType::Code), error);
    }
}

#[test]
fn a_refused_document_is_not_held() {
    let mut browser = with(|document| document["issuer"] = "https://evil.example".into());
    let client = client(ResponseType::Code);
    assert_eq!(
        code(browser.begin(&client, &idp(), intent())),
        "discovery-mismatch"
    );
    browser.answer(DISCOVERY, 200, &discovery_document());
    assert!(browser.begin(&client, &idp(), intent()).is_ok());
}

#[test]
fn a_response_type_that_is_not_offered() {
    let code_only = |document: &mut Value| document["response_types_supported"] = json!(["code"]);
    let error = refusal(with(code_only), ResponseType::IdTokenToken);
    assert_eq!(error.code(), "bad-option");
    assert!(error.to_string().contains("code"));
    let unsaid = |document: &mut Value| document["response_types_supported"] = Value::Null;
    let client = client(ResponseType::IdTokenToken);
    assert!(with(unsaid).begin(&client, &idp(), intent()).is_ok());
}

#[test]
fn s256_is_sent_whatever_is_announced() {
    for announced in [Value::Null, json!([]), json!(["plain"])] {
        let redirect = with(|document| document["code_challenge_methods_supported"] = announced)
            .begin(&client(ResponseType::Code), &idp(), intent())
            .expect("a redirect");
        assert_eq!(&Query::of(&redirect.url)["code_challenge_method"], "S256");
    }
}

#[test]
fn keys_that_cannot_be_had_are_known_early() {
    let mut browser = Browser::new();
    browser.answer_bytes(JWKS, 200, "<!doctype html>");
    assert_eq!(
        code(browser.done(login::prepare(&idp(), browser.now))),
        "response-malformed"
    );
    browser.answer_bytes(JWKS, 500, "");
    assert_eq!(
        code(browser.done(login::prepare(&idp(), browser.now))),
        "bad-status"
    );
}

#[test]
fn a_document_without_keys_where_an_id_token_is_to_be_checked() {
    let mut browser = with(|document| document["jwks_uri"] = Value::Null);
    browser
        .done(login::prepare(&idp(), browser.now))
        .expect("nothing to prepare");
    let client = client(ResponseType::IdToken);
    let redirect = browser
        .begin(&client, &idp(), intent())
        .expect("a redirect");
    let answer = ["#id_token=a.b.c&state=", redirect.transaction.state()].concat();
    assert_eq!(
        code(browser.complete(&redirect.transaction, &answer)),
        "response-malformed"
    );
}
