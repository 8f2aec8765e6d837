//! The token endpoint's answer: the first byte says to what, the second with which status.

use std::sync::Arc;

use protocol::{
    client::ResponseType,
    login::{self, Login},
    session::{self, Session, TokenKind},
};
use serde_json::{Value, json};

use crate::{
    ACCEPTED, NONE, Verdict,
    json::{members, ours, theirs},
    login::{
        CLIENT, CODE, End, IDP, NONCE, NOW, REDIRECT, STATE, VERIFIER, answered, begun,
        check_claims, client, drive, genesys_cloud, issuer, now,
    },
    refused,
};

/// Ten years.
const LONGEST: i64 = 10 * 365 * 86_400;

pub(crate) fn check(input: &[u8]) -> Verdict {
    let [asked, status, body @ ..] = input else {
        return NONE;
    };
    let status = match status {
        b'4' => 400,
        b'5' => 503,
        _ => 200,
    };
    let issuer = if *asked == b'g' {
        genesys_cloud()
    } else {
        issuer()
    };
    let client = client(ResponseType::Code, &issuer);
    let outcome = if *asked == b'r' {
        let next = session::renew(&Arc::new(client), &issuer, &held(), now());
        drive(next, |_| answered(status, body)).map(|end| match end {
            End::Done(session) => session,
            End::Redirect(_) => panic!("nobody is sent anywhere"),
        })
    } else {
        let transaction = begun(&client, &issuer).transaction;
        assert_eq!(theirs(&transaction.to_json())["verifier"], VERIFIER);
        let url = [REDIRECT, "?code=", CODE, "&state=", STATE].concat();
        let next = login::complete(&transaction, &url, now());
        drive(next, |_| answered(status, body)).map(|end| match end {
            End::Done(Login::SignedIn(session)) => session,
            _ => panic!("a redeemed code signs in"),
        })
    };
    match outcome {
        // A refresh sends no verifier.
        Err(error) if *asked == b'r' => refused(&error, &[CODE]),
        Err(error) => refused(&error, &[CODE, VERIFIER]),
        Ok(session) => {
            assert_eq!(status, 200);
            check_session(&session, issuer.issues_id_tokens());
            ACCEPTED
        }
    }
}

/// A session with all tokens, its refresh token the code that nobody may see.
fn held() -> Session {
    let token = |text: &str| {
        json!({
            "token": text, "received_at": (NOW - 600) * 1000, "expires_at": (NOW - 300) * 1000,
        })
    };
    let claims = json!({ "iss": IDP, "sub": "alice", "aud": CLIENT, "nonce": NONCE });
    let kept = json!({
        "issuer": IDP, "client_id": CLIENT, "claims": claims, "scope": ["openid"],
        "id_token": token("a.b.c"), "access_token": token("old"),
        "refresh_token": CODE, "refresh_token_at": (NOW - 600) * 1000,
        "nonce": NONCE, "auth_time": Value::Null,
    });
    Session::from_json(&ours(&kept)).expect("a session")
}

fn check_session(session: &Session, has_id_token: bool) {
    let end = session.expires_at(Some(TokenKind::AccessToken));
    let life = end.millis_since(now()) / 1000;
    let bound_by_id_token = session.expires_at(Some(TokenKind::IdToken)) == end;
    assert!(
        (0..=LONGEST).contains(&life) || bound_by_id_token,
        "{life} s"
    );
    if let Some(token) = session.token(TokenKind::AccessToken, 0, now()) {
        assert!(!token.expose().is_empty());
        assert!(token.expose().bytes().all(|byte| byte.is_ascii_graphic()));
    }
    assert_eq!(session.has(TokenKind::IdToken), has_id_token);
    if session.token(TokenKind::IdToken, 0, now()).is_some() {
        check_claims(&members(session.claims()));
    }
    assert!(session.subject().is_none_or(|subject| !subject.is_empty()));
}
