//! A browser that answers from a script, and an issuer for it to talk to.

use std::{collections::HashMap, sync::Arc};

use crate::hash::digest;
use base64ct::{Base64UrlUnpadded, Encoding};
use messenger_auth_protocol::{
    Error,
    client::{Client, ResponseType},
    http::{Body, Fetched, Request, Response, Reuse},
    issuer::Issuer,
    jwk::Verdict,
    login::{self, Entropy, Intent, Interaction, Login, Redemption, Redirect, Transaction},
    session::Session,
    step::{Next, Step},
    time::Timestamp,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::json::ours;

pub(crate) const IDP: &str = "https://idp.example.com";
pub(crate) const DISCOVERY: &str = "https://idp.example.com/.well-known/openid-configuration";
pub(crate) const AUTH: &str = "https://idp.example.com/auth";
pub(crate) const TOKEN: &str = "https://idp.example.com/token";
pub(crate) const JWKS: &str = "https://idp.example.com/jwks";
pub(crate) const REDIRECT: &str = "https://www.example.com/authWindow.html";
pub(crate) const GENESYS: &str = "genesys-cloud:mypurecloud.ie";
pub(crate) const START: i64 = 1_800_000_000;
/// When the person who [`Browser::sign_in`] signs in had given a password.
pub(crate) const FIRST_AUTH: i64 = START - 10;

/// Answers each address from a script, holds documents as a browser does, notes all.
pub(crate) struct Browser {
    pub(crate) answers: HashMap<String, Fetched>,
    held: HashMap<String, Arc<Response>>,
    pub(crate) asked: Vec<Request>,
    pub(crate) now: Timestamp,
}

pub(crate) enum End<T> {
    Done(T),
    Redirect(Box<Redirect>),
}

impl Browser {
    /// At an OpenID Provider that does everything right.
    pub(crate) fn new() -> Self {
        let mut browser = Self {
            answers: HashMap::new(),
            held: HashMap::new(),
            asked: Vec::new(),
            now: Timestamp::from_seconds(START),
        };
        browser.answer(DISCOVERY, 200, &discovery_document());
        browser.answer(JWKS, 200, &keys());
        browser
    }

    pub(crate) fn answer(&mut self, url: &str, status: u16, body: &Value) {
        self.answer_bytes(url, status, body.to_string().into_bytes());
    }

    pub(crate) fn answer_bytes(&mut self, url: &str, status: u16, body: impl Into<Vec<u8>>) {
        let response = Response {
            status,
            responded_json: None,
            body: body.into(),
            reloaded_at: self.now,
        };
        self.answers.insert(url.to_owned(), Ok(response.into()));
    }

    pub(crate) fn fail(&mut self, url: &str, fault: impl Into<Error>) {
        self.answers.insert(url.to_owned(), Err(fault.into()));
    }

    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
    }

    pub(crate) fn drive<T: 'static>(&mut self, next: Next<T>) -> Result<End<T>, Error> {
        let mut step = next?;
        loop {
            step = match step {
                Step::Done(value) => return Ok(End::Done(value)),
                Step::Redirect(redirect) => return Ok(End::Redirect(redirect)),
                // Whether signatures are checked is asked elsewhere.
                Step::Verify(_, pending) => pending.resume(Verdict::Valid, self.now)?,
                Step::Digest(hash, pending) => pending.resume(digest(&hash), self.now)?,
                Step::Fetch(request, pending) => {
                    let url = request.url.clone();
                    let reuse = request.reuse;
                    if let (Reuse::Session, Some(response)) = (reuse, self.held.get(&url)) {
                        pending.resume(Ok(response.clone()), self.now)?
                    } else {
                        self.asked.push(*request);
                        let answer = self.answers.get(&url).cloned();
                        let answer = answer.unwrap_or_else(|| panic!("{url} is not in the script"));
                        let step = pending.resume(answer.clone(), self.now)?;
                        if let (Reuse::Session | Reuse::Reload, Ok(response)) = (reuse, answer) {
                            self.held.insert(url, response);
                        }
                        step
                    }
                }
            };
        }
    }

    pub(crate) fn done<T: 'static>(&mut self, next: Next<T>) -> Result<T, Error> {
        match self.drive(next)? {
            End::Done(value) => Ok(value),
            End::Redirect(redirect) => panic!("sent to {}", redirect.url),
        }
    }

    pub(crate) fn begin(
        &mut self,
        client: &Client,
        issuer: &Issuer,
        intent: Intent,
    ) -> Result<Redirect, Error> {
        let client = Arc::new(client.clone());
        match self.drive(login::begin(&client, issuer, intent, &entropy(), self.now))? {
            End::Redirect(redirect) => Ok(*redirect),
            End::Done(login) => panic!("done already: {login:?}"),
        }
    }

    pub(crate) fn complete(
        &mut self,
        transaction: &Arc<Transaction>,
        answer: &str,
    ) -> Result<Login, Error> {
        self.done(login::complete(
            transaction,
            &[REDIRECT, answer].concat(),
            self.now,
        ))
    }

    /// Signs in with the code flow, where the token endpoint answers `tokens` and an ID token.
    pub(crate) fn sign_in(&mut self, client: &Client, tokens: Value) -> Session {
        let redirect = self.begin(client, &idp(), intent()).expect("a redirect");
        let sent = Query::of(&redirect.url);
        let mut tokens = tokens;
        let claims = json!({ "nonce": sent["nonce"], "auth_time": FIRST_AUTH });
        tokens["id_token"] = id_token(&claims).into();
        self.answer(TOKEN, 200, &tokens);
        let answer = ["?code=c0de&state=", &sent["state"]].concat();
        session(self.complete(&redirect.transaction, &answer))
    }

    /// The form that was last sent.
    pub(crate) fn last_form(&self) -> Query {
        match self.asked.last().map(|request| &request.body) {
            Some(Body::Form(form)) => Query::read(form.expose()),
            other => panic!("no form: {other:?}"),
        }
    }

    pub(crate) fn asked_urls(&self) -> Vec<&str> {
        self.asked
            .iter()
            .map(|request| request.url.as_str())
            .collect()
    }
}

