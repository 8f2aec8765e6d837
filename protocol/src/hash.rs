//! Hashes, made by the browser: an implementation of our own would be 1,200 bytes more to download.

use crate::{Error, jwk::Algorithm, secret::Secret};

/// Something to be hashed by the browser's WebCrypto.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hash {
    /// How.
    pub algorithm: HashAlgorithm,
    /// What: a verifier, a token, a code.
    pub message: Secret,
}

/// How something is hashed (FIPS 180-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the algorithm of its name")]
pub enum HashAlgorithm {
    Sha256,
    Sha384,
    Sha512,
}

/// The hash, or why there is none (`insecure-page`: only secure pages are offered cryptography).
pub type Digested = Result<Vec<u8>, Error>;

impl HashAlgorithm {
    /// The one that goes with a signature's algorithm (OpenID Connect Core 3.1.3.6).
    #[must_use]
    pub const fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => Self::Sha256,
            Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Es384 => Self::Sha384,
            Algorithm::Rs512 | Algorithm::Ps512 | Algorithm::Es512 | Algorithm::EdDsa => {
                Self::Sha512
            }
        }
    }

    /// Its name in Web Cryptography.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }
}
