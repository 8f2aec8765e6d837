//! Answers of the token endpoint, and of the site's own token service.

use std::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding};
use messenger_auth_protocol::{
    Error,
    client::ResponseType,
    http::Credentials,
    secret::Secret,
    session::{Session, TokenKind},
    site_token,
    time::Timestamp,
};
use serde_json::{Value, json};

use crate::script::{
    Browser, GENESYS, Query, REDIRECT, START, TOKEN, client, code, genesys_client, id_token, idp,
    intent, issuer, session,
};

/// What becomes of a login when the token endpoint answers so. `ID` stands for a good ID token.
fn redeem(status: u16, body: &str) -> Result<Session, Error> {
    let mut browser = Browser::new();
    let client = client(ResponseType::Code);
    let redirect = browser
        .begin(&client, &idp(), intent())
        .expect("a redirect");
    let sent = Query::of(&redirect.url);
    let token = id_token(&json!({ "nonce": sent["nonce"] }));
    browser.answer_bytes(TOKEN, status, body.replace("ID", &token));
    let answer = ["?code=c0de&state=", &sent["state"]].concat();
    let login = browser.complete(&redirect.transaction, &answer)?;
    Ok(session(Ok(login)))
}

fn redeem_with(name: &str, value: Value) -> Result<Session, Error> {
    let mut body = json!({ "access_token": "at", "token_type": "Bearer", "id_token": "ID" });
    body[name] = value;
    redeem(200, &body.to_string())
}

#[test]
fn a_description_that_repeats_the_code_is_not_shown() {
    for description in ["code c0de is used up", "c0de"] {
        let body = json!({ "error": "invalid_grant", "error_description": description });
        let error = redeem(400, &body.to_string()).unwrap_err();
        assert_eq!(error.code(), "invalid-grant");
        assert!(!error.to_string().contains("c0de"), "{error}");
        assert!(!format!("{error:?}").contains("c0de"));
    }
}

