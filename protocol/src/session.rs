//! The tokens of a signed-in person: which, until when, renewed how.

use std::sync::Arc;

use crate::{
    Fault,
    client::Client,
    discovery,
    http::Request,
    id_token::{self, AtHash, Expectation, IdToken, Occasion},
    issuer::{Issuer, Kind},
    json::{self, Map, Value},
    part,
    secret::Secret,
    step::{Next, Step},
    time::Timestamp,
    token,
};

/// The life of an access token where the issuer says nothing about it, in seconds.
const UNKNOWN_LIFETIME: i64 = 300;

/// How far ahead a token may have arrived before the clock counts as set back, in milliseconds.
const SET_BACK: i64 = 60_000;

/// A signed-in person's tokens, all checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    issuer: String,
    client_id: String,
    /// Of the newest ID token; empty where there is none.
    claims: Map,
    scope: Vec<String>,
    id_token: Option<Held>,
    access_token: Option<Held>,
    refresh_token: Option<Secret>,
    /// When the refresh token came.
    refresh_token_at: Timestamp,
    /// Of the first login: a renewed ID token may be without.
    nonce: Option<String>,
    /// Of the first login, in seconds since 1970.
    auth_time: Option<i64>,
}

/// A token with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    token: Secret,
    received_at: Timestamp,
    expires_at: Timestamp,
}

/// Which token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// The ID token.
    IdToken,
    /// The access token.
    AccessToken,
}

impl Session {
    /// A session begun by a login.
    pub(crate) fn new(
        client: &Client,
        issuer: &Issuer,
        tokens: token::Answer,
        id_token: Option<Box<IdToken>>,
        now: Timestamp,
    ) -> Self {
        let mut session = Self {
            issuer: issuer.identifier().to_owned(),
            client_id: client.client_id.clone(),
            claims: Map::new(),
            scope: words(&client.scope),
            id_token: None,
            access_token: None,
            refresh_token: None,
            refresh_token_at: now,
            nonce: id_token.as_ref().and_then(|token| token.nonce.clone()),
            auth_time: id_token.as_ref().and_then(|token| token.auth_time),
        };
        session.take(tokens, id_token, now);
        session
    }

    /// Takes new tokens over; what did not come stays.
    fn take(&mut self, tokens: token::Answer, id_token: Option<Box<IdToken>>, now: Timestamp) {
        if let Some(token) = tokens.access_token {
            let expires_at = match (tokens.expires_in, &id_token) {
                (Some(seconds), _) => now.plus_seconds(seconds),
                (None, Some(id_token)) => id_token.expires_at,
                (None, None) => now.plus_seconds(UNKNOWN_LIFETIME),
            };
            self.access_token = Some(Held {
                token,
                received_at: now,
                expires_at,
            });
        }
        if let Some(id_token) = id_token {
            // A clock that is slow must not lengthen its life.
            let life = id_token.expires_at.millis_since(id_token.issued_at);
            self.claims = id_token.claims;
            self.id_token = Some(Held {
                token: id_token.raw,
                received_at: now,
                expires_at: id_token.expires_at.min(now.plus_millis(life)),
            });
        }
        if let Some(scope) = tokens.scope {
            self.scope = words(&scope);
        }
        if tokens.refresh_token.is_some() && tokens.refresh_token != self.refresh_token {
            self.refresh_token = tokens.refresh_token;
            // Later than that of the one before, also by a clock that is coarse or was set back.
            self.refresh_token_at = now.max(self.refresh_token_at.plus_millis(1));
        }
    }

    /// The same session, with what is known of the person without an ID token.
    pub(crate) fn about(mut self, claims: Map) -> Self {
        self.claims = claims;
        self
    }

    pub(crate) fn renewed(
        mut self: Box<Self>,
        tokens: token::Answer,
        id_token: Option<Box<IdToken>>,
        now: Timestamp,
    ) -> Step<Box<Self>> {
        self.take(tokens, id_token, now);
        Step::Done(self)
    }

