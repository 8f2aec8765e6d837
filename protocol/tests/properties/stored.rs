//! What the browser's storage gives back.

use std::sync::Arc;

use messenger_auth_protocol::{
    client::{Client, ResponseType},
    login::{self, Entropy, Intent, Interaction, Redemption, Transaction},
    session::Session,
    time::Timestamp,
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::{
    json::{ours, theirs},
    parts::{json, text},
    script::{Browser, GENESYS, IDP, client, issuer},
};

/// A login under way, of any kind.
fn transaction() -> impl Strategy<Value = Arc<Transaction>> {
    let issuers = select(vec![
        json!(IDP),
        json!({ "kind": "oidc", "issuer": IDP, "authorizationEndpoint": "https://idp.example.com/a", "tokenEndpoint": "https://idp.example.com/t", "jwksUri": "https://idp.example.com/j" }),
        json!(GENESYS),
    ]);
    let hints = (
        prop::option::of(text()),
        prop::option::of(text()),
        prop::option::of(text()),
    );
    let client_parts = (
        vec(("[a-z]{1,6}_x", "\\PC{0,9}"), 0..3),
        any::<u32>(),
        prop::option::of(any::<u32>()),
        any::<bool>(),
    );
    let redemptions = select(vec![
        Redemption::Here,
        Redemption::ByHost,
        Redemption::ByHostWithoutPkce,
    ]);
    (
        issuers,
        hints,
        client_parts,
        redemptions,
        any::<[u8; 32]>(),
        // Beyond 2⁵³ a moment comes back as the nearest number that JavaScript has.
        -(1_i64 << 53)..=1 << 53,
    )
        .prop_map(
            |(
                option,
                (prompt, login_hint, subject),
                (extra_params, clock_skew, max_age, implicit),
                redemption,
                dice,
                millis,
            )| {
                let issuer = issuer(&option);
                let is_genesys = option == GENESYS;
                let client = Client {
                    response_type: match (implicit, is_genesys) {
                        (false, _) => ResponseType::Code,
                        (true, true) => ResponseType::Token,
                        (true, false) => ResponseType::IdTokenToken,
                    },
                    scope: if is_genesys { "" } else { "openid" }.into(),
                    extra_params,
                    clock_skew,
                    max_age: max_age.filter(|_| !is_genesys),
                    ..client(ResponseType::Code)
                };
                let prompt = prompt.filter(|_| !is_genesys);
                let intent = Intent {
                    interaction: Interaction::Allowed { prompt },
                    login_hint,
                    redemption,
                    expected_subject: subject,
                };
                let entropy = Entropy {
                    state: dice,
                    nonce: dice.map(|byte| !byte),
                    verifier: dice.map(|byte| byte.wrapping_add(1)),
                };
                let mut browser = Browser::new();
                let next = login::begin(
                    &Arc::new(client),
                    &issuer,
                    intent,
                    &entropy,
                    Timestamp::from_millis(millis),
                );
                match browser.drive(next).expect("a redirect") {
                    crate::script::End::Redirect(redirect) => redirect.transaction,
                    crate::script::End::Done(_) => panic!("done already"),
                }
            },
        )
}

/// A session as JSON, with anything that a session may be without.
fn session() -> impl Strategy<Value = Value> {
    let held = || {
        let held = (text(), any::<i64>(), any::<i64>());
        prop::option::of(held).prop_map(|held| {
            held.map(|(token, received_at, expires_at)| {
            json!({ "token": token, "received_at": received_at, "expires_at": expires_at })
        })
        })
    };
    let texts = (
        text(),
        text(),
        vec("[!-~]{1,6}", 0..3),
        prop::option::of(text()),
        prop::option::of(text()),
    );
    (texts, held(), held(), vec((text(), json()), 0..4), (any::<i64>(), prop::option::of(any::<i64>()))).prop_map(
        |((issuer, client_id, scope, refresh_token, nonce), id_token, access_token, claims, (refresh_token_at, auth_time))| {
            let claims: serde_json::Map<String, Value> = claims.into_iter().collect();
            json!({
                "issuer": issuer, "client_id": client_id, "claims": claims, "scope": scope,
                "id_token": id_token, "access_token": access_token, "refresh_token": refresh_token,
                "refresh_token_at": refresh_token_at, "nonce": nonce, "auth_time": auth_time,
            })
        },
    )
}

proptest! {
    #[test]
    fn a_login_comes_back_as_it_was(transaction in transaction()) {
        let kept = ours(&theirs(&transaction.to_json()));
        prop_assert_eq!(Transaction::from_json(&kept).map(Arc::new), Some(transaction));
    }

    #[test]
    fn a_login_that_lacks_a_member_is_none(
        transaction in transaction(), at in any::<prop::sample::Index>(), inside_client in any::<bool>()
    ) {
        let mut kept = theirs(&transaction.to_json());
        let place = if inside_client { &mut kept["client"] } else { &mut kept };
        let members = place.as_object_mut().unwrap();
        let name = members.keys().nth(at.index(members.len())).unwrap().clone();
        members.remove(&name);
        prop_assert_eq!(Transaction::from_json(&ours(&kept)), None, "without {}", name);
    }

    #[test]
    fn a_session_comes_back_as_it_was(kept in session()) {
        let kept = ours(&kept);
        let session = Session::from_json(&kept).expect("a session");
        prop_assert_eq!(session.to_json(), kept);
        prop_assert_eq!(Session::from_json(&session.to_json()), Some(session));
    }

    #[test]
    fn a_session_that_lacks_a_member_is_none(kept in session(), at in any::<prop::sample::Index>()) {
        let mut kept = kept;
        let members = kept.as_object_mut().unwrap();
        let name = members.keys().nth(at.index(members.len())).unwrap().clone();
        members.remove(&name);
        prop_assert_eq!(Session::from_json(&ours(&kept)), None, "without {}", name);
    }

    #[test]
    fn anything_else_is_neither(kept in json()) {
        prop_assert_eq!(Session::from_json(&ours(&kept)), None);
        prop_assert_eq!(Transaction::from_json(&ours(&kept)), None);
    }
}
