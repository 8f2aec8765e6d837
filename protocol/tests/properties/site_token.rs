//! The answers of the site's token service.

use base64ct::{Base64UrlUnpadded, Encoding};
use messenger_auth_protocol::{http::Credentials, site_token};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::{
    parts::json,
    script::{Browser, START, code},
};

const URL: &str = "https://www.example.com/token";

fn part(value: &Value) -> String {
    Base64UrlUnpadded::encode_string(value.to_string().as_bytes())
}

proptest! {
    /// A JWT arrives as it is, bare or as a JSON string, white space around it or not, until
    /// its `exp` comes.
    #[test]
    fn a_jwt_arrives_unchanged(
        exp in prop::option::of(-1_000_i64..1_000),
        claims in vec(("x_[a-z]{1,5}", json()), 0..3),
        signature in vec(any::<u8>(), 1..40),
        quoted in any::<bool>(),
        space in select(vec!["", " ", "\r\n", "\t \n"]),
    ) {
        let mut claims: serde_json::Map<String, Value> = claims.into_iter().collect();
        claims.extend(exp.map(|exp| ("exp".to_owned(), json!(START + exp))));
        let header = part(&json!({ "alg": "RS256" }));
        let jwt = [header, part(&claims.into()), Base64UrlUnpadded::encode_string(&signature)].join(".");
        let body = if quoted { json!(jwt).to_string() } else { jwt.clone() };
        let mut browser = Browser::new();
        browser.answer_bytes(URL, 200, format!("{space}{body}{space}"));
        let outcome = browser.done(site_token::request(URL, None, None, Credentials::Omit));
        if exp.is_some_and(|exp| exp <= 0) {
            prop_assert_eq!(code(outcome), "token-expired");
        } else {
            let token = outcome.expect("a token");
            prop_assert_eq!(token.token.expose(), jwt);
            prop_assert_eq!(token.expires_at.map(|end| end.as_millis() / 1000 - START), exp);
        }
    }

    #[test]
    fn anything_else_is_response_malformed(
        body in prop_oneof![
            vec(any::<u8>(), 0..64),
            json().prop_map(|json| json.to_string().into_bytes()),
            "[A-Za-z0-9_-]{0,9}(\\.[A-Za-z0-9_=-]{0,9}){0,4}".prop_map(String::into_bytes),
        ]
    ) {
        let mut browser = Browser::new();
        browser.answer_bytes(URL, 200, body);
        let outcome = browser.done(site_token::request(URL, None, None, Credentials::Omit));
        prop_assert_eq!(code(outcome), "response-malformed");
    }
}