    /// The `nonce` of the login that began it, where one was sent.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// The session as JSON, to be kept while the page is away.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json::object(vec![
            ("issuer", self.issuer.as_str().into()),
            ("client_id", self.client_id.as_str().into()),
            ("claims", Value::Object(self.claims.clone())),
            ("scope", self.scope.clone().into()),
            ("id_token", self.id_token.as_ref().map(Held::to_json).into()),
            (
                "access_token",
                self.access_token.as_ref().map(Held::to_json).into(),
            ),
            (
                "refresh_token",
                self.refresh_token.as_ref().map(Secret::expose).into(),
            ),
            ("refresh_token_at", self.refresh_token_at.as_millis().into()),
            ("nonce", self.nonce.as_deref().into()),
            ("auth_time", self.auth_time.into()),
        ])
    }

    /// The session that was kept; none for what [`Session::to_json`] has not made.
    #[must_use]
    pub fn from_json(kept: &Value) -> Option<Self> {
        Some(Self {
            issuer: json::text(kept.get("issuer")?)?,
            client_id: json::text(kept.get("client_id")?)?,
            claims: kept.get("claims")?.as_object()?.clone(),
            scope: json::texts(kept.get("scope")?.as_array()?),
            id_token: json::optional(kept, "id_token", Held::from_json)?,
            access_token: json::optional(kept, "access_token", Held::from_json)?,
            refresh_token: json::optional(kept, "refresh_token", json::text)?.map(Secret::new),
            refresh_token_at: Timestamp::from_millis(kept.get("refresh_token_at")?.as_i64()?),
            nonce: json::optional(kept, "nonce", json::text)?,
            auth_time: json::optional(kept, "auth_time", Value::as_i64)?,
        })
    }

    /// The issuer's identifier.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `sub`; none where there is no ID token.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.claim("sub")
    }

    /// The ID token's claims (checked); empty where there is none.
    #[must_use]
    pub const fn claims(&self) -> &Map {
        &self.claims
    }

    /// Granted scope.
    #[must_use]
    pub fn scope(&self) -> &[String] {
        &self.scope
    }

    /// Whether this kind was given at all.
    #[must_use]
    pub const fn has(&self, kind: TokenKind) -> bool {
        self.held(kind).is_some()
    }

    /// When the token of this kind ends; the first of all where none is named, or where
    /// there is none of that kind.
    #[must_use]
    pub fn expires_at(&self, kind: Option<TokenKind>) -> Timestamp {
        kind.and_then(|kind| self.held(kind))
            .map_or_else(|| self.first_expiry(), |held| held.expires_at)
    }

    /// When the token of this kind arrived.
    #[must_use]
    pub fn received_at(&self, kind: TokenKind) -> Option<Timestamp> {
        Some(self.held(kind)?.received_at)
    }

    /// The token, when it has `min_ttl` seconds left; with zero, any that has not expired. None
    /// where the clock has been set back since it arrived: nobody knows how old it is.
    #[must_use]
    pub fn token(&self, kind: TokenKind, min_ttl: u32, now: Timestamp) -> Option<&Secret> {
        self.held(kind)
            .filter(|held| now.plus_seconds(min_ttl.into()) < held.expires_at)
            .filter(|held| !held.is_of_the_future(now))
            .map(|held| &held.token)
    }

    /// Whether the token of this kind, from its arrival on, lives for `seconds` at all.
    #[must_use]
    pub fn outlives(&self, kind: TokenKind, seconds: u32) -> bool {
        self.held(kind)
            .is_some_and(|held| held.received_at.plus_seconds(seconds.into()) < held.expires_at)
    }

    /// When to renew the token of this kind: its arrival plus `share` (0 to 1) of its life; now,
    /// where the clock has been set back since.
    #[must_use]
    pub fn renew_at(&self, kind: TokenKind, share: f64, now: Timestamp) -> Timestamp {
        self.held(kind).map_or_else(
            || self.first_expiry(),
            |held| {
                if held.is_of_the_future(now) {
                    return now;
                }
                held.received_at.toward(held.expires_at, share)
            },
        )
    }

    /// Whether there is a refresh token.
    #[must_use]
    pub const fn can_refresh(&self) -> bool {
        self.refresh_token.is_some()
    }

    /// When the refresh token came: that tells one from the next without giving either away. None where
    /// there is none.
    #[must_use]
    pub fn refresh_token_at(&self) -> Option<Timestamp> {
        self.can_refresh().then_some(self.refresh_token_at)
    }

    /// The same session, once the issuer has said that its refresh token is spent.
    #[must_use]
    pub fn without_refresh_token(mut self) -> Self {
        self.refresh_token = None;
        self
    }

    /// Whether the session was made for this client at this issuer.
    #[must_use]
    pub fn belongs_to(&self, client: &Client, issuer: &Issuer) -> bool {
        self.issuer == issuer.identifier() && self.client_id == client.client_id
    }

    pub(crate) const fn refresh_token(&self) -> Option<&Secret> {
        self.refresh_token.as_ref()
    }

    /// The token of this kind, expired or not: for revocation and `id_token_hint`.
    pub(crate) fn last(&self, kind: TokenKind) -> Option<&Secret> {
        self.held(kind).map(|held| &held.token)
    }

    const fn held(&self, kind: TokenKind) -> Option<&Held> {
        match kind {
            TokenKind::IdToken => self.id_token.as_ref(),
            TokenKind::AccessToken => self.access_token.as_ref(),
        }
    }

    fn first_expiry(&self) -> Timestamp {
        match (&self.id_token, &self.access_token) {
            (Some(one), Some(other)) => one.expires_at.min(other.expires_at),
            (Some(held), None) | (None, Some(held)) => held.expires_at,
            (None, None) => Timestamp::from_millis(0),
        }
    }

    fn claim(&self, name: &str) -> Option<&str> {
        self.claims.text(name)
    }
}

