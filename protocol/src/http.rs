//! What is asked of a server, what it answered.

use core::fmt;
use std::sync::Arc;

use crate::{
    Error, Fault,
    address::without_query,
    error::Flaw,
    json::{self, Map, Value},
    percent,
    secret::Secret,
    time::Timestamp,
};

/// The largest body that is read, in bytes: a larger one is `response-malformed`.
pub const MAX_BODY: usize = 1 << 20;

/// A request for the driver to carry out. Always without cookies (unless
/// [`Credentials::SameSite`]), without referrer, redirects refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Absolute address, checked to be `https:` or loopback.
    pub url: String,
    /// What is sent.
    pub body: Body,
    /// Sent as `Authorization: Bearer …`.
    pub bearer: Option<Secret>,
    /// Sent as `Accept`.
    pub accept: &'static str,
    /// Whether an earlier answer may serve.
    pub reuse: Reuse,
    /// Whether cookies go along.
    pub credentials: Credentials,
}

/// Method and body in one: a form is a `POST`, nothing is a `GET`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// `GET`.
    None,
    /// `DELETE`.
    Delete,
    /// `POST` with `application/x-www-form-urlencoded`.
    Form(Secret),
}

/// Whether an earlier answer to the same address may serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reuse {
    /// Ask, always.
    Never,
    /// An answer held from earlier in this session serves.
    Session,
    /// Ask past the browser's HTTP cache; the answer replaces the held one.
    Reload,
}

/// Whether cookies go along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// `credentials: 'omit'`.
    Omit,
    /// `credentials: 'same-origin'` or, for an address of the same site, `'include'`.
    SameSite,
}

/// A complete answer, whatever its status.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// `X-Responded-JSON` as sent: ASP.NET's login page comes with 200, and says the status that was meant here.
    pub responded_json: Option<String>,
    /// The body, at most [`MAX_BODY`] bytes.
    pub body: Vec<u8>,
    /// When it was fetched anew ([`Reuse::Reload`]); the beginning of time for an answer
    /// that never was, however young it is.
    pub reloaded_at: Timestamp,
}

/// A response, or why there is none (`offline`, `network`, `timeout`, `cors-blocked`,
/// `response-malformed` for a body over [`MAX_BODY`]).
pub type Fetched = Result<Arc<Response>, Error>;

const JSON: &str = "application/json";

impl Request {
    /// A document that may be held for the session: discovery, keys.
    pub(crate) fn document(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            body: Body::None,
            bearer: None,
            accept: JSON,
            reuse: Reuse::Session,
            credentials: Credentials::Omit,
        }
    }

    /// A form for the token or revocation endpoint.
    pub(crate) fn form(url: &str, fields: Vec<(&str, &str)>) -> Self {
        Self {
            body: Body::Form(Secret::new(percent::encode_pairs(fields))),
            reuse: Reuse::Never,
            ..Self::document(url)
        }
    }
}

impl Response {
    /// Whether the status is a success.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// Whether it says, in either way, that nobody is signed in there.
    pub(crate) fn wants_sign_in(&self) -> bool {
        let meant = self.responded_json.as_deref().and_then(|text| {
            let read = json::read(text.as_bytes())?;
            read.get("status")?.as_i64()
        });
        matches!(self.status, 401 | 403) || matches!(meant, Some(401 | 403))
    }

    /// `bad-status` unless the status is a success.
    pub(crate) fn expect_success(&self, url: &str) -> Result<(), Error> {
        if self.is_success() {
            Ok(())
        } else {
            Err(Fault::BadStatus {
                url: without_query(url).to_owned(),
                status: self.status,
            }
            .into())
        }
    }

    /// The body as a JSON object.
    pub(crate) fn object(&self, url: &str) -> Result<Map, Error> {
        let parsed = (self.body.len() <= MAX_BODY)
            .then(|| json::read(&self.body))
            .flatten();
        match parsed {
            Some(Value::Object(members)) => Ok(members),
            _ => Err(Error::untrusted(
                Flaw::ResponseMalformed,
                [without_query(url), " answered no JSON object"].concat(),
            )),
        }
    }
}

impl fmt::Debug for Response {
    /// Without the body, which may hold tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("reloaded_at", &self.reloaded_at)
            .finish_non_exhaustive()
    }
}
