//! Tokens out of their time.

use serde_json::json;

use crate::{
    json::members,
    login::{Login, NOW, SKEW},
};

#[test]
fn exp_past_by_more_than_the_skew_is_token_expired() {
    for (exp, code) in [
        (json!(NOW - SKEW), "accepted"),
        (json!(NOW - SKEW - 1), "token-expired"),
        (json!(0), "token-expired"),
        (json!(1.5), "token-expired"),
    ] {
        assert_eq!(Login::good().claiming("exp", &exp).code(), code, "{exp}");
    }
    let mut strict = Login::good().claiming("exp", &json!(NOW - 1));
    strict.expectation.clock_skew = 0;
    assert_eq!(strict.code(), "token-expired");
}

#[test]
fn nbf_or_iat_ahead_by_more_than_the_skew_is_token_not_yet_valid() {
    for name in ["nbf", "iat"] {
        for (date, code) in [
            (json!(NOW), "accepted"),
            (json!(NOW + SKEW), "accepted"),
            (json!(NOW + SKEW + 1), "token-not-yet-valid"),
            (json!(4_000_000_000_u64), "token-not-yet-valid"),
            (json!(0), "accepted"),
        ] {
            assert_eq!(
                Login::good().claiming(name, &date).code(),
                code,
                "{name} {date}"
            );
        }
    }
}

#[test]
fn exp_or_iat_absent_of_another_type_negative_or_too_large_is_token_malformed() {
    for name in ["exp", "iat"] {
        for date in [
            json!(null),
            json!(""),
            json!((NOW + 100).to_string()),
            json!("2030-01-01T00:00:00Z"),
            json!(true),
            json!([NOW]),
            json!({}),
            json!(-1),
            json!(-0.5),
            json!(-1e20),
            json!(9_007_199_254_740_993_u64),
            json!(9.1e15),
            json!(1e300),
            json!(u64::MAX),
            json!(i64::MIN),
        ] {
            let login = Login::good().claiming(name, &date);
            assert_eq!(login.code(), "token-malformed", "{name} {date}");
        }
        let mut login = Login::good();
        login.claims[name] = json!(null);
        assert_eq!(login.code(), "token-malformed", "{name} null");
    }
}

#[test]
fn nbf_that_is_no_date_is_token_malformed() {
    for date in [
        json!("soon"),
        json!(-1),
        json!(-0.5),
        json!(1e17),
        json!([]),
    ] {
        assert_eq!(
            Login::good().claiming("nbf", &date).code(),
            "token-malformed",
            "{date}"
        );
    }
}

#[test]
fn fractional_seconds_are_accepted() {
    let login = Login::good()
        .claiming("exp", &json!(1_750_000_300.75))
        .claiming("iat", &json!(1_749_999_999.25))
        .claiming("nbf", &json!(1_749_999_999.5));
    let token = login.outcome().result.unwrap();
    assert_eq!(token.expires_at.as_millis(), (NOW + 300) * 1000);
    assert_eq!(token.issued_at.as_millis(), (NOW - 1) * 1000);
    assert_eq!(members(&token.claims)["exp"], json!(1_750_000_300.75));
}

#[test]
fn exponent_notation_is_accepted() {
    let login = Login::good();
    let payload = login
        .claims
        .to_string()
        .replace("1750000300", "1.7500003e9");
    let token = login.sign(&login.header.to_string(), payload.as_bytes());
    assert!(payload.contains("e9"));
    assert_eq!(login.code_of(&token), "accepted");
}
