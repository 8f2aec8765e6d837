//! The site's own token service: a JWT for a signed-in person (api: `tokenUrl`).

use crate::{
    Error, Fault,
    address::Address,
    base64url,
    error::Flaw,
    http::{Credentials, MAX_BODY, Request, Reuse},
    json::{self, Map, Value},
    part::parts,
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
/// The body is a JWT (`application/jwt`, `text/plain`), a JSON string, or a JSON object that has it
/// at the dotted path `member`. Anything else is `sign-in-required` where the status or
/// `X-Responded-JSON` says 401 or 403, else `response-malformed`; a JWT whose `exp` has come is
/// `token-expired`.
pub fn request(
    token_url: &str,
    member: Option<&str>,
    access_token: Option<Secret>,
    credentials: Credentials,
) -> Next<Box<SiteToken>> {
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
    let member = member.map(str::to_owned);
    Ok(Step::fetch(request, move |fetched, now| {
        let response = fetched?;
        let read = response
            .expect_success(&url)
            .and_then(|()| read(&response.body, member.as_deref(), now));
        match read {
            Ok(token) => Ok(Step::Done(token)),
            Err(_) if response.wants_sign_in() => Err(Fault::SignInRequired.into()),
            Err(error) => Err(error),
        }
    }))
}

fn read(body: &[u8], member: Option<&str>, now: Timestamp) -> Result<Box<SiteToken>, Error> {
    let text = (body.len() <= MAX_BODY)
        .then(|| core::str::from_utf8(body).ok())
        .flatten()
        .map(str::trim_ascii);
    let document = text.and_then(|text| json::read(text.as_bytes()));
    let is_object = document.as_ref().and_then(Value::as_object).is_some();
    let token = match &document {
        Some(Value::String(token)) => Some(token.as_str()),
        Some(document) => member.and_then(|path| {
            parts(path, b'.')
                .try_fold(document, |place, name| place.get(name))?
                .as_str()
        }),
        None => text,
    };
    let Some((token, expires_at)) = token.and_then(|token| Some((token, expiry(token)?))) else {
        return Err(Error::untrusted(
            Flaw::ResponseMalformed,
            if is_object {
                "the service at tokenUrl answered a JSON object without a JWT at tokenUrlMember"
            } else {
                "the service at tokenUrl answered no JWT"
            },
        ));
    };
    if expires_at.is_some_and(|end| end <= now) {
        return Err(Error::untrusted(
            Flaw::TokenExpired,
            "the service at tokenUrl answered a JWT whose exp has come",
        ));
    }
    Ok(Box::new(SiteToken {
        token: Secret::new(token.to_owned()),
        expires_at,
    }))
}

/// A portal's JWT as it came through the address bar: with the login's `nonce`, where it has one.
pub(crate) fn fresh(
    token: &str,
    nonce: Option<&str>,
    now: Timestamp,
) -> Result<Box<SiteToken>, Error> {
    let claims = look_inside(token).map(|(_, claims)| claims);
    let told = claims.as_ref().and_then(|claims| claims.get("nonce"));
    if told.is_some() && told.and_then(Value::as_str) != nonce {
        return Err(Error::untrusted(
            Flaw::NonceMismatch,
            "the token does not bear this login's `nonce`",
        ));
    }
    read(token.as_bytes(), None, now)
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
pub(crate) fn look_inside(token: &str) -> Option<(Map, Map)> {
    let mut parts = parts(token, b'.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || signature.is_empty() {
        return None;
    }
    base64url::decode(signature)?;
    Some((object(header)?, object(payload)?))
}

fn object(part: &str) -> Option<Map> {
    match json::read(&base64url::decode(part)?) {
        Some(Value::Object(members)) => Some(members),
        _ => None,
    }
}
