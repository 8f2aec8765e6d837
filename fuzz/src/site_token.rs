//! The answer of the site's own token service.

use base64ct::{Base64UrlUnpadded, Encoding};
use protocol::{http::Credentials, omnichannel, secret::Secret, site_token};
use serde_json::{Map, Value};

use crate::{
    ACCEPTED, Verdict,
    login::{End, answered, drive, now},
    refused,
};

pub(crate) fn check(input: &[u8]) -> Verdict {
    let objections =
        core::str::from_utf8(input).map(|text| omnichannel::objections(&Secret::new(text)));
    let next = site_token::request(
        "https://www.example.com/token",
        Some("a.jwt"),
        None,
        Credentials::Omit,
    );
    let token = match drive(next, |_| answered(200, input)) {
        Ok(End::Done(token)) => token,
        Ok(End::Redirect(_)) => panic!("nobody is sent anywhere"),
        Err(error) => return refused(&error, &[]),
    };
    assert!(token.expires_at.is_none_or(|end| end > now()));
    let parts: Vec<&str> = token.token.expose().split('.').collect();
    assert_eq!(parts.len(), 3);
    for part in &parts {
        assert!(!part.is_empty());
        assert!(
            part.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
    }
    for part in &parts[..2] {
        let bytes = Base64UrlUnpadded::decode_vec(part).expect("base64url");
        let _: Map<String, Value> = serde_json::from_slice(&bytes).expect("an object");
    }
    // Told about a bare one, whichever it is: RS256 or an objection.
    if input == token.token.expose().as_bytes() {
        let header = Base64UrlUnpadded::decode_vec(parts[0]).expect("base64url");
        let header: Value = serde_json::from_slice(&header).expect("JSON");
        assert!(header["alg"] == "RS256" || objections.is_ok_and(|all| !all.is_empty()));
    }
    ACCEPTED
}
