//! The examples that the specifications give.

use base64ct::{Base64UrlUnpadded, Encoding};
use messenger_auth_protocol::{
    id_token::{self, AtHash, Expectation, ExpectedIssuer, IdToken, Keys, Occasion},
    jwk::{Algorithm, KeySet, SignatureCheck, Verdict},
    secret::Secret,
    step::Step,
    time::Timestamp,
};
use serde_json::{Value, json};

use crate::{login::Login, verifier};

#[test]
fn signatures_of_rfc_7515_7520_and_8037_hold() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("../vectors/jws.json")).unwrap();
    assert_eq!(vectors.len(), 7);
    for vector in vectors {
        let keys = KeySet::from_value(&json!({ "keys": [vector["key"]] })).unwrap();
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
    let keys = KeySet::from_value(&json!({ "keys": [example["key"]] })).unwrap();
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
        Keys::Inline(Box::new(keys)),
    );
    let Ok(Step::Verify(check, pending)) = step else {
        panic!("the first step is the signature's");
    };
    match pending.resume(verifier::verify(&check), now) {
        Ok(Step::Done(token)) => Ok(token),
        Ok(step) => panic!("there is nothing left to do but {step:?}"),
        Err(error) => Err(error.code()),
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
    assert_eq!(token.claims["at_hash"], "77QmUPtjPfzWtF2AnpK9RQ");
    let other = core("id_token_with_at_hash", Some("another"), None);
    assert_eq!(other, Err("hash-mismatch"));
}

#[test]
fn c_hash_of_openid_connect_core_holds() {
    let example = core_example();
    let code = example["code"].as_str().unwrap();
    let token = core("id_token_with_c_hash", None, Some(code)).unwrap();
    assert_eq!(token.claims["c_hash"], "LDktKdoQak3Pk0cnXxCltA");
    assert_eq!(
        core("id_token_with_c_hash", None, Some("another")),
        Err("hash-mismatch")
    );
}
