//! ID tokens.

use messenger_auth_protocol::{
    id_token::{Expectation, Occasion},
    jwk::Verdict,
    secret::Secret,
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use crate::{
    login::{CLIENT, ISSUER, Login, NONCE, NOW, SKEW, SUBJECT, answer, at_jwks_uri, drive, encode},
    parts::json,
    verifier,
};

/// A claim's value with whether it holds. Absent where it is none.
fn claim(
    holds: Vec<Option<Value>>,
    fails: Vec<Option<Value>>,
) -> impl Strategy<Value = (Option<Value>, bool)> {
    prop_oneof![
        5 => select(holds).prop_map(|value| (value, true)),
        1 => select(fails).prop_map(|value| (value, false)),
    ]
}

fn some(values: &[Value]) -> Vec<Option<Value>> {
    values.iter().cloned().map(Some).collect()
}

fn absent_or(values: &[Value]) -> Vec<Option<Value>> {
    let mut all = some(values);
    all.push(None);
    all
}

/// Claims of a first sign-in with whether all of them hold.
fn claims() -> impl Strategy<Value = (Map<String, Value>, bool)> {
    let iss = claim(
        some(&[json!(ISSUER)]),
        absent_or(&[
            json!(format!("{ISSUER}/")),
            json!("HTTPS://idp.example.com"),
            json!([ISSUER]),
            json!(null),
        ]),
    );
    let sub = claim(
        some(&[json!(SUBJECT), json!("é".repeat(255)), json!(" ")]),
        absent_or(&[json!(""), json!("a".repeat(256)), json!(7), json!(null)]),
    );
    let exp = claim(
        some(&[
            json!(NOW + 300),
            json!(NOW - SKEW),
            json!(9_007_199_254_740_991_u64),
            json!(1_750_000_000.5),
        ]),
        absent_or(&[
            json!(NOW - SKEW - 1),
            json!(0),
            json!(-1),
            json!(1e300),
            json!("1750000300"),
            json!(null),
        ]),
    );
    let iat = claim(
        some(&[json!(NOW - 5), json!(NOW + SKEW), json!(0), json!(0.25)]),
        absent_or(&[
            json!(NOW + SKEW + 1),
            json!(-5),
            json!(1e300),
            json!("0"),
            json!(true),
        ]),
    );
    let nbf = claim(
        absent_or(&[json!(NOW), json!(NOW + SKEW), json!(0)]),
        some(&[json!(NOW + SKEW + 1), json!(-1), json!("0"), json!({})]),
    );
    let nonce = claim(
        some(&[json!(NONCE)]),
        absent_or(&[json!("other"), json!(""), json!([NONCE])]),
    );
    let audience = prop_oneof![
        5 => select(vec![
            (json!(CLIENT), None, true), (json!(CLIENT), Some(json!(CLIENT)), true),
            (json!([CLIENT]), None, true), (json!([CLIENT, "other"]), Some(json!(CLIENT)), true),
        ]),
        1 => select(vec![
            (json!("other"), None, false), (json!([]), None, false), (json!(null), None, false),
            (json!([CLIENT, "other"]), None, false), (json!([CLIENT, 7]), Some(json!(CLIENT)), false),
            (json!(CLIENT), Some(json!("other")), false), (json!(CLIENT), Some(json!(null)), false),
            (json!({ CLIENT: CLIENT }), None, false), (json!(["other"]), Some(json!(CLIENT)), false),
        ]),
    ];
    let more = vec(("x_[a-z]{1,4}", json()), 0..3);
    (iss, sub, exp, iat, nbf, nonce, audience, more).prop_map(
        |(iss, sub, exp, iat, nbf, nonce, (aud, azp, audience_holds), more)| {
            let parts = [
                ("iss", iss),
                ("sub", sub),
                ("exp", exp),
                ("iat", iat),
                ("nbf", nbf),
                ("nonce", nonce),
            ];
            let mut claims: Map<String, Value> = more.into_iter().collect();
            let mut all_hold = audience_holds;
            for (name, (value, holds)) in parts {
                all_hold &= holds;
                claims.extend(value.map(|value| (name.to_owned(), value)));
            }
            claims.insert("aud".into(), aud);
            claims.extend(azp.map(|azp| ("azp".to_owned(), azp)));
            (claims, all_hold)
        },
    )
}

/// Checks a token that everybody can sign.
fn code(header: &str, payload: &str, expectation: Expectation) -> &'static str {
    let login = Login::good();
    let token = [
        encode(header.as_bytes()),
        encode(payload.as_bytes()),
        "AAAA".into(),
    ]
    .join(".");
    let keys = answer(200, &json!({ "keys": login.keys }).to_string(), NOW);
    drive(
        messenger_auth_protocol::id_token::check(&Secret::new(token), expectation, &at_jwks_uri()),
        [keys].into(),
        |_| Verdict::Valid,
    )
    .code()
}

