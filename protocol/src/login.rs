//! A login, from the click to the checked tokens.

use std::sync::Arc;

use crate::{
    Error, Fault, authorize,
    callback::{self, Outcome},
    client::{Client, ResponseType},
    discovery::{self, Metadata},
    error::{Flaw, one_line},
    http::{Credentials, Request},
    id_token::{self, AtHash, Expectation, Keys, Occasion},
    issuer::{Issuer, Kind, SHORT},
    json::{self, Value},
    jwk::KeySet,
    part::words,
    pkce,
    secret::Secret,
    session::Session,
    site_token::{self, SiteToken},
    step::{Next, Step},
    time::Timestamp,
    token,
};

/// How long a transaction may wait for its answer, in milliseconds: ten minutes.
pub const TRANSACTION_LIFETIME: i64 = 600_000;

/// What this one login is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Whether a person may be asked.
    pub interaction: Interaction,
    /// `login_hint`.
    pub login_hint: Option<String>,
    /// Who redeems the code.
    pub redemption: Redemption,
    /// The person who must come back: `subject-changed` otherwise.
    pub expected_subject: Option<String>,
}

/// Whether a person may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interaction {
    /// `prompt=none`: the hidden frame.
    None,
    /// The person may be asked, with this `prompt` if any.
    Allowed {
        /// `prompt`.
        prompt: Option<String>,
    },
}

/// Who redeems the code. Means nothing in the implicit flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redemption {
    /// This page does: the login ends with [`Login::SignedIn`].
    Here,
    /// The host does, with PKCE: ends with [`Login::Code`], verifier included.
    ByHost,
    /// The host does and knows no PKCE (Dynamics' code type).
    ByHostWithoutPkce,
}

/// Randomness for one login, 32 bytes each, from the browser's generator.
#[derive(Default)]
pub struct Entropy {
    /// Becomes `state`.
    pub state: [u8; 32],
    /// Becomes `nonce`.
    pub nonce: [u8; 32],
    /// Becomes the PKCE verifier.
    pub verifier: [u8; 32],
}

/// Where the person is to be sent, and what must be kept until the answer comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The authorize request.
    pub url: String,
    /// To be kept under its state, and used once.
    pub transaction: Arc<Transaction>,
}

/// A login that waits for its answer. Can be kept as JSON, so that the page may be left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    state: String,
    /// Sent where an ID token is to come.
    nonce: Option<String>,
    /// The PKCE verifier, in the code flow.
    verifier: Option<Secret>,
    client: Arc<Client>,
    issuer: Issuer,
    intent: Intent,
    started_at: Timestamp,
}

impl Transaction {
    /// The `state` under which this transaction is kept.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Whether the answer would come too late ([`TRANSACTION_LIFETIME`]), by a clock that may have
    /// been set back since.
    #[must_use]
    pub const fn is_stale(&self, now: Timestamp) -> bool {
        now.millis_since(self.started_at).saturating_abs() > TRANSACTION_LIFETIME
    }

    /// What this login is for.
    #[must_use]
    pub const fn intent(&self) -> &Intent {
        &self.intent
    }

    /// The transaction as JSON, to be kept while the page is away.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let (asks, prompt) = match &self.intent.interaction {
            Interaction::None => (false, None),
            Interaction::Allowed { prompt } => (true, prompt.as_deref()),
        };
        json::object(vec![
            ("state", self.state.as_str().into()),
            ("nonce", self.nonce.as_deref().into()),
            (
                "verifier",
                self.verifier.as_ref().map(Secret::expose).into(),
            ),
            ("client", self.client.to_json()),
            ("issuer", self.issuer.option().clone()),
            ("asks", asks.into()),
            ("prompt", prompt.into()),
            ("login_hint", self.intent.login_hint.as_deref().into()),
            ("redemption", self.intent.redemption.as_str().into()),
            (
                "expected_subject",
                self.intent.expected_subject.as_deref().into(),
            ),
            ("started_at", self.started_at.as_millis().into()),
        ])
    }

    /// The transaction that was kept, its issuer checked again; none for what
    /// [`Transaction::to_json`] has not made.
    #[must_use]
    pub fn from_json(kept: &Value) -> Option<Self> {
        let prompt = json::optional(kept, "prompt", json::text)?;
        Some(Self {
            state: json::text(kept.get("state")?)?,
            nonce: json::optional(kept, "nonce", json::text)?,
            verifier: json::optional(kept, "verifier", json::text)?.map(Secret::new),
            client: Arc::new(Client::from_json(kept.get("client")?)?),
            issuer: Issuer::parse(kept.get("issuer")?).ok()?,
            intent: Intent {
                interaction: if kept.get("asks")?.as_bool()? {
                    Interaction::Allowed { prompt }
                } else {
                    Interaction::None
                },
                login_hint: json::optional(kept, "login_hint", json::text)?,
                redemption: Redemption::from_text(kept.get("redemption")?.as_str()?)?,
                expected_subject: json::optional(kept, "expected_subject", json::text)?,
            },
            started_at: Timestamp::from_millis(kept.get("started_at")?.as_i64()?),
        })
    }
}

