//! The OAuth client: what this site has registered at its issuer, what it asks for.

use crate::{
    Error,
    address::Address,
    issuer::{CLIENT_ID_MAX, Issuer, Kind},
    json::{self, Value},
    part::words,
};

/// The OAuth client as the site has configured it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// `client_id`.
    pub client_id: String,
    /// The address of `authWindow.html`, exactly as registered.
    pub redirect_uri: String,
    /// Flow and response type in one.
    pub response_type: ResponseType,
    /// Space-separated; empty where the issuer keeps scopes on the client.
    pub scope: String,
    /// More parameters for the authorize request.
    pub extra_params: Vec<(String, String)>,
    /// Seconds tolerated between clocks.
    pub clock_skew: u32,
    /// `max_age` in seconds.
    pub max_age: Option<u32>,
}

/// What the authorization endpoint is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseType {
    /// Authorization code; PKCE where this page redeems it.
    Code,
    /// Implicit: an access token.
    Token,
    /// Implicit: an ID token.
    IdToken,
    /// Implicit: both.
    IdTokenToken,
}

/// Parameters that only the library sets, or that would set all others (`request`).
const RESERVED: [&str; 14] = [
    "client_id",
    "client_secret",
    "code_challenge",
    "code_challenge_method",
    "max_age",
    "nonce",
    "redirect_uri",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "code_verifier",
];

/// What `genesys-cloud` takes from the issuer option.
const RESERVED_AT_GENESYS: [&str; 3] = ["org", "provider", "target"];

impl ResponseType {
    /// The value of `response_type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Token => "token",
            Self::IdToken => "id_token",
            Self::IdTokenToken => "id_token token",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::Code, Self::Token, Self::IdToken, Self::IdTokenToken]
            .into_iter()
            .find(|response_type| response_type.as_str() == text)
    }

    /// Whether the authorization endpoint itself gives an ID token.
    #[must_use]
    pub const fn has_id_token(self) -> bool {
        matches!(self, Self::IdToken | Self::IdTokenToken)
    }

    /// Whether the authorization endpoint itself gives an access token.
    #[must_use]
    pub const fn has_access_token(self) -> bool {
        matches!(self, Self::Token | Self::IdTokenToken)
    }
}

impl Client {
    /// Whoever signs in where there is no OAuth client: nothing but a name, which may be empty.
    pub(crate) fn without_oauth(name: &str) -> Self {
        Self {
            client_id: name.to_owned(),
            redirect_uri: String::new(),
            response_type: ResponseType::Token,
            scope: String::new(),
            extra_params: Vec::new(),
            clock_skew: 0,
            max_age: None,
        }
    }

    /// Whether `openid` is among the scopes asked for.
    #[must_use]
    pub fn asks_openid(&self) -> bool {
        words(&self.scope).any(|scope| scope == "openid")
    }

    /// Whether response type and scope give an ID token at an OpenID Provider.
    #[must_use]
    pub fn gives_id_token(&self) -> bool {
        self.response_type != ResponseType::Token && self.asks_openid()
    }

