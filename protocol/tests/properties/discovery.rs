//! Discovery documents.

use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value, json};

use crate::{
    parts::{endpoint, json},
    script::{Browser, DISCOVERY, IDP, client, code, idp, intent},
};
use messenger_auth_protocol::client::ResponseType;

const OPTIONAL: [&str; 4] = [
    "token_endpoint",
    "jwks_uri",
    "end_session_endpoint",
    "revocation_endpoint",
];

proptest! {
    /// Accepted is a document of this very issuer, all of whose endpoints a login may use.
    #[test]
    fn accepted_if_and_only_if_issuer_and_endpoints_fit(
        (issuer, is_ours) in prop_oneof![
            4 => Just((json!(IDP), true)),
            1 => prop_oneof![Just(json!("https://idp.example.com/")), Just(json!("https://evil.example")), json()]
                .prop_map(|issuer| (issuer, false)),
        ],
        authorization in prop::option::weighted(0.9, endpoint()),
        others in vec(prop::option::weighted(0.7, endpoint()), OPTIONAL.len()),
        more in vec(("x_[a-z]{1,5}", json()), 0..4),
    ) {
        prop_assume!(is_ours || issuer != IDP);
        let mut document: Map<String, Value> = more.into_iter().collect();
        document.insert("issuer".into(), issuer);
        let mut fits = is_ours && authorization.as_ref().is_some_and(|(_, fit)| *fit);
        let has_token_endpoint = others[0].is_some();
        let names = ["authorization_endpoint"].into_iter().chain(OPTIONAL);
        for (name, found) in names.zip([authorization].into_iter().chain(others)) {
            if let Some((url, fit)) = found {
                fits &= fit;
                document.insert(name.into(), url.into());
            }
        }
        let mut browser = Browser::new();
        browser.answer(DISCOVERY, 200, &Value::Object(document.clone()));
        match browser.begin(&client(ResponseType::Code), &idp(), intent()) {
            Ok(redirect) => {
                prop_assert!(fits, "{document:?}");
                let endpoint = document["authorization_endpoint"].as_str().unwrap();
                prop_assert!(redirect.url.starts_with(endpoint));
            }
            Err(error) if fits => {
                prop_assert_eq!(error.code(), "bad-option");
                prop_assert!(!has_token_endpoint);
            }
            Err(error) => prop_assert!(
                matches!(error.code(), "discovery-mismatch" | "response-malformed"), "{error}"
            ),
        }
    }

    #[test]
    fn other_bytes_are_response_malformed(
        body in prop_oneof![vec(any::<u8>(), 0..64), json().prop_map(|json| json.to_string().into_bytes())]
    ) {
        let mut browser = Browser::new();
        browser.answer_bytes(DISCOVERY, 200, body);
        prop_assert_eq!(code(browser.begin(&client(ResponseType::Code), &idp(), intent())), "response-malformed");
    }
}
