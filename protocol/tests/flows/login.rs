//! Logins that end well, in every flow at every kind of issuer.

use std::sync::Arc;

use messenger_auth_protocol::{
    client::{Client, ResponseType},
    json::read,
    login::{self, Intent, Interaction, Login, Redemption, Transaction},
    secret::Secret,
    session::{Session, TokenKind},
    time::Timestamp,
};
use serde_json::{Value, json};

use crate::json::{members, ours, theirs};
use crate::script::{
    AUTH, Browser, DISCOVERY, GENESYS, IDP, JWKS, Query, REDIRECT, START, TOKEN, client, code,
    discovery_document, genesys_client, half_hash, id_token, idp, intent, issuer, keys, session,
};

#[test]
fn code_with_pkce() {
    let mut browser = Browser::new();
    let client = client(ResponseType::Code);
    browser
        .done(login::prepare(&idp(), browser.now))
        .expect("prepared");
    let redirect = browser
        .begin(&client, &idp(), intent())
        .expect("a redirect");

    assert!(redirect.url.starts_with(&[AUTH, "?"].concat()));
    let sent = Query::of(&redirect.url);
    assert_eq!(
        sent.names(),
        [
            "client_id",
            "redirect_uri",
            "response_type",
            "state",
            "scope",
            "nonce",
            "code_challenge",
            "code_challenge_method"
        ]
    );
    assert_eq!(&sent["redirect_uri"], REDIRECT);
    assert_eq!(&sent["response_type"], "code");
    assert_eq!(&sent["state"], redirect.transaction.state());
    assert_eq!(sent["state"].len(), 43);
    assert_eq!(sent["nonce"].len(), 43);
    assert_ne!(sent["state"], sent["nonce"]);
    assert_eq!(&sent["code_challenge_method"], "S256");

    browser.wait(20);
    let token = id_token(&json!({ "nonce": sent["nonce"], "at_hash": half_hash("at") }));
    browser.answer(
        TOKEN,
        200,
        &json!({
            "access_token": "at", "token_type": "bearer", "expires_in": 600,
            "id_token": token, "refresh_token": "rt", "scope": "openid email",
        }),
    );
    let answer = ["?state=", &sent["state"], "&code=a%2Bb"].concat();
    let session = session(browser.complete(&redirect.transaction, &answer));

    let form = browser.last_form();
    assert_eq!(
        form.names(),
        [
            "grant_type",
            "code",
            "redirect_uri",
            "client_id",
            "code_verifier"
        ]
    );
    assert_eq!(&form["grant_type"], "authorization_code");
    assert_eq!(&form["code"], "a+b");
    assert_eq!(
        half_hash_full(&form["code_verifier"]),
        sent["code_challenge"]
    );
    assert_eq!(browser.asked_urls(), [DISCOVERY, JWKS, TOKEN], "each once");

    assert_eq!(session.issuer(), IDP);
    assert_eq!(session.subject(), Some("alice"));
    assert_eq!(session.scope(), ["openid", "email"]);
    assert_eq!(members(session.claims())["aud"], "web");
    assert!(session.can_refresh());
    assert!(session.belongs_to(&client, &idp()));
    assert!(!session.belongs_to(&client, &issuer(&GENESYS.into())));
    let other = Client {
        client_id: "other".into(),
        ..client
    };
    assert!(!session.belongs_to(&other, &idp()));
    let at = |seconds| Timestamp::from_seconds(START + seconds);
    assert_eq!(session.expires_at(Some(TokenKind::AccessToken)), at(620));
    assert_eq!(session.expires_at(Some(TokenKind::IdToken)), at(3600));
    assert_eq!(session.expires_at(None), at(620));
    let renew_at = |now| session.renew_at(TokenKind::AccessToken, 0.75, at(now));
    assert_eq!(renew_at(20), at(20 + 450));
    // The clock has been set back: nobody knows how old the token is.
    assert_eq!(renew_at(-50), at(-50));
    assert_eq!(session.token(TokenKind::AccessToken, 0, at(-50)), None);
    let held = |min_ttl, now| {
        let token = session.token(TokenKind::AccessToken, min_ttl, at(now));
        token.map(|token| token.expose().to_owned())
    };
    assert_eq!(held(60, 559).as_deref(), Some("at"));
    assert_eq!(held(60, 560), None);
    assert_eq!(held(0, 619).as_deref(), Some("at"));
    assert_eq!(held(0, 620), None);
    assert!(
        !format!("{session:?}").contains("rt\""),
        "secrets print as redacted"
    );
}

