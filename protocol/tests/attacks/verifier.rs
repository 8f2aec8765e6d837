//! The browser's part: answers a signature check as WebCrypto does.

use base64ct::{Base64UrlUnpadded, Encoding};
use messenger_auth_protocol::{
    json::Value,
    jwk::{Algorithm, SignatureCheck, Verdict},
};
use p521::ecdsa::signature::Verifier as _;
use ring::signature;

/// Whether the signature holds.
pub(crate) fn verify(check: &SignatureCheck) -> Verdict {
    let member = |name: &str| {
        let member = check.key.get(name).and_then(Value::as_str);
        Base64UrlUnpadded::decode_vec(member.unwrap()).unwrap()
    };
    let rsa = |parameters: &'static signature::RsaParameters| {
        signature::RsaPublicKeyComponents {
            n: member("n"),
            e: member("e"),
        }
        .verify(parameters, &check.message, &check.signature)
        .is_ok()
    };
    let raw = |algorithm: &'static dyn signature::VerificationAlgorithm, key: Vec<u8>| {
        signature::UnparsedPublicKey::new(algorithm, key)
            .verify(&check.message, &check.signature)
            .is_ok()
    };
    let point = || [vec![4], member("x"), member("y")].concat();
    let holds = match check.algorithm {
        Algorithm::Rs256 => rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::Ps256 => rsa(&signature::RSA_PSS_2048_8192_SHA256),
        Algorithm::Ps384 => rsa(&signature::RSA_PSS_2048_8192_SHA384),
        Algorithm::Ps512 => rsa(&signature::RSA_PSS_2048_8192_SHA512),
        Algorithm::Es256 => raw(&signature::ECDSA_P256_SHA256_FIXED, point()),
        Algorithm::Es384 => raw(&signature::ECDSA_P384_SHA384_FIXED, point()),
        Algorithm::Es512 => {
            let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(&point());
            let signature = p521::ecdsa::Signature::from_slice(&check.signature);
            key.is_ok_and(|key| {
                signature.is_ok_and(|signature| key.verify(&check.message, &signature).is_ok())
            })
        }
        Algorithm::EdDsa => raw(&signature::ED25519, member("x")),
    };
    if holds {
        Verdict::Valid
    } else {
        Verdict::Invalid
    }
}
