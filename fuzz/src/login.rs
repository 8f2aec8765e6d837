//! A login that waits for what strangers answer.

use std::sync::Arc;

use protocol::{
    Error,
    client::{Client, ResponseType},
    hash::{Digested, Hash, HashAlgorithm},
    http::{Fetched, Request, Response},
    issuer::Issuer,
    jwk::Verdict,
    login::{self, Entropy, Intent, Interaction, Redemption, Redirect},
    step::{Next, Step},
    time::Timestamp,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::json::ours;

pub(crate) const IDP: &str = "https://idp.example.com";
pub(crate) const REDIRECT: &str = "https://www.example.com/authWindow.html";
pub(crate) const CLIENT: &str = "web";
/// The moment of everything here, in seconds since 1970.
pub(crate) const NOW: i64 = 1_750_000_000;
/// What no error may show.
pub(crate) const CODE: &str = "c0de-that-nobody-may-see";
/// 32 bytes of 7, as a verifier.
pub(crate) const VERIFIER: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
/// 32 zero bytes: small inputs can name it.
pub(crate) const STATE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// 32 bytes of 4.
pub(crate) const NONCE: &str = "BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ";

pub(crate) enum End<T> {
    Done(T),
    Redirect(Box<Redirect>),
}

pub(crate) const fn now() -> Timestamp {
    Timestamp::from_seconds(NOW)
}

/// An OpenID Provider whose endpoints and keys are known: nothing is fetched but tokens.
pub(crate) fn issuer() -> Issuer {
    parsed(&json!({
        "kind": "oidc", "issuer": IDP,
        "authorizationEndpoint": "https://idp.example.com/auth",
        "tokenEndpoint": "https://idp.example.com/token",
        "jwks": keys(),
    }))
}

pub(crate) fn genesys_cloud() -> Issuer {
    parsed(&json!("genesys-cloud:mypurecloud.ie"))
}

pub(crate) fn by_discovery() -> Issuer {
    parsed(&json!(IDP))
}

/// A key of each kind. Nobody has their private halves.
pub(crate) fn keys() -> Value {
    json!({ "keys": [
        { "kty": "RSA", "kid": "rsa", "n": format!("w{}", "A".repeat(341)), "e": "AQAB" },
        { "kty": "EC", "crv": "P-256", "kid": "p256", "x": "A".repeat(43), "y": "A".repeat(43) },
        { "kty": "OKP", "crv": "Ed25519", "x": "A".repeat(43) },
    ] })
}

pub(crate) fn client(response_type: ResponseType, issuer: &Issuer) -> Client {
    Client {
        client_id: CLIENT.into(),
        redirect_uri: REDIRECT.into(),
        response_type,
        scope: if issuer.issues_id_tokens() {
            "openid"
        } else {
            ""
        }
        .into(),
        extra_params: Vec::new(),
        clock_skew: 60,
        max_age: None,
    }
}

pub(crate) fn begin(client: &Client, issuer: &Issuer) -> Next<login::Login> {
    let intent = Intent {
        interaction: Interaction::Allowed { prompt: None },
        login_hint: None,
        redemption: Redemption::Here,
        expected_subject: None,
    };
    let entropy = Entropy {
        state: [0; 32],
        nonce: [4; 32],
        verifier: [7; 32],
    };
    login::begin(&Arc::new(client.clone()), issuer, intent, &entropy, now())
}

/// The redirect of an issuer that needs no discovery.
pub(crate) fn begun(client: &Client, issuer: &Issuer) -> Redirect {
    match drive(begin(client, issuer), |request| panic!("{request:?}")) {
        Ok(End::Redirect(redirect)) => *redirect,
        _ => panic!("a login begins with a redirect"),
    }
}

/// Carries the steps out. Whoever makes the inputs can sign, so that each signature holds.
pub(crate) fn drive<T: 'static>(
    mut next: Next<T>,
    mut answer: impl FnMut(&Request) -> Fetched,
) -> Result<End<T>, Error> {
    // A login asks a handful of questions; more would be one without end.
    for _ in 0..20 {
        next = match next? {
            Step::Done(value) => return Ok(End::Done(value)),
            Step::Redirect(redirect) => return Ok(End::Redirect(redirect)),
            Step::Verify(_, pending) => pending.resume(Verdict::Valid, now()),
            Step::Digest(hash, pending) => pending.resume(digest(&hash), now()),
            Step::Fetch(request, pending) => pending.resume(answer(&request), now()),
        };
    }
    panic!("a login without end");
}

#[expect(clippy::unnecessary_wraps, reason = "what a request comes to")]
pub(crate) fn answered(status: u16, body: &[u8]) -> Fetched {
    Ok(Arc::new(Response {
        status,
        responded_json: None,
        body: body.into(),
        reloaded_at: Timestamp::from_millis(0),
    }))
}

/// What must hold of the claims of every ID token that is accepted here.
pub(crate) fn check_claims(claims: &Map<String, Value>) {
    assert_eq!(claims["iss"], IDP);
    let aud = &claims["aud"];
    assert!(
        aud == CLIENT
            || aud
                .as_array()
                .is_some_and(|all| all.contains(&json!(CLIENT)))
    );
    assert!(claims.get("azp").is_none_or(|azp| azp == CLIENT));
    let several = aud.as_array().is_some_and(|all| all.len() > 1);
    assert!(!several || claims["azp"] == CLIENT);
    let seconds = |name: &str| claims.get(name).map(|date| date.as_f64().expect("a date"));
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let (earliest, latest) = ((NOW - 61) as f64, (NOW + 61) as f64);
    assert!(seconds("exp").expect("exp") > earliest);
    assert!(seconds("iat").expect("iat") < latest);
    assert!(seconds("nbf").is_none_or(|date| date < latest));
    let subject = claims["sub"].as_str().expect("a subject");
    assert!((1..=255).contains(&subject.chars().count()));
}

/// A query or fragment, read by another hand than the one under test: broken escapes stay.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let mut decoded = Vec::new();
        let mut rest = text.as_bytes();
        while let [first, tail @ ..] = rest {
            let escaped = tail.get(..2).filter(|_| *first == b'%');
            let escaped = escaped.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
            let escaped = escaped.and_then(|digits| core::str::from_utf8(digits).ok());
            let escaped = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            decoded.push(match (escaped, first) {
                (Some(byte), _) => byte,
                (None, b'+') => b' ',
                (None, other) => *other,
            });
            rest = &tail[if escaped.is_some() { 2 } else { 0 }..];
        }
        String::from_utf8_lossy(&decoded).into_owned()
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn parsed(option: &Value) -> Issuer {
    Issuer::parse(&ours(option)).expect("an issuer")
}

/// As WebCrypto hashes.
#[expect(clippy::unnecessary_wraps, reason = "what a request comes to")]
fn digest(hash: &Hash) -> Digested {
    Ok(match hash.algorithm {
        HashAlgorithm::Sha256 => Sha256::digest(hash.message.expose()).to_vec(),
        HashAlgorithm::Sha384 => Sha384::digest(hash.message.expose()).to_vec(),
        HashAlgorithm::Sha512 => Sha512::digest(hash.message.expose()).to_vec(),
    })
}
