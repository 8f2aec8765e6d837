//! The examples that the specifications give, and the tokens that jose makes.
//!
//! `tests/vectors/make.js` writes `jose.json`; jose's own check of `ours.json` is in
//! `tests/e2e/vectors.spec.js`.

use std::sync::Arc;

use crate::hash::digest;
use base64ct::{Base64UrlUnpadded, Encoding};
use messenger_auth_protocol::{
    id_token::{self, AtHash, Expectation, ExpectedIssuer, IdToken, Keys, Occasion},
    jwk::{Algorithm, KeySet, SignatureCheck, Verdict},
    secret::Secret,
    step::Step,
    time::Timestamp,
};
use serde_json::{Value, json};

use crate::{
    json::{self, members},
    login::{Login, named},
    signer, verifier,
};

/// Every name of an algorithm with the key that signs for it here.
const ALGORITHMS: [(&str, &str); 11] = [
    ("RS256", "rsa"),
    ("RS384", "rsa"),
    ("RS512", "rsa"),
    ("PS256", "rsa"),
    ("PS384", "rsa"),
    ("PS512", "rsa"),
    ("ES256", "p256"),
    ("ES384", "p384"),
    ("ES512", "p521"),
    ("EdDSA", "ed25519"),
    ("Ed25519", "ed25519"),
];

#[test]
fn signatures_of_rfc_7515_7520_and_8037_hold() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("../vectors/jws.json")).unwrap();
    assert_eq!(vectors.len(), 7);
    for vector in vectors {
        let keys = KeySet::from_value(&json::ours(&json!({ "keys": [vector["key"]] }))).unwrap();
        let algorithm = Algorithm::from_name(vector["alg"].as_str().unwrap()).unwrap();
        let candidates = keys
            .candidates(vector["key"]["kid"].as_str(), algorithm)
            .unwrap();
        let (message, signature) = vector["jws"].as_str().unwrap().rsplit_once('.').unwrap();
        let mut check = SignatureCheck {
            algorithm,
            key: candidates[0].public().clone(),
            message: message.into(),
            signature: Base64UrlUnpadded::decode_vec(signature).unwrap(),
        };
        assert_eq!(
            verifier::verify(&check),
            Verdict::Valid,
            "{}",
            vector["name"]
        );
        check.message.push(b'A');
        assert_eq!(
            verifier::verify(&check),
            Verdict::Invalid,
            "{}",
            vector["name"]
        );
    }
}

#[test]
fn unsecured_token_of_rfc_7515_a_5_is_algorithm_not_allowed() {
    let token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
    assert_eq!(Login::good().code_of(token), "algorithm-not-allowed");
}

/// Checks a token of OpenID Connect Core, appendix A, in its own time.
fn core(
    token: &str,
    access_token: Option<&str>,
    code: Option<&str>,
) -> Result<IdToken, &'static str> {
    let example = core_example();
    let text = |name: &str| example[name].as_str().unwrap().to_owned();
    let keys = KeySet::from_value(&json::ours(&json!({ "keys": [example["key"]] }))).unwrap();
    let expectation = Expectation {
        issuer: ExpectedIssuer::Exactly(text("issuer")),
        client_id: text("client_id"),
        occasion: Occasion::SignIn {
            nonce: text("nonce"),
            max_age: None,
            subject: Some(text("subject")),
        },
        clock_skew: 60,
        access_token: access_token.map(Secret::new),
        at_hash: AtHash::Required,
        code: code.map(Secret::new),
    };
    let now = Timestamp::from_seconds(example["issued_at"].as_i64().unwrap() + 30);
    let step = id_token::check(
        &Secret::new(text(token)),
        expectation,
        &Keys::Inline(Arc::new(keys)),
    );
    let Ok(Step::Verify(check, pending)) = step else {
        panic!("the first step is the signature's");
    };
    let mut next = pending.resume(verifier::verify(&check), now);
    loop {
        next = match next {
            Ok(Step::Digest(hash, pending)) => pending.resume(digest(&hash), now),
            Ok(Step::Done(token)) => return Ok(*token),
            Ok(step) => panic!("there is nothing left to do but {step:?}"),
            Err(error) => return Err(error.code()),
        }
    }
}

fn core_example() -> Value {
    serde_json::from_str(include_str!("../vectors/openid_core.json")).unwrap()
}