impl Redemption {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::ByHost => "by-host",
            Self::ByHostWithoutPkce => "by-host-without-pkce",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::Here, Self::ByHost, Self::ByHostWithoutPkce]
            .into_iter()
            .find(|redemption| redemption.as_str() == text)
    }
}

/// How a login ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// With checked tokens.
    SignedIn(Box<Session>),
    /// With a code for the host.
    Code(Box<Authorization>),
    /// With the JWT of the site's own service, at an issuer without OAuth.
    AtSite(Box<SiteToken>),
}

/// An unredeemed code and what its redeemer needs (api: `Authorization`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// `code`.
    pub code: Secret,
    /// Exactly as in the authorize request.
    pub redirect_uri: String,
    /// The PKCE verifier, where PKCE was used.
    pub code_verifier: Option<Secret>,
    /// `nonce`, where one was sent.
    pub nonce: Option<String>,
    /// The answer's `iss` parameter (RFC 9207).
    pub iss: Option<String>,
    /// `max_age` in seconds, where it was sent.
    pub max_age: Option<u32>,
}

/// Fetches and keeps what a login will need (discovery, then keys): to be run early,
/// while the person is still typing a password.
pub fn prepare(issuer: &Issuer, now: Timestamp) -> Next<()> {
    if !issuer.knows_clients() {
        return Ok(Step::Done(()));
    }
    discovery::metadata(issuer)?.and_then(now, |metadata, _| match &metadata.keys {
        Some(Keys::At { jwks_uri }) => {
            let jwks_uri = jwks_uri.clone();
            let request = Request::document(&jwks_uri);
            Ok(Step::fetch(request, move |fetched, _| {
                let response = fetched?;
                response.expect_success(&jwks_uri)?;
                KeySet::parse(&response.body)?;
                Ok(Step::Done(()))
            }))
        }
        _ => Ok(Step::Done(())),
    })
}

/// Asks the site's own service who is signed in there, by its cookie: a login without OAuth.
/// Fails with `sign-in-required` when nobody is.
pub fn at_site(
    token_url: &str,
    member: Option<&str>,
    credentials: Credentials,
    now: Timestamp,
) -> Next<Login> {
    site_token::request(token_url, member, None, credentials)?
        .and_then(now, |token, _| Ok(Step::Done(Login::AtSite(token))))
}

