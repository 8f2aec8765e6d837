//! The ID token: header, claims and signature on a line each, which are encoded here, or
//! after a `.` the compact form as it is.

use std::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding};
use protocol::{
    id_token::{self, AtHash, Expectation, ExpectedIssuer, Keys, Occasion},
    jwk::KeySet,
    secret::Secret,
};
use serde_json::{Map, Value};

use crate::{
    ACCEPTED, NONE, Verdict,
    json::{is_same_object, ours},
    login::{CLIENT, End, IDP, NONCE, check_claims, drive, keys},
    refused,
};

pub(crate) fn check(input: &[u8]) -> Verdict {
    let Some(token) = compact(input) else {
        return NONE;
    };
    let sign_in = outcome(
        &token,
        Occasion::SignIn {
            nonce: NONCE.into(),
            max_age: None,
            subject: None,
        },
    );
    let refresh = outcome(
        &token,
        Occasion::Refresh {
            issuer: IDP.into(),
            subject: "alice".into(),
            nonce: Some(NONCE.into()),
            auth_time: None,
        },
    );
    if let Ok(claims) = &sign_in {
        assert_eq!(claims["nonce"], NONCE);
    }
    if let Ok(claims) = &refresh {
        assert_eq!(claims["sub"], "alice");
        assert!(claims.get("nonce").is_none_or(|nonce| nonce == NONCE));
    }
    sign_in.map_or_else(|code| code, |_| ACCEPTED)
}

fn compact(input: &[u8]) -> Option<String> {
    if let Some(raw) = input.strip_prefix(b".") {
        return core::str::from_utf8(raw).ok().map(str::to_owned);
    }
    let parts: Vec<String> = input
        .splitn(3, |byte| *byte == b'\n')
        .map(Base64UrlUnpadded::encode_string)
        .collect();
    Some(parts.join("."))
}

fn outcome(token: &str, occasion: Occasion) -> Result<Map<String, Value>, Verdict> {
    let keys = KeySet::from_value(&ours(&keys())).expect("keys");
    let expectation = Expectation {
        issuer: ExpectedIssuer::Exactly(IDP.into()),
        client_id: CLIENT.into(),
        occasion,
        clock_skew: 60,
        access_token: None,
        at_hash: AtHash::IfPresent,
        code: None,
    };
    let next = id_token::check(
        &Secret::new(token),
        expectation,
        &Keys::Inline(Arc::new(keys)),
    );
    let checked = match drive(next, |request| panic!("{request:?}")) {
        Ok(End::Done(checked)) => checked,
        Ok(End::Redirect(_)) => panic!("nobody is sent anywhere"),
        Err(error) => return Err(refused(&error, &[])),
    };
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    let object = |part| -> Map<String, Value> {
        let bytes = Base64UrlUnpadded::decode_vec(part).expect("base64url");
        serde_json::from_slice(&bytes).expect("an object")
    };
    let header = object(parts[0]);
    assert!(!header.contains_key("crit"));
    let algorithm = header["alg"].as_str().expect("an algorithm");
    assert!(
        ["RS", "PS", "ES", "Ed"].contains(&&algorithm[..2]),
        "{algorithm}"
    );
    let claims = object(parts[1]);
    check_claims(&claims);
    assert!(is_same_object(&checked.claims, &claims));
    assert_eq!(claims["sub"], checked.subject.as_str());
    assert_eq!(checked.raw.expose(), token);
    Ok(claims)
}
