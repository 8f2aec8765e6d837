//! Checking signatures (Web Cryptography, `crypto.subtle`).

use js_sys::{Array, Object, Reflect, Uint8Array};
use protocol::json::{Map, Value};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

use super::{json, window};

/// A signature scheme with its hash, and its curve where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// RSASSA-PKCS1-v1_5, SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5, SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5, SHA-512.
    Rs512,
    /// RSASSA-PSS, SHA-256, with a salt as long as the hash.
    Ps256,
    /// RSASSA-PSS, SHA-384, with a salt as long as the hash.
    Ps384,
    /// RSASSA-PSS, SHA-512, with a salt as long as the hash.
    Ps512,
    /// ECDSA, P-256, SHA-256; the signature is `r ‖ s`.
    Es256,
    /// ECDSA, P-384, SHA-384; the signature is `r ‖ s`.
    Es384,
    /// ECDSA, P-521, SHA-512; the signature is `r ‖ s`.
    Es512,
    /// Ed25519.
    Ed25519,
}

/// The browser does not know the algorithm, or offers no cryptography to this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unsupported;

/// Whether the signature holds. The key is a public JWK (RFC 7517); with one that cannot be
/// imported no signature holds.
pub(crate) async fn verify(
    algorithm: Algorithm,
    jwk: &Map,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, Unsupported> {
    let subtle = subtle()?;
    match try_verify(&subtle, algorithm, jwk, message, signature).await {
        Ok(holds) => Ok(holds.is_truthy()),
        Err(error) if is_not_supported(&error) => Err(Unsupported),
        Err(_) => Ok(false),
    }
}

/// The hash of this name in Web Cryptography.
pub(crate) async fn digest(algorithm: &str, message: &[u8]) -> Result<Vec<u8>, Unsupported> {
    let digested = subtle()?
        .digest_with_str_and_js_u8_array(algorithm, &Uint8Array::from(message))
        .map_err(|_| Unsupported)?;
    let digest = JsFuture::from(digested).await.map_err(|_| Unsupported)?;
    Ok(Uint8Array::new(&digest).to_vec())
}

/// Not there on an insecure page; and what is read from nothing would throw past all of this.
fn subtle() -> Result<SubtleCrypto, Unsupported> {
    let crypto = window().crypto().map_err(|_| Unsupported)?;
    if !crypto.is_object() {
        return Err(Unsupported);
    }
    let subtle = crypto.subtle();
    if !subtle.is_object() {
        return Err(Unsupported);
    }
    Ok(subtle)
}

async fn try_verify(
    subtle: &SubtleCrypto,
    algorithm: Algorithm,
    jwk: &Map,
    message: &[u8],
    signature: &[u8],
) -> Result<JsValue, JsValue> {
    let parameters = algorithm.parameters()?;
    let jwk: Object = json::to_js(&Value::Object(jwk.clone())).unchecked_into();
    let usages = Array::of1(&"verify".into());
    let imported = subtle.import_key_with_object("jwk", &jwk, &parameters, false, &usages)?;
    let key: CryptoKey = JsFuture::from(imported).await?.unchecked_into();
    let verified = subtle.verify_with_object_and_js_u8_array_and_js_u8_array(
        &parameters,
        &key,
        &Uint8Array::from(signature),
        &Uint8Array::from(message),
    )?;
    JsFuture::from(verified).await
}

fn is_not_supported(error: &JsValue) -> bool {
    Reflect::get(error, &"name".into()).is_ok_and(|name| name == "NotSupportedError")
}

impl Algorithm {
    /// One object for `importKey` and `verify`: each reads the members that it knows.
    fn parameters(self) -> Result<Object, JsValue> {
        let name = match self {
            Self::Rs256 | Self::Rs384 | Self::Rs512 => "RSASSA-PKCS1-v1_5",
            Self::Ps256 | Self::Ps384 | Self::Ps512 => "RSA-PSS",
            Self::Es256 | Self::Es384 | Self::Es512 => "ECDSA",
            Self::Ed25519 => "Ed25519",
        };
        let (hash, salt, curve) = match self {
            Self::Rs256 | Self::Ps256 | Self::Es256 => ("SHA-256", 32, "P-256"),
            Self::Rs384 | Self::Ps384 | Self::Es384 => ("SHA-384", 48, "P-384"),
            Self::Rs512 | Self::Ps512 | Self::Es512 | Self::Ed25519 => ("SHA-512", 64, "P-521"),
        };
        let parameters = Object::new();
        for (member, value) in [
            ("name", JsValue::from(name)),
            ("hash", hash.into()),
            ("saltLength", salt.into()),
            ("namedCurve", curve.into()),
        ] {
            Reflect::set(&parameters, &member.into(), &value)?;
        }
        Ok(parameters)
    }
}
