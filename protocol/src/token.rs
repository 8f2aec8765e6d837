//! The token endpoint's answer (RFC 6749 5).
//!
//! The fragment of the implicit flow shares its values, and so their checks.

use crate::{
    Error, decimal,
    error::Flaw,
    http::Response,
    issuer::{Issuer, Kind},
    json::{Map, Value},
    secret::Secret,
};

/// The longest life of a token that is believed, in seconds: ten years.
const MAX_LIFETIME: i64 = 10 * 365 * 86_400;

/// Tokens as they came: well-formed, nothing checked yet.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) access_token: Option<Secret>,
    /// In seconds.
    pub(crate) expires_in: Option<i64>,
    pub(crate) id_token: Option<Secret>,
    pub(crate) refresh_token: Option<Secret>,
    pub(crate) scope: Option<String>,
}

/// Reads the token endpoint's answer to a request that carried the secrets `sent`.
pub(crate) fn read(
    response: &Response,
    url: &str,
    sent: &[Option<&Secret>],
    redirect_uri: &str,
    issuer: &Issuer,
) -> Result<Answer, Error> {
    let body = response.object(url);
    // Some servers repeat what they refuse, and what is read here is shown.
    let tells = |text: &str| sent.iter().flatten().any(|secret| secret.is_in(text));
    if let Ok(body) = &body
        && let Some(Value::String(error)) = body.get("error")
        && !tells(error)
    {
        let description = body.text("error_description");
        let description = description.filter(|text| !tells(text));
        return Err(Error::refused(error, description, redirect_uri));
    }
    response.expect_success(url)?;
    let body = body?;

    let access_token = text(&body, "access_token")?
        .ok_or_else(|| malformed("the token endpoint gave no access_token"))?;
    check_access_token(access_token, text(&body, "token_type")?, issuer)?;
    Ok(Answer {
        access_token: Some(Secret::new(access_token)),
        expires_in: lifetime(body.get("expires_in"))?,
        id_token: text(&body, "id_token")?.map(Secret::new),
        refresh_token: text(&body, "refresh_token")?.map(Secret::new),
        scope: text(&body, "scope")?.map(str::to_owned),
    })
}

/// Refuses an access token that could not be sent as a Bearer token.
pub(crate) fn check_access_token(
    token: &str,
    token_type: Option<&str>,
    issuer: &Issuer,
) -> Result<(), Error> {
    match token_type {
        Some(name) if name.eq_ignore_ascii_case("bearer") => {}
        None if matches!(issuer.kind(), Kind::GenesysCloud(_) | Kind::PowerPages(_)) => {}
        _ => return Err(malformed("token_type is not Bearer")),
    }
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(malformed(
            "the access_token has characters that no token has",
        ));
    }
    Ok(())
}

/// `expires_in` as digits, in seconds.
pub(crate) fn lifetime_in_text(digits: &str) -> Result<i64, Error> {
    in_bounds(decimal::digits(digits))
}

pub(crate) fn lifetime(value: Option<&Value>) -> Result<Option<i64>, Error> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(digits)) => lifetime_in_text(digits).map(Some),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float as an integer saturates"
        )]
        Some(Value::Number(seconds)) => in_bounds(Some(seconds.floor() as i64)).map(Some),
        Some(_) => Err(bad_lifetime()),
    }
}

fn in_bounds(seconds: Option<i64>) -> Result<i64, Error> {
    seconds
        .filter(|seconds| (0..=MAX_LIFETIME).contains(seconds))
        .ok_or_else(bad_lifetime)
}

fn text<'a>(body: &'a Map, name: &str) -> Result<Option<&'a str>, Error> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(malformed(&[name, " is no text"].concat())),
    }
}

fn bad_lifetime() -> Error {
    malformed("expires_in is no number of seconds between zero and ten years")
}

fn malformed(detail: &str) -> Error {
    Error::untrusted(Flaw::ResponseMalformed, detail)
}