/// Begins a login; ends in [`Step::Redirect`].
///
/// Fails with `bad-option` for a client that cannot work at the issuer, with
/// `sign-in-required` where the person may not be asked and the issuer knows no
/// `prompt=none`, or with what kept the discovery document from being read.
pub fn begin(
    client: &Arc<Client>,
    issuer: &Issuer,
    intent: Intent,
    entropy: &Entropy,
    now: Timestamp,
) -> Next<Login> {
    client.check(issuer)?;
    match &intent.interaction {
        Interaction::None if !issuer.allows_silent() => return Err(Fault::SignInRequired.into()),
        Interaction::Allowed {
            prompt: Some(prompt),
        } if matches!(issuer.kind(), Kind::GenesysCloud(_)) && prompt != "login" => {
            return Err(Error::bad_option(
                "prompt",
                "can only be 'login' at genesys-cloud",
            ));
        }
        _ => {}
    }
    let gives_id_token = issuer.issues_id_tokens() && client.gives_id_token();
    let uses_pkce = client.response_type == ResponseType::Code
        && intent.redemption != Redemption::ByHostWithoutPkce;
    let is_portal = matches!(issuer.kind(), Kind::PowerPages(_));
    let random = |bytes| {
        let mut text = pkce::random_text(bytes);
        if is_portal {
            text.truncate(SHORT);
        }
        text
    };
    let transaction = Arc::new(Transaction {
        state: random(&entropy.state),
        nonce: (gives_id_token || is_portal).then(|| random(&entropy.nonce)),
        verifier: uses_pkce.then(|| Secret::new(pkce::random_text(&entropy.verifier))),
        client: Arc::clone(client),
        issuer: issuer.clone(),
        intent,
        started_at: now,
    });
    discovery::metadata(issuer)?.and_then(now, move |metadata, _| {
        check_offer(&transaction, &metadata)?;
        let Some(verifier) = &transaction.verifier else {
            return Ok(redirect(transaction, &metadata, None));
        };
        Ok(Step::digest(pkce::hash(verifier), move |digest, _| {
            let challenge = pkce::challenge(&digest);
            Ok(redirect(transaction, &metadata, Some(&challenge)))
        }))
    })
}

fn redirect(
    transaction: Arc<Transaction>,
    metadata: &Metadata,
    challenge: Option<&str>,
) -> Step<Login> {
    let url = authorize::url(
        &metadata.authorization_endpoint,
        &transaction.client,
        &transaction.issuer,
        &transaction.intent,
        &authorize::Once {
            state: &transaction.state,
            nonce: transaction.nonce.as_deref(),
            challenge,
        },
    );
    Step::Redirect(Box::new(Redirect { url, transaction }))
}

/// Goes on with the address that the redirect window was given. Borrows the transaction,
/// so that a wrong answer (`state-mismatch`) does not spend it: that code comes at once,
/// before any step.
pub fn complete(transaction: &Arc<Transaction>, callback_url: &str, now: Timestamp) -> Next<Login> {
    let answer = callback::read(
        callback_url,
        &transaction.state,
        transaction.client.response_type,
        &transaction.issuer,
    )?;
    if transaction.is_stale(now) {
        return Err(Fault::Timeout {
            waiting_for: "the person to sign in".to_owned(),
        }
        .into());
    }
    let transaction = Arc::clone(transaction);
    discovery::metadata(&transaction.issuer)?.and_then(now, move |metadata, now| {
        check_iss(&transaction.issuer, &metadata, &answer)?;
        match answer.outcome {
            Outcome::Refused { error, description } => Err(Error::refused(
                &error,
                description.as_deref(),
                &transaction.client.redirect_uri,
            )),
            Outcome::Tokens(tokens) if transaction.issuer.keeps_session() => {
                let token = tokens.access_token.as_ref().map_or("", Secret::expose);
                let nonce = transaction.nonce.as_deref();
                let token = site_token::fresh(token, nonce, now)?;
                Ok(Step::Done(Login::AtSite(token)))
            }
            Outcome::Tokens(tokens) => finish(&transaction, tokens, None, &metadata, now),
            Outcome::Code(code) if transaction.intent.redemption == Redemption::Here => {
                redeem(transaction, code, metadata)
            }
            Outcome::Code(code) => Ok(Step::Done(Login::Code(Box::new(Authorization {
                code,
                redirect_uri: transaction.client.redirect_uri.clone(),
                code_verifier: transaction.verifier.clone(),
                nonce: transaction.nonce.clone(),
                iss: answer.iss,
                max_age: transaction.client.max_age,
            })))),
        }
    })
}

/// Refuses, before the person is sent anywhere, what the issuer does not offer.
fn check_offer(transaction: &Transaction, metadata: &Metadata) -> Result<(), Error> {
    let response_type = transaction.client.response_type;
    if response_type == ResponseType::Code {
        if transaction.intent.redemption == Redemption::Here && metadata.token_endpoint.is_none() {
            return Err(Error::bad_option(
                "issuer.tokenEndpoint",
                "is needed to redeem a code, and the issuer has none",
            ));
        }
        return Ok(());
    }
    let wanted = response_type.as_str();
    let is_wanted = |offered: &String| {
        words(offered).count() == words(wanted).count()
            && words(wanted).all(|word| words(offered).any(|other| other == word))
    };
    match &metadata.response_types {
        Some(offered) if !offered.iter().any(is_wanted) => Err(Error::bad_option(
            "responseType",
            [
                "'",
                wanted,
                "' is not offered by the issuer, which has: ",
                &one_line(&offered.join(", ")),
            ]
            .concat(),
        )),
        _ => Ok(()),
    }
}

