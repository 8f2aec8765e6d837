//! The issuer's key set.

use protocol::jwk::{Algorithm, KeySet};
use serde_json::{Value, json};

use crate::{
    ACCEPTED, Verdict,
    json::{members, ours},
    refused,
};

const ALGORITHMS: [(&str, &str); 10] = [
    ("RS256", "RSA"),
    ("RS384", "RSA"),
    ("RS512", "RSA"),
    ("PS256", "RSA"),
    ("PS384", "RSA"),
    ("PS512", "RSA"),
    ("ES256", "P-256"),
    ("ES384", "P-384"),
    ("ES512", "P-521"),
    ("EdDSA", "Ed25519"),
];

pub(crate) fn check(input: &[u8]) -> Verdict {
    let keys = match KeySet::parse(input) {
        Ok(keys) => keys,
        Err(error) => return refused(&error, &[]),
    };
    let mut usable = 0;
    for (name, kind) in ALGORITHMS {
        let algorithm = Algorithm::from_name(name).expect("an algorithm");
        let Ok(candidates) = keys.candidates(None, algorithm) else {
            continue;
        };
        for key in candidates {
            usable += 1;
            let public = members(key.public());
            let names: Vec<&String> = public.keys().collect();
            match kind {
                "RSA" => {
                    assert_eq!(names, ["kty", "n", "e"]);
                    assert!(public["n"].as_str().is_some_and(|n| n.len() >= 342));
                }
                "Ed25519" => assert_eq!(names, ["kty", "crv", "x"]),
                _ => assert_eq!(names, ["kty", "crv", "x", "y"]),
            }
            assert!(public["kty"] == kind || public["crv"] == kind);
            // What goes to the browser would be read here as the same key.
            let again = KeySet::from_value(&ours(&json!({ "keys": [public] }))).expect("a set");
            let again = again.candidates(None, algorithm).expect("the key");
            assert_eq!(again[0].public(), key.public());
        }
    }
    let document: Value = serde_json::from_slice(input).expect("JSON");
    let published = document["keys"].as_array().expect("an array").len();
    assert!(usable <= published * 6, "an RSA key serves six algorithms");
    assert!(!keys.is_empty() || usable == 0);
    if usable == 0 { "none-usable" } else { ACCEPTED }
}
