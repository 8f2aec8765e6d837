//! Sign-ins that are too long ago.

use messenger_auth_protocol::id_token::Occasion;
use serde_json::{Value, json};

use crate::login::{Login, NONCE, NOW, SKEW};

fn code(max_age: Option<u32>, auth_time: &Value) -> &'static str {
    let mut login = Login::good().claiming("auth_time", auth_time);
    login.expectation.occasion = Occasion::SignIn {
        nonce: NONCE.into(),
        max_age,
        subject: None,
    };
    login.code()
}

#[test]
fn auth_time_absent_when_max_age_was_sent_is_auth_time_missing() {
    for auth_time in [
        json!(null),
        json!(""),
        json!(NOW.to_string()),
        json!(-1),
        json!([NOW]),
    ] {
        assert_eq!(
            code(Some(600), &auth_time),
            "auth-time-missing",
            "{auth_time}"
        );
        assert_eq!(code(None, &auth_time), "accepted", "{auth_time}");
    }
}

#[test]
fn auth_time_longer_ago_than_max_age_is_auth_too_old() {
    assert_eq!(code(Some(600), &json!(NOW - 600 - SKEW)), "accepted");
    assert_eq!(
        code(Some(600), &json!(NOW - 600 - SKEW - 1)),
        "auth-too-old"
    );
    assert_eq!(code(Some(0), &json!(NOW - SKEW)), "accepted");
    assert_eq!(code(Some(0), &json!(NOW - SKEW - 1)), "auth-too-old");
    assert_eq!(code(Some(600), &json!(0)), "auth-too-old");
    assert_eq!(code(Some(u32::MAX), &json!(0)), "accepted");
    assert_eq!(code(None, &json!(0)), "accepted");
}
