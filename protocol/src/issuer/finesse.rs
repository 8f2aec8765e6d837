//! Cisco Finesse's single sign-on: an agent's token from Finesse's own address.
//!
//! The login ends with a JSON document there. Only a page of the same origin can read it, or one that
//! reverse-proxies `/desktop/sso/`.

use crate::{address::Address, options::Options, percent};

/// A Finesse server, and the agent whose token is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finesse {
    /// Without a closing slash.
    base: String,
    username: String,
    returns_user: bool,
}

impl Finesse {
    pub(super) fn read(options: &Options<'_>) -> Self {
        options.refuse_others(&["kind", "baseUrl", "username", "returnUser"]);
        let base = options.required("baseUrl", "the address of Finesse, or of what proxies it");
        if !Address::parse(base).is_some_and(|address| address.is_bare()) {
            options.refuse(
                "baseUrl",
                "must be a whole https: address, such as https://finesse.example.com:8445",
            );
        }
        Self {
            base: base.strip_suffix('/').unwrap_or(base).to_owned(),
            username: options
                .required("username", "the agent's login name (cc_username)")
                .to_owned(),
            returns_user: options.switch("returnUser").unwrap_or(false),
        }
    }

    /// The server's address, without a closing slash.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// `cc_username`.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Where a login begins, and where it ends with a JSON document.
    #[must_use]
    pub fn token_address(&self) -> String {
        let mut params = vec![("return_refresh_token", "true")];
        if self.returns_user {
            params.push(("return_user", "yes"));
        }
        self.address(params)
    }

    /// A page that says to the one around it whether the agent's single sign-on is alive.
    #[must_use]
    pub fn test_address(&self) -> String {
        [&self.base, "/desktop/sso/test"].concat()
    }

    /// Where a token is renewed. Only ever fetched: in a window the refresh token would stand in
    /// the history.
    pub(crate) fn refresh_address(&self, refresh_token: &str) -> String {
        self.address(vec![("refresh-token", refresh_token)])
    }

    fn address<'a>(&'a self, mut params: Vec<(&str, &'a str)>) -> String {
        params.insert(0, ("cc_username", &self.username));
        let endpoint = [&self.base, "/desktop/sso/token"].concat();
        percent::append_query(&endpoint, &percent::encode_pairs(params))
    }
}

#[cfg(test)]
mod tests {
    use crate::json::{Value, json};

    use super::*;
    use crate::issuer::{Issuer, Kind, tests::refused};

    fn finesse(option: &Value) -> Finesse {
        match Issuer::parse(option).unwrap().kind() {
            Kind::Finesse(finesse) => finesse.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn its_addresses_have_the_names_that_cisco_gives() {
        let base = "https://finesse.example.com:8445";
        let plain = finesse(&json!({ "kind": "finesse", "baseUrl": base, "username": "1001" }));
        assert_eq!(
            plain.token_address(),
            [
                base,
                "/desktop/sso/token?cc_username=1001&return_refresh_token=true"
            ]
            .concat()
        );
        assert_eq!(
            plain.refresh_address("a+b"),
            [
                base,
                "/desktop/sso/token?cc_username=1001&refresh-token=a%2Bb"
            ]
            .concat()
        );
        assert_eq!(plain.test_address(), [base, "/desktop/sso/test"].concat());
        let slash = [base, "/"].concat();
        let more =
            json!({ "kind": "finesse", "baseUrl": slash, "username": "a b", "returnUser": true });
        assert_eq!(
            finesse(&more).token_address(),
            [
                base,
                "/desktop/sso/token?cc_username=a%20b&return_refresh_token=true&return_user=yes"
            ]
            .concat()
        );
    }

    #[test]
    fn what_it_needs() {
        let base = "https://finesse.example.com:8445";
        for (option, name) in [
            (
                json!({ "kind": "finesse", "username": "1" }),
                "issuer.baseUrl",
            ),
            (
                json!({ "kind": "finesse", "baseUrl": "http://f.example", "username": "1" }),
                "issuer.baseUrl",
            ),
            (
                json!({ "kind": "finesse", "baseUrl": base }),
                "issuer.username",
            ),
            (
                json!({ "kind": "finesse", "baseUrl": base, "username": "1", "realm": "r" }),
                "issuer.realm",
            ),
        ] {
            assert_eq!(refused(&option).0, name, "{option}");
        }
    }
}
