//! The provider's private keys, made for these tests alone.

use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding};
use p521::ecdsa::signature::Signer as _;
use ring::{rand::SystemRandom, rsa, signature};
use serde_json::{Map, Value};

static KEYS: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../vectors/keys.json")).unwrap());

/// The public part of the key of this name.
pub(crate) fn public(name: &str) -> Value {
    let mut key = KEYS[name].clone();
    for private in ["d", "p", "q", "dp", "dq", "qi"] {
        key.as_object_mut().unwrap().remove(private);
    }
    key
}

/// The whole key of this name, private members included.
pub(crate) fn private(name: &str) -> Value {
    KEYS[name].clone()
}

/// Signs with the key of this name.
pub(crate) fn sign(name: &str, algorithm: &str, message: &[u8]) -> Vec<u8> {
    let key = &KEYS[name];
    let member = |name: &str| Base64UrlUnpadded::decode_vec(key[name].as_str().unwrap()).unwrap();
    let random = SystemRandom::new();
    let rsa = |padding: &'static dyn signature::RsaEncoding| {
        let components = rsa::KeyPairComponents {
            public_key: rsa::PublicKeyComponents {
                n: member("n"),
                e: member("e"),
            },
            d: member("d"),
            p: member("p"),
            q: member("q"),
            dP: member("dp"),
            dQ: member("dq"),
            qInv: member("qi"),
        };
        let pair = signature::RsaKeyPair::from_components(&components).unwrap();
        let mut signed = vec![0; pair.public().modulus_len()];
        pair.sign(padding, &random, message, &mut signed).unwrap();
        signed
    };
    let ecdsa = |curve: &'static signature::EcdsaSigningAlgorithm| {
        let point = [vec![4], member("x"), member("y")].concat();
        signature::EcdsaKeyPair::from_private_key_and_public_key(
            curve,
            &member("d"),
            &point,
            &random,
        )
        .unwrap()
        .sign(&random, message)
        .unwrap()
        .as_ref()
        .to_vec()
    };
    match algorithm {
        "RS256" => rsa(&signature::RSA_PKCS1_SHA256),
        "RS384" => rsa(&signature::RSA_PKCS1_SHA384),
        "RS512" => rsa(&signature::RSA_PKCS1_SHA512),
        "PS256" => rsa(&signature::RSA_PSS_SHA256),
        "PS384" => rsa(&signature::RSA_PSS_SHA384),
        "PS512" => rsa(&signature::RSA_PSS_SHA512),
        "ES256" => ecdsa(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
        "ES384" => ecdsa(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
        "ES512" => {
            let key = p521::ecdsa::SigningKey::from_slice(&member("d")).unwrap();
            let signed: p521::ecdsa::Signature = key.sign(message);
            signed.to_bytes().to_vec()
        }
        "EdDSA" | "Ed25519" => {
            signature::Ed25519KeyPair::from_seed_and_public_key(&member("d"), &member("x"))
                .unwrap()
                .sign(message)
                .as_ref()
                .to_vec()
        }
        _ => panic!("no way to sign with {algorithm}"),
    }
}