pub(crate) fn session(login: Result<Login, Error>) -> Session {
    match login {
        Ok(Login::SignedIn(session)) => *session,
        other => panic!("not signed in: {other:?}"),
    }
}

pub(crate) fn code<T: core::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    match result {
        Err(error) => {
            assert!(!error.help().is_empty(), "{error} has no help");
            error.code()
        }
        Ok(value) => panic!("accepted: {value:?}"),
    }
}

pub(crate) fn idp() -> Issuer {
    issuer(&IDP.into())
}

pub(crate) fn issuer(option: &Value) -> Issuer {
    Issuer::parse(&ours(option)).expect("an issuer")
}

pub(crate) fn client(response_type: ResponseType) -> Client {
    Client {
        client_id: "web".into(),
        redirect_uri: REDIRECT.into(),
        response_type,
        scope: "openid".into(),
        extra_params: Vec::new(),
        clock_skew: 60,
        max_age: None,
    }
}

pub(crate) fn genesys_client(response_type: ResponseType) -> Client {
    Client {
        scope: String::new(),
        ..client(response_type)
    }
}

pub(crate) fn intent() -> Intent {
    Intent {
        interaction: Interaction::Allowed { prompt: None },
        login_hint: None,
        redemption: Redemption::Here,
        expected_subject: None,
    }
}

pub(crate) fn entropy() -> Entropy {
    Entropy {
        state: [0xff; 32],
        nonce: [0xfb; 32],
        verifier: [7; 32],
    }
}

pub(crate) fn discovery_document() -> Value {
    json!({
        "issuer": IDP,
        "authorization_endpoint": AUTH,
        "token_endpoint": TOKEN,
        "jwks_uri": JWKS,
        "end_session_endpoint": "https://idp.example.com/end",
        "revocation_endpoint": "https://idp.example.com/revoke",
        "response_types_supported": ["code", "token", "id_token", "token id_token"],
    })
}

pub(crate) fn keys() -> Value {
    let n = Base64UrlUnpadded::encode_string(&[0xc1; 256]);
    json!({ "keys": [{ "kty": "RSA", "kid": "1", "use": "sig", "n": n, "e": "AQAB" }] })
}

/// An ID token whose claims are right but for what is changed here. `null` takes one away.
pub(crate) fn id_token(changes: &Value) -> String {
    let mut claims = json!({
        "iss": IDP, "sub": "alice", "aud": "web", "iat": START, "exp": START + 3600,
    });
    for (name, value) in changes.as_object().expect("an object") {
        if value.is_null() {
            claims.as_object_mut().expect("an object").remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    let signature = Base64UrlUnpadded::encode_string(&[1; 256]);
    let header = part(&json!({ "alg": "RS256", "kid": "1" }));
    [header, part(&claims), signature].join(".")
}

/// `at_hash` for RS256 (OpenID Connect Core 3.1.3.6).
pub(crate) fn half_hash(token: &str) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(token)[..16])
}

/// A query or form, read by another hand than the one under test.
#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn of(url: &str) -> Self {
        Self::read(url.split_once('?').expect("a query").1)
    }

    pub(crate) fn read(text: &str) -> Self {
        let decode = |text: &str| {
            let mut bytes = Vec::new();
            let mut rest = text.as_bytes();
            while let [first, tail @ ..] = rest {
                rest = tail;
                bytes.push(*first);
                if let (b'%', [high, low, tail @ ..]) = (first, tail) {
                    let digits = [*high, *low];
                    let digits = core::str::from_utf8(&digits).expect("ASCII");
                    bytes.pop();
                    bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal"));
                    rest = tail;
                }
            }
            String::from_utf8(bytes).expect("UTF-8")
        };
        let pairs = text.split('&').map(|pair| {
            let (name, value) = pair.split_once('=').expect("a value");
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(other, _)| other == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} is there twice");
        value
    }
}

impl core::ops::Index<&str> for Query {
    type Output = str;

    fn index(&self, name: &str) -> &str {
        self.get(name).unwrap_or_else(|| panic!("no {name}"))
    }
}
