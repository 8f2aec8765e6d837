//! What Finesse answers: a token, a refresh token the first time, and who it is about.

use std::sync::Arc;

use crate::{
    Error, Fault,
    client::Client,
    error::{Flaw, Refusal},
    http::{Credentials, Fetched, Request, Response, Reuse},
    issuer::{Finesse, Issuer},
    json::{self, Map, Value},
    login::Login,
    secret::Secret,
    session::Session,
    step::{Next, Step},
    time::Timestamp,
    token::{Answer, lifetime},
};

/// Asks for a token where the agent's single sign-on is alive; `sign-in-required` where it is not.
pub fn fetch(finesse: &Finesse, client: &Client, issuer: &Issuer) -> Next<Login> {
    let (client, issuer) = (client.clone(), issuer.clone());
    Ok(Step::fetch(
        request(&finesse.token_address()),
        move |fetched, now| {
            let response = answer(fetched, Fault::SignInRequired.into())?;
            read(&response.body, &client, &issuer, now).map(Step::Done)
        },
    ))
}

/// Reads the document with which a login in a window has ended.
///
/// Fails with `response-malformed` where it is another one.
pub fn read(body: &[u8], client: &Client, issuer: &Issuer, now: Timestamp) -> Result<Login, Error> {
    let members = members(body)?;
    let tokens = tokens(&members)?;
    let session = Session::new(client, issuer, tokens, None, now).about(claims(&members));
    Ok(Login::SignedIn(Box::new(session)))
}

/// Renews: the answer has no refresh token, the old one stays good.
#[expect(clippy::unnecessary_wraps, reason = "as every flow begins")]
pub(crate) fn renew(
    finesse: &Finesse,
    session: Box<Session>,
    refresh_token: &Secret,
) -> Next<Box<Session>> {
    let url = finesse.refresh_address(refresh_token.expose());
    Ok(Step::fetch(request(&url), move |fetched, now| {
        // Sent to the login page: the refresh token is worth nothing any more.
        let spent = Fault::Refused {
            refusal: Refusal::InvalidGrant,
            error: "invalid_grant".to_owned(),
            description: None,
        };
        let members = members(&answer(fetched, spent.into())?.body)?;
        Ok(session.renewed(tokens(&members)?, None, now))
    }))
}

fn request(url: &str) -> Request {
    Request {
        credentials: Credentials::SameSite,
        reuse: Reuse::Never,
        ..Request::document(url)
    }
}

/// The answer; `refused` where Finesse wants a login first.
fn answer(fetched: Fetched, refused: Error) -> Result<Arc<Response>, Error> {
    let response = match fetched {
        Err(error) if error.asks_for_person() => return Err(refused),
        fetched => fetched?,
    };
    if matches!(response.status, 400 | 401 | 403) {
        return Err(refused);
    }
    response.expect_success("Finesse")?;
    Ok(response)
}

fn members(body: &[u8]) -> Result<Map, Error> {
    match json::read(body) {
        Some(Value::Object(members)) => Ok(members),
        _ => Err(malformed()),
    }
}

fn tokens(members: &Map) -> Result<Answer, Error> {
    let is_token =
        |token: &&str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    let token = members
        .text("token")
        .filter(is_token)
        .ok_or_else(malformed)?;
    Ok(Answer {
        access_token: Some(Secret::new(token)),
        expires_in: lifetime(members.get("expires_in"))?,
        id_token: None,
        refresh_token: members
            .text("refresh_token")
            .filter(is_token)
            .map(Secret::new),
        scope: None,
    })
}

/// What it says of the agent, `user_id` also by the names of OpenID Connect.
fn claims(members: &Map) -> Map {
    let mut claims = Map::new();
    for name in ["user_id", "realm", "user_principal"] {
        if let Some(value) = members.get(name) {
            claims.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(user) = members.get("user_id") {
        for name in ["sub", "preferred_username"] {
            claims.insert(name.to_owned(), user.clone());
        }
    }
    claims
}

fn malformed() -> Error {
    Error::untrusted(
        Flaw::ResponseMalformed,
        "Finesse answered no document with a token",
    )
}

#[cfg(test)]
mod tests {
    use crate::json::json;

    use super::*;
    use crate::session::TokenKind;

    fn login(document: &str) -> Result<Login, Error> {
        let option =
            json!({ "kind": "finesse", "baseUrl": "https://f.example:8445", "username": "1001" });
        let client = Client::without_oauth("1001");
        let issuer = Issuer::parse(&option).unwrap();
        read(
            document.as_bytes(),
            &client,
            &issuer,
            Timestamp::from_seconds(1_000),
        )
    }

    #[test]
    fn ciscos_document() {
        let document = r#"{"token":"abc.def","refresh_token":"r","expires_in":300,"user_id":"1001","realm":"r","user_principal":"a@b"}"#;
        let Ok(Login::SignedIn(session)) = login(document) else {
            panic!("refused")
        };
        assert_eq!(session.subject(), Some("1001"));
        assert!(session.can_refresh());
        let kind = Some(TokenKind::AccessToken);
        assert_eq!(session.expires_at(kind), Timestamp::from_seconds(1_300));
        assert!(
            !session.claims().contains_key("token")
                && !session.claims().contains_key("refresh_token")
        );
    }

    #[test]
    fn what_is_no_such_document() {
        for document in [
            "",
            "<html>Sign in</html>",
            "[]",
            r#"{"token":""}"#,
            r#"{"token":7}"#,
            r#"{"token":"a b"}"#,
            r#"{"token":"a","expires_in":-1}"#,
            r#"{"error":"no"}"#,
        ] {
            let error = login(document).unwrap_err();
            assert_eq!(error.code(), "response-malformed", "{document}");
        }
    }
}
