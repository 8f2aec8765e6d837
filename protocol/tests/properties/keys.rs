//! Key sets.

use messenger_auth_protocol::jwk::{Algorithm, KeySet};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::{
    json::{members, ours},
    login::named,
    parts::json,
    signer,
};

const KINDS: [(&str, &str); 5] = [
    ("rsa", "RS256"),
    ("p256", "ES256"),
    ("p384", "ES384"),
    ("p521", "ES512"),
    ("ed25519", "EdDSA"),
];

/// A good key of some kind, private members included, spoilt in one member.
fn spoilt() -> impl Strategy<Value = Value> {
    let change = prop_oneof![
        Just(("use", json!("enc"))),
        Just(("key_ops", json!(["sign"]))),
        Just(("key_ops", json!("verify"))),
        Just(("kty", json!("oct"))),
        Just(("kty", json!(null))),
        Just(("crv", json!("secp256k1"))),
        Just(("x", json!("AAAA"))),
        Just(("n", json!("AQAB"))),
        Just(("e", json!("AQ"))),
        Just(("e", json!("Ag"))),
        Just(("kid", json!(7))),
        Just(("alg", json!(["ES256"]))),
        Just(("alg", json!("HS256"))),
    ];
    (select(&KINDS[..]), change).prop_filter_map(
        "a change that spoils",
        |((name, _), (member, value))| {
            let mut key = named("good", signer::private(name));
            let matters = key.get(member).is_some() || !["crv", "x", "n", "e"].contains(&member);
            key[member] = value;
            matters.then_some(key)
        },
    )
}

proptest! {
    /// `null` stands for what is absent.
    #[test]
    fn members_that_are_null_say_nothing(
        (name, algorithm) in select(&KINDS[..]),
        absent in vec(select(&["use", "alg", "key_ops", "issuer"][..]), 1..4),
    ) {
        let mut key = named("good", signer::public(name));
        for member in absent {
            key[member] = Value::Null;
        }
        let set = KeySet::from_value(&ours(&json!({ "keys": [key] }))).expect("a set");
        let algorithm = Algorithm::from_name(algorithm).unwrap();
        prop_assert!(set.candidates(Some("good"), algorithm).is_ok());
    }

    /// Whatever else a set has in it, a good key serves, alone, and with its public members only.
    #[test]
    fn a_good_key_is_found_among_any_others(
        (name, algorithm) in select(&KINDS[..]),
        others in vec(prop_oneof![spoilt(), json()], 0..6),
        at in any::<prop::sample::Index>(),
        with_kid in any::<bool>(),
    ) {
        let mut keys = others;
        keys.insert(at.index(keys.len() + 1), named("good", signer::private(name)));
        let body = json!({ "keys": keys }).to_string();
        let set = KeySet::parse(body.as_bytes()).expect("a set");
        let algorithm = Algorithm::from_name(algorithm).unwrap();
        let kid = with_kid.then_some("good");
        let found = set.candidates(kid, algorithm).expect("the good key");
        let public: Vec<Value> = found.iter().map(|key| members(key.public())).collect();
        prop_assert_eq!(public, [signer::public(name)]);
    }

    #[test]
    fn spoilt_keys_serve_nothing(keys in vec(spoilt(), 1..4)) {
        let set = KeySet::from_value(&ours(&json!({ "keys": keys }))).expect("a set");
        for (_, algorithm) in KINDS {
            let algorithm = Algorithm::from_name(algorithm).unwrap();
            prop_assert!(set.candidates(None, algorithm).is_err());
            prop_assert!(set.candidates(Some("good"), algorithm).is_err());
        }
    }

    #[test]
    fn only_a_set_is_a_set(document in json()) {
        let is_set = document.get("keys").is_some_and(Value::is_array);
        prop_assert_eq!(KeySet::parse(document.to_string().as_bytes()).is_ok(), is_set);
    }

    #[test]
    fn any_bytes_come_to_an_end(bytes in vec(any::<u8>(), 0..64)) {
        if let Ok(set) = KeySet::parse(&bytes) {
            prop_assert!(set.is_empty());
        }
    }
}