#[test]
fn at_hash_of_openid_connect_core_holds() {
    let example = core_example();
    let access_token = example["access_token"].as_str().unwrap();
    let token = core("id_token_with_at_hash", Some(access_token), None).unwrap();
    assert_eq!(members(&token.claims)["at_hash"], "77QmUPtjPfzWtF2AnpK9RQ");
    let other = core("id_token_with_at_hash", Some("another"), None);
    assert_eq!(other, Err("hash-mismatch"));
}

#[test]
fn c_hash_of_openid_connect_core_holds() {
    let example = core_example();
    let code = example["code"].as_str().unwrap();
    let token = core("id_token_with_c_hash", None, Some(code)).unwrap();
    assert_eq!(members(&token.claims)["c_hash"], "LDktKdoQak3Pk0cnXxCltA");
    assert_eq!(
        core("id_token_with_c_hash", None, Some("another")),
        Err("hash-mismatch")
    );
}

#[test]
fn tokens_that_jose_makes_are_accepted_for_every_algorithm() {
    let file: Value = serde_json::from_str(include_str!("../vectors/jose.json")).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    let made: Vec<&str> = vectors
        .iter()
        .map(|vector| vector["alg"].as_str().unwrap())
        .collect();
    assert_eq!(made, ALGORITHMS.map(|(name, _)| name));
    for vector in vectors {
        let mut login = Login::good();
        login.keys = vectors.iter().map(|vector| vector["key"].clone()).collect();
        login.expectation.access_token = file["access_token"].as_str().map(Secret::new);
        login.expectation.at_hash = AtHash::Required;
        login.expectation.code = file["code"].as_str().map(Secret::new);
        let (token, name) = (vector["token"].as_str().unwrap(), &vector["alg"]);
        assert_eq!(login.code_of(token), "accepted", "{name}");

        login.expectation.code = Some(Secret::new("another"));
        assert_eq!(login.code_of(token), "hash-mismatch", "{name}");
        login.keys.retain(|key| key["alg"] != *name);
        assert_eq!(login.code_of(token), "key-not-found", "{name}");
        // Another key under the name of the right one.
        login.keys = vec![named(vector["key"]["kid"].as_str().unwrap(), other(name))];
        assert_eq!(login.code_of(token), "signature-invalid", "{name}");
    }
}

/// A key of the right kind, and not the one that signed.
fn other(algorithm: &Value) -> Value {
    let found = ALGORITHMS.iter().find(|(name, _)| algorithm == name);
    signer::public(found.unwrap().1)
}

/// What is signed here, for jose to check.
fn ours() -> Value {
    let tokens = ALGORITHMS.map(|(algorithm, key)| {
        let token = Login::good().signed_by(key, algorithm).token();
        json!({ "alg": algorithm, "key": signer::public(key), "token": token })
    });
    json!(tokens)
}

#[test]
fn tokens_that_jose_checks_are_those_that_are_signed_here() {
    let file: Value = serde_json::from_str(include_str!("../vectors/ours.json")).unwrap();
    let (kept, made) = (file.as_array().unwrap(), ours());
    for (kept, made) in kept.iter().zip(made.as_array().unwrap()) {
        let name = kept["alg"].as_str().unwrap();
        let signed = |vector: &Value| {
            vector["token"]
                .as_str()
                .unwrap()
                .rsplit_once('.')
                .unwrap()
                .0
                .to_owned()
        };
        assert_eq!(signed(kept), signed(made), "{name}");
        assert_eq!((&kept["alg"], &kept["key"]), (&made["alg"], &made["key"]));
        // PS and, in ring, ES put dice into the signature.
        if name.starts_with("RS") || name.starts_with("Ed") {
            assert_eq!(kept["token"], made["token"], "{name}");
        }
        let (_, key) = ALGORITHMS
            .into_iter()
            .find(|(other, _)| *other == name)
            .unwrap();
        let login = Login::good().signed_by(key, name);
        assert_eq!(
            login.code_of(kept["token"].as_str().unwrap()),
            "accepted",
            "{name}"
        );
    }
    assert_eq!(kept.len(), ALGORITHMS.len());
}

#[test]
#[ignore = "writes vectors/ours.json anew: cargo test -p messenger-auth-protocol --test attacks write_ours -- --ignored"]
fn write_ours() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/ours.json");
    let text = serde_json::to_string_pretty(&ours()).unwrap();
    std::fs::write(file, text + "\n").unwrap();
}
