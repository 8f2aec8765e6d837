//! Tokens from a refresh (OpenID Connect Core 12.2).

use messenger_auth_protocol::id_token::Occasion;
use serde_json::{Value, json};

use crate::login::{ISSUER, Login, NONCE, NOW, SUBJECT};

const AUTH_TIME: i64 = NOW - 100_000;

fn refreshed() -> Login {
    let mut login = Login::good();
    login.expectation.occasion = Occasion::Refresh {
        issuer: ISSUER.into(),
        subject: SUBJECT.into(),
        nonce: Some(NONCE.into()),
        auth_time: Some(AUTH_TIME),
    };
    login
}

fn code(name: &str, value: &Value) -> &'static str {
    refreshed().claiming(name, value).code()
}

#[test]
fn nonce_may_be_absent_but_not_another() {
    assert_eq!(code("nonce", &json!(NONCE)), "accepted");
    assert_eq!(code("nonce", &json!(null)), "accepted");
    for nonce in [json!(""), json!("another"), json!(1)] {
        assert_eq!(code("nonce", &nonce), "nonce-mismatch", "{nonce}");
    }
}

#[test]
fn auth_time_may_be_absent_or_long_ago_but_not_another() {
    assert_eq!(code("auth_time", &json!(null)), "accepted");
    assert_eq!(code("auth_time", &json!(AUTH_TIME)), "accepted");
    for auth_time in [json!(AUTH_TIME + 1), json!(NOW), json!("then")] {
        assert_eq!(
            code("auth_time", &auth_time),
            "subject-changed",
            "{auth_time}"
        );
    }
}

#[test]
fn another_sub_is_subject_changed() {
    for sub in ["mallory", "248289761001 "] {
        assert_eq!(code("sub", &json!(sub)), "subject-changed");
    }
}

#[test]
fn another_iss_is_issuer_mismatch() {
    assert_eq!(
        code("iss", &json!("https://evil.example")),
        "issuer-mismatch"
    );
    // Another than the first one, though the configuration would allow it.
    let mut login = refreshed();
    if let Occasion::Refresh { issuer, .. } = &mut login.expectation.occasion {
        *issuer = "https://first.example".into();
    }
    assert_eq!(login.code(), "issuer-mismatch");
}

#[test]
fn everything_else_is_checked_as_always() {
    for (name, value, expected) in [
        ("aud", json!("other"), "audience-mismatch"),
        ("aud", json!(["other", "web"]), "audience-mismatch"),
        ("exp", json!(NOW - 100), "token-expired"),
        ("exp", json!(null), "token-malformed"),
        ("iat", json!(NOW + 100), "token-not-yet-valid"),
        ("sub", json!(""), "token-malformed"),
    ] {
        assert_eq!(code(name, &value), expected, "{name}");
    }
    let mut forged = refreshed();
    forged.signer = "other p256";
    assert_eq!(forged.code(), "signature-invalid");
}
