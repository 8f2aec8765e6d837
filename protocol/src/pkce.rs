//! Proof Key for Code Exchange (RFC 7636). S256 only: `plain` does not exist here.

use crate::{
    base64url,
    hash::{Hash, HashAlgorithm},
    secret::Secret,
};

/// 32 random bytes as 43 characters that need no escaping anywhere: a verifier, `state`, `nonce`.
pub(crate) fn random_text(bytes: &[u8; 32]) -> String {
    base64url::encode(bytes)
}

/// What makes a `code_challenge` of a verifier (RFC 7636 4.2).
pub(crate) fn hash(verifier: &Secret) -> Hash {
    Hash {
        algorithm: HashAlgorithm::Sha256,
        message: verifier.clone(),
    }
}

/// The `code_challenge` that this hash of a verifier is.
pub(crate) fn challenge(digest: &[u8]) -> String {
    base64url::encode(digest)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn rfc_7636_appendix_b() {
        let octets = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212,
            37, 77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let verifier = random_text(&octets);
        assert_eq!(verifier, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(
            challenge(&Sha256::digest(
                hash(&Secret::new(&*verifier)).message.expose()
            )),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
