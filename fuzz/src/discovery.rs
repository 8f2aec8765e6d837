//! The discovery document.

use protocol::{address::Address, client::ResponseType, login};
use serde_json::Value;

use crate::{
    ACCEPTED, Verdict,
    login::{End, IDP, REDIRECT, STATE, answered, begin, by_discovery, client, drive, now},
    refused,
};

const ENDPOINTS: [&str; 5] = [
    "authorization_endpoint",
    "token_endpoint",
    "revocation_endpoint",
    "end_session_endpoint",
    "jwks_uri",
];

pub(crate) fn check(input: &[u8]) -> Verdict {
    let issuer = by_discovery();
    let client = client(ResponseType::Code, &issuer);
    let redirect = match drive(begin(&client, &issuer), |_| answered(200, input)) {
        Ok(End::Redirect(redirect)) => redirect,
        Ok(End::Done(_)) => panic!("nobody has been asked"),
        Err(error) => return refused(&error, &[]),
    };
    let document: Value = serde_json::from_slice(input).expect("JSON");
    assert_eq!(document["issuer"], IDP);
    for name in ENDPOINTS {
        match &document[name] {
            Value::Null => {}
            Value::String(url) => assert_fit(url),
            other => panic!("{name} is {other}"),
        }
    }
    assert_fit(&redirect.url);
    let endpoint = document["authorization_endpoint"].as_str().expect("text");
    assert!(redirect.url.starts_with(endpoint));

    // The code goes to the document's token endpoint and nowhere else.
    let url = [REDIRECT, "?code=c0de&state=", STATE].concat();
    let next = login::complete(&redirect.transaction, &url, now());
    let refusal = drive(next, |request| match request.url.as_str() {
        "https://idp.example.com/.well-known/openid-configuration" => answered(200, input),
        other => {
            assert_eq!(document["token_endpoint"], other);
            answered(400, br#"{"error":"invalid_grant"}"#)
        }
    });
    match refusal {
        Err(error) => refused(&error, &[]),
        Ok(_) => panic!("a refused code signs in"),
    };
    ACCEPTED
}

/// `https:`, or `http:` on loopback; nothing that a browser would repair.
fn assert_fit(url: &str) {
    assert!(Address::parse(url).is_some(), "{url}");
    let lower = url.to_ascii_lowercase();
    let host = lower.strip_prefix("http://").map(|rest| {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let host = &rest[..end];
        host.trim_end_matches(|c: char| c.is_ascii_digit())
            .trim_end_matches(':')
            .to_owned()
    });
    let is_loopback = host.is_none_or(|host| {
        host == "localhost"
            || host.ends_with(".localhost")
            || host == "[::1"
            || host == "[::1]"
            || host.starts_with("127.")
    });
    assert!(
        lower.starts_with("https://") || lower.starts_with("http://") && is_loopback,
        "{url}"
    );
    assert!(
        !url.contains(|c: char| !c.is_ascii_graphic() || c == '\\'),
        "{url}"
    );
}