    /// Refuses what cannot work at this issuer (`bad-option`, naming the option).
    pub fn check(&self, issuer: &Issuer) -> Result<(), Error> {
        if !issuer.knows_clients() {
            // There is no OAuth client.
            return Ok(());
        }
        if self.client_id.is_empty() || self.client_id.contains(char::is_control) {
            return Err(Error::bad_option(
                "clientId",
                "must be the client id registered at the issuer",
            ));
        }
        match Address::parse(&self.redirect_uri) {
            Some(address) if address.fragment().is_none() => {}
            _ => {
                return Err(Error::bad_option(
                    "redirectUri",
                    "must be the whole https: address of authWindow.html (http: on localhost only), without #",
                ));
            }
        }
        if self.scope.contains(char::is_control) {
            return Err(Error::bad_option(
                "scope",
                "must be words with spaces between them",
            ));
        }
        for (name, value) in &self.extra_params {
            check_extra(name, value)?;
        }
        match issuer.kind() {
            Kind::Oidc(_) if self.response_type.has_id_token() && !self.asks_openid() => {
                Err(Error::bad_option(
                    "scope",
                    "must contain openid, because the response type asks for an ID token",
                ))
            }
            Kind::PowerPages(_) if self.client_id.len() > CLIENT_ID_MAX => Err(Error::bad_option(
                "clientId",
                "has at most 36 characters at a Power Pages portal",
            )),
            Kind::PowerPages(_) if self.response_type != ResponseType::Token => {
                Err(Error::bad_option(
                    "responseType",
                    "must be 'token' at a Power Pages portal, with flow 'implicit'",
                ))
            }
            Kind::GenesysCloud(_) => self.check_genesys_cloud(),
            _ => Ok(()),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut extra_params = Vec::new();
        for (name, value) in &self.extra_params {
            extra_params.push(name.as_str().into());
            extra_params.push(value.as_str().into());
        }
        json::object(vec![
            ("client_id", self.client_id.as_str().into()),
            ("redirect_uri", self.redirect_uri.as_str().into()),
            ("response_type", self.response_type.as_str().into()),
            ("scope", self.scope.as_str().into()),
            ("extra_params", Value::Array(extra_params)),
            ("clock_skew", self.clock_skew.into()),
            ("max_age", self.max_age.into()),
        ])
    }

    pub(crate) fn from_json(kept: &Value) -> Option<Self> {
        let mut extra_params = Vec::new();
        for pair in kept.get("extra_params")?.as_array()?.chunks(2) {
            let [name, value] = pair else { return None };
            extra_params.push((name.as_str()?.to_owned(), value.as_str()?.to_owned()));
        }
        Some(Self {
            client_id: json::text(kept.get("client_id")?)?,
            redirect_uri: json::text(kept.get("redirect_uri")?)?,
            response_type: ResponseType::from_text(kept.get("response_type")?.as_str()?)?,
            scope: json::text(kept.get("scope")?)?,
            extra_params,
            clock_skew: json::seconds(kept.get("clock_skew")?)?,
            max_age: json::optional(kept, "max_age", json::seconds)?,
        })
    }

    fn check_genesys_cloud(&self) -> Result<(), Error> {
        if self.response_type.has_id_token() {
            return Err(Error::bad_option(
                "responseType",
                "must be 'token' (or flow 'code') at genesys-cloud, which issues no ID tokens",
            ));
        }
        if self.asks_openid() {
            return Err(Error::bad_option(
                "scope",
                "must not contain openid at genesys-cloud, which issues no ID tokens",
            ));
        }
        if self.max_age.is_some() {
            return Err(Error::bad_option(
                "maxAge",
                "is not known to genesys-cloud; leave it out",
            ));
        }
        for (name, value) in &self.extra_params {
            if RESERVED_AT_GENESYS.contains(&name.as_str()) {
                return Err(extra(
                    name,
                    "belongs into the issuer option at genesys-cloud",
                ));
            }
            if name == "prompt" && value != "login" {
                return Err(extra(name, "can only be 'login' at genesys-cloud"));
            }
        }
        Ok(())
    }
}

fn check_extra(name: &str, value: &str) -> Result<(), Error> {
    if RESERVED.contains(&name) {
        return Err(extra(name, "is set by the library and cannot be replaced"));
    }
    if name == "prompt" && words(value).any(|word| word == "none") {
        return Err(extra(name, "cannot be 'none'; the option silent does that"));
    }
    if name.is_empty() || name.contains(char::is_control) || value.contains(char::is_control) {
        return Err(extra(name, "must be a name with a text of one line"));
    }
    Ok(())
}

fn extra(name: &str, problem: &str) -> Error {
    Error::bad_option(["extraParams.", name].concat(), problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> Client {
        Client {
            client_id: "web".into(),
            redirect_uri: "https://www.example.com/authWindow.html".into(),
            response_type: ResponseType::Code,
            scope: "openid".into(),
            extra_params: Vec::new(),
            clock_skew: 60,
            max_age: None,
        }
    }

    fn genesys_client() -> Client {
        Client {
            scope: String::new(),
            ..client()
        }
    }

    fn refused(client: &Client, issuer: &str) -> String {
        let issuer = Issuer::parse(&issuer.into()).expect("an issuer");
        let refused = client.check(&issuer).expect_err("a refusal");
        refused.option().expect("a bad option").0.to_owned()
    }

    const IDP: &str = "https://idp.example.com";
    const GENESYS: &str = "genesys-cloud:mypurecloud.ie";

    #[test]
    fn what_works() {
        for (client, issuer) in [(client(), IDP), (genesys_client(), GENESYS)] {
            assert_eq!(
                client.check(&Issuer::parse(&issuer.into()).expect("an issuer")),
                Ok(())
            );
        }
    }

    #[test]
    fn what_cannot_work_anywhere() {
        let with = |change: fn(&mut Client)| {
            let mut client = client();
            change(&mut client);
            refused(&client, IDP)
        };
        assert_eq!(with(|c| c.client_id.clear()), "clientId");
        assert_eq!(
            with(|c| c.redirect_uri = "/authWindow.html".into()),
            "redirectUri"
        );
        assert_eq!(with(|c| c.redirect_uri.push_str("#x")), "redirectUri");
        assert_eq!(
            with(|c| c.redirect_uri = "http://www.example.com/a".into()),
            "redirectUri"
        );
        assert_eq!(with(|c| c.scope.push('\n')), "scope");
        for name in RESERVED {
            let mut client = client();
            client.extra_params.push((name.into(), "x".into()));
            assert_eq!(refused(&client, IDP), ["extraParams.", name].concat());
        }
        assert_eq!(
            with(|c| c.extra_params.push(("prompt".into(), "none".into()))),
            "extraParams.prompt"
        );
    }

    #[test]
    fn id_token_without_openid() {
        for response_type in [ResponseType::IdToken, ResponseType::IdTokenToken] {
            let client = Client {
                response_type,
                scope: "openidx profile".into(),
                ..client()
            };
            assert_eq!(refused(&client, IDP), "scope");
        }
    }

    #[test]
    fn what_genesys_cloud_does_not_know() {
        let with = |change: fn(&mut Client)| {
            let mut client = genesys_client();
            change(&mut client);
            refused(&client, GENESYS)
        };
        assert_eq!(
            with(|c| c.response_type = ResponseType::IdToken),
            "responseType"
        );
        assert_eq!(
            with(|c| c.response_type = ResponseType::IdTokenToken),
            "responseType"
        );
        assert_eq!(with(|c| c.scope = "openid".into()), "scope");
        assert_eq!(with(|c| c.max_age = Some(1)), "maxAge");
        assert_eq!(
            with(|c| c.extra_params.push(("org".into(), "x".into()))),
            "extraParams.org"
        );
        assert_eq!(
            with(|c| c.extra_params.push(("prompt".into(), "consent".into()))),
            "extraParams.prompt"
        );
    }
}
