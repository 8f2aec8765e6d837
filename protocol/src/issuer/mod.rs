//! Where one signs in: the `issuer` option as checked data.
//!
//! Pure rules; what an OpenID Provider publishes about itself is fetched in
//! [`crate::discovery`].

mod genesys_cloud;
mod oidc;

use serde_json::{Map, Value};

use crate::Error;

pub(crate) use self::oidc::{Source, filled};
pub use self::{genesys_cloud::GenesysCloud, oidc::Oidc};

/// Where one signs in, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    option: Value,
    kind: Kind,
}

/// What kind of issuer it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// An OpenID Provider.
    Oidc(Oidc),
    /// Genesys Cloud's own OAuth: no discovery, no ID token, no hidden frame.
    GenesysCloud(GenesysCloud),
}

impl Issuer {
    /// Reads the `issuer` option: a string or an object.
    pub fn parse(option: &Value) -> Result<Self, Error> {
        let kind = match option {
            Value::String(text) => Kind::from_text(text)?,
            Value::Object(members) => Kind::from_members(members)?,
            _ => {
                return Err(Error::bad_option(
                    "issuer",
                    "must be an address such as https://idp.example.com, or an object with kind",
                ));
            }
        };
        Ok(Self {
            option: option.clone(),
            kind,
        })
    }

    /// The option that it was read from, to be read again from there.
    #[must_use]
    pub const fn option(&self) -> &Value {
        &self.option
    }

    /// What kind of issuer it is.
    #[must_use]
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The issuer's identifier: the issuer URL, or `genesys-cloud:<domain>`.
    #[must_use]
    pub fn identifier(&self) -> &str {
        match &self.kind {
            Kind::Oidc(oidc) => oidc.issuer(),
            Kind::GenesysCloud(genesys) => genesys.identifier(),
        }
    }

    /// Whether it knows `prompt=none`.
    #[must_use]
    pub const fn allows_silent(&self) -> bool {
        matches!(self.kind, Kind::Oidc(_))
    }

    /// Whether it issues ID tokens.
    #[must_use]
    pub const fn issues_id_tokens(&self) -> bool {
        matches!(self.kind, Kind::Oidc(_))
    }
}

impl Kind {
    fn from_text(text: &str) -> Result<Self, Error> {
        match text.split_once(':') {
            Some(("genesys-cloud", domain)) => {
                Ok(Self::GenesysCloud(GenesysCloud::new("issuer", domain)?))
            }
            Some(("power-pages" | "finesse" | "site-session", _)) => Err(not_built("issuer")),
            _ => Ok(Self::Oidc(Oidc::discovered("issuer", text)?)),
        }
    }

    fn from_members(members: &Map<String, Value>) -> Result<Self, Error> {
        let members = Members(members);
        match members.text("kind")? {
            Some("oidc") => Ok(Self::Oidc(Oidc::read(members)?)),
            Some("genesys-cloud") => Ok(Self::GenesysCloud(GenesysCloud::read(members)?)),
            Some("power-pages" | "finesse" | "site-session") => Err(not_built("issuer.kind")),
            _ => Err(Error::bad_option(
                "issuer.kind",
                "must be 'oidc' or 'genesys-cloud'",
            )),
        }
    }
}

fn not_built(option: &str) -> Error {
    Error::bad_option(
        option,
        "names a kind that this version does not have yet; it has OpenID Providers and genesys-cloud",
    )
}

/// The members of an `issuer` object, read one name at a time.
#[derive(Clone, Copy)]
struct Members<'a>(&'a Map<String, Value>);

impl<'a> Members<'a> {
    fn refuse_unknown(self, known: &[&str]) -> Result<(), Error> {
        match self.0.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(member(
                key,
                "is not known; see the table of issuers in the README",
            )),
            None => Ok(()),
        }
    }

    fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn text(self, name: &str) -> Result<Option<&'a str>, Error> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text))
                if !text.trim().is_empty() && !text.contains(char::is_control) =>
            {
                Ok(Some(text))
            }
            Some(_) => Err(member(name, "must be a text that is not empty")),
        }
    }

    fn required_text(self, name: &str) -> Result<&'a str, Error> {
        self.text(name)?.ok_or_else(|| member(name, "is required"))
    }
}

fn member(name: &str, problem: &str) -> Error {
    Error::bad_option(["issuer.", name].concat(), problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn refused(option: &Value) -> (String, String) {
        match Issuer::parse(option) {
            Err(Error::BadOption { option, problem }) => (option, problem),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn says_honestly_what_is_not_built() {
        for text in [
            "power-pages:https://portal.example",
            "finesse:x",
            "site-session:",
        ] {
            assert!(
                refused(&text.into()).1.contains("does not have yet"),
                "{text}"
            );
        }
        for kind in ["power-pages", "finesse", "site-session"] {
            let (option, problem) = refused(&serde_json::json!({ "kind": kind }));
            assert_eq!(option, "issuer.kind");
            assert!(problem.contains("does not have yet"));
        }
    }

    #[test]
    fn refuses_other_shapes() {
        for option in [
            Value::Null,
            true.into(),
            7.into(),
            serde_json::json!(["https://idp.example.com"]),
        ] {
            assert_eq!(refused(&option).0, "issuer");
        }
        for option in [
            serde_json::json!({}),
            serde_json::json!({ "kind": "saml" }),
            serde_json::json!({ "kind": 1 }),
        ] {
            assert_eq!(refused(&option).0, "issuer.kind");
        }
    }
}