impl Held {
    /// Whether it arrived at a time that is yet to come: the clock has been set back.
    const fn is_of_the_future(&self, now: Timestamp) -> bool {
        self.received_at.millis_since(now) > SET_BACK
    }

    fn to_json(&self) -> Value {
        json::object(vec![
            ("token", self.token.expose().into()),
            ("received_at", self.received_at.as_millis().into()),
            ("expires_at", self.expires_at.as_millis().into()),
        ])
    }

    fn from_json(kept: &Value) -> Option<Self> {
        Some(Self {
            token: Secret::new(kept.get("token")?.as_str()?),
            received_at: Timestamp::from_millis(kept.get("received_at")?.as_i64()?),
            expires_at: Timestamp::from_millis(kept.get("expires_at")?.as_i64()?),
        })
    }
}

/// Renews with the refresh token (RFC 6749 6, OpenID Connect Core 12).
///
/// Ends with a session that keeps what the issuer did not send anew: the ID token until its
/// own end, the refresh token where it is not rotated.
pub fn renew(
    client: &Arc<Client>,
    issuer: &Issuer,
    session: &Session,
    now: Timestamp,
) -> Next<Box<Session>> {
    let Some(refresh_token) = session.refresh_token.clone() else {
        return Err(Fault::SignInRequired.into());
    };
    if let Kind::Finesse(finesse) = issuer.kind() {
        return crate::finesse::renew(finesse, Box::new(session.clone()), &refresh_token);
    }
    let (client, issuer) = (Arc::clone(client), issuer.clone());
    let session = Box::new(session.clone());
    discovery::metadata(&issuer)?.and_then(now, move |metadata, _| {
        let url = metadata
            .token_endpoint
            .clone()
            .ok_or(Fault::SignInRequired)?;
        let request = Request::form(
            &url,
            vec![
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh_token.expose()),
                ("client_id", &client.client_id),
            ],
        );
        Ok(Step::fetch(request, move |fetched, now| {
            let sent = [Some(&refresh_token)];
            let response = fetched?;
            let mut tokens = token::read(&response, &url, &sent, &client.redirect_uri, &issuer)?;
            match (tokens.id_token.take(), refreshed(&session), issuer.kind()) {
                (Some(raw), Some(occasion), Kind::Oidc(oidc)) => {
                    let expectation = Expectation {
                        issuer: oidc.expected_issuer(),
                        client_id: client.client_id.clone(),
                        occasion,
                        clock_skew: client.clock_skew,
                        access_token: tokens.access_token.clone(),
                        at_hash: AtHash::IfPresent,
                        code: None,
                    };
                    let check = id_token::check(&raw, expectation, metadata.keys()?)?;
                    check.and_then(now, move |id_token, now| {
                        Ok(session.renewed(tokens, Some(id_token), now))
                    })
                }
                // None came, or none was ever asked for.
                _ => Ok(session.renewed(tokens, None, now)),
            }
        }))
    })
}

/// What a renewed ID token must repeat; none where the login gave no ID token.
fn refreshed(session: &Session) -> Option<Occasion> {
    Some(Occasion::Refresh {
        issuer: session.claim("iss")?.to_owned(),
        subject: session.claim("sub")?.to_owned(),
        nonce: session.nonce.clone(),
        auth_time: session.auth_time,
    })
}

fn words(scope: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in part::words(scope) {
        words.push(word.to_owned());
    }
    words
}