#[test]
fn oauth_errors() {
    for (body, expected) in [
        (
            r#"{"error":"invalid_grant","error_description":"used up"}"#,
            "invalid-grant",
        ),
        (r#"{"error":"invalid_client"}"#, "invalid-client"),
        (r#"{"error":"unauthorized_client"}"#, "invalid-client"),
        (
            r#"{"error":"server_error","error_description":7}"#,
            "issuer-error",
        ),
        (
            r#"{"error":"invalid_grant","error_description":"redirect_uri did not match"}"#,
            "redirect-uri-mismatch",
        ),
        (r#"{"message":"no OAuth"}"#, "bad-status"),
        (r#"{"error":{"code":400}}"#, "bad-status"),
        ("<h1>Bad Gateway</h1>", "bad-status"),
        ("", "bad-status"),
    ] {
        assert_eq!(code(redeem(400, body)), expected, "{body}");
    }
    let refused = r#"{"error":"invalid_grant","error_description":"used up"}"#;
    assert_eq!(code(redeem(200, refused)), "invalid-grant");
    let shown = redeem(400, refused).expect_err("refused").to_string();
    assert_eq!(shown, "The issuer refused: invalid_grant (used up).");
    let mismatch = r#"{"error":"invalid_request","error_description":"Redirect URI"}"#;
    assert!(
        redeem(400, mismatch)
            .expect_err("refused")
            .help()
            .ends_with(REDIRECT)
    );
}

#[test]
fn no_token_answer() {
    let nested = r#"{"a":"#.repeat(100_000);
    for body in [
        "",
        "[]",
        "null",
        "<!doctype html><title>Sign in</title>",
        "access_token=at&token_type=Bearer",
        r#"{"token_type":"Bearer","id_token":"ID"}"#,
        r#"{"access_token":"","token_type":"Bearer","id_token":"ID"}"#,
        r#"{"access_token":"a b","token_type":"Bearer","id_token":"ID"}"#,
        r#"{"access_token":7,"token_type":"Bearer","id_token":"ID"}"#,
        &nested,
    ] {
        assert_eq!(code(redeem(200, body)), "response-malformed", "{body:.40}");
    }
}

#[test]
fn token_type_other_than_bearer() {
    for token_type in [
        json!("mac"),
        json!("DPoP"),
        json!(""),
        Value::Null,
        json!(7),
    ] {
        assert_eq!(
            code(redeem_with("token_type", token_type)),
            "response-malformed"
        );
    }
    assert!(redeem_with("token_type", json!("bEARER")).is_ok());
}

#[test]
fn token_type_other_than_bearer_at_genesys() {
    let genesys = issuer(&GENESYS.into());
    for (token_type, works) in [
        (Value::Null, true),
        (json!("bearer"), true),
        (json!("mac"), false),
    ] {
        let mut browser = Browser::new();
        let client = genesys_client(ResponseType::Code);
        let redirect = browser
            .begin(&client, &genesys, intent())
            .expect("a redirect");
        let body = json!({ "access_token": "at", "token_type": token_type });
        browser.answer("https://login.mypurecloud.ie/oauth/token", 200, &body);
        let answer = ["?code=x&state=", redirect.transaction.state()].concat();
        let login = browser.complete(&redirect.transaction, &answer);
        assert_eq!(login.is_ok(), works);
    }
}

#[test]
fn expires_in() {
    let life = |value: Value| {
        let session = redeem_with("expires_in", value)?;
        let end = session.expires_at(Some(TokenKind::AccessToken));
        Ok(end.as_millis() / 1000 - START)
    };
    for (value, seconds) in [
        (json!(60), 60),
        (json!("60"), 60),
        (json!(59.9), 59),
        (json!(0), 0),
        (json!(315_360_000), 315_360_000),
        (Value::Null, 3600),
    ] {
        assert_eq!(life(value.clone()), Ok::<_, Error>(seconds), "{value}");
    }
    for value in [
        json!(-1),
        json!("-1"),
        json!(""),
        json!(" 60"),
        json!("soon"),
        json!("1e3"),
        json!(315_360_001),
        json!(1e300),
        json!(u64::MAX),
        json!("99999999999999999999"),
        json!(true),
        json!([60]),
    ] {
        assert_eq!(code(life(value.clone())), "response-malformed", "{value}");
    }
}

#[test]
fn no_id_token_although_openid_was_asked_for() {
    assert_eq!(
        code(redeem_with("id_token", Value::Null)),
        "response-malformed"
    );
    assert_eq!(code(redeem_with("id_token", json!(""))), "token-malformed");
}

#[test]
fn hashes_are_compared_where_they_are_there() {
    let mut browser = Browser::new();
    let client = client(ResponseType::Code);
    let redirect = browser
        .begin(&client, &idp(), intent())
        .expect("a redirect");
    let sent = Query::of(&redirect.url);
    for name in ["at_hash", "c_hash"] {
        let token = id_token(&json!({ "nonce": sent["nonce"], name: "AAAAAAAAAAAAAAAAAAAAAA" }));
        let body = json!({ "access_token": "at", "token_type": "Bearer", "id_token": token });
        browser.answer(TOKEN, 200, &body);
        let answer = ["?code=c0de&state=", &sent["state"]].concat();
        assert_eq!(
            code(browser.complete(&redirect.transaction, &answer)),
            "hash-mismatch"
        );
    }
}

const SERVICE: &str = "https://www.example.com/token?for=chat";

fn jwt(payload: &str) -> String {
    let part = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
    [part(r#"{"alg":"RS256"}"#), part(payload), part("signature")].join(".")
}

fn ask_service(status: u16, body: &str) -> Result<Box<site_token::SiteToken>, Error> {
    ask_service_with(None, status, None, body)
}

fn ask_service_with(
    member: Option<&str>,
    status: u16,
    responded_json: Option<&str>,
    body: &str,
) -> Result<Box<site_token::SiteToken>, Error> {
    let mut browser = Browser::new();
    browser.answer_bytes(SERVICE, status, body);
    browser.answers.values_mut().flatten().for_each(|answer| {
        Arc::make_mut(answer).responded_json = responded_json.map(str::to_owned);
    });
    let bearer = Some(Secret::new("at"));
    let next = site_token::request(SERVICE, member, bearer.clone(), Credentials::SameSite);
    let token = browser.done(next);
    assert_eq!(browser.asked[0].bearer, bearer);
    assert_eq!(browser.asked[0].credentials, Credentials::SameSite);
    token
}

#[test]
fn a_token_of_the_sites_own_service() {
    let good = jwt(&json!({ "exp": START + 60 }).to_string());
    for body in [
        good.clone(),
        [&good, "\n"].concat(),
        json!(good).to_string(),
    ] {
        let token = ask_service(200, &body).expect("a token");
        assert_eq!(token.token.expose(), good);
        let end = token.expires_at.map(Timestamp::as_millis);
        assert_eq!(end, Some((START + 60) * 1000));
    }
    let endless = ask_service(200, &jwt("{}")).expect("a token");
    assert_eq!(endless.expires_at, None);
}

#[test]
fn a_member_holds_the_token_of_the_sites_own_service() {
    let good = jwt(&json!({ "exp": START + 60 }).to_string());
    let flat = json!({ "token": good }).to_string();
    let deep = json!({ "data": { "token": good } }).to_string();
    for (member, body) in [
        ("token", &flat),
        ("data.token", &deep),
        ("token", &good),
        ("token", &json!(good).to_string()),
    ] {
        let token = ask_service_with(Some(member), 200, None, body).expect("a token");
        assert_eq!(token.token.expose(), good);
    }
    for (member, body) in [
        ("Token", &flat),
        ("token", &deep),
        ("data", &deep),
        ("token.token", &flat),
        ("0", &json!([good]).to_string()),
        ("token", &json!({ "token": null }).to_string()),
    ] {
        let result = ask_service_with(Some(member), 200, None, body);
        assert_eq!(code(result), "response-malformed", "{member}");
    }
}

#[test]
fn a_login_page_that_says_401_in_a_header() {
    let page = "<!doctype html><title>Sign in</title>";
    let meant = |header, status, body: &str| ask_service_with(None, status, Some(header), body);
    let says_401 = r#"{"status":401,"headers":{"location":"https:\/\/www.example.com\/login"}}"#;
    assert_eq!(code(meant(says_401, 200, page)), "sign-in-required");
    assert_eq!(code(meant(says_401, 500, "")), "sign-in-required");
    let good = jwt(&json!({ "exp": START + 60 }).to_string());
    assert!(meant(says_401, 200, &good).is_ok(), "a JWT is a JWT");
    for other in [r#"{"status":200}"#, r#"{"status":"401"}"#, "401", ""] {
        assert_eq!(code(meant(other, 200, page)), "response-malformed");
    }
}

#[test]
fn no_token_of_the_sites_own_service() {
    let good = jwt(&json!({ "exp": START + 60 }).to_string());
    assert_eq!(code(ask_service(401, &good)), "sign-in-required");
    assert_eq!(code(ask_service(403, "")), "sign-in-required");
    assert_eq!(code(ask_service(500, &good)), "bad-status");
    let expired = jwt(&json!({ "exp": START }).to_string());
    assert_eq!(code(ask_service(200, &expired)), "token-expired");
    for body in [
        "",
        "null",
        "<!doctype html><title>Sign in</title>",
        "a.b",
        "a.b.c",
        &[&good, ".x"].concat(),
        &good[..=good.rfind('.').expect("a dot")],
        &jwt("[]"),
        &["e", &good].concat(),
        &jwt(r#"{"exp":"soon"}"#),
        &json!({ "token": good }).to_string(),
    ] {
        assert_eq!(code(ask_service(200, body)), "response-malformed", "{body}");
    }
    for url in [
        "/token",
        "http://www.example.com/token",
        "https://x.example/#y",
    ] {
        let next = site_token::request(url, None, None, Credentials::Omit);
        assert_eq!(code(next.map(|_| ())), "bad-option", "{url}");
    }
}
