//! Signatures that do not hold, and those that do.

use serde_json::json;

use crate::login::{Login, encode};

#[test]
fn every_algorithm_is_accepted_with_its_key() {
    for (signer, algorithms) in [
        (
            "rsa",
            &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"][..],
        ),
        ("p256", &["ES256"]),
        ("p384", &["ES384"]),
        ("p521", &["ES512"]),
        ("ed25519", &["EdDSA", "Ed25519"]),
    ] {
        for algorithm in algorithms {
            let login = Login::good().signed_by(signer, algorithm);
            assert_eq!(login.code(), "accepted", "{algorithm}");
        }
    }
}

#[test]
fn wrong_signature_is_signature_invalid() {
    let login = Login::good();
    let token = login.token();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let backwards: String = signature.chars().rev().collect();
    // 64 bytes end in two spare bits, which are zero in the last character.
    let backwards = format!("{}A", &backwards[1..]);
    for forged in [
        "",
        &encode(&[0; 64]),
        &encode(&[1; 64]),
        &encode(&[9; 3]),
        &backwards,
    ] {
        assert_eq!(
            login.code_of(&format!("{message}.{forged}")),
            "signature-invalid",
            "{forged}"
        );
    }
}

#[test]
fn another_key_under_the_same_name_is_signature_invalid() {
    for (signer, algorithm) in [
        ("other p256", "ES256"),
        ("other rsa", "RS256"),
        ("other rsa", "PS256"),
    ] {
        let published = signer.trim_start_matches("other ");
        let login = Login {
            signer,
            ..Login::good().signed_by(if published == "rsa" { "rsa" } else { "p256" }, algorithm)
        };
        assert_eq!(login.code(), "signature-invalid", "{signer} {algorithm}");
    }
}

#[test]
fn payload_or_header_changed_after_signing_is_signature_invalid() {
    let login = Login::good();
    let token = login.token();
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let mallory = Login::good().claiming("sub", &json!("mallory"));
    let other_payload = encode(mallory.claims.to_string().as_bytes());
    let other_header = encode(br#"{"alg":"ES256","kid":"one"}"#);
    assert_eq!(
        login.code_of(&format!("{header}.{other_payload}.{signature}")),
        "signature-invalid"
    );
    assert_eq!(
        login.code_of(&format!("{other_header}.{payload}.{signature}")),
        "signature-invalid"
    );
}
