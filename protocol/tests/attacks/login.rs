//! A login that goes well, for each test to spoil in one place.

use std::{collections::VecDeque, sync::Arc};

use crate::hash::digest;
use base64ct::{Base64UrlUnpadded, Encoding};
use messenger_auth_protocol::{
    Error,
    http::{Fetched, Response, Reuse},
    id_token::{self, AtHash, Expectation, ExpectedIssuer, IdToken, Keys, Occasion},
    jwk::{SignatureCheck, Verdict},
    secret::Secret,
    step::{Next, Step},
    time::Timestamp,
};
use serde_json::{Value, json};

use crate::{signer, verifier};

/// The moment of every test, in seconds since 1970.
pub(crate) const NOW: i64 = 1_750_000_000;
/// Seconds tolerated between clocks.
pub(crate) const SKEW: i64 = 60;
/// The issuer's identifier.
pub(crate) const ISSUER: &str = "https://idp.example.com";
/// Our client at the issuer.
pub(crate) const CLIENT: &str = "web";
/// This login's nonce.
pub(crate) const NONCE: &str = "n-0S6_WzA2Mj";
/// Who signs in.
pub(crate) const SUBJECT: &str = "248289761001";

/// What the provider signs and serves, and what is expected of it.
pub(crate) struct Login {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    /// The name of the key that signs.
    pub(crate) signer: &'static str,
    /// The keys that the provider publishes.
    pub(crate) keys: Vec<Value>,
    /// When they were received, in seconds since 1970.
    pub(crate) reloaded_at: i64,
    /// What the provider answers to the second request for its keys, if there is one.
    pub(crate) reloaded: Option<Result<Vec<Value>, Error>>,
    pub(crate) expectation: Expectation,
}

/// How it went.
pub(crate) struct Outcome {
    pub(crate) result: Result<IdToken, Error>,
    /// How the keys were asked for.
    pub(crate) requests: Vec<Reuse>,
    /// What the browser was asked to check.
    pub(crate) checks: Vec<SignatureCheck>,
}

impl Login {
    /// ES256, one published key with a `kid`, received just now: they are not asked for again.
    pub(crate) fn good() -> Self {
        Self {
            header: json!({ "alg": "ES256", "kid": "one", "typ": "JWT" }),
            claims: json!({
                "iss": ISSUER,
                "sub": SUBJECT,
                "aud": CLIENT,
                "exp": NOW + 300,
                "iat": NOW - 5,
                "nonce": NONCE,
            }),
            signer: "p256",
            keys: vec![named("one", signer::public("p256"))],
            reloaded_at: NOW - 30,
            reloaded: None,
            expectation: Expectation {
                issuer: ExpectedIssuer::Exactly(ISSUER.into()),
                client_id: CLIENT.into(),
                occasion: sign_in(),
                clock_skew: u32::try_from(SKEW).unwrap(),
                access_token: None,
                at_hash: AtHash::IfPresent,
                code: None,
            },
        }
    }

    /// The same with this claim, or without it when it is `null`.
    pub(crate) fn claiming(mut self, name: &str, value: &Value) -> Self {
        let claims = self.claims.as_object_mut().unwrap();
        if value.is_null() {
            claims.remove(name);
        } else {
            claims.insert(name.into(), value.clone());
        }
        self
    }

    /// The same with this member in the header.
    pub(crate) fn heading(mut self, name: &str, value: Value) -> Self {
        self.header[name] = value;
        self
    }

    /// The same, signed with this key and algorithm; the key is published as `one`.
    pub(crate) fn signed_by(mut self, signer: &'static str, algorithm: &str) -> Self {
        self.signer = signer;
        self.keys = vec![named("one", signer::public(signer))];
        self.heading("alg", algorithm.into())
    }

    /// The compact token.
    pub(crate) fn token(&self) -> String {
        self.sign(&self.header.to_string(), self.claims.to_string().as_bytes())
    }

