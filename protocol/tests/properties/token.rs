//! The token endpoint's answers.

use messenger_auth_protocol::{Error, client::ResponseType, login::Login, session::TokenKind};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use crate::{
    parts::{json, text},
    script::{Browser, Query, TOKEN, client, id_token, idp, intent},
};

/// Redeems a code where the token endpoint answers this; `ID-TOKEN` stands for a good one.
fn redeem(status: u16, body: &str) -> (Browser, Result<Login, Error>) {
    let mut browser = Browser::new();
    let redirect = browser
        .begin(&client(ResponseType::Code), &idp(), intent())
        .expect("a redirect");
    let sent = Query::of(&redirect.url);
    let good = id_token(&json!({ "nonce": sent["nonce"] }));
    browser.answer_bytes(TOKEN, status, body.replace("ID-TOKEN", &good));
    let answer = format!("?code=s3cret-c0de&state={}", &sent["state"]);
    let outcome = browser.complete(&redirect.transaction, &answer);
    (browser, outcome)
}

/// A member's value, absent where it is none, with whether it can be accepted.
fn member(
    holds: &[Option<Value>],
    fails: &[Option<Value>],
) -> impl Strategy<Value = (Option<Value>, bool)> + use<> {
    prop_oneof![
        6 => select(holds.to_vec()).prop_map(|value| (value, true)),
        1 => select(fails.to_vec()).prop_map(|value| (value, false)),
    ]
}

proptest! {
    /// Accepted is what has a Bearer token of printable characters, an ID token that holds, a
    /// life of zero to ten years if any, and text where text belongs; for exactly so long.
    #[test]
    fn accepted_if_and_only_if_every_member_fits(
        access_token in member(
            &[Some(json!("x")), Some(json!("a.b-c_d~+/="))],
            &[None, Some(json!("")), Some(json!("a b")), Some(json!("a\nb")), Some(json!("é")), Some(json!(7)), Some(json!(null))],
        ),
        token_type in member(
            &[Some(json!("Bearer")), Some(json!("bearer")), Some(json!("BEARER"))],
            &[None, Some(json!("DPoP")), Some(json!("Bearer ")), Some(json!(1))],
        ),
        expires_in in member(
            &[None, Some(json!(null)), Some(json!(0)), Some(json!(300)), Some(json!("300")), Some(json!(299.9)), Some(json!(315_360_000))],
            &[Some(json!(-1)), Some(json!(315_360_001)), Some(json!("-1")), Some(json!("3e2")), Some(json!("+3")), Some(json!("")), Some(json!(1e300)), Some(json!(true)), Some(json!([300]))],
        ),
        id_token in member(&[Some(json!("ID-TOKEN"))], &[None, Some(json!("")), Some(json!("a.b.c")), Some(json!({}))]),
        refresh_token in member(&[None, Some(json!(null)), Some(json!("r"))], &[Some(json!(1)), Some(json!(["r"]))]),
        scope in member(&[None, Some(json!("openid  email")), Some(json!(""))], &[Some(json!(["openid"]))]),
        more in vec(("x_[a-z]{1,5}", json()), 0..3),
    ) {
        let mut body: Map<String, Value> = more.into_iter().collect();
        let mut fits = true;
        for (name, (value, fit)) in [
            ("access_token", &access_token), ("token_type", &token_type), ("expires_in", &expires_in),
            ("id_token", &id_token), ("refresh_token", &refresh_token), ("scope", &scope),
        ] {
            fits &= fit;
            body.extend(value.clone().map(|value| (name.to_owned(), value)));
        }
        let body = Value::Object(body).to_string();
        let (browser, outcome) = redeem(200, &body);
        prop_assert_eq!(outcome.is_ok(), fits, "{}: {:?}", body, outcome);
        if let Ok(Login::SignedIn(session)) = outcome {
            let seconds = match expires_in.0 {
                None | Some(Value::Null) => 3600,
                Some(Value::String(digits)) => digits.parse().unwrap(),
                #[expect(clippy::cast_possible_truncation, reason = "ten years of seconds at most")]
                Some(number) => number.as_f64().unwrap() as i64,
            };
            prop_assert_eq!(session.expires_at(Some(TokenKind::AccessToken)), browser.now.plus_seconds(seconds));
            prop_assert_eq!(session.can_refresh(), refresh_token.0 == Some(json!("r")));
            prop_assert_eq!(session.subject(), Some("alice"));
        }
    }

    /// Whatever is answered, with whatever status: never a panic, and never the code in what is shown.
    #[test]
    fn no_answer_shows_the_code(
        status in select(vec![200_u16, 201, 204, 302, 400, 401, 403, 404, 429, 500, 503]),
        error in prop_oneof![Just("invalid_grant".to_owned()), text()],
        description in text(),
        echo in any::<bool>(),
        other in prop::option::weighted(0.2, prop_oneof![json().prop_map(|json| json.to_string()), any::<String>()]),
    ) {
        let echoed = if echo { "s3cret-c0de" } else { "" };
        let body = json!({
            "error": format!("{error}{}", if description.len() % 2 == 0 { echoed } else { "" }),
            "error_description": format!("{description}{echoed}"),
        });
        let (_, outcome) = redeem(status, &other.unwrap_or_else(|| body.to_string()));
        let error = outcome.expect_err("nothing was given");
        for shown in [error.to_string(), error.help(), format!("{error:?}")] {
            prop_assert!(!shown.contains("s3cret-c0de"), "{}", shown);
            prop_assert!(!shown.contains(char::is_control), "{:?}", shown);
        }
    }
}