fn half_hash_full(verifier: &str) -> String {
    use base64ct::{Base64UrlUnpadded, Encoding};
    use sha2::{Digest, Sha256};
    Base64UrlUnpadded::encode_string(&Sha256::digest(verifier))
}

#[test]
fn implicit_id_token() {
    let mut browser = Browser::new();
    let client = client(ResponseType::IdToken);
    let redirect = browser
        .begin(&client, &idp(), intent())
        .expect("a redirect");
    let sent = Query::of(&redirect.url);
    assert_eq!(&sent["response_type"], "id_token");
    assert_eq!(sent.get("code_challenge"), None);

    let token = id_token(&json!({ "nonce": sent["nonce"] }));
    let answer = ["#id_token=", &token, "&state=", &sent["state"]].concat();
    let session = session(browser.complete(&redirect.transaction, &answer));
    assert!(session.has(TokenKind::IdToken));
    assert!(!session.has(TokenKind::AccessToken));
    assert!(!session.can_refresh());
    let raw = session.token(TokenKind::IdToken, 60, browser.now);
    assert_eq!(raw.map(Secret::expose), Some(token.as_str()));
}

#[test]
fn implicit_token() {
    let mut browser = Browser::new();
    let client = client(ResponseType::Token);
    let redirect = browser
        .begin(&client, &idp(), intent())
        .expect("a redirect");
    let sent = Query::of(&redirect.url);
    assert_eq!(&sent["response_type"], "token");
    assert_eq!(sent.get("nonce"), None);

    let answer = [
        "#access_token=at&token_type=Bearer&expires_in=60&scope=openid+mail&state=",
        &sent["state"],
    ];
    let session = session(browser.complete(&redirect.transaction, &answer.concat()));
    assert_eq!(session.subject(), None);
    assert!(session.claims().is_empty());
    assert_eq!(session.scope(), ["openid", "mail"]);
    assert_eq!(session.expires_at(None), browser.now.plus_seconds(60));
}

#[test]
fn implicit_id_token_token() {
    let mut browser = Browser::new();
    let client = client(ResponseType::IdTokenToken);
    let redirect = browser
        .begin(&client, &idp(), intent())
        .expect("a redirect");
    let sent = Query::of(&redirect.url);
    assert_eq!(&sent["response_type"], "id_token token");

    let mut complete = |claims: Value| {
        let answer = [
            "#access_token=at&token_type=Bearer&id_token=",
            &id_token(&claims),
            "&state=",
            &sent["state"],
        ];
        browser.complete(&redirect.transaction, &answer.concat())
    };
    let nonce = &sent["nonce"];
    let session = session(complete(
        json!({ "nonce": nonce, "at_hash": half_hash("at") }),
    ));
    assert!(session.has(TokenKind::IdToken) && session.has(TokenKind::AccessToken));
    assert_eq!(
        session.expires_at(Some(TokenKind::AccessToken)),
        session.expires_at(Some(TokenKind::IdToken)),
        "without expires_in, the ID token's exp"
    );
    assert_eq!(code(complete(json!({ "nonce": nonce }))), "hash-mismatch");
    let other = half_hash("other");
    assert_eq!(
        code(complete(json!({ "nonce": nonce, "at_hash": other }))),
        "hash-mismatch"
    );
}

