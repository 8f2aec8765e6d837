//! Access tokens and codes that were put beside another's ID token.

use messenger_auth_protocol::{id_token::AtHash, secret::Secret};
use ring::digest;
use serde_json::{Value, json};

use crate::login::{Login, encode};

const VALUE: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";

fn half(algorithm: &'static digest::Algorithm, value: &str) -> Value {
    let digest = digest::digest(algorithm, value.as_bytes());
    encode(&digest.as_ref()[..algorithm.output_len() / 2]).into()
}

fn with_access_token(at_hash: AtHash) -> Login {
    let mut login = Login::good();
    login.expectation.access_token = Some(Secret::new(VALUE));
    login.expectation.at_hash = at_hash;
    login
}

/// Hashes that must not pass for `VALUE` under SHA-256.
fn wrong() -> Vec<Value> {
    let right = half(&digest::SHA256, VALUE);
    let whole = encode(digest::digest(&digest::SHA256, VALUE.as_bytes()).as_ref());
    vec![
        half(&digest::SHA256, "another"),
        half(&digest::SHA384, VALUE),
        half(&digest::SHA512, VALUE),
        whole.into(),
        format!("{}==", right.as_str().unwrap()).into(),
        json!(""),
        json!(1),
        json!([right]),
    ]
}

#[test]
fn wrong_at_hash_is_hash_mismatch_in_any_flow() {
    for at_hash in [AtHash::Required, AtHash::IfPresent] {
        for hash in wrong() {
            let login = with_access_token(at_hash).claiming("at_hash", &hash);
            assert_eq!(login.code(), "hash-mismatch", "{at_hash:?} {hash}");
        }
        let mut login = with_access_token(at_hash);
        login.claims["at_hash"] = json!(null);
        assert_eq!(login.code(), "hash-mismatch", "{at_hash:?} null");
        let login = with_access_token(at_hash).claiming("at_hash", &half(&digest::SHA256, VALUE));
        assert_eq!(login.code(), "accepted");
    }
}

#[test]
fn at_hash_absent_is_hash_mismatch_from_the_authorization_endpoint() {
    assert_eq!(with_access_token(AtHash::Required).code(), "hash-mismatch");
    assert_eq!(with_access_token(AtHash::IfPresent).code(), "accepted");
}

#[test]
fn at_hash_without_an_access_token_is_no_concern() {
    let mut login = Login::good().claiming("at_hash", &half(&digest::SHA256, "of another flow"));
    login.expectation.at_hash = AtHash::Required;
    assert_eq!(login.code(), "accepted");
}

#[test]
fn wrong_c_hash_is_hash_mismatch() {
    let with_code = || {
        let mut login = Login::good();
        login.expectation.code = Some(Secret::new(VALUE));
        login
    };
    for hash in wrong() {
        assert_eq!(
            with_code().claiming("c_hash", &hash).code(),
            "hash-mismatch",
            "{hash}"
        );
    }
    assert_eq!(
        with_code()
            .claiming("c_hash", &half(&digest::SHA256, VALUE))
            .code(),
        "accepted"
    );
    assert_eq!(
        with_code().code(),
        "accepted",
        "absent is fine in the code flow"
    );
}

#[test]
fn hash_goes_with_the_algorithm() {
    for (signer, algorithm, right, wrong) in [
        ("rsa", "RS256", &digest::SHA256, &digest::SHA512),
        ("rsa", "PS384", &digest::SHA384, &digest::SHA256),
        ("rsa", "RS512", &digest::SHA512, &digest::SHA256),
        ("p384", "ES384", &digest::SHA384, &digest::SHA256),
        ("p521", "ES512", &digest::SHA512, &digest::SHA256),
        ("ed25519", "EdDSA", &digest::SHA512, &digest::SHA256),
        ("ed25519", "Ed25519", &digest::SHA512, &digest::SHA256),
    ] {
        let login = |hash| {
            with_access_token(AtHash::Required)
                .signed_by(signer, algorithm)
                .claiming("at_hash", &half(hash, VALUE))
        };
        assert_eq!(login(right).code(), "accepted", "{algorithm}");
        assert_eq!(login(wrong).code(), "hash-mismatch", "{algorithm}");
    }
}