    /// A token with these very texts as header and payload.
    pub(crate) fn sign(&self, header: &str, payload: &[u8]) -> String {
        let message = format!("{}.{}", encode(header.as_bytes()), encode(payload));
        let algorithm = self.header["alg"].as_str().unwrap();
        let signature = signer::sign(self.signer, algorithm, message.as_bytes());
        format!("{message}.{}", encode(&signature))
    }

    /// Signs the token and checks it.
    pub(crate) fn outcome(&self) -> Outcome {
        self.outcome_of(&self.token())
    }

    /// Checks this token.
    pub(crate) fn outcome_of(&self, token: &str) -> Outcome {
        let mut answers = VecDeque::from([Ok(self.keys.clone())]);
        answers.extend(self.reloaded.clone());
        let served = answers.into_iter().zip([self.reloaded_at, NOW]);
        let served = served.map(|(keys, reloaded_at)| {
            let keys = keys?;
            answer(200, &json!({ "keys": keys }).to_string(), reloaded_at)
        });
        drive(
            id_token::check(
                &Secret::new(token),
                self.expectation.clone(),
                &at_jwks_uri(),
            ),
            served.collect(),
            verifier::verify,
        )
    }

    /// The code of what comes of it; `accepted` where nothing is wrong.
    pub(crate) fn code(&self) -> &'static str {
        self.outcome().code()
    }

    /// The code of what comes of this token.
    pub(crate) fn code_of(&self, token: &str) -> &'static str {
        self.outcome_of(token).code()
    }
}

impl Outcome {
    /// The code of what came of it; `accepted` where nothing was wrong.
    pub(crate) fn code(&self) -> &'static str {
        match &self.result {
            Ok(_) => "accepted",
            Err(error) => error.code(),
        }
    }
}

/// The occasion of a login with a person.
pub(crate) fn sign_in() -> Occasion {
    Occasion::SignIn {
        nonce: NONCE.into(),
        max_age: None,
        subject: None,
    }
}

/// The key with this `kid`.
pub(crate) fn named(kid: &str, mut key: Value) -> Value {
    key["kid"] = kid.into();
    key
}

/// Base64url without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Where the provider publishes its keys.
pub(crate) fn at_jwks_uri() -> Keys {
    Keys::At {
        jwks_uri: "https://idp.example.com/jwks".into(),
    }
}

/// An HTTP answer.
#[expect(clippy::unnecessary_wraps, reason = "what a request comes to")]
pub(crate) fn answer(status: u16, body: &str, reloaded_at: i64) -> Fetched {
    Ok(Arc::new(Response {
        status,
        responded_json: None,
        body: body.into(),
        reloaded_at: Timestamp::from_seconds(reloaded_at),
    }))
}

/// Carries the steps out: keys from `served`, one answer a request; signatures by `verify`.
pub(crate) fn drive(
    mut next: Next<Box<IdToken>>,
    mut served: VecDeque<Fetched>,
    verify: impl Fn(&SignatureCheck) -> Verdict,
) -> Outcome {
    let now = Timestamp::from_seconds(NOW);
    let (mut requests, mut checks) = (Vec::new(), Vec::new());
    let result = loop {
        next = match next {
            Err(error) => break Err(error),
            Ok(Step::Done(token)) => break Ok(*token),
            Ok(Step::Fetch(request, pending)) => {
                requests.push(request.reuse);
                let answer = served.pop_front().expect("a request that nobody foresaw");
                pending.resume(answer, now)
            }
            Ok(Step::Verify(check, pending)) => {
                let verdict = verify(&check);
                checks.push(*check);
                pending.resume(verdict, now)
            }
            Ok(Step::Digest(hash, pending)) => pending.resume(digest(&hash), now),
            Ok(Step::Redirect(_)) => panic!("no one is sent anywhere to check a token"),
        };
    };
    Outcome {
        result,
        requests,
        checks,
    }
}