#[test]
fn genesys_cloud_implicit() {
    let mut browser = Browser::new();
    let client = genesys_client(ResponseType::Token);
    let redirect = browser
        .begin(&client, &issuer(&GENESYS.into()), intent())
        .expect("a redirect");
    assert!(
        redirect
            .url
            .starts_with("https://login.mypurecloud.ie/oauth/authorize?")
    );
    let sent = Query::of(&redirect.url);
    assert_eq!(
        sent.names(),
        ["client_id", "redirect_uri", "response_type", "state"]
    );

    // No token_type, and encoded twice.
    let answer = [
        "#access_token=a%252Db&expires_in=86400&state=",
        &sent["state"],
    ]
    .concat();
    let session = session(browser.complete(&redirect.transaction, &answer));
    assert_eq!(session.issuer(), GENESYS);
    let token = session.token(TokenKind::AccessToken, 60, browser.now);
    assert_eq!(token.map(Secret::expose), Some("a-b"));
    assert!(browser.asked.is_empty(), "there is nothing to fetch");
}

#[test]
fn genesys_cloud_code() {
    let mut browser = Browser::new();
    let client = genesys_client(ResponseType::Code);
    let genesys = issuer(&json!({
        "kind": "genesys-cloud", "domain": "usw2.pure.cloud",
        "org": "acme", "provider": "okta", "target": "t1", "loginHint": "always@acme.example",
    }));
    let redirect = browser
        .begin(&client, &genesys, intent())
        .expect("a redirect");
    let sent = Query::of(&redirect.url);
    assert_eq!(&sent["org"], "acme");
    assert_eq!(&sent["provider"], "okta");
    assert_eq!(&sent["target"], "t1");
    assert_eq!(&sent["login_hint"], "always@acme.example");
    assert_eq!(&sent["code_challenge_method"], "S256");
    assert_eq!((sent.get("nonce"), sent.get("scope")), (None, None));

    let url = "https://login.usw2.pure.cloud/oauth/token";
    browser.answer(
        url,
        200,
        &json!({ "access_token": "at", "expires_in": 300 }),
    );
    let answer = ["?code=c0de&state=", &sent["state"]].concat();
    let session = session(browser.complete(&redirect.transaction, &answer));
    assert_eq!(&browser.last_form()["client_id"], "web");
    assert!(!session.can_refresh());
    assert_eq!(session.subject(), None);
}

#[test]
fn genesys_cloud_knows_only_prompt_login() {
    let mut browser = Browser::new();
    let client = genesys_client(ResponseType::Code);
    let mut with_prompt = |prompt: &str| {
        let interaction = Interaction::Allowed {
            prompt: Some(prompt.into()),
        };
        let intent = Intent {
            interaction,
            ..intent()
        };
        browser.begin(&client, &issuer(&GENESYS.into()), intent)
    };
    let redirect = with_prompt("login").expect("a redirect");
    assert_eq!(&Query::of(&redirect.url)["prompt"], "login");
    assert_eq!(code(with_prompt("consent")), "bad-option");
}

fn silently() -> Intent {
    Intent {
        interaction: Interaction::None,
        ..intent()
    }
}

#[test]
fn silent() {
    let mut browser = Browser::new();
    let client = Client {
        extra_params: vec![
            ("prompt".into(), "consent".into()),
            ("acr_values".into(), "high".into()),
        ],
        ..client(ResponseType::Code)
    };
    let redirect = browser
        .begin(&client, &idp(), silently())
        .expect("a redirect");
    let sent = Query::of(&redirect.url);
    assert_eq!(&sent["prompt"], "none", "not the site's own");
    assert_eq!(&sent["acr_values"], "high");

    let answer = ["?error=login_required&state=", &sent["state"]].concat();
    assert_eq!(
        code(browser.complete(&redirect.transaction, &answer)),
        "login-required"
    );
}

