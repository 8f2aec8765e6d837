//! The ID token, checked (OpenID Connect Core 3.1.3.7, 3.2.2.11 and 12.2).
//!
//! In this order: its structure, its algorithm, its signature by one of the issuer's keys, its
//! claims, the hashes in it. Signature and hashes are [`Step`]s for the browser; nothing that the token
//! says counts before all holds.

mod claims;
mod compact;

use std::sync::Arc;

use crate::{
    Error,
    error::Flaw,
    http::{Fetched, Request, Reuse},
    json::Map,
    jwk::{Key, KeySet, SignatureCheck, Unfit, Verdict},
    secret::Secret,
    step::{Next, Step},
    time::Timestamp,
};

use self::compact::Unverified;

/// How often keys are fetched anew when none fits, at most, in milliseconds: once a minute.
const RELOAD_EVERY: i64 = 60_000;

/// What an ID token must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Who issued it.
    pub issuer: ExpectedIssuer,
    /// For whom it is.
    pub client_id: String,
    /// What it was asked for.
    pub occasion: Occasion,
    /// Seconds tolerated between clocks.
    pub clock_skew: u32,
    /// The access token that came with it, to be compared with `at_hash`.
    pub access_token: Option<Secret>,
    /// Whether `at_hash` must be there when an access token is.
    pub at_hash: AtHash,
    /// The authorization code that it came with or for, to be compared with `c_hash`.
    pub code: Option<Secret>,
}

/// Who may have issued a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedIssuer {
    /// This issuer, character by character.
    Exactly(String),
    /// One of these tenants of Microsoft's.
    MicrosoftTenants {
        /// The issuer with `{tenantid}` in place of the tenant.
        template: String,
        /// The tenants (`tid`) that may sign in.
        tenants: Vec<String>,
    },
}

/// What the token was asked for, with what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// A login, with a person or in a hidden frame.
    SignIn {
        /// The `nonce` of this one login.
        nonce: String,
        /// The `max_age` that was sent, in seconds.
        max_age: Option<u32>,
        /// The person who must come back, where it must be the same one.
        subject: Option<String>,
    },
    /// A refresh (OpenID Connect Core 12.2): what the first token said must still hold.
    Refresh {
        /// The first token's `iss`.
        issuer: String,
        /// The first token's `sub`.
        subject: String,
        /// The first login's `nonce`; the new token may have none.
        nonce: Option<String>,
        /// The first token's `auth_time`; the new token may have none.
        auth_time: Option<i64>,
    },
}

/// Whether `at_hash` must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtHash {
    /// It must: the access token came through the address bar, from the authorization endpoint.
    Required,
    /// It is compared when there: the access token came from the token endpoint.
    IfPresent,
}

/// Where the issuer's keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// At this address.
    At {
        /// `jwks_uri`, checked to be `https:` or loopback.
        jwks_uri: String,
    },
    /// Given by the site.
    Inline(Arc<KeySet>),
}

/// An ID token that has passed every check, once it leaves this module.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdToken {
    /// The compact form, to be handed on.
    pub raw: Secret,
    /// All claims.
    pub claims: Map,
    /// `sub`.
    pub subject: String,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
    /// `auth_time`, in seconds since 1970.
    pub auth_time: Option<i64>,
    /// `nonce`.
    pub nonce: Option<String>,
}

/// Checks an ID token: fetches the keys where they are not given, has the signature checked,
/// then checks the claims.
///
/// Fails with `token-malformed`, `algorithm-not-allowed`, `key-not-found`,
/// `signature-invalid`, the code of the claim that does not hold, or what kept the keys from
/// being fetched.
pub fn check(raw: &Secret, expectation: Expectation, keys: &Keys) -> Next<Box<IdToken>> {
    let case = Box::new(Case {
        token: Unverified::read(raw)?,
        expectation,
    });
    match keys {
        Keys::Inline(keys) => try_all(case, keys, Retry::Never),
        Keys::At { jwks_uri } => {
            let jwks_uri = jwks_uri.clone();
            Ok(Step::fetch(
                request(&jwks_uri, Reuse::Session),
                move |fetched, now| {
                    let (keys, reloaded_at) = read_keys(&jwks_uri, fetched)?;
                    let retry = if now.millis_since(reloaded_at) > RELOAD_EVERY {
                        Retry::Once { jwks_uri }
                    } else {
                        Retry::Never
                    };
                    try_all(case, &keys, retry)
                },
            ))
        }
    }
}

/// A token with what it must say.
struct Case {
    token: Unverified,
    expectation: Expectation,
}

/// What is left to do when no key serves.
enum Retry {
    /// Fetch the keys once more, past every cache: they may have been rotated.
    Once { jwks_uri: String },
    /// Nothing.
    Never,
}

/// Tries each key that may have made the signature.
fn try_all(case: Box<Case>, keys: &KeySet, retry: Retry) -> Next<Box<IdToken>> {
    match keys.candidates(case.token.kid(), case.token.algorithm()) {
        Ok(candidates) => try_next(case, candidates.into_iter(), retry),
        Err(unfit) => {
            let error = match unfit {
                Unfit::Key => {
                    Error::untrusted(Flaw::KeyNotFound, "the issuer has no key for the ID token")
                }
                Unfit::Algorithm => Error::untrusted(
                    Flaw::AlgorithmNotAllowed,
                    "the key that the ID token names is not for the ID token's algorithm",
                ),
            };
            try_again(case, retry, error)
        }
    }
}

fn try_next(
    case: Box<Case>,
    mut candidates: std::vec::IntoIter<Key>,
    retry: Retry,
) -> Next<Box<IdToken>> {
    let Some(key) = candidates.next() else {
        let error = Error::untrusted(
            Flaw::SignatureInvalid,
            "the ID token's signature was made by none of the issuer's keys",
        );
        return try_again(case, retry, error);
    };
    let check = SignatureCheck {
        algorithm: case.token.algorithm(),
        key: key.public().clone(),
        message: case.token.message().to_vec(),
        signature: case.token.signature().to_vec(),
    };
    Ok(Step::verify(check, move |verdict, now| match verdict {
        Verdict::Valid => {
            let algorithm = case.token.algorithm();
            let Case { token, expectation } = *case;
            let id_token = claims::check(token, &key, &expectation, now)?;
            claims::hashes(id_token, algorithm, &expectation)
        }
        Verdict::Invalid => try_next(case, candidates, retry),
        Verdict::Unsupported => Err(Error::untrusted(
            Flaw::AlgorithmNotAllowed,
            "this browser lacks the ID token's signature algorithm",
        )),
    }))
}

/// Goes on with fresh keys where they may have been rotated; where they cannot be had, what
/// was found with the held ones stands.
fn try_again(case: Box<Case>, retry: Retry, error: Error) -> Next<Box<IdToken>> {
    match retry {
        Retry::Never => Err(error),
        Retry::Once { jwks_uri } => Ok(Step::fetch(
            request(&jwks_uri, Reuse::Reload),
            move |fetched, _| match read_keys(&jwks_uri, fetched) {
                Ok((keys, _)) => try_all(case, &keys, Retry::Never),
                Err(_) => Err(error),
            },
        )),
    }
}

fn request(jwks_uri: &str, reuse: Reuse) -> Request {
    Request {
        reuse,
        ..Request::document(jwks_uri)
    }
}

fn read_keys(jwks_uri: &str, fetched: Fetched) -> Result<(KeySet, Timestamp), Error> {
    let response = fetched?;
    response.expect_success(jwks_uri)?;
    Ok((KeySet::parse(&response.body)?, response.reloaded_at))
}
