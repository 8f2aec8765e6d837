//! Who the token is about.

use messenger_auth_protocol::id_token::Occasion;
use serde_json::json;

use crate::{
    json::members,
    login::{Login, NONCE, SUBJECT},
};

#[test]
fn sub_absent_of_another_type_empty_or_too_long_is_token_malformed() {
    for sub in [
        json!(null),
        json!(""),
        json!("x".repeat(256)),
        json!("é".repeat(256)),
        json!(1),
        json!(["a"]),
        json!(true),
    ] {
        assert_eq!(
            Login::good().claiming("sub", &sub).code(),
            "token-malformed",
            "{sub}"
        );
    }
    for sub in ["x".repeat(255), "é".repeat(255)] {
        assert_eq!(
            Login::good().claiming("sub", &json!(sub)).code(),
            "accepted",
            "{sub}"
        );
    }
}

#[test]
fn another_sub_where_the_same_person_is_expected_is_subject_changed() {
    let mut login = Login::good();
    login.expectation.occasion = Occasion::SignIn {
        nonce: NONCE.into(),
        max_age: None,
        subject: Some(SUBJECT.into()),
    };
    assert_eq!(login.code(), "accepted");
    let login = login.claiming("sub", &json!("mallory"));
    assert_eq!(login.code(), "subject-changed");
}

#[test]
fn claims_are_handed_on_as_they_are() {
    let login = Login::good()
        .claiming("name", &json!("Ada"))
        .claiming("auth_time", &json!(7));
    let raw = login.token();
    let token = login.outcome_of(&raw).result.unwrap();
    assert_eq!(token.raw.expose(), raw);
    assert_eq!(members(&token.claims), login.claims);
    assert_eq!(
        (&*token.subject, token.nonce.as_deref()),
        (SUBJECT, Some(NONCE))
    );
    assert_eq!(token.auth_time, Some(7));
}

#[test]
fn nothing_that_a_token_says_counts_before_its_signature() {
    for (name, value) in [
        ("sub", json!("")),
        ("iss", json!("x")),
        ("exp", json!(0)),
        ("nonce", json!("x")),
    ] {
        let login = Login {
            signer: "other p256",
            ..Login::good().claiming(name, &value)
        };
        assert_eq!(login.code(), "signature-invalid", "{name}");
    }
}
