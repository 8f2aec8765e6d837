//! Renewal by refresh token.

use std::sync::Arc;

use messenger_auth_protocol::{
    Error,
    client::{Client, ResponseType},
    hash::{Hash, HashAlgorithm},
    secret::Secret,
    session::{self, Session, TokenKind},
};
use serde_json::{Value, json};

use crate::json::members;
use crate::script::{
    Browser, FIRST_AUTH, START, TOKEN, client, code, half_hash, id_token, idp, intent,
    session as signed_in,
};

/// Someone who signed in with these claims, and what became of it.
struct SignedIn {
    browser: Browser,
    client: Client,
    session: Session,
}

impl SignedIn {
    fn new() -> Self {
        let mut browser = Browser::new();
        let client = client(ResponseType::Code);
        let tokens = json!({
            "access_token": "at1", "token_type": "Bearer", "expires_in": 300,
            "refresh_token": "rt1", "scope": "openid mail",
        });
        let session = browser.sign_in(&client, tokens);
        browser.wait(200);
        Self {
            browser,
            client,
            session,
        }
    }

    fn renew(&mut self, answer: &Value) -> Result<Session, Error> {
        self.browser.answer(TOKEN, 200, answer);
        let client = Arc::new(self.client.clone());
        let next = session::renew(&client, &idp(), &self.session, self.browser.now);
        self.browser.done(next).map(|session| *session)
    }

    fn renew_with_id_token(&mut self, claims: &Value) -> Result<Session, Error> {
        let token = id_token(claims);
        self.renew(&json!({ "access_token": "at2", "token_type": "Bearer", "id_token": token }))
    }

    fn token(&self, session: &Session, kind: TokenKind) -> String {
        let token = session.token(kind, 60, self.browser.now);
        token
            .expect("a token with a minute left")
            .expose()
            .to_owned()
    }
}

#[test]
fn with_rotation() {
    let mut alice = SignedIn::new();
    let claims = json!({ "iat": START + 200, "exp": START + 7200, "at_hash": half_hash("at2") });
    let renewed = alice
        .renew(&json!({
            "access_token": "at2", "token_type": "Bearer", "expires_in": "400",
            "refresh_token": "rt2", "id_token": id_token(&claims), "scope": "openid",
        }))
        .expect("renewed");
    let form = alice.browser.last_form();
    assert_eq!(form.names(), ["grant_type", "refresh_token", "client_id"]);
    assert_eq!(&form["grant_type"], "refresh_token");
    assert_eq!(&form["refresh_token"], "rt1");

    assert_eq!(alice.token(&renewed, TokenKind::AccessToken), "at2");
    assert_eq!(alice.token(&renewed, TokenKind::IdToken), id_token(&claims));
    let end = alice.browser.now.plus_seconds(400);
    assert_eq!(renewed.expires_at(Some(TokenKind::AccessToken)), end);
    assert_eq!(renewed.scope(), ["openid"]);

    alice.session = renewed;
    alice
        .renew(&json!({ "access_token": "at3", "token_type": "Bearer" }))
        .expect("renewed again");
    assert_eq!(&alice.browser.last_form()["refresh_token"], "rt2");
}

#[test]
fn what_does_not_come_anew_is_kept() {
    let mut alice = SignedIn::new();
    let before = alice.token(&alice.session, TokenKind::IdToken);
    let renewed = alice
        .renew(&json!({ "access_token": "at2", "token_type": "Bearer" }))
        .expect("renewed");
    assert_eq!(alice.token(&renewed, TokenKind::IdToken), before);
    assert_eq!(
        renewed.expires_at(Some(TokenKind::IdToken)),
        alice.session.expires_at(Some(TokenKind::IdToken)),
        "it serves until its own exp"
    );
    assert_eq!(renewed.subject(), Some("alice"));
    assert_eq!(renewed.scope(), ["openid", "mail"]);
    let unknown = alice.browser.now.plus_seconds(300);
    assert_eq!(renewed.expires_at(Some(TokenKind::AccessToken)), unknown);
    alice.session = renewed;
    alice
        .renew(&json!({ "access_token": "at3", "token_type": "Bearer" }))
        .expect("renewed again");
    assert_eq!(&alice.browser.last_form()["refresh_token"], "rt1");
}

