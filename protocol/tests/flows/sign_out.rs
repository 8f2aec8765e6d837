//! Sign-out at the issuer.

use messenger_auth_protocol::{
    Error, Fault,
    client::{Client, ResponseType},
    http::Body,
    issuer::Issuer,
    logout::{self, Departure},
    secret::Secret,
    session::Session,
};
use serde_json::{Value, json};

use crate::script::{
    Browser, DISCOVERY, GENESYS, client, code, discovery_document, genesys_client, idp, intent,
    issuer, session as signed_in,
};

const REVOKE: &str = "https://idp.example.com/revoke";
const HOME: &str = "https://www.example.com/bye?a=b";

fn sign_in(refresh_token: Option<&str>) -> (Browser, Client, Session) {
    let mut browser = Browser::new();
    let client = client(ResponseType::Code);
    let tokens =
        json!({ "access_token": "at", "token_type": "Bearer", "refresh_token": refresh_token });
    let session = browser.sign_in(&client, tokens);
    browser.answer_bytes(REVOKE, 200, "");
    (browser, client, session)
}

fn leave(
    browser: &mut Browser,
    client: &Client,
    issuer: &Issuer,
    session: &Session,
    back: Option<&str>,
) -> Result<Departure, Error> {
    let next = logout::begin(client, issuer, Some(session), back, browser.now);
    browser.done(next)
}

#[test]
fn revokes_then_leaves_by_a_form() {
    let (mut browser, client, session) = sign_in(Some("rt"));
    let departure = leave(&mut browser, &client, &idp(), &session, Some(HOME)).expect("left");
    let form = browser.last_form();
    assert_eq!(&form["token"], "rt");
    assert_eq!(&form["token_type_hint"], "refresh_token");
    assert_eq!(&form["client_id"], "web");
    let Departure::Post { url, fields } = departure else {
        panic!("{departure:?}");
    };
    assert_eq!(
        url, "https://idp.example.com/end",
        "nothing secret in the address"
    );
    let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["id_token_hint", "client_id", "post_logout_redirect_uri"]
    );
    assert_eq!(fields[0].1.expose().split('.').count(), 3);
    assert_eq!(fields[2].1.expose(), HOME);
}

#[test]
fn revokes_the_access_token_where_there_is_no_other() {
    let (mut browser, client, session) = sign_in(None);
    leave(&mut browser, &client, &idp(), &session, None).expect("left");
    assert_eq!(&browser.last_form()["token"], "at");
    assert_eq!(&browser.last_form()["token_type_hint"], "access_token");
}

#[test]
fn a_failed_revocation_stops_nothing() {
    let (mut browser, client, session) = sign_in(Some("rt"));
    browser.answer_bytes(REVOKE, 503, "");
    assert!(leave(&mut browser, &client, &idp(), &session, None).is_ok());
    let url = REVOKE.to_owned();
    browser.fail(REVOKE, Fault::Network { url });
    assert!(leave(&mut browser, &client, &idp(), &session, None).is_ok());
}

#[test]
fn stays_where_the_issuer_has_no_page_for_it() {
    let mut browser = Browser::new();
    let mut document = discovery_document();
    document["end_session_endpoint"] = Value::Null;
    document["revocation_endpoint"] = Value::Null;
    browser.answer(DISCOVERY, 200, &document);
    let client = client(ResponseType::Code);
    let tokens = json!({ "access_token": "at", "token_type": "Bearer" });
    let session = browser.sign_in(&client, tokens);
    let asked = browser.asked.len();
    let departure = leave(&mut browser, &client, &idp(), &session, None);
    assert_eq!(departure, Ok(Departure::Stay));
    assert_eq!(browser.asked.len(), asked);
}

#[test]
fn at_genesys_cloud() {
    let mut browser = Browser::new();
    let client = genesys_client(ResponseType::Token);
    let genesys = issuer(&GENESYS.into());
    let redirect = browser
        .begin(&client, &genesys, intent())
        .expect("a redirect");
    let answer = ["#access_token=at&state=", redirect.transaction.state()].concat();
    let session = signed_in(browser.complete(&redirect.transaction, &answer));

    let token_me = "https://api.mypurecloud.ie/api/v2/tokens/me";
    browser.answer_bytes(token_me, 401, "");
    let departure = leave(&mut browser, &client, &genesys, &session, Some(HOME)).expect("left");
    let request = browser.asked.last().expect("a request");
    assert_eq!(
        (request.url.as_str(), &request.body),
        (token_me, &Body::Delete)
    );
    assert_eq!(request.bearer.as_ref().map(Secret::expose), Some("at"));
    let page = "https://login.mypurecloud.ie/logout?client_id=web";
    let back = "&redirect_uri=https%3A%2F%2Fwww.example.com%2Fbye%3Fa%3Db";
    assert_eq!(departure, Departure::Navigate([page, back].concat()));
    let departure = leave(&mut browser, &client, &genesys, &session, None);
    assert_eq!(departure, Ok(Departure::Navigate(page.into())));
}

#[test]
fn a_return_address_that_is_none() {
    let (mut browser, client, session) = sign_in(None);
    for back in ["/bye", "javascript:alert(1)", "http://www.example.com"] {
        let left = leave(&mut browser, &client, &idp(), &session, Some(back));
        assert_eq!(code(left), "bad-option");
    }
}
