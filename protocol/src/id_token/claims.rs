//! What a signed ID token says, compared with what it must say.

use chrono::{DateTime, Duration, Utc};
use jwt_compact::{Claims, Empty, TimeOptions};

use super::{
    AtHash, Expectation, ExpectedIssuer, IdToken, Occasion,
    compact::{Unverified, malformed},
};
use crate::{
    Error, base64url, decimal,
    error::{Flaw, one_line},
    hash::{Hash, HashAlgorithm},
    issuer::filled,
    json::{Map, Value},
    jwk::{Algorithm, Key},
    secret::Secret,
    step::{Next, Step},
    time::Timestamp,
};

/// The longest `sub`, in characters (OpenID Connect Core 2).
const SUBJECT_MAX: usize = 255;
/// From here on, a double no longer tells every second.
const SECONDS_END: f64 = 9_007_199_254_740_992.0;
/// The end of the year 9999: a date after it is as good as this one, and chrono has an end too.
const LATEST: i64 = 253_402_300_799;

/// Checks the claims of a token whose signature this key has made.
pub(super) fn check(
    token: Unverified,
    key: &Key,
    expectation: &Expectation,
    now: Timestamp,
) -> Result<Box<IdToken>, Error> {
    let claims = token.members();
    let subject = subject(claims)?;
    let dates = dates(claims)?;
    let auth_time = claims.get("auth_time").and_then(seconds);
    let nonce = claims.text("nonce");

    issuer(claims, key, &expectation.issuer)?;
    audience(claims, &expectation.client_id)?;
    times(&dates, expectation.clock_skew, now)?;
    match &expectation.occasion {
        Occasion::SignIn {
            nonce: sent,
            max_age,
            subject: expected,
        } => {
            if nonce != Some(sent) {
                return Err(nonce_mismatch());
            }
            if let Some(max_age) = max_age {
                recency(
                    auth_time,
                    i64::from(*max_age) + i64::from(expectation.clock_skew),
                    now,
                )?;
            }
            if let Some(expected) = expected {
                same_subject(subject, expected)?;
            }
        }
        Occasion::Refresh {
            issuer,
            subject: first,
            nonce: sent,
            auth_time: authenticated,
        } => {
            if claims.text("iss") != Some(issuer) {
                return Err(issuer_mismatch("the refreshed ID token has another `iss`"));
            }
            same_subject(subject, first)?;
            if claims.contains_key("nonce") && nonce != sent.as_deref() {
                return Err(nonce_mismatch());
            }
            if authenticated.is_some()
                && claims.contains_key("auth_time")
                && auth_time != *authenticated
            {
                return Err(Error::untrusted(
                    Flaw::SubjectChanged,
                    "the refreshed ID token tells of another sign-in (`auth_time`)",
                ));
            }
        }
    }
    let (subject, nonce) = (subject.to_owned(), nonce.map(str::to_owned));
    let (raw, claims) = token.into_parts();
    Ok(Box::new(IdToken {
        raw,
        claims,
        subject,
        issued_at: dates.issued_at,
        expires_at: dates.expires_at,
        auth_time,
        nonce,
    }))
}

/// The dates that every ID token has, with what jwt-compact needs to compare them.
struct Dates {
    issued_at: Timestamp,
    expires_at: Timestamp,
    claims: Claims<Empty>,
}

/// jwt-compact's own reader takes negative dates and any size; here it is given sound ones.
fn dates(members: &Map) -> Result<Dates, Error> {
    let mut claims = Claims::empty();
    claims.expiration = date(members, "exp")?;
    claims.issued_at = date(members, "iat")?;
    claims.not_before = date(members, "nbf")?;
    match (claims.issued_at, claims.expiration) {
        (Some(issued_at), Some(expires_at)) => Ok(Dates {
            issued_at: Timestamp::from_seconds(issued_at.timestamp()),
            expires_at: Timestamp::from_seconds(expires_at.timestamp()),
            claims,
        }),
        _ => Err(malformed("it lacks `exp` or `iat`")),
    }
}

/// A date, where there is one. Fractions of a second are dropped.
fn date(members: &Map, name: &str) -> Result<Option<DateTime<Utc>>, Error> {
    match members.get(name) {
        None => Ok(None),
        Some(date) => seconds(date)
            .and_then(|seconds| DateTime::from_timestamp(seconds.min(LATEST), 0))
            .map(Some)
            .ok_or_else(|| malformed("its `exp`, `iat` or `nbf` is no date")),
    }
}

fn times(dates: &Dates, clock_skew: u32, now: Timestamp) -> Result<(), Error> {
    let clock =
        DateTime::from_timestamp_millis(now.as_millis()).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let options = TimeOptions::new(Duration::seconds(clock_skew.into()), || clock);
    if dates.claims.validate_expiration(&options).is_err() {
        return Err(untimely(
            Flaw::TokenExpired,
            "the ID token has expired, or this machine's clock is ahead by ",
            now.millis_since(dates.issued_at),
        ));
    }
    let immature =
        dates.claims.not_before.is_some() && dates.claims.validate_maturity(&options).is_err();
    // jwt-compact does not look at `iat`.
    let unborn = dates.issued_at > now.plus_seconds(clock_skew.into());
    if immature || unborn {
        return Err(untimely(
            Flaw::TokenNotYetValid,
            "the ID token is not valid yet, or this machine's clock is behind by ",
            dates.issued_at.millis_since(now),
        ));
    }
    Ok(())
}

/// A token that has just been issued tells by how much the clock is off.
fn untimely(flaw: Flaw, what: &str, by_millis: i64) -> Error {
    let minutes = decimal::print(by_millis / 60_000);
    Error::untrusted(flaw, [what, &minutes, " min"].concat())
}

