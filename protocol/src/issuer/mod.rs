//! Where one signs in: the `issuer` option as checked data.
//!
//! Pure rules; what an OpenID Provider publishes about itself is fetched in
//! [`crate::discovery`].

mod finesse;
pub mod genesys_cloud;
mod oidc;
mod power_pages;
mod site_session;

use std::sync::Arc;

use crate::{
    Error,
    json::{Map, Value},
    options::Options,
    part::cut,
};

pub use self::{
    finesse::Finesse, genesys_cloud::GenesysCloud, oidc::Oidc, power_pages::PowerPages,
    site_session::SiteSession,
};
pub(crate) use self::{
    oidc::{Source, filled},
    power_pages::{CLIENT_ID_MAX, SHORT},
};

/// Where one signs in, as configured. Shared, not copied, when it is cloned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer(Arc<Configured>);

#[derive(Debug, PartialEq, Eq)]
struct Configured {
    option: Value,
    kind: Kind,
}

/// What kind of issuer it is.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// An OpenID Provider.
    Oidc(Oidc),
    /// Genesys Cloud's own OAuth: no discovery, no ID token, no hidden frame.
    GenesysCloud(GenesysCloud),
    /// Cisco Finesse's single sign-on.
    Finesse(Finesse),
    /// A Power Pages portal.
    PowerPages(PowerPages),
    /// The site's own session: no OAuth at all.
    SiteSession(SiteSession),
}

impl Issuer {
    /// Reads the `issuer` option: a string or an object.
    pub fn parse(option: &Value) -> Result<Self, Error> {
        let (members, prefix) = match option {
            Value::Object(members) => (members, "issuer."),
            _ => (&Map::new(), ""),
        };
        let options = Options::new(members, prefix);
        let kind = match option {
            Value::String(text) => Kind::from_text(text, &options),
            Value::Object(_) => Kind::from_members(&options),
            _ => {
                return Err(Error::bad_option(
                    "issuer",
                    "must be an address such as https://idp.example.com, or an object with kind",
                ));
            }
        };
        Ok(Self(Arc::new(Configured {
            option: option.clone(),
            kind: options.checked(kind)?,
        })))
    }

    /// The option that it was read from, to be read again from there.
    #[must_use]
    pub fn option(&self) -> &Value {
        &self.0.option
    }

    /// What kind of issuer it is.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// The issuer's identifier: the issuer URL, or `genesys-cloud:<domain>`.
    #[must_use]
    pub fn identifier(&self) -> &str {
        match self.kind() {
            Kind::Oidc(oidc) => oidc.issuer(),
            Kind::GenesysCloud(genesys) => genesys.identifier(),
            Kind::Finesse(finesse) => finesse.base(),
            Kind::PowerPages(portal) => portal.portal(),
            Kind::SiteSession(site) => site.sign_in_url(),
        }
    }

    /// Whether it knows `prompt=none`.
    #[must_use]
    pub fn allows_silent(&self) -> bool {
        matches!(self.kind(), Kind::Oidc(_))
    }

    /// Whether a service gives a JWT to whoever has its cookie: the session is there, not here.
    #[must_use]
    pub fn keeps_session(&self) -> bool {
        matches!(self.kind(), Kind::PowerPages(_) | Kind::SiteSession(_))
    }

    /// Whether it knows OAuth clients, and sends people back to a redirect URI.
    #[must_use]
    pub fn knows_clients(&self) -> bool {
        !matches!(self.kind(), Kind::Finesse(_) | Kind::SiteSession(_))
    }

    /// Whether it issues ID tokens.
    #[must_use]
    pub fn issues_id_tokens(&self) -> bool {
        matches!(self.kind(), Kind::Oidc(_))
    }
}

impl Kind {
    fn from_text(text: &str, options: &Options<'_>) -> Self {
        match cut(text, b':') {
            Some(("genesys-cloud", domain)) => {
                Self::GenesysCloud(GenesysCloud::new(options, "issuer", domain))
            }
            Some(("power-pages", url)) => Self::PowerPages(PowerPages::new(options, "issuer", url)),
            _ => Self::Oidc(Oidc::discovered(options, text)),
        }
    }

    fn from_members(options: &Options<'_>) -> Self {
        match options.text("kind") {
            Some("genesys-cloud") => Self::GenesysCloud(GenesysCloud::read(options)),
            Some("site-session") => Self::SiteSession(SiteSession::read(options)),
            Some("power-pages") => Self::PowerPages(PowerPages::read(options)),
            Some("finesse") => Self::Finesse(Finesse::read(options)),
            Some("oidc") => Self::Oidc(Oidc::read(options)),
            _ => {
                options.refuse(
                    "kind",
                    "must be 'oidc', 'genesys-cloud', 'power-pages', 'finesse' or 'site-session'",
                );
                Self::Oidc(Oidc::read(options))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::json::json;

    use super::*;

    pub(super) fn refused(option: &Value) -> (String, String) {
        let refused = Issuer::parse(option).unwrap_err();
        let (option, problem) = refused.option().expect("a bad option");
        (option.to_owned(), problem.to_owned())
    }

    #[test]
    fn refuses_other_shapes() {
        for option in [
            Value::Null,
            true.into(),
            json!(7),
            json!(["https://idp.example.com"]),
        ] {
            assert_eq!(refused(&option).0, "issuer");
        }
        for option in [json!({}), json!({ "kind": "saml" }), json!({ "kind": 1 })] {
            assert_eq!(refused(&option).0, "issuer.kind");
        }
    }
}