/// RFC 9207: an issuer that announces it names itself in every answer. An ID token names it
/// as well, and is checked for that; providers leave the parameter out where one comes.
fn check_iss(issuer: &Issuer, metadata: &Metadata, answer: &callback::Answer) -> Result<(), Error> {
    let brings_id_token =
        matches!(&answer.outcome, Outcome::Tokens(tokens) if tokens.id_token.is_some());
    let holds = match (issuer.kind(), answer.iss.as_deref()) {
        (Kind::Oidc(oidc), Some(iss)) => oidc.is_named_by(iss),
        (Kind::Oidc(_), None) => brings_id_token || !metadata.answers_name_issuer,
        _ => true,
    };
    if holds {
        return Ok(());
    }
    Err(Error::untrusted(
        Flaw::IssuerMismatch,
        "the answer in the redirect window names another issuer, or none",
    ))
}

fn redeem(transaction: Arc<Transaction>, code: Secret, metadata: Arc<Metadata>) -> Next<Login> {
    let Some(url) = &metadata.token_endpoint else {
        return Err(Error::untrusted(
            Flaw::ResponseMalformed,
            "the discovery document has no token_endpoint",
        ));
    };
    let verifier = transaction.verifier.as_ref();
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", &transaction.client.redirect_uri),
        ("client_id", &transaction.client.client_id),
    ];
    if let Some(verifier) = verifier {
        fields.push(("code_verifier", verifier.expose()));
    }
    let request = Request::form(url, fields);
    Ok(Step::fetch(request, move |fetched, now| {
        let redirect_uri = &transaction.client.redirect_uri;
        let sent = [Some(&code), transaction.verifier.as_ref()];
        let response = fetched?;
        let url = metadata.token_endpoint.as_deref().unwrap_or_default();
        let tokens = token::read(&response, url, &sent, redirect_uri, &transaction.issuer)?;
        finish(&transaction, tokens, Some(code), &metadata, now)
    }))
}

/// Checks the ID token, where there must be one. With a code, the tokens came from the token
/// endpoint; without, through the address bar.
fn finish(
    transaction: &Transaction,
    mut tokens: token::Answer,
    code: Option<Secret>,
    metadata: &Metadata,
    now: Timestamp,
) -> Next<Login> {
    let Transaction {
        client,
        issuer,
        intent,
        nonce,
        ..
    } = transaction;
    let id_token = tokens.id_token.take();
    let (Some(nonce), Kind::Oidc(oidc)) = (nonce, issuer.kind()) else {
        // No ID token was asked for; one that came nevertheless is unchecked, and not kept.
        let session = Session::new(client, issuer, tokens, None, now);
        return Ok(Step::Done(Login::SignedIn(Box::new(session))));
    };
    let id_token = id_token.ok_or_else(|| {
        Error::untrusted(
            Flaw::ResponseMalformed,
            "openid was asked for, and no ID token came",
        )
    })?;
    let expectation = Expectation {
        issuer: oidc.expected_issuer(),
        client_id: client.client_id.clone(),
        occasion: Occasion::SignIn {
            nonce: nonce.clone(),
            max_age: client.max_age,
            subject: intent.expected_subject.clone(),
        },
        clock_skew: client.clock_skew,
        access_token: tokens.access_token.clone(),
        at_hash: if code.is_some() {
            AtHash::IfPresent
        } else {
            AtHash::Required
        },
        code,
    };
    let check = id_token::check(&id_token, expectation, metadata.keys()?)?;
    let (client, issuer) = (Arc::clone(client), issuer.clone());
    check.and_then(now, move |id_token, now| {
        let session = Session::new(&client, &issuer, tokens, Some(id_token), now);
        Ok(Step::Done(Login::SignedIn(Box::new(session))))
    })
}
