//! Signatures and hashes (Web Cryptography, `crypto.subtle`).

use js_sys::{Array, Object, Reflect, Uint8Array};
use protocol::json::{Map, Value, object};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

use super::{json, window};

/// A signature scheme, in the names of Web Cryptography.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scheme {
    /// `RSASSA-PKCS1-v1_5`, `RSA-PSS`, `ECDSA` (the signature is `r ‖ s`) or `Ed25519`.
    pub(crate) name: &'static str,
    /// `SHA-256` and the like.
    pub(crate) hash: &'static str,
    /// How many bytes of salt an RSA-PSS signature has.
    pub(crate) salt_length: u32,
    /// The curve of ECDSA.
    pub(crate) curve: &'static str,
}

/// The browser does not know the algorithm, or offers no cryptography to this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unsupported;

/// Whether the signature holds. The key is a public JWK (RFC 7517); with one that cannot be
/// imported no signature holds.
pub(crate) async fn verify(
    scheme: Scheme,
    jwk: &Map,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, Unsupported> {
    let subtle = subtle()?;
    match try_verify(&subtle, scheme, jwk, message, signature).await {
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
    scheme: Scheme,
    jwk: &Map,
    message: &[u8],
    signature: &[u8],
) -> Result<JsValue, JsValue> {
    let parameters = scheme.parameters();
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

impl Scheme {
    /// One object for `importKey` and `verify`: each reads the members that it knows.
    fn parameters(self) -> Object {
        let parameters = object(vec![
            ("name", self.name.into()),
            ("hash", self.hash.into()),
            ("saltLength", self.salt_length.into()),
            ("namedCurve", self.curve.into()),
        ]);
        json::to_js(&parameters).unchecked_into()
    }
}
