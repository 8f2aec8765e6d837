//! What an issuer publishes about itself (OpenID Connect Discovery 3 and 4.3, RFC 9207).
//!
//! For an issuer whose endpoints are configured, or known beforehand, nothing is fetched.

use std::sync::Arc;

use crate::{
    Error, Fault,
    address::Address,
    error::{Flaw, one_line},
    http::{Request, Response},
    id_token::Keys,
    issuer::{Issuer, Kind, Source},
    json::{self, Map, Value},
    step::{Next, Step},
};

/// The endpoints of an issuer, each an address that a login may use.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: Option<String>,
    pub(crate) revocation_endpoint: Option<String>,
    pub(crate) end_session_endpoint: Option<String>,
    pub(crate) keys: Option<Keys>,
    /// `authorization_response_iss_parameter_supported`.
    pub(crate) answers_name_issuer: bool,
    /// `response_types_supported`.
    pub(crate) response_types: Option<Vec<String>>,
}

impl Metadata {
    /// The keys of an issuer that issues ID tokens.
    pub(crate) fn keys(&self) -> Result<&Keys, Error> {
        self.keys.as_ref().ok_or_else(|| {
            Error::untrusted(
                Flaw::ResponseMalformed,
                "the discovery document has no jwks_uri",
            )
        })
    }
}

/// The endpoints of an issuer: known, or fetched once and held for the session.
pub(crate) fn metadata(issuer: &Issuer) -> Next<Arc<Metadata>> {
    let oidc = match issuer.kind() {
        Kind::Oidc(oidc) => oidc,
        Kind::GenesysCloud(genesys) => {
            let token_endpoint = Some(genesys.login_address("/oauth/token"));
            return Ok(known(
                genesys.login_address("/oauth/authorize"),
                token_endpoint,
            ));
        }
        Kind::PowerPages(portal) => return Ok(known(portal.authorize(), None)),
        // Where it is asked, nobody else can be.
        Kind::Finesse(_) | Kind::SiteSession(_) => return Err(Fault::SignInRequired.into()),
    };
    match oidc.source() {
        Source::Configured(metadata) => Ok(Step::Done(Arc::clone(metadata))),
        Source::Discovery(url) => {
            let (url, configured) = (url.clone(), issuer.clone());
            Ok(Step::fetch(Request::document(&url), move |fetched, _| {
                let metadata = read(&*fetched?, configured.identifier(), &url)?;
                Ok(Step::Done(metadata))
            }))
        }
    }
}

fn known(authorization_endpoint: String, token_endpoint: Option<String>) -> Step<Arc<Metadata>> {
    Step::Done(Arc::new(Metadata {
        authorization_endpoint,
        token_endpoint,
        revocation_endpoint: None,
        end_session_endpoint: None,
        keys: None,
        answers_name_issuer: false,
        response_types: None,
    }))
}

fn read(response: &Response, configured: &str, url: &str) -> Result<Arc<Metadata>, Error> {
    response.expect_success(url)?;
    let document = &response.object(url)?;
    let published = required(document, "issuer")?;
    if published != configured {
        return Err(Fault::DiscoveryMismatch {
            configured: configured.to_owned(),
            published: one_line(published),
            discovery_url: url.to_owned(),
        }
        .into());
    }
    required(document, "authorization_endpoint")?;
    Ok(Arc::new(Metadata {
        authorization_endpoint: endpoint(document, "authorization_endpoint")?.unwrap_or_default(),
        token_endpoint: endpoint(document, "token_endpoint")?,
        revocation_endpoint: endpoint(document, "revocation_endpoint")?,
        end_session_endpoint: endpoint(document, "end_session_endpoint")?,
        keys: endpoint(document, "jwks_uri")?.map(|jwks_uri| Keys::At { jwks_uri }),
        answers_name_issuer: document
            .get("authorization_response_iss_parameter_supported")
            .and_then(Value::as_bool)
            .unwrap_or(false),
        response_types: document
            .get("response_types_supported")
            .and_then(Value::as_array)
            .map(json::texts),
    }))
}

fn required<'a>(document: &'a Map, name: &str) -> Result<&'a str, Error> {
    document.text(name).ok_or_else(|| {
        Error::untrusted(
            Flaw::ResponseMalformed,
            ["the discovery document has no ", name].concat(),
        )
    })
}

fn endpoint(document: &Map, name: &str) -> Result<Option<String>, Error> {
    let Some(value) = document.present(name) else {
        return Ok(None);
    };
    value
        .as_str()
        .filter(|url| Address::parse(url).is_some_and(|address| address.fragment().is_none()))
        .map(|url| Some(url.to_owned()))
        .ok_or_else(|| {
            Error::untrusted(
                Flaw::DiscoveryMismatch,
                ["the discovery document's ", name, " is no https: address"].concat(),
            )
        })
}
