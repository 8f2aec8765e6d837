//! The site's own session: its login page, its cookie, no OAuth in the page.
//!
//! The tokens are those of the site's service at `tokenUrl`.

use crate::{address::Address, options::Options};

/// A site that signs its people in by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteSession {
    sign_in_url: String,
}

impl SiteSession {
    pub(super) fn read(options: &Options<'_>) -> Self {
        options.refuse_others(&["kind", "signInUrl"]);
        let sign_in_url = options.required("signInUrl", "the address of the site's login page");
        if Address::parse(sign_in_url).is_none() {
            options.refuse(
                "signInUrl",
                "must be a whole https: address (http: on localhost only)",
            );
        }
        Self {
            sign_in_url: sign_in_url.to_owned(),
        }
    }

    /// The address of the login page.
    #[must_use]
    pub fn sign_in_url(&self) -> &str {
        &self.sign_in_url
    }
}

#[cfg(test)]
mod tests {
    use crate::json::json;

    use crate::issuer::{Issuer, Kind, tests::refused};

    #[test]
    fn its_login_page_is_all_it_has() {
        let url = "https://www.example.com/login?from=chat";
        let issuer = Issuer::parse(&json!({ "kind": "site-session", "signInUrl": url })).unwrap();
        assert!(matches!(issuer.kind(), Kind::SiteSession(site) if site.sign_in_url() == url));
        assert_eq!(issuer.identifier(), url);
        assert!(!issuer.issues_id_tokens() && !issuer.allows_silent());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for (option, name) in [
            (json!({ "kind": "site-session" }), "issuer.signInUrl"),
            (
                json!({ "kind": "site-session", "signInUrl": "/login" }),
                "issuer.signInUrl",
            ),
            (
                json!({ "kind": "site-session", "signInUrl": "javascript:alert(1)" }),
                "issuer.signInUrl",
            ),
            (
                json!({ "kind": "site-session", "signInUrl": "https://a.example", "clientId": "a" }),
                "issuer.clientId",
            ),
        ] {
            assert_eq!(refused(&option).0, name, "{option}");
        }
    }
}
