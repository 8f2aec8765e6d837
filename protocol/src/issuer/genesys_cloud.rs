//! Genesys Cloud's own OAuth (agents and administrators).
//!
//! It has no discovery document, no ID token, no nonce and no `prompt=none`. Scopes live on
//! the OAuth client. A domain such as `localhost:9082` is a stand-in on this machine, by `http:`.

use crate::options::Options;

const KIND: &str = "genesys-cloud:";

/// The domains of the regions: `login.`, `api.` and `apps.` stand before them.
pub const DOMAINS: [&str; 18] = [
    "mypurecloud.com",
    "use2.us-gov-pure.cloud",
    "usw2.pure.cloud",
    "cac1.pure.cloud",
    "sae1.pure.cloud",
    "mxc1.pure.cloud",
    "mypurecloud.ie",
    "mypurecloud.de",
    "euw2.pure.cloud",
    "euc2.pure.cloud",
    "mec1.pure.cloud",
    "aps1.pure.cloud",
    "mypurecloud.jp",
    "mypurecloud.com.au",
    "apne2.pure.cloud",
    "apne3.pure.cloud",
    "apse1.pure.cloud",
    "edee1.eusc-pure.cloud",
];

/// A Genesys Cloud region, and how its login page is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenesysCloud {
    /// `genesys-cloud:`, then the domain.
    identifier: String,
    organisation: Option<Organisation>,
    target: Option<String>,
    login_hint: Option<String>,
}

/// An organisation and the identity provider it signs in with: only together.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Organisation {
    name: String,
    provider: String,
}

impl GenesysCloud {
    pub(super) fn new(options: &Options<'_>, name: &str, domain: &str) -> Self {
        if !DOMAINS.contains(&domain) && !is_stand_in(domain) {
            options.refuse(
                name,
                &[
                    "names no Genesys Cloud region; write the domain alone, one of: ",
                    &DOMAINS.join(", "),
                ]
                .concat(),
            );
        }
        Self {
            identifier: [KIND, domain].concat(),
            organisation: None,
            target: None,
            login_hint: None,
        }
    }

    pub(super) fn read(options: &Options<'_>) -> Self {
        options.refuse_others(&["kind", "domain", "org", "provider", "target", "loginHint"]);
        let text = |name| options.text(name).map(str::to_owned);
        let domain = options.required("domain", "the region's domain");
        let (name, provider) = (text("org"), text("provider"));
        if name.is_some() != provider.is_some() {
            let (missing, problem) = if name.is_some() {
                ("provider", "is required together with org")
            } else {
                ("org", "is required together with provider")
            };
            options.refuse(missing, problem);
        }
        Self {
            organisation: name
                .zip(provider)
                .map(|(name, provider)| Organisation { name, provider }),
            target: text("target"),
            login_hint: text("loginHint"),
            ..Self::new(options, "domain", domain)
        }
    }

    pub(super) fn identifier(&self) -> &str {
        &self.identifier
    }

    /// The region's domain, such as `mypurecloud.ie`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.identifier.strip_prefix(KIND).unwrap_or_default()
    }

    /// An address of the region's login host.
    #[must_use]
    pub fn login_address(&self, path: &str) -> String {
        self.address("login", path)
    }

    /// An address of the region's API host.
    #[must_use]
    pub fn api_address(&self, path: &str) -> String {
        self.address("api", path)
    }

    /// An address of one of its hosts: `login`, `api` or `apps`.
    #[must_use]
    pub fn address(&self, host: &str, path: &str) -> String {
        let domain = self.domain();
        let scheme = if is_stand_in(domain) {
            "http://"
        } else {
            "https://"
        };
        [scheme, host, ".", domain, path].concat()
    }

    pub(crate) fn login_hint(&self) -> Option<&str> {
        self.login_hint.as_deref()
    }

    /// What the authorize request says about the organisation.
    pub(crate) fn authorize_params(&self) -> Vec<(&'static str, &str)> {
        let mut params = Vec::new();
        if let Some(organisation) = &self.organisation {
            params.push(("org", organisation.name.as_str()));
            params.push(("provider", organisation.provider.as_str()));
        }
        if let Some(target) = &self.target {
            params.push(("target", target));
        }
        params
    }
}

/// Whether it is a port of this machine.
fn is_stand_in(domain: &str) -> bool {
    let port = domain.strip_prefix("localhost:");
    port.is_some_and(|port| port.bytes().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use crate::json::{Value, json};

    use super::*;
    use crate::issuer::{Issuer, Kind, tests::refused};

    #[test]
    fn every_region() {
        for domain in DOMAINS {
            let issuer = Issuer::parse(&Value::from(["genesys-cloud:", domain].concat()));
            let issuer = issuer.expect(domain);
            assert_eq!(issuer.identifier(), ["genesys-cloud:", domain].concat());
            assert!(!issuer.allows_silent());
            assert!(!issuer.issues_id_tokens());
        }
    }

    #[test]
    fn a_stand_in_on_this_machine() {
        let issuer = Issuer::parse(&"genesys-cloud:localhost:9082".into()).expect("a port");
        let Kind::GenesysCloud(genesys) = issuer.kind() else {
            panic!("{issuer:?}")
        };
        assert_eq!(genesys.domain(), "localhost:9082");
        assert_eq!(genesys.address("apps", ""), "http://apps.localhost:9082");
        let region = GenesysCloud {
            identifier: "genesys-cloud:mypurecloud.ie".into(),
            ..genesys.clone()
        };
        assert_eq!(
            region.address("login", "/x"),
            "https://login.mypurecloud.ie/x"
        );
    }

    #[test]
    fn unknown_domain_lists_the_known() {
        for domain in [
            "",
            "login.mypurecloud.ie",
            "evil.example",
            "MYPURECLOUD.IE",
            "localhost",
            "localhost:80@evil.example",
            "localhost:9082/x",
            "evil.localhost:9082",
        ] {
            let (option, problem) = refused(&["genesys-cloud:", domain].concat().into());
            assert_eq!(option, "issuer");
            assert!(problem.contains("mypurecloud.de"));
            let (option, _) = refused(&json!({ "kind": "genesys-cloud", "domain": domain }));
            assert_eq!(option, "issuer.domain");
        }
        assert_eq!(
            refused(&json!({ "kind": "genesys-cloud" })).0,
            "issuer.domain"
        );
    }

    #[test]
    fn organisation_and_provider_only_together() {
        let with = |more: Value| {
            let option = json!({ "kind": "genesys-cloud", "domain": "mypurecloud.ie" });
            option.with(&more)
        };
        assert_eq!(
            refused(&with(json!({ "org": "acme" }))).0,
            "issuer.provider"
        );
        assert_eq!(
            refused(&with(json!({ "provider": "okta" }))).0,
            "issuer.org"
        );
        assert_eq!(refused(&with(json!({ "region": "eu" }))).0, "issuer.region");
        let both =
            with(json!({ "org": "acme", "provider": "okta", "target": "t", "loginHint": "h" }));
        assert!(Issuer::parse(&both).is_ok());
    }
}
