//! The site's own token service: a JWT for a signed-in person (api: `tokenUrl`).

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value};

use crate::{
    Error,
    address::Address,
    error::Flaw,
    http::{Credentials, MAX_BODY, Request, Reuse},
    json,
    secret::Secret,
    step::{Next, Step},
    time::Timestamp,
};

/// A JWT from the site's service. Its signature is the messenger's to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteToken {
    /// The compact JWT.
    pub token: Secret,
    /// Its `exp`, where it has one.
    pub expires_at: Option<Timestamp>,
}

/// Asks the site's service with `Authorization: Bearer …`.
///
/// 401 and 403 are `sign-in-required`; a body that is no JWT (`application/jwt`,
/// `text/plain` or a JSON string) is `response-malformed`; a JWT whose `exp` has come is
/// `token-expired`.
pub fn request(
    token_url: &str,
    access_token: Option<Secret>,
    credentials: Credentials,
) -> Next<SiteToken> {
    if Address::parse(token_url).is_none_or(|address| address.fragment().is_some()) {
        return Err(Error::bad_option(
            "tokenUrl",
            "must be a whole https: address (http: on localhost only)",
        ));
    }
    let request = Request {
        bearer: access_token,
        accept: "application/jwt, text/plain, application/json",
        reuse: Reuse::Never,
        credentials,
        ..Request::document(token_url)
    };
    let url = token_url.to_owned();
    Ok(Step::fetch(request, move |fetched, now| {
        let response = fetched?;
        if matches!(response.status, 401 | 403) {
            return Err(Error::SignInRequired);
        }
        response.expect_success(&url)?;
        read(&response.body, now).map(Step::Done)
    }))
}

fn read(body: &[u8], now: Timestamp) -> Result<SiteToken, Error> {
    let expiry = |token: &str| Some((token.to_owned(), expiry(token)?));
    let found = (body.len() <= MAX_BODY)
        .then(|| core::str::from_utf8(body).ok())
        .flatten()
        .map(str::trim)
        .and_then(|text| match json::read(text.as_bytes()) {
            Some(Value::String(token)) => expiry(&token),
            _ => expiry(text),
        });
    let Some((token, expires_at)) = found else {
        return Err(Error::untrusted(
            Flaw::ResponseMalformed,
            "the service at tokenUrl answered no JWT",
        ));
    };
    if expires_at.is_some_and(|end| end <= now) {
        return Err(Error::untrusted(
            Flaw::TokenExpired,
            "the service at tokenUrl answered a JWT whose exp has come",
        ));
    }
    Ok(SiteToken {
        token: Secret::new(token),
        expires_at,
    })
}

/// A portal's JWT as it came through the address bar: with the login's `nonce`, where it has one.
pub(crate) fn fresh(token: &str, nonce: Option<&str>, now: Timestamp) -> Result<SiteToken, Error> {
    let claims = look_inside(token).map(|(_, claims)| claims);
    let told = claims.as_ref().and_then(|claims| claims.get("nonce"));
    if told.is_some() && told.and_then(Value::as_str) != nonce {
        return Err(Error::untrusted(
            Flaw::NonceMismatch,
            "the token does not bear this login's `nonce`",
        ));
    }
    read(token.as_bytes(), now)
}

/// The `exp` of a compact JWT, if any; none at all when it is no JWT.
#[expect(clippy::option_option, reason = "the outer one is: no JWT")]
fn expiry(token: &str) -> Option<Option<Timestamp>> {
    match look_inside(token)?.1.get("exp") {
        None => Some(None),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float as an integer saturates"
        )]
        Some(exp) => Some(Some(Timestamp::from_seconds(exp.as_f64()? as i64))),
    }
}

/// Header and claims of a compact JWT, unchecked; none when it is no JWT.
pub(crate) fn look_inside(token: &str) -> Option<(Map<String, Value>, Map<String, Value>)> {
    let mut parts = token.split('.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || signature.is_empty() {
        return None;
    }
    Base64UrlUnpadded::decode_vec(signature).ok()?;
    Some((object(header)?, object(payload)?))
}

fn object(part: &str) -> Option<Map<String, Value>> {
    match json::read(&Base64UrlUnpadded::decode_vec(part).ok()?) {
        Some(Value::Object(members)) => Some(members),
        _ => None,
    }
}
