//! A signed token as it arrives (RFC 7515 7.1): read, not yet believed.

use crate::{
    Error, base64url,
    error::Flaw,
    http::MAX_BODY,
    json::{self, Map, Value},
    jwk::Algorithm,
    part::cut,
    secret::Secret,
};

/// A token whose structure and algorithm are right. What it says counts only after its
/// signature has been checked.
pub(super) struct Unverified {
    raw: Secret,
    algorithm: Algorithm,
    kid: Option<String>,
    signed: usize,
    members: Map,
    signature: Vec<u8>,
}

impl Unverified {
    /// Reads the compact form: what jwt-compact's `UntrustedToken` takes (a property compares them), but
    /// not with it. It refuses a whole token for header members that no one needs (a short `x5t`, an
    /// unusual `cty`), heeds neither `crit` nor duplicates, and is a fifth more to download.
    pub(super) fn read(raw: &Secret) -> Result<Self, Error> {
        let text = raw.expose();
        if text.len() > MAX_BODY {
            return Err(malformed("it is over 1 MiB"));
        }
        let (header_part, rest) = cut(text, b'.').ok_or_else(|| malformed(PARTS))?;
        let (payload, signature) = cut(rest, b'.').ok_or_else(|| malformed(PARTS))?;
        let header =
            object(header_part).ok_or_else(|| malformed("its header is no JSON object"))?;
        let members = object(payload).ok_or_else(|| malformed("its claims are no JSON object"))?;
        // A fourth part is no base64url either.
        let signature = base64url::decode(signature)
            .ok_or_else(|| malformed("its signature is no base64url"))?;

        // RFC 7515 4.1.11: an extension that must be understood, and none is.
        if header.contains_key("crit") {
            return Err(malformed("its header has `crit`"));
        }
        let kid = match header.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.clone()),
            Some(_) => return Err(malformed("the `kid` in its header is no text")),
        };
        let Some(Value::String(algorithm)) = header.get("alg") else {
            return Err(malformed("its header has no `alg`"));
        };
        let algorithm = Algorithm::from_name(algorithm).ok_or_else(|| {
            Error::untrusted(
                Flaw::AlgorithmNotAllowed,
                "the ID token is not signed with RS, PS or ES 256, 384 or 512, nor with EdDSA",
            )
        })?;
        Ok(Self {
            raw: raw.clone(),
            algorithm,
            kid,
            signed: header_part.len() + 1 + payload.len(),
            members,
            signature,
        })
    }

    /// The header's `alg`.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The header's `kid`.
    pub(super) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The signed bytes: header and payload as they came.
    pub(super) fn message(&self) -> &[u8] {
        self.raw
            .expose()
            .as_bytes()
            .get(..self.signed)
            .unwrap_or_default()
    }

    /// The signature.
    pub(super) fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The claims as they came.
    pub(super) fn members(&self) -> &Map {
        &self.members
    }

    /// The token and its claims.
    pub(super) fn into_parts(self) -> (Secret, Map) {
        (self.raw, self.members)
    }
}

const PARTS: &str = "it has not three parts";

/// The error for a token that is not what RFC 7519 and OpenID Connect Core 2 make it.
pub(super) fn malformed(problem: &str) -> Error {
    Error::untrusted(
        Flaw::TokenMalformed,
        ["the ID token cannot be read: ", problem].concat(),
    )
}

fn object(part: &str) -> Option<Map> {
    match json::read_strictly(&base64url::decode(part)?)? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}
