//! Which of the issuer's keys counts.

use std::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding};
use messenger_auth_protocol::{
    id_token::{self, Keys},
    jwk::KeySet,
    secret::Secret,
};
use serde_json::{Value, json};

use crate::{
    json::{members, ours},
    login::{Login, drive, encode, named},
    signer, verifier,
};

/// What comes of a token without `kid`, signed by `p256`, when these keys are published.
fn nameless(keys: Vec<Value>) -> &'static str {
    let mut login = Login::good();
    login.header.as_object_mut().unwrap().remove("kid");
    login.keys = keys;
    login.code()
}

#[test]
fn key_offered_in_the_header_is_ignored() {
    let mine = signer::public("other p256");
    for (name, value) in [
        ("jwk", mine.clone()),
        ("jku", json!("https://evil.example/jwks")),
        ("x5u", json!("https://evil.example/certificate")),
        ("x5c", json!(["MIIB"])),
    ] {
        let honest = Login::good().heading(name, value.clone());
        assert_eq!(honest.code(), "accepted", "{name}");

        let forged = Login {
            signer: "other p256",
            ..Login::good().heading(name, value.clone())
        };
        assert_eq!(forged.code(), "signature-invalid", "{name}");

        let unknown = forged.heading("kid", json!("mine"));
        let outcome = unknown.outcome();
        assert_eq!(outcome.code(), "key-not-found", "{name}");
        assert!(outcome.checks.is_empty());
    }
}

#[test]
fn without_kid_one_fitting_key_is_accepted() {
    assert_eq!(nameless(vec![signer::public("p256")]), "accepted");
    assert_eq!(
        nameless(vec![named("any", signer::public("p256"))]),
        "accepted"
    );
    assert_eq!(
        nameless(vec![
            signer::public("rsa"),
            signer::public("p384"),
            signer::public("p256")
        ]),
        "accepted"
    );
}

#[test]
fn without_kid_each_fitting_key_is_tried() {
    let (ours, other) = (signer::public("p256"), signer::public("other p256"));
    assert_eq!(nameless(vec![other.clone(), ours.clone()]), "accepted");
    assert_eq!(nameless(vec![ours, other.clone()]), "accepted");
    assert_eq!(nameless(vec![other.clone(), other]), "signature-invalid");
}

#[test]
fn without_kid_and_nothing_that_fits_is_key_not_found() {
    assert_eq!(nameless(vec![]), "key-not-found");
    assert_eq!(
        nameless(vec![signer::public("rsa"), signer::public("p384")]),
        "key-not-found"
    );
}

#[test]
fn two_keys_of_one_name_are_each_tried() {
    let login = Login::good();
    let (ours, other) = (
        login.keys[0].clone(),
        named("one", signer::public("other p256")),
    );
    let of_another_type = named("one", signer::public("rsa"));
    for keys in [
        vec![other.clone(), ours.clone()],
        vec![ours.clone(), other.clone()],
        vec![of_another_type, other, ours],
    ] {
        let login = Login {
            keys,
            ..Login::good()
        };
        assert_eq!(login.code(), "accepted");
    }
}

#[test]
fn kid_is_compared_exactly() {
    for kid in ["One", "one ", "", "on"] {
        let login = Login::good().heading("kid", kid.into());
        assert_eq!(login.code(), "key-not-found", "{kid}");
    }
    let mut login = Login::good();
    login.keys = vec![signer::public("p256")];
    assert_eq!(
        login.code(),
        "key-not-found",
        "a key without name is not the one that was named"
    );
}

/// A key that must be skipped: not found when alone, in no one's way beside a good one.
fn skipped(what: &str, bad: &Value) {
    let alone = KeySet::parse(json!({ "keys": [bad] }).to_string().as_bytes()).unwrap();
    assert!(alone.is_empty(), "{what}");

    let bad = named("one", bad.clone());
    let good = Login::good();
    let beside = Login {
        keys: vec![bad.clone(), good.keys[0].clone()],
        ..Login::good()
    };
    assert_eq!(beside.code(), "accepted", "{what}");
    let only = Login {
        keys: vec![bad],
        ..Login::good()
    };
    assert_eq!(only.code(), "key-not-found", "{what}");
}

fn changed(name: &str, member: &str, value: &Value) -> Value {
    let mut key = signer::public(name);
    key[member] = value.clone();
    key
}

#[test]
fn key_for_another_use_is_skipped() {
    for usage in [json!("enc"), json!("SIG"), json!(1)] {
        skipped("use", &changed("p256", "use", &usage));
    }
    for operations in [
        json!(["sign"]),
        json!(["encrypt", "wrapKey"]),
        json!([]),
        json!("verify"),
    ] {
        skipped("key_ops", &changed("p256", "key_ops", &operations));
    }
    for (member, value) in [
        ("use", json!("sig")),
        ("use", json!(null)),
        ("key_ops", json!(["sign", "verify"])),
    ] {
        let mut login = Login::good();
        login.keys[0][member] = value;
        assert_eq!(login.code(), "accepted", "{member}");
    }
}