#[test]
fn silent_where_the_issuer_knows_no_such_thing() {
    let client = genesys_client(ResponseType::Token);
    let begun = Browser::new().begin(&client, &issuer(&GENESYS.into()), silently());
    assert_eq!(code(begun), "sign-in-required");
}

#[test]
fn code_for_the_host() {
    let mut browser = Browser::new();
    browser.answer(DISCOVERY, 200, &{
        let mut document = discovery_document();
        document["authorization_response_iss_parameter_supported"] = true.into();
        document
    });
    let client = Client {
        max_age: Some(120),
        ..client(ResponseType::Code)
    };
    let mut complete = |redemption| {
        let intent = Intent {
            redemption,
            ..intent()
        };
        let redirect = browser.begin(&client, &idp(), intent).expect("a redirect");
        let sent = Query::of(&redirect.url);
        let answer = [
            "?code=c0de&iss=https%3A%2F%2Fidp.example.com&state=",
            &sent["state"],
        ];
        let login = browser.complete(&redirect.transaction, &answer.concat());
        match login {
            Ok(Login::Code(authorization)) => (sent, authorization),
            other => panic!("{other:?}"),
        }
    };

    let (sent, authorization) = complete(Redemption::ByHost);
    assert_eq!(&sent["max_age"], "120");
    assert_eq!(authorization.code.expose(), "c0de");
    assert_eq!(authorization.redirect_uri, REDIRECT);
    assert_eq!(authorization.nonce.as_deref(), sent.get("nonce"));
    assert!(authorization.nonce.is_some());
    assert_eq!(authorization.iss.as_deref(), Some(IDP));
    assert_eq!(authorization.max_age, Some(120));
    let verifier = authorization.code_verifier.expect("a verifier");
    assert_eq!(half_hash_full(verifier.expose()), sent["code_challenge"]);

    let (sent, authorization) = complete(Redemption::ByHostWithoutPkce);
    assert_eq!(sent.get("code_challenge"), None);
    assert_eq!(sent.get("code_challenge_method"), None);
    assert_eq!(authorization.code_verifier, None);

    assert_eq!(
        browser.asked_urls(),
        [DISCOVERY],
        "the code is never redeemed here"
    );
}

#[test]
fn endpoints_written_out_with_keys_inline() {
    let mut browser = Browser::new();
    let issuer = issuer(&json!({
        "kind": "oidc", "issuer": IDP, "jwks": keys(),
        "authorizationEndpoint": "https://idp.example.com/auth?tenant=a%20b",
        "tokenEndpoint": TOKEN,
    }));
    let client = client(ResponseType::Code);
    let redirect = browser
        .begin(&client, &issuer, intent())
        .expect("a redirect");
    assert!(
        redirect
            .url
            .starts_with("https://idp.example.com/auth?tenant=a%20b&client_id=web&")
    );
    let sent = Query::of(&redirect.url);
    let token = id_token(&json!({ "nonce": sent["nonce"] }));
    browser.answer(
        TOKEN,
        200,
        &json!({ "access_token": "at", "token_type": "Bearer", "id_token": token }),
    );
    let answer = ["?code=c0de&state=", &sent["state"]].concat();
    session(browser.complete(&redirect.transaction, &answer));
    assert_eq!(browser.asked_urls(), [TOKEN]);
}

#[test]
fn a_code_needs_a_token_endpoint_where_it_is_redeemed() {
    let issuer = issuer(&json!({
        "kind": "oidc", "issuer": IDP, "jwks": keys(), "authorizationEndpoint": AUTH,
    }));
    let client = client(ResponseType::Code);
    let begin = |redemption| {
        let intent = Intent {
            redemption,
            ..intent()
        };
        Browser::new().begin(&client, &issuer, intent)
    };
    assert_eq!(code(begin(Redemption::Here)), "bad-option");
    assert!(begin(Redemption::ByHost).is_ok());
}

