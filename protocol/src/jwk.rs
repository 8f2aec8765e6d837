//! The issuer's keys (RFC 7517, RFC 7518 6, RFC 8037 2), with the choice of those that may
//! check a signature.
//!
//! A key set is read key by key: one that cannot check a signature, or that this crate does
//! not know, is left out and spoils nothing. No key is ever taken from a token.

use crate::{
    Error, base64url,
    error::Flaw,
    json::{self, Map, Value},
};

/// The smallest RSA modulus that is accepted, in bits (RFC 7518 3.3).
const RSA_MIN_BITS: usize = 2048;
/// The largest RSA modulus that a browser imports, in bits.
const RSA_MAX_BITS: usize = 16_384;
/// The longest RSA exponent that is accepted, in bytes.
const RSA_MAX_EXPONENT: usize = 8;

/// A signature to be checked by the browser's WebCrypto.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureCheck {
    /// The JWS algorithm.
    pub algorithm: Algorithm,
    /// The public members only (`kty`, `n`, `e`, `crv`, `x`, `y`), ready for `importKey('jwk')`.
    pub key: Map,
    /// The signed bytes.
    pub message: Vec<u8>,
    /// The signature as in the JWS (ECDSA: `r ‖ s`).
    pub signature: Vec<u8>,
}

/// What a check of a signature found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Valid,
    /// It does not hold, or the key cannot be imported.
    Invalid,
    /// The browser does not know the algorithm.
    Unsupported,
}

/// The signature algorithms that are accepted (RFC 7518 3.1, RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the JWS algorithm of its name")]
pub enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
    EdDsa,
}

impl Algorithm {
    /// The algorithm of this `alg` value, compared exactly. `Ed25519` is the name that
    /// RFC 9864 gives to `EdDSA` with that curve.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "ES512" => Self::Es512,
            "EdDSA" | "Ed25519" => Self::EdDsa,
            _ => return None,
        })
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 | Self::Ps384 | Self::Ps512 => {
                Kind::Rsa
            }
            Self::Es256 => Kind::P256,
            Self::Es384 => Kind::P384,
            Self::Es512 => Kind::P521,
            Self::EdDsa => Kind::Ed25519,
        }
    }
}

/// An issuer's keys that can check a signature.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

impl KeySet {
    /// Reads the body of a JWK Set. Fails with `response-malformed` when it is no JSON object
    /// with an array `keys`; a single key that cannot serve is skipped.
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        json::read(body)
            .and_then(|document| Self::from_value(&document))
            .ok_or_else(|| {
                Error::untrusted(
                    Flaw::ResponseMalformed,
                    "the issuer's keys are no JSON object with an array `keys`",
                )
            })
    }

    /// Reads a JWK Set that is JSON already (the `jwks` option); none where it has no array
    /// `keys`.
    #[must_use]
    pub fn from_value(document: &Value) -> Option<Self> {
        let keys = document.get("keys")?.as_array()?;
        let mut set = Self::default();
        for key in keys {
            set.keys.extend(Key::read(key));
        }
        Some(set)
    }

    /// Whether there is no usable key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys that may have made a signature with this algorithm: those with the header's
    /// `kid`, all where it has none. More than one may remain, each is to be tried.
    pub fn candidates(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Vec<Key>, Unfit> {
        let mut fitting = Vec::new();
        let mut is_named = false;
        for key in &self.keys {
            if kid.is_none() || key.kid.as_deref() == kid {
                is_named = kid.is_some();
                if key.allows(algorithm) {
                    fitting.push(key.clone());
                }
            }
        }
        if !fitting.is_empty() {
            Ok(fitting)
        } else if is_named {
            Err(Unfit::Algorithm)
        } else {
            Err(Unfit::Key)
        }
    }
}

/// Why no key of a set may check a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// There is none of this name, or none for this algorithm among the nameless.
    Key,
    /// The one that the token names is not for the token's algorithm.
    Algorithm,
}

/// A public key that can check signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    kid: Option<String>,
    kind: Kind,
    /// The key's own `alg`, which narrows what its kind allows.
    alg: Option<String>,
    /// Microsoft's own member: for whose tokens the key is.
    issuer: Option<String>,
    public: Map,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
    P384,
    P521,
    Ed25519,
}

impl Key {
    /// The issuer (or Microsoft's template of one) that the key says it is for.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The public members, ready for `importKey('jwk')`.
    #[must_use]
    pub fn public(&self) -> &Map {
        &self.public
    }

