//! The browser's part: answers `Step::Digest` as WebCrypto does.

use messenger_auth_protocol::hash::{Digested, Hash, HashAlgorithm};
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The hash.
#[expect(clippy::unnecessary_wraps, reason = "what a request comes to")]
pub(crate) fn digest(hash: &Hash) -> Digested {
    Ok(match hash.algorithm {
        HashAlgorithm::Sha256 => Sha256::digest(hash.message.expose()).to_vec(),
        HashAlgorithm::Sha384 => Sha384::digest(hash.message.expose()).to_vec(),
        HashAlgorithm::Sha512 => Sha512::digest(hash.message.expose()).to_vec(),
    })
}