#[test]
fn microsoft_tenants() {
    const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    const DOCUMENT: &str =
        "https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration";
    let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
    let mut browser = Browser::new();
    let mut document = discovery_document();
    document["issuer"] = template.into();
    browser.answer(DOCUMENT, 200, &document);
    let microsoft = issuer(&json!({ "kind": "oidc", "issuer": template, "tenants": [TENANT] }));
    let client = client(ResponseType::IdToken);
    let redirect = browser
        .begin(&client, &microsoft, intent())
        .expect("a redirect");
    let sent = Query::of(&redirect.url);

    let mut complete = |tenant: &str| {
        let claims = json!({
            "nonce": sent["nonce"], "tid": tenant, "iss": template.replace("{tenantid}", tenant),
        });
        let answer = ["#id_token=", &id_token(&claims), "&state=", &sent["state"]];
        browser.complete(&redirect.transaction, &answer.concat())
    };
    assert_eq!(session(complete(TENANT)).issuer(), template);
    let other = "11111111-2222-3333-4444-555555555555";
    assert_eq!(code(complete(other)), "issuer-mismatch");
}

#[test]
fn the_page_may_be_left_in_the_middle() {
    let client = client(ResponseType::IdToken);
    let redirect = Browser::new()
        .begin(&client, &idp(), intent())
        .expect("a redirect");
    let stored = redirect.transaction.to_json().to_string();

    let restored = read(stored.as_bytes()).expect("JSON");
    let restored = Transaction::from_json(&restored).expect("a transaction");
    let restored = Arc::new(restored);
    assert_eq!(restored, redirect.transaction);
    let sent = Query::of(&redirect.url);
    let token = id_token(&json!({ "nonce": sent["nonce"] }));
    let answer = ["#id_token=", &token, "&state=", &sent["state"]].concat();
    let session = session(Browser::new().complete(&restored, &answer));

    let stored = session.to_json().to_string();
    let restored = read(stored.as_bytes()).expect("JSON");
    assert_eq!(Session::from_json(&restored), Some(session));
}

#[test]
fn what_was_kept_is_checked_again() {
    let client = Client {
        extra_params: vec![("ui_locales".into(), "ko".into())],
        max_age: Some(60),
        ..client(ResponseType::IdTokenToken)
    };
    let mut browser = Browser::new();
    let redirect = browser
        .begin(&client, &idp(), intent())
        .expect("a redirect");
    let kept = theirs(&redirect.transaction.to_json());
    let restore = |kept: &Value| Transaction::from_json(&ours(kept)).map(Arc::new);
    assert_eq!(restore(&kept), Some(redirect.transaction));

    for name in kept.as_object().expect("an object").keys() {
        for wrong in [json!(0.5), json!([]), json!({})] {
            let mut changed = kept.clone();
            changed[name] = wrong;
            assert_eq!(restore(&changed), None, "{name}");
        }
        let mut changed = kept.clone();
        changed.as_object_mut().expect("an object").remove(name);
        assert_eq!(restore(&changed), None, "{name}");
    }
    let mut changed = kept.clone();
    changed["issuer"] = "http://idp.example.com".into();
    assert_eq!(restore(&changed), None);
}

#[test]
fn what_one_login_asks_for_goes_before_what_the_site_always_asks_for() {
    let client = Client {
        extra_params: vec![
            ("login_hint".into(), "always".into()),
            ("prompt".into(), "select_account".into()),
            ("ui locales".into(), "en&ko".into()),
        ],
        max_age: Some(0),
        ..client(ResponseType::Code)
    };
    let mut browser = Browser::new();
    let sent = Query::of(
        &browser
            .begin(&client, &idp(), intent())
            .expect("a redirect")
            .url,
    );
    assert_eq!(&sent["login_hint"], "always");
    assert_eq!(&sent["prompt"], "select_account");
    assert_eq!(&sent["ui locales"], "en&ko");
    assert_eq!(&sent["max_age"], "0");

    let intent = Intent {
        interaction: Interaction::Allowed {
            prompt: Some("login".into()),
        },
        login_hint: Some("once".into()),
        ..intent()
    };
    let sent = Query::of(
        &browser
            .begin(&client, &idp(), intent)
            .expect("a redirect")
            .url,
    );
    assert_eq!(&sent["login_hint"], "once");
    assert_eq!(&sent["prompt"], "login");
}