#[test]
fn nonce_absent_or_the_first_one() {
    let mut alice = SignedIn::new();
    let first = members(alice.session.claims())["nonce"].clone();
    for nonce in [first.clone(), Value::Null, first] {
        alice.session = alice
            .renew_with_id_token(&json!({ "nonce": nonce }))
            .expect("renewed");
    }
    let other = alice.renew_with_id_token(&json!({ "nonce": "other" }));
    assert_eq!(code(other), "nonce-mismatch");
}

#[test]
fn auth_time_absent_or_the_first_one() {
    let mut alice = SignedIn::new();
    for auth_time in [json!(FIRST_AUTH), Value::Null, json!(FIRST_AUTH)] {
        alice.session = alice
            .renew_with_id_token(&json!({ "auth_time": auth_time }))
            .expect("renewed");
    }
    let other = alice.renew_with_id_token(&json!({ "auth_time": FIRST_AUTH + 1 }));
    assert_eq!(code(other), "subject-changed");
}

#[test]
fn another_person_or_issuer_or_client() {
    let mut alice = SignedIn::new();
    for (claims, expected) in [
        (json!({ "sub": "bob" }), "subject-changed"),
        (json!({ "iss": "https://evil.example" }), "issuer-mismatch"),
        (json!({ "aud": "other" }), "audience-mismatch"),
        (json!({ "exp": START }), "token-expired"),
        (json!({ "at_hash": half_hash("at1") }), "hash-mismatch"),
    ] {
        assert_eq!(
            code(alice.renew_with_id_token(&claims)),
            expected,
            "{claims}"
        );
    }
}

#[test]
fn refused() {
    let mut alice = SignedIn::new();
    let refused = alice.renew(&json!({ "error": "invalid_grant" }));
    assert_eq!(code(refused), "invalid-grant");
}

#[test]
fn without_a_refresh_token() {
    let mut browser = Browser::new();
    let client = client(ResponseType::Code);
    let tokens = json!({ "access_token": "at", "token_type": "Bearer" });
    let session = browser.sign_in(&client, tokens);
    assert!(!session.can_refresh());
    let next = session::renew(&Arc::new(client), &idp(), &session, browser.now);
    assert_eq!(code(browser.done(next)), "sign-in-required");
}

#[test]
fn an_id_token_that_was_never_asked_for_stays_out() {
    let mut browser = Browser::new();
    let client = Client {
        scope: "mail".into(),
        ..client(ResponseType::Code)
    };
    let tokens = json!({ "access_token": "at", "token_type": "Bearer", "refresh_token": "rt" });
    browser.answer(TOKEN, 200, &tokens);
    let redirect = browser
        .begin(&client, &idp(), intent())
        .expect("a redirect");
    let answer = ["?code=x&state=", redirect.transaction.state()].concat();
    let session = signed_in(browser.complete(&redirect.transaction, &answer));
    let mut someone = SignedIn {
        browser,
        client,
        session,
    };
    let renewed = someone.renew_with_id_token(&json!({})).expect("renewed");
    assert!(!renewed.has(TokenKind::IdToken));
    assert_eq!(renewed.subject(), None);
}

#[test]
fn no_two_refresh_tokens_came_at_the_same_time() {
    let mut one = SignedIn::new();
    let rotated = |token: &str| json!({ "access_token": "a", "token_type": "Bearer", "refresh_token": token });
    let mut came = vec![one.session.refresh_token_at().unwrap()];
    for token in ["rt2", "rt3"] {
        one.session = one.renew(&rotated(token)).unwrap();
        came.push(one.session.refresh_token_at().unwrap());
    }
    assert!(
        came.is_sorted_by(|before, after| before < after),
        "{came:?}"
    );
    // The same one, sent again, is no other.
    let again = one.renew(&rotated("rt3")).unwrap();
    assert_eq!(again.refresh_token_at(), came.last().copied());
}

#[test]
fn what_is_hashed_is_not_printed() {
    let hash = Hash {
        algorithm: HashAlgorithm::Sha256,
        message: Secret::new("verifier"),
    };
    let printed = format!("{hash:?}");
    assert!(printed.contains("[redacted]"), "{printed}");
    assert!(!printed.contains("verifier"), "{printed}");
}