fn issuer(claims: &Map, key: &Key, expected: &ExpectedIssuer) -> Result<(), Error> {
    let issuer = claims
        .text("iss")
        .ok_or_else(|| issuer_mismatch("the ID token has no `iss`"))?;
    let fits = match expected {
        ExpectedIssuer::Exactly(expected) => issuer == expected,
        ExpectedIssuer::MicrosoftTenants { template, tenants } => {
            claims.text("tid").is_some_and(|tenant| {
                let names = |template: &str| {
                    filled(template, tenant).as_deref().unwrap_or(template) == issuer
                };
                tenants
                    .iter()
                    .any(|listed| listed.eq_ignore_ascii_case(tenant))
                    && names(template)
                    && key.issuer().is_none_or(names)
            })
        }
    };
    if fits {
        Ok(())
    } else {
        Err(issuer_mismatch(
            &["the ID token is from `", &one_line(issuer), "`"].concat(),
        ))
    }
}

/// OpenID Connect Core 3.1.3.7, 3 to 5.
fn audience(claims: &Map, client_id: &str) -> Result<(), Error> {
    let (includes_us, alone) = match claims.get("aud") {
        Some(Value::String(audience)) => (audience == client_id, true),
        Some(Value::Array(audiences)) => (
            audiences.iter().all(|audience| audience.as_str().is_some())
                && audiences.iter().any(|audience| *audience == *client_id),
            audiences.len() == 1,
        ),
        _ => (false, false),
    };
    let party = claims.get("azp");
    let party_is_us = party.map_or(alone, |party| *party == *client_id);
    if includes_us && party_is_us {
        Ok(())
    } else {
        Err(Error::untrusted(
            Flaw::AudienceMismatch,
            [
                "the ID token is not for the client `",
                client_id,
                "` (`aud`, `azp`)",
            ]
            .concat(),
        ))
    }
}

fn recency(auth_time: Option<i64>, max_age: i64, now: Timestamp) -> Result<(), Error> {
    let auth_time = auth_time.ok_or_else(|| {
        Error::untrusted(
            Flaw::AuthTimeMissing,
            "`max_age` was sent, but the ID token has no `auth_time`",
        )
    })?;
    if now > Timestamp::from_seconds(auth_time).plus_seconds(max_age) {
        return Err(Error::untrusted(
            Flaw::AuthTooOld,
            "the person signed in longer ago than `max_age`",
        ));
    }
    Ok(())
}

fn same_subject(subject: &str, expected: &str) -> Result<(), Error> {
    if subject == expected {
        Ok(())
    } else {
        Err(Error::untrusted(
            Flaw::SubjectChanged,
            "the ID token is about another person (`sub`)",
        ))
    }
}

/// Compares access token and code with the hashes that the ID token has of them (OpenID Connect
/// Core 3.1.3.8, 3.2.2.9 and 3.3.2.10).
pub(super) fn hashes(
    id_token: Box<IdToken>,
    algorithm: Algorithm,
    expectation: &Expectation,
) -> Next<Box<IdToken>> {
    let mut open = Vec::new();
    let is_required = expectation.at_hash == AtHash::Required;
    for (claim, value, is_required, problem) in [
        (
            "c_hash",
            &expectation.code,
            false,
            "the code is not the ID token's (`c_hash`)",
        ),
        (
            "at_hash",
            &expectation.access_token,
            is_required,
            "the access token is not the ID token's (`at_hash`)",
        ),
    ] {
        let Some(value) = value else { continue };
        match id_token.claims.get(claim) {
            Some(hash) => open.push((value.clone(), hash.clone(), problem)),
            None if is_required => return Err(Error::untrusted(Flaw::HashMismatch, problem)),
            None => {}
        }
    }
    Ok(compare(id_token, algorithm, open))
}

/// Compares the last of these, then the others.
fn compare(
    id_token: Box<IdToken>,
    algorithm: Algorithm,
    mut open: Vec<(Secret, Value, &'static str)>,
) -> Step<Box<IdToken>> {
    let Some((value, expected, problem)) = open.pop() else {
        return Step::Done(id_token);
    };
    let hash = Hash {
        algorithm: HashAlgorithm::of(algorithm),
        message: value,
    };
    Step::digest(hash, move |digest, _| {
        let half = digest.get(..digest.len() / 2).unwrap_or_default();
        if expected != *base64url::encode(half) {
            return Err(Error::untrusted(Flaw::HashMismatch, problem));
        }
        Ok(compare(id_token, algorithm, open))
    })
}

fn subject(claims: &Map) -> Result<&str, Error> {
    claims
        .text("sub")
        .filter(|subject| !subject.is_empty() && subject.chars().count() <= SUBJECT_MAX)
        .ok_or_else(|| malformed("its `sub` is absent, no text, empty or over 255 characters"))
}

/// A `NumericDate` (RFC 7519 2) in whole seconds, from 1970 to what a double holds exactly.
#[expect(
    clippy::cast_possible_truncation,
    reason = "below 2^53; fractions are dropped"
)]
fn seconds(date: &Value) -> Option<i64> {
    date.as_f64()
        .filter(|seconds| (0.0..SECONDS_END).contains(seconds))
        .map(|seconds| seconds as i64)
}

fn issuer_mismatch(detail: &str) -> Error {
    Error::untrusted(Flaw::IssuerMismatch, detail)
}

fn nonce_mismatch() -> Error {
    Error::untrusted(
        Flaw::NonceMismatch,
        "the ID token does not bear this login's `nonce`",
    )
}