#[test]
fn rsa_under_2048_bits_is_skipped() {
    skipped("2040 bits", &signer::public("weak rsa"));
    let weak = signer::public("weak rsa")["n"].as_str().unwrap().to_owned();
    // 2040 bits in 256 bytes: zeros in front make no key stronger.
    skipped(
        "2040 bits, padded",
        &changed("rsa", "n", &json!(format!("AA{weak}"))),
    );
    skipped("small", &changed("rsa", "n", &json!("AQAB")));
}

#[test]
fn rsa_modulus_with_zeros_in_front_is_accepted_and_imported_without() {
    let mut login = Login::good().signed_by("rsa", "RS256");
    let plain = login.keys[0]["n"].clone();
    let modulus = Base64UrlUnpadded::decode_vec(plain.as_str().unwrap()).unwrap();
    login.keys[0]["n"] = encode(&[vec![0], modulus].concat()).into();
    let outcome = login.outcome();
    assert_eq!(outcome.code(), "accepted");
    assert_eq!(members(&outcome.checks[0].key)["n"], plain);
}

#[test]
fn rsa_exponent_that_makes_no_signature_is_skipped() {
    // 1, 0, nothing, 65536, longer than any that is used.
    for exponent in ["AQ", "AA", "", "AQAA", "AQAAAAAAAAAAAQ"] {
        skipped("e", &changed("rsa", "e", &json!(exponent)));
    }
}

#[test]
fn key_of_an_unknown_kind_is_skipped() {
    for bad in [
        json!({ "kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ" }),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA" }),
        json!({ "kty": "ec", "crv": "P-256" }),
        json!({ "kty": 1 }),
        json!({}),
        json!(null),
        json!("key"),
        json!([]),
    ] {
        let keys = KeySet::parse(json!({ "keys": [bad] }).to_string().as_bytes()).unwrap();
        assert!(keys.is_empty(), "{bad}");
        let login = Login {
            keys: vec![bad, Login::good().keys[0].clone()],
            ..Login::good()
        };
        assert_eq!(login.code(), "accepted");
    }
    for curve in [
        json!("secp256k1"),
        json!("P-192"),
        json!("p-256"),
        json!(null),
    ] {
        skipped("crv", &changed("p256", "crv", &curve));
    }
    for curve in ["Ed448", "X25519"] {
        skipped("crv", &changed("ed25519", "crv", &json!(curve)));
    }
}

#[test]
fn malformed_key_is_skipped() {
    let whole = signer::public("p256")["x"].as_str().unwrap().to_owned();
    for x in [
        json!(null),
        json!(1),
        json!(""),
        json!(format!("{whole}=")),
        json!(format!("+{}", &whole[1..])),
        json!(encode(&[7; 31])),
        json!(encode(&[7; 33])),
        json!("A".repeat(100_000)),
    ] {
        skipped("x", &changed("p256", "x", &x));
    }
    skipped("n", &changed("rsa", "n", &json!("A/+=")));
    skipped("n", &changed("rsa", "n", &json!(encode(&vec![0xff; 4096]))));
    skipped("kid", &changed("p256", "alg", &json!(256)));
}

#[test]
fn only_public_members_are_imported() {
    for (name, algorithm, members) in [
        ("p256", "ES256", vec!["crv", "kty", "x", "y"]),
        ("rsa", "RS256", vec!["e", "kty", "n"]),
        ("ed25519", "EdDSA", vec!["crv", "kty", "x"]),
    ] {
        let mut login = Login::good().signed_by(name, algorithm);
        let mut key = named("one", signer::private(name));
        assert!(key.get("d").is_some());
        for (member, value) in [
            ("x5c", json!(["MIIB"])),
            ("ext", json!(true)),
            ("oth", json!([])),
        ] {
            key[member] = value;
        }
        login.keys = vec![key];
        let outcome = login.outcome();
        assert_eq!(outcome.code(), "accepted");
        let mut imported: Vec<&str> = outcome.checks[0].key.keys().collect();
        imported.sort_unstable();
        assert_eq!(imported, members);
    }
}

#[test]
fn inline_keys_are_used_without_a_request() {
    let login = Login::good();
    let keys = KeySet::from_value(&ours(&json!({ "keys": login.keys }))).unwrap();
    let check = |token: String| {
        let keys = Keys::Inline(Arc::new(keys.clone()));
        let expectation = login.expectation.clone();
        drive(
            id_token::check(&Secret::new(token), expectation, &keys),
            [].into(),
            verifier::verify,
        )
    };
    assert_eq!(check(login.token()).code(), "accepted");
    let unknown = Login::good().heading("kid", json!("two"));
    assert_eq!(check(unknown.token()).code(), "key-not-found");
    let forged = Login {
        signer: "other p256",
        ..Login::good()
    };
    assert_eq!(check(forged.token()).code(), "signature-invalid");
}