    fn allows(&self, algorithm: Algorithm) -> bool {
        let own = self.alg.as_deref();
        algorithm.kind() == self.kind
            && own.is_none_or(|own| Algorithm::from_name(own) == Some(algorithm))
    }

    /// The key, unless it cannot check a signature: made for something else, of an unknown
    /// kind, too weak or malformed.
    fn read(jwk: &Value) -> Option<Self> {
        let jwk = jwk.as_object()?;
        for_signatures(jwk).then_some(())?;
        let (kind, public) = match jwk.text("kty")? {
            "RSA" => (Kind::Rsa, rsa(jwk)?),
            "EC" => match jwk.text("crv")? {
                "P-256" => (Kind::P256, point(jwk, &["x", "y"], 32)?),
                "P-384" => (Kind::P384, point(jwk, &["x", "y"], 48)?),
                "P-521" => (Kind::P521, point(jwk, &["x", "y"], 66)?),
                _ => return None,
            },
            "OKP" if jwk.text("crv")? == "Ed25519" => (Kind::Ed25519, point(jwk, &["x"], 32)?),
            _ => return None,
        };
        Some(Self {
            kid: optional_text(jwk, "kid")?,
            kind,
            alg: optional_text(jwk, "alg")?,
            issuer: optional_text(jwk, "issuer")?,
            public,
        })
    }
}

/// RFC 7517 4.2 and 4.3: neither `use` nor `key_ops` may say something else.
fn for_signatures(jwk: &Map) -> bool {
    let for_use = jwk.present("use").is_none_or(|usage| *usage == *"sig");
    let for_operation = jwk.present("key_ops").is_none_or(|operations| {
        operations
            .as_array()
            .is_some_and(|operations| operations.iter().any(|operation| *operation == *"verify"))
    });
    for_use && for_operation
}

fn rsa(jwk: &Map) -> Option<Map> {
    let modulus = integer(jwk.text("n")?, RSA_MAX_BITS / 8)?;
    let exponent = integer(jwk.text("e")?, RSA_MAX_EXPONENT)?;
    // An even exponent is no RSA key, and with 1 everything is its own signature.
    let sound = bits(&modulus) >= RSA_MIN_BITS
        && exponent.last().is_some_and(|last| last % 2 == 1)
        && exponent != [1];
    sound.then(|| {
        let mut public = Map::new();
        for (name, value) in [
            ("kty", "RSA".to_owned()),
            ("n", base64url::encode(&modulus)),
            ("e", base64url::encode(&exponent)),
        ] {
            public.insert(name.to_owned(), value.into());
        }
        public
    })
}

/// The public members of a key that is a point, each coordinate of exactly this many bytes.
fn point(jwk: &Map, coordinates: &[&str], length: usize) -> Option<Map> {
    let mut public = Map::new();
    for name in ["kty", "crv"].iter().chain(coordinates) {
        public.insert((*name).to_owned(), jwk.text(name)?.into());
    }
    coordinates
        .iter()
        .all(|name| {
            jwk.text(name)
                .and_then(|encoded| decode(encoded, length))
                .is_some_and(|bytes| bytes.len() == length)
        })
        .then_some(public)
}

/// An unsigned integer without leading zeros, which some issuers add and browsers refuse.
fn integer(encoded: &str, max_length: usize) -> Option<Vec<u8>> {
    let bytes = decode(encoded, max_length + 1)?;
    let start = bytes.iter().position(|byte| *byte != 0)?;
    let significant = bytes.get(start..)?;
    (significant.len() <= max_length).then(|| significant.to_vec())
}

fn bits(integer: &[u8]) -> usize {
    let leading = integer
        .first()
        .map_or(0, |byte| byte.leading_zeros() as usize);
    integer.len() * 8 - leading
}

fn decode(encoded: &str, max_length: usize) -> Option<Vec<u8>> {
    // Four characters carry three bytes.
    if encoded.len() > max_length.div_ceil(3) * 4 {
        return None;
    }
    base64url::decode(encoded)
}

/// A member that may be absent, but is text where it is there.
#[expect(
    clippy::option_option,
    reason = "the outer one is the failure of the key"
)]
fn optional_text(jwk: &Map, name: &str) -> Option<Option<String>> {
    match jwk.present(name) {
        None => Some(None),
        Some(value) => value.as_str().map(|text| Some(text.to_owned())),
    }
}