const HEADER: &str = r#"{"alg":"ES256","kid":"one"}"#;

proptest! {
    /// Accepted is what holds in every claim; and nothing else.
    #[test]
    fn accepted_if_and_only_if_every_claim_holds((claims, all_hold) in claims()) {
        let payload = Value::Object(claims).to_string();
        let code = code(HEADER, &payload, Login::good().expectation);
        prop_assert_eq!(code == "accepted", all_hold, "{}: {}", code, payload);
    }

    /// A renewed token must be about the same person from the same issuer, and may leave the
    /// nonce out.
    #[test]
    fn a_renewed_token_repeats_the_first(
        (claims, all_hold) in claims(),
        first in select(vec![SUBJECT, "another"]),
        first_nonce in prop::option::of(select(vec![NONCE, "other"])),
    ) {
        let expectation = Expectation {
            occasion: Occasion::Refresh {
                issuer: ISSUER.into(), subject: first.into(), nonce: first_nonce.map(str::to_owned), auth_time: None,
            },
            ..Login::good().expectation
        };
        let payload = Value::Object(claims.clone()).to_string();
        let accepted = code(HEADER, &payload, expectation) == "accepted";
        if accepted {
            prop_assert_eq!(&claims["sub"], first);
            prop_assert_eq!(&claims["iss"], ISSUER);
            let nonce = claims.get("nonce").and_then(Value::as_str);
            prop_assert!(!claims.contains_key("nonce") || nonce == first_nonce);
        }
        if all_hold && claims["sub"] == first && first_nonce == Some(NONCE) {
            prop_assert!(accepted);
        }
    }

    /// A member that stands twice spoils a token wherever it is, and wherever it is repeated.
    #[test]
    fn duplicates_are_never_accepted(
        more in vec(("x_[a-z]{1,4}", json()), 0..3),
        repeated in any::<prop::sample::Index>(),
        again in json(),
        in_header in any::<bool>(),
    ) {
        let good = Login::good();
        let mut claims = good.claims.as_object().unwrap().clone();
        claims.extend(more);
        let twice = |object: &Map<String, Value>| {
            let name = object.keys().nth(repeated.index(object.len())).unwrap();
            let text = Value::Object(object.clone()).to_string();
            format!("{},{}:{again}}}", text.strip_suffix('}').unwrap(), json!(name))
        };
        let header: Map<String, Value> = serde_json::from_str(HEADER).unwrap();
        let plain = Value::Object(claims.clone()).to_string();
        prop_assert_eq!(code(HEADER, &plain, good.expectation.clone()), "accepted");
        let code = if in_header {
            code(&twice(&header), &plain, good.expectation)
        } else {
            code(HEADER, &twice(&claims), good.expectation)
        };
        prop_assert_eq!(code, "token-malformed");
    }

    /// No single character of a signed token can be replaced, put in or left out.
    #[test]
    fn no_character_of_a_signed_token_can_be_changed(
        at in any::<prop::sample::Index>(),
        (left_out, put_in) in prop_oneof![
            Just((1, None)),
            any::<char>().prop_map(|other| (0, Some(other))),
            "[A-Za-z0-9_.=-]".prop_map(|other| (1, other.chars().next())),
        ],
    ) {
        let login = Login::good();
        let token = login.token();
        let at = at.index(token.len());
        let mut changed = token[..at].to_owned();
        changed.extend(put_in);
        changed.push_str(&token[at + left_out..]);
        let code = login.code_of(&changed);
        prop_assert_eq!(code == "accepted", changed == token, "{}", code);
    }

    #[test]
    fn any_text_is_no_token(text in "[A-Za-z0-9_.=-]{0,60}|.{0,20}") {
        prop_assert_ne!(Login::good().code_of(&text), "accepted");
    }

    #[test]
    fn only_known_algorithms_are_asked_for(algorithm in "[A-Za-z]{2,6}[0-9]{0,3}|none|NONE|HS256|es256|ES256 |Ed448") {
        let header = json!({ "alg": algorithm, "kid": "one" }).to_string();
        prop_assume!(algorithm != "ES256");
        let payload = Login::good().claims.to_string();
        prop_assert_eq!(code(&header, &payload, Login::good().expectation), "algorithm-not-allowed");
    }
}

#[test]
fn the_verifier_of_these_tests_says_no() {
    let login = Login::good();
    let mut checks = login.outcome().checks;
    checks[0].signature[0] ^= 1;
    assert_eq!(verifier::verify(&checks[0]), Verdict::Invalid);
}