#[test]
fn another_person_than_expected() {
    let mut browser = Browser::new();
    let client = client(ResponseType::IdToken);
    let mut come_back_as = |subject: &str| {
        let intent = Intent {
            expected_subject: Some("alice".into()),
            ..silently()
        };
        let redirect = browser.begin(&client, &idp(), intent).expect("a redirect");
        let sent = Query::of(&redirect.url);
        let token = id_token(&json!({ "nonce": sent["nonce"], "sub": subject }));
        let answer = ["#id_token=", &token, "&state=", &sent["state"]].concat();
        browser.complete(&redirect.transaction, &answer)
    };
    assert_eq!(session(come_back_as("alice")).subject(), Some("alice"));
    assert_eq!(code(come_back_as("bob")), "subject-changed");
}

#[test]
fn max_age_is_checked() {
    let mut browser = Browser::new();
    let client = Client {
        max_age: Some(600),
        ..client(ResponseType::IdToken)
    };
    let redirect = browser
        .begin(&client, &idp(), intent())
        .expect("a redirect");
    let sent = Query::of(&redirect.url);
    let mut signed_in_at = |auth_time: Value| {
        let token = id_token(&json!({ "nonce": sent["nonce"], "auth_time": auth_time }));
        let answer = ["#id_token=", &token, "&state=", &sent["state"]].concat();
        browser.complete(&redirect.transaction, &answer)
    };
    assert!(signed_in_at(json!(START - 600)).is_ok());
    assert_eq!(code(signed_in_at(Value::Null)), "auth-time-missing");
    assert_eq!(code(signed_in_at(json!(START - 700))), "auth-too-old");
}

#[test]
fn a_client_that_cannot_work_sends_nobody_anywhere() {
    let client = Client {
        scope: "mail".into(),
        ..client(ResponseType::IdToken)
    };
    let mut browser = Browser::new();
    assert_eq!(code(browser.begin(&client, &idp(), intent())), "bad-option");
    assert!(browser.asked.is_empty());
}

#[test]
fn plain_oauth_without_openid() {
    let mut browser = Browser::new();
    let client = Client {
        scope: "mail".into(),
        ..client(ResponseType::Code)
    };
    let redirect = browser
        .begin(&client, &idp(), intent())
        .expect("a redirect");
    let sent = Query::of(&redirect.url);
    assert_eq!(sent.get("nonce"), None);
    // An ID token nobody asked for is not checked, and so not kept.
    browser.answer(
        TOKEN,
        200,
        &json!({ "access_token": "at", "token_type": "Bearer", "id_token": "x.y.z" }),
    );
    let answer = ["?code=c0de&state=", &sent["state"]].concat();
    let session = session(browser.complete(&redirect.transaction, &answer));
    assert!(!session.has(TokenKind::IdToken));
    assert_eq!(session.scope(), ["mail"]);
    assert_eq!(session.expires_at(None), browser.now.plus_seconds(300));
}

#[test]
fn a_late_answer() {
    let mut browser = Browser::new();
    let client = client(ResponseType::Code);
    let redirect = browser
        .begin(&client, &idp(), intent())
        .expect("a redirect");
    let answer = ["?error=access_denied&state=", redirect.transaction.state()].concat();
    browser.wait(600);
    assert_eq!(
        code(browser.complete(&redirect.transaction, &answer)),
        "access-denied"
    );
    browser.wait(1);
    assert_eq!(
        code(browser.complete(&redirect.transaction, &answer)),
        "timeout"
    );
}
