//! The compact form, compared with the library that it stands for: whatever jwt-compact reads as a
//! token is one here, with the same algorithm, signed bytes, signature and claims; and nothing else.

use jwt_compact::UntrustedToken;
use messenger_auth_protocol::{
    id_token::check,
    jwk::{Algorithm, Verdict},
    secret::Secret,
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use crate::{
    json::members,
    login::{Login, NOW, answer, at_jwks_uri, drive, encode},
    parts::text,
};

/// A header of members that both read, and some that neither takes. `crit`, repeated members and
/// thumbprints of certificates are left out: there the two differ on purpose.
fn header() -> impl Strategy<Value = Map<String, Value>> {
    let member = |name: &'static str, values: Vec<Value>| {
        prop::option::of(select(values)).prop_map(move |value| Some((name, value?)))
    };
    (
        prop_oneof![
            8 => select(vec![json!("ES256"), json!("RS512"), json!("PS384"), json!("EdDSA")]),
            1 => select(vec![json!(null), json!(256), json!(["ES256"])]),
        ],
        prop_oneof![
            4 => member("kid", vec![json!("one"), json!("")]),
            1 => member("kid", vec![json!(1), json!({})]),
        ],
        member("typ", vec![json!("JWT"), json!("at+jwt"), json!("")]),
        vec(("x_[a-z]{1,4}", text().prop_map(Value::from)), 0..3),
    )
        .prop_map(|(algorithm, kid, kind, more)| {
            let mut header: Map<String, Value> = more.into_iter().collect();
            header.insert("alg".into(), algorithm);
            let named = [kid, kind].into_iter().flatten();
            header.extend(named.map(|(name, value)| (name.to_owned(), value)));
            header
        })
}

/// The three parts, and what is wrong with their writing now and then.
fn written() -> impl Strategy<Value = fn(String) -> String> {
    let faults: Vec<fn(String) -> String> = vec![
        |token| token + "=",
        |token| token + ".",
        |token| token + ".AAAA",
        |token| [" ", &token].concat(),
        |token| token.replacen('.', "", 1),
        |token| token.replacen('.', "..", 1),
        |token| token.replacen("ey", "e", 1),
        |token| token.replacen("ey", "+y", 1),
        |token| token.to_lowercase(),
        |token| token.chars().rev().collect(),
    ];
    prop_oneof![3 => Just((|token| token) as fn(String) -> String), 1 => select(faults)]
}

proptest! {
    #[test]
    fn tokens_are_taken_apart_the_same(
        header in header(),
        more in vec(("x_[a-z]{1,4}", text().prop_map(Value::from)), 0..3),
        payload in prop_oneof![9 => Just(None), 1 => "[ -~]{0,8}".prop_map(Some)],
        signature in vec(any::<u8>(), 0..140),
        written in written(),
    ) {
        let good = Login::good();
        let mut claims = good.claims.as_object().unwrap().clone();
        claims.extend(more);
        let payload = payload.unwrap_or_else(|| json!(claims).to_string());
        let header = json!(header).to_string();
        let parts = [encode(header.as_bytes()), encode(payload.as_bytes()), encode(&signature)];
        let token = written(parts.join("."));

        let keys = answer(200, &json!({ "keys": good.keys }).to_string(), NOW);
        let (secret, keys) = (Secret::new(token.clone()), [keys].into());
        // Before anything of a token counts its signature is asked about, by a key that fits.
        let ours = drive(check(&secret, good.expectation, &at_jwks_uri()), keys, |_| Verdict::Valid);
        let theirs = UntrustedToken::new(&token).ok().and_then(|theirs| {
            let claims = theirs.deserialize_claims_unchecked::<Map<String, Value>>().ok()?;
            Some((theirs, claims.custom))
        });
        let is_malformed = ours.code() == "token-malformed";
        prop_assert_eq!(is_malformed, theirs.is_none(), "{}: {}", ours.code(), token);
        let Some((theirs, custom)) = theirs else { return Ok(()) };
        for check in &ours.checks {
            prop_assert_eq!(Algorithm::from_name(theirs.algorithm()), Some(check.algorithm));
            prop_assert_eq!(theirs.signature_bytes(), &check.signature);
            let (signed, _) = token.rsplit_once('.').unwrap();
            prop_assert_eq!(signed.as_bytes(), &check.message);
        }
        // `one` is an ES256 key.
        let fits = theirs.algorithm() == "ES256" && theirs.header().key_id.as_deref() != Some("");
        prop_assert_eq!(ours.result.is_ok(), fits, "{}", token);
        if let Ok(token) = ours.result {
            let mut claims = members(&token.claims);
            claims.as_object_mut().unwrap().retain(|name, _| custom.contains_key(name));
            prop_assert_eq!(claims, Value::Object(custom));
        }
    }
}
