//! A Power Pages portal: a token service for whoever has its cookie, and an implicit flow of its own.
//!
//! Its answer calls the token `token`; `state` and `nonce` have at most twenty characters, a client id at
//! most thirty-six. What it gives is a JWT for a messenger, which checks it by the portal's key.

use crate::{address::Address, options::Options};

/// The longest `state` and `nonce`, in characters.
pub(crate) const SHORT: usize = 20;

/// The longest client id, in characters.
pub(crate) const CLIENT_ID_MAX: usize = 36;

/// A portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PowerPages {
    /// Without a closing slash.
    portal: String,
}

impl PowerPages {
    pub(super) fn new(options: &Options<'_>, name: &str, url: &str) -> Self {
        if !Address::parse(url).is_some_and(|address| address.is_bare()) {
            options.refuse(
                name,
                "must be the portal's whole https: address, such as https://portal.example.com",
            );
        }
        Self {
            portal: url.strip_suffix('/').unwrap_or(url).to_owned(),
        }
    }

    pub(super) fn read(options: &Options<'_>) -> Self {
        options.refuse_others(&["kind", "portalUrl"]);
        let url = options.required("portalUrl", "the portal's address");
        Self::new(options, "portalUrl", url)
    }

    pub(super) fn portal(&self) -> &str {
        &self.portal
    }

    /// Where a JWT is given to whoever has the portal's cookie.
    #[must_use]
    pub fn token_service(&self) -> String {
        [&self.portal, "/_services/auth/token"].concat()
    }

    /// Where a person is sent to sign in.
    pub(crate) fn authorize(&self) -> String {
        [&self.portal, "/_services/auth/authorize"].concat()
    }
}

#[cfg(test)]
mod tests {
    use crate::json::json;

    use crate::issuer::{Issuer, Kind, tests::refused};

    #[test]
    fn in_both_forms() {
        for option in [
            json!("power-pages:https://portal.example.com"),
            json!("power-pages:https://portal.example.com/"),
            json!({ "kind": "power-pages", "portalUrl": "https://portal.example.com" }),
        ] {
            let issuer = Issuer::parse(&option).unwrap();
            let Kind::PowerPages(portal) = issuer.kind() else {
                panic!("{option}")
            };
            let service = "https://portal.example.com/_services/auth/token";
            assert_eq!(portal.token_service(), service);
            assert!(!issuer.issues_id_tokens() && !issuer.allows_silent());
        }
    }

    #[test]
    fn what_is_no_portal_is_refused() {
        for (option, name) in [
            (json!("power-pages:"), "issuer"),
            (json!("power-pages:http://portal.example.com"), "issuer"),
            (
                json!("power-pages:https://portal.example.com/?a=b"),
                "issuer",
            ),
            (json!({ "kind": "power-pages" }), "issuer.portalUrl"),
            (
                json!({ "kind": "power-pages", "portalUrl": "https://p.example", "x": 1 }),
                "issuer.x",
            ),
        ] {
            assert_eq!(refused(&option).0, name, "{option}");
        }
    }
}
