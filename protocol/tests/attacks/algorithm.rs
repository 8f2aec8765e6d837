//! Algorithms that must not be used.

use messenger_auth_protocol::{id_token, jwk::Verdict, secret::Secret};
use ring::hmac;
use serde_json::json;

use crate::{
    login::{Login, NOW, answer, at_jwks_uri, drive, encode, named},
    signer,
};

/// A token with this `alg` and a signature made otherwise.
fn with_alg(login: &Login, alg: &str, signature: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let header = json!({ "alg": alg, "kid": "one" }).to_string();
    let payload = login.claims.to_string();
    let message = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(payload.as_bytes())
    );
    format!("{message}.{}", encode(&signature(message.as_bytes())))
}

#[test]
fn none_is_algorithm_not_allowed() {
    let login = Login::good();
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        for signature in [vec![], vec![0; 64], b"made up".to_vec()] {
            let token = with_alg(&login, alg, |_| signature.clone());
            assert_eq!(login.code_of(&token), "algorithm-not-allowed", "{alg}");
        }
    }
}

#[test]
fn mixed_case_is_algorithm_not_allowed() {
    let login = Login::good();
    for alg in ["es256", "Es256", "ES256 ", "EDDSA", "eddsa"] {
        let token = with_alg(&login, alg, |message| {
            signer::sign("p256", "ES256", message)
        });
        assert_eq!(login.code_of(&token), "algorithm-not-allowed", "{alg}");
    }
}

#[test]
fn hmac_keyed_with_the_public_key_is_algorithm_not_allowed() {
    let login = Login::good().signed_by("rsa", "RS256");
    let key = signer::public("rsa");
    for secret in [key["n"].as_str().unwrap().to_owned(), key.to_string()] {
        for (alg, hash) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
        ] {
            let token = with_alg(&login, alg, |message| {
                hmac::sign(&hmac::Key::new(hash, secret.as_bytes()), message)
                    .as_ref()
                    .to_vec()
            });
            assert_eq!(login.code_of(&token), "algorithm-not-allowed", "{alg}");
        }
    }
}

#[test]
fn algorithm_that_the_type_of_the_key_does_not_allow_is_algorithm_not_allowed() {
    for (signer, algorithm, published) in [
        ("p256", "ES256", "rsa"),
        ("p256", "ES256", "p384"),
        ("p384", "ES384", "p521"),
        ("rsa", "RS256", "p256"),
        ("ed25519", "EdDSA", "p256"),
        ("p256", "ES256", "ed25519"),
    ] {
        let mut login = Login::good().signed_by(signer, algorithm);
        login.keys = vec![named("one", signer::public(published))];
        assert_eq!(
            login.code(),
            "algorithm-not-allowed",
            "{algorithm} for {published}"
        );
    }
}

#[test]
fn algorithm_that_the_alg_of_the_key_does_not_allow_is_algorithm_not_allowed() {
    for (algorithm, own, code) in [
        ("RS256", "PS256", "algorithm-not-allowed"),
        ("PS256", "RS256", "algorithm-not-allowed"),
        ("RS256", "RS512", "algorithm-not-allowed"),
        ("RS256", "RSA-OAEP", "algorithm-not-allowed"),
        ("RS256", "HS256", "algorithm-not-allowed"),
        ("RS256", "RS256", "accepted"),
        ("PS384", "PS384", "accepted"),
    ] {
        let mut login = Login::good().signed_by("rsa", algorithm);
        login.keys[0]["alg"] = own.into();
        assert_eq!(login.code(), code, "{algorithm} with a key for {own}");
    }
}

#[test]
fn either_name_of_ed25519_fits_a_key_with_the_other() {
    for (algorithm, own) in [("EdDSA", "Ed25519"), ("Ed25519", "EdDSA")] {
        let mut login = Login::good().signed_by("ed25519", algorithm);
        login.keys[0]["alg"] = own.into();
        assert_eq!(login.code(), "accepted");
    }
}

#[test]
fn algorithm_that_the_browser_lacks_is_algorithm_not_allowed() {
    let login = Login::good().signed_by("ed25519", "EdDSA");
    let keys = json!({ "keys": login.keys }).to_string();
    let outcome = drive(
        id_token::check(
            &Secret::new(login.token()),
            login.expectation,
            &at_jwks_uri(),
        ),
        [answer(200, &keys, NOW)].into(),
        |_| Verdict::Unsupported,
    );
    assert_eq!(outcome.code(), "algorithm-not-allowed");
    assert!(format!("{:?}", outcome.result).contains("browser"));
}
