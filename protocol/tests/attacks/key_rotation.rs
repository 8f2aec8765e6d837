//! Keys that change, and a keys endpoint that fails.

use messenger_auth_protocol::{
    Fault,
    http::{Fetched, Reuse},
    id_token,
    secret::Secret,
};
use serde_json::json;

use crate::{
    login::{Login, NOW, Outcome, answer, at_jwks_uri, drive, named},
    signer, verifier,
};

const ONCE: &[Reuse] = &[Reuse::Session];
const TWICE: &[Reuse] = &[Reuse::Session, Reuse::Reload];

/// When the keys were last fetched anew, long enough ago for once more.
const AN_HOUR_AGO: i64 = NOW - 3600;

/// A login whose token is signed with a key that the held keys do not have.
fn rotated() -> Login {
    Login {
        keys: vec![named("old", signer::public("other p256"))],
        reloaded_at: AN_HOUR_AGO,
        reloaded: Some(Ok(Login::good().keys)),
        ..Login::good()
    }
}

/// A login whose token none of the issuer's keys has signed.
fn forged() -> Login {
    Login {
        signer: "other p256",
        reloaded_at: AN_HOUR_AGO,
        reloaded: Some(Ok(Login::good().keys)),
        ..Login::good()
    }
}

fn check(served: impl Into<std::collections::VecDeque<Fetched>>) -> Outcome {
    let login = Login::good();
    drive(
        id_token::check(
            &Secret::new(login.token()),
            login.expectation,
            &at_jwks_uri(),
        ),
        served.into(),
        verifier::verify,
    )
}

#[test]
fn held_keys_that_fit_are_not_fetched_again() {
    for reloaded_at in [NOW, AN_HOUR_AGO, 0] {
        let outcome = Login {
            reloaded_at,
            ..Login::good()
        }
        .outcome();
        assert_eq!((outcome.code(), &*outcome.requests), ("accepted", ONCE));
    }
}

#[test]
fn keys_rotated_before_signing_are_fetched_once_more_and_accepted() {
    let outcome = rotated().outcome();
    assert_eq!((outcome.code(), &*outcome.requests), ("accepted", TWICE));

    let renewed_in_place = Login {
        keys: vec![named("one", signer::public("other p256"))],
        ..rotated()
    };
    let outcome = renewed_in_place.outcome();
    assert_eq!((outcome.code(), &*outcome.requests), ("accepted", TWICE));

    let of_another_type = Login {
        keys: vec![named("one", signer::public("rsa"))],
        ..rotated()
    };
    let outcome = of_another_type.outcome();
    assert_eq!((outcome.code(), &*outcome.requests), ("accepted", TWICE));
}

#[test]
fn unknown_kid_is_key_not_found_after_one_more_request() {
    let login = Login {
        reloaded: Some(Ok(rotated().keys)),
        ..rotated()
    };
    let outcome = login.outcome();
    assert_eq!(
        (outcome.code(), &*outcome.requests),
        ("key-not-found", TWICE)
    );
}

#[test]
fn signature_of_no_key_is_signature_invalid_after_one_more_request() {
    let outcome = forged().outcome();
    assert_eq!(
        (outcome.code(), &*outcome.requests),
        ("signature-invalid", TWICE)
    );
}

#[test]
fn keys_are_fetched_again_at_most_once_a_minute() {
    let unknown = Login {
        reloaded_at: NOW - 60,
        reloaded: None,
        ..rotated()
    };
    let outcome = unknown.outcome();
    assert_eq!(
        (outcome.code(), &*outcome.requests),
        ("key-not-found", ONCE)
    );

    let outcome = Login {
        reloaded_at: NOW - 60,
        reloaded: None,
        ..forged()
    }
    .outcome();
    assert_eq!(
        (outcome.code(), &*outcome.requests),
        ("signature-invalid", ONCE)
    );

    let a_second_later = Login {
        reloaded_at: NOW - 61,
        ..rotated()
    };
    let outcome = a_second_later.outcome();
    assert_eq!((outcome.code(), &*outcome.requests), ("accepted", TWICE));
}

#[test]
fn failed_request_for_more_keys_goes_on_with_the_held_ones() {
    let failure = || {
        Some(Err(Fault::Network {
            url: "https://idp.example.com/jwks".into(),
        }
        .into()))
    };
    let unknown = Login {
        reloaded: failure(),
        ..rotated()
    };
    assert_eq!(unknown.code(), "key-not-found");
    let forged = Login {
        reloaded: failure(),
        ..forged()
    };
    assert_eq!(forged.code(), "signature-invalid");

    let held = json!({ "keys": rotated().keys }).to_string();
    for (status, body) in [(503, "{}"), (200, "<html>Sign in</html>"), (200, "{}")] {
        let outcome = check([answer(200, &held, AN_HOUR_AGO), answer(status, body, NOW)]);
        assert_eq!(outcome.code(), "key-not-found", "{status} {body}");
    }
}

#[test]
fn keys_endpoint_that_fails_with_nothing_held_is_its_own_error() {
    for status in [301, 400, 404, 500] {
        assert_eq!(
            check([answer(status, r#"{"keys":[]}"#, NOW)]).code(),
            "bad-status"
        );
    }
    let url = "https://idp.example.com/jwks";
    assert_eq!(
        check([Err(Fault::Network { url: url.into() }.into())]).code(),
        "network"
    );
    assert_eq!(
        check([Err(Fault::CorsBlocked { url: url.into() }.into())]).code(),
        "cors-blocked"
    );
    assert_eq!(check([Err(Fault::Offline.into())]).code(), "offline");
    for body in [
        "",
        "<html>Sign in</html>",
        "[]",
        "{}",
        r#"{"keys":{}}"#,
        r#"{"keys":null}"#,
        "{\"keys\":[",
    ] {
        assert_eq!(
            check([answer(200, body, NOW)]).code(),
            "response-malformed",
            "{body}"
        );
    }
}
