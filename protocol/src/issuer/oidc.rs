//! An OpenID Provider: by discovery, or with its endpoints written out.

use std::sync::Arc;

use crate::{
    address::{Address, ends_with_ignore_case},
    discovery::Metadata,
    id_token::{ExpectedIssuer, Keys},
    json::Value,
    jwk::KeySet,
    options::Options,
    part::{cut, parts},
};

const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// The tenant of Microsoft's personal accounts, which `organizations` leaves out.
const MICROSOFT_PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

const MICROSOFT_HOSTS: [&str; 7] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
    "login.windows.net",
    "sts.windows.net",
    "sts.chinacloudapi.cn",
];

/// Where each tenant of Microsoft's External ID has its own host.
const MICROSOFT_CIAM: &str = ".ciamlogin.com";

/// An OpenID Provider as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oidc {
    issuer: String,
    /// The accepted tenants; empty unless the issuer is Microsoft's template.
    tenants: Vec<String>,
    source: Source,
}

/// Where the endpoints are known from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The address of the discovery document.
    Discovery(String),
    /// The configuration.
    Configured(Arc<Metadata>),
}

impl Oidc {
    /// An issuer by its address alone.
    pub(super) fn discovered(options: &Options<'_>, issuer: &str) -> Self {
        if filled(issuer, "").is_some() {
            options.refuse(
                "issuer",
                "contains {tenantid}: list the accepted tenants, {kind: 'oidc', issuer: '…', tenants: ['…']}",
            );
        }
        check_issuer(options, issuer);
        Self {
            issuer: issuer.to_owned(),
            tenants: Vec::new(),
            source: Source::Discovery(well_known(issuer)),
        }
    }

    pub(super) fn read(options: &Options<'_>) -> Self {
        options.refuse_others(&[
            "kind",
            "issuer",
            "tenants",
            "discoveryUrl",
            "authorizationEndpoint",
            "tokenEndpoint",
            "jwksUri",
            "jwks",
            "endSessionEndpoint",
            "revocationEndpoint",
        ]);
        let issuer = options.required("issuer", "the issuer's own address");
        let tenants = tenants(options);
        if filled(issuer, "").is_some() {
            check_template(options, issuer, &tenants);
        } else if tenants.is_empty() {
            check_issuer(options, issuer);
        } else {
            options.refuse("tenants", "needs an issuer with {tenantid} in it");
        }
        Self {
            source: source(options, issuer, &tenants),
            issuer: issuer.to_owned(),
            tenants,
        }
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(crate) const fn source(&self) -> &Source {
        &self.source
    }

    /// What the `iss` of an ID token is compared with.
    pub(crate) fn expected_issuer(&self) -> ExpectedIssuer {
        if self.tenants.is_empty() {
            ExpectedIssuer::Exactly(self.issuer.clone())
        } else {
            ExpectedIssuer::MicrosoftTenants {
                template: self.issuer.clone(),
                tenants: self.tenants.clone(),
            }
        }
    }

    /// Whether this is an `iss` parameter of the issuer's (RFC 9207).
    pub(crate) fn is_named_by(&self, iss: &str) -> bool {
        iss == self.issuer
            || self
                .tenants
                .iter()
                .any(|tenant| filled(&self.issuer, tenant).as_deref() == Some(iss))
    }
}

/// The issuer that Microsoft publishes for several tenants, with one of them in the place of
/// `{tenantid}`; none where there is no such place.
pub(crate) fn filled(template: &str, tenant: &str) -> Option<String> {
    let (before, rest) = cut(template, b'{')?;
    let after = rest.strip_prefix("tenantid}")?;
    Some([before, tenant, after].concat())
}

fn source(options: &Options<'_>, issuer: &str, tenants: &[String]) -> Source {
    let discovery_url = endpoint(options, "discoveryUrl");
    let Some(authorization_endpoint) = endpoint(options, "authorizationEndpoint") else {
        let others = [
            "tokenEndpoint",
            "jwksUri",
            "jwks",
            "endSessionEndpoint",
            "revocationEndpoint",
        ];
        if others.iter().any(|name| options.get(name).is_some()) {
            options.refuse(
                "authorizationEndpoint",
                "is required where endpoints are written out",
            );
        }
        return Source::Discovery(discovery_url.unwrap_or_else(|| {
            let entry = if tenants.iter().any(|tenant| tenant == MICROSOFT_PERSONAL) {
                "common"
            } else {
                "organizations"
            };
            well_known(filled(issuer, entry).as_deref().unwrap_or(issuer))
        }));
    };
    if discovery_url.is_some() {
        options.refuse(
            "discoveryUrl",
            "cannot stand beside endpoints that are written out",
        );
    }
    Source::Configured(Arc::new(Metadata {
        authorization_endpoint,
        token_endpoint: endpoint(options, "tokenEndpoint"),
        revocation_endpoint: endpoint(options, "revocationEndpoint"),
        end_session_endpoint: endpoint(options, "endSessionEndpoint"),
        keys: keys(options),
        answers_name_issuer: false,
        response_types: None,
    }))
}

fn keys(options: &Options<'_>) -> Option<Keys> {
    match (endpoint(options, "jwksUri"), options.get("jwks")) {
        (Some(jwks_uri), None) => return Some(Keys::At { jwks_uri }),
        (None, Some(jwks)) => match KeySet::from_value(jwks) {
            Some(keys) if !keys.is_empty() => return Some(Keys::Inline(Arc::new(keys))),
            _ => options.refuse(
                "jwks",
                "must be a JSON Web Key Set with a signing key: {keys: [{kty: …}]}",
            ),
        },
        (Some(_), Some(_)) => options.refuse("jwks", "cannot stand beside jwksUri"),
        (None, None) => options.refuse(
            "jwksUri",
            "or issuer.jwks is required where endpoints are written out",
        ),
    }
    None
}

fn endpoint(options: &Options<'_>, name: &str) -> Option<String> {
    let url = options.text(name)?;
    if Address::parse(url).is_none_or(|address| address.fragment().is_some()) {
        options.refuse(
            name,
            "must be a whole https: address (http: on localhost only)",
        );
    }
    Some(url.to_owned())
}

fn tenants(options: &Options<'_>) -> Vec<String> {
    let Some(value) = options.get("tenants") else {
        return Vec::new();
    };
    let mut tenants = Vec::new();
    for listed in value.as_array().into_iter().flatten() {
        tenants.push(tenant(listed).unwrap_or_default());
    }
    if tenants.is_empty() || tenants.iter().any(String::is_empty) {
        options.refuse(
            "tenants",
            "must be a list of tenant ids such as '72f988bf-86f1-41af-91ab-2d7cd011db47'",
        );
    }
    tenants
}

/// A GUID in lower case, as Microsoft's `tid` claim has it.
fn tenant(value: &Value) -> Option<String> {
    let text = value.as_str()?.to_ascii_lowercase();
    let fits = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    fits.then_some(text)
}

fn check_template(options: &Options<'_>, issuer: &str, tenants: &[String]) {
    let Some(tenant) = tenants.first() else {
        return options.refuse(
            "tenants",
            "must list the accepted tenant ids, because the issuer contains {tenantid}",
        );
    };
    let filled = filled(issuer, tenant).unwrap_or_default();
    check_issuer(options, &filled);
    let host = Address::parse(&filled).map_or("", |address| address.host());
    let is_microsoft = MICROSOFT_HOSTS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(host))
        || ends_with_ignore_case(host, MICROSOFT_CIAM);
    let is_segment = parts(issuer, b'/').any(|part| part == "{tenantid}");
    if !is_microsoft || !is_segment {
        options.refuse(
            "issuer",
            "may contain {tenantid} only in the path, and only at Microsoft's login hosts",
        );
    }
}

fn check_issuer(options: &Options<'_>, issuer: &str) {
    let problem = match Address::parse(issuer) {
        None if issuer.starts_with("http://") => {
            "must be an https: address; http: is for localhost only"
        }
        None => "is no whole address; write it as https://idp.example.com",
        Some(address) if !address.is_bare() => "must be an address without ? and #",
        Some(_) if issuer.ends_with(WELL_KNOWN) => {
            "must be the issuer itself, without /.well-known/openid-configuration"
        }
        Some(_) => return,
    };
    options.refuse("issuer", problem);
}

/// The address of an issuer's discovery document (OpenID Connect Discovery 4).
fn well_known(issuer: &str) -> String {
    [issuer.strip_suffix('/').unwrap_or(issuer), WELL_KNOWN].concat()
}

#[cfg(test)]
mod tests {
    use crate::json::json;

    use super::*;
    use crate::issuer::{Issuer, Kind, tests::refused};

    const TENANT: &str = "72F988BF-86F1-41AF-91AB-2D7CD011DB47";
    const TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";

    fn oidc(option: impl Into<Value>) -> Oidc {
        match Issuer::parse(&option.into()).expect("fits").kind() {
            Kind::Oidc(oidc) => oidc.clone(),
            _ => panic!("not OpenID Connect"),
        }
    }

    fn discovery_of(option: impl Into<Value>) -> String {
        match oidc(option).source {
            Source::Discovery(url) => url,
            Source::Configured(_) => panic!("configured"),
        }
    }

    #[test]
    fn by_address() {
        for (issuer, url) in [
            (
                "https://idp.example.com",
                "https://idp.example.com/.well-known/openid-configuration",
            ),
            (
                "https://idp.example.com/",
                "https://idp.example.com/.well-known/openid-configuration",
            ),
            (
                "https://a.example/t//",
                "https://a.example/t//.well-known/openid-configuration",
            ),
            (
                "http://localhost:9080",
                "http://localhost:9080/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(discovery_of(issuer), url);
            assert_eq!(oidc(issuer).issuer(), issuer);
        }
    }

    #[test]
    fn no_address() {
        for (issuer, hint) in [
            ("idp.example.com", "no whole address"),
            ("http://idp.example.com", "localhost only"),
            ("https://idp.example.com?a=b", "without ?"),
            ("https://idp.example.com#a", "without ?"),
            (
                "https://idp.example.com/.well-known/openid-configuration",
                "without /.well-known",
            ),
            (TEMPLATE, "tenants"),
        ] {
            let (option, problem) = refused(&issuer.into());
            assert_eq!(option, "issuer");
            assert!(problem.contains(hint), "{issuer}: {problem}");
        }
    }

    #[test]
    fn by_discovery_url() {
        let url = "https://x.b2clogin.com/x/p/v2.0/.well-known/openid-configuration";
        assert_eq!(
            discovery_of(
                json!({ "kind": "oidc", "issuer": "https://x.b2clogin.com/t/v2.0/", "discoveryUrl": url })
            ),
            url
        );
    }

    fn explicit() -> Value {
        json!({
            "kind": "oidc", "issuer": "https://idp.example.com",
            "authorizationEndpoint": "https://idp.example.com/auth",
            "tokenEndpoint": "https://idp.example.com/token",
            "jwksUri": "https://idp.example.com/jwks",
        })
    }

    #[test]
    fn by_endpoints() {
        let Source::Configured(metadata) = oidc(explicit()).source else {
            panic!("discovery");
        };
        assert_eq!(
            metadata.authorization_endpoint,
            "https://idp.example.com/auth"
        );
        assert_eq!(
            metadata.keys,
            Some(Keys::At {
                jwks_uri: "https://idp.example.com/jwks".into()
            })
        );
    }

    #[test]
    fn names_the_member_that_is_wrong() {
        for (name, value, named) in [
            ("foo", json!("x"), "issuer.foo"),
            (
                "discoveryUrl",
                json!("https://idp.example.com/d"),
                "issuer.discoveryUrl",
            ),
            ("jwksUri", Value::Null, "issuer.jwksUri"),
            ("jwks", json!({ "keys": [] }), "issuer.jwks"),
            (
                "authorizationEndpoint",
                Value::Null,
                "issuer.authorizationEndpoint",
            ),
            (
                "authorizationEndpoint",
                json!("javascript:alert(1)"),
                "issuer.authorizationEndpoint",
            ),
            (
                "tokenEndpoint",
                json!("http://idp.example.com/token"),
                "issuer.tokenEndpoint",
            ),
            (
                "endSessionEndpoint",
                json!("/relative"),
                "issuer.endSessionEndpoint",
            ),
            ("revocationEndpoint", json!(7), "issuer.revocationEndpoint"),
            ("issuer", Value::Null, "issuer.issuer"),
            ("issuer", json!("http://idp.example.com"), "issuer.issuer"),
            ("tenants", json!([TENANT]), "issuer.tenants"),
        ] {
            let option = explicit().with(&json!({ name: value }));
            assert_eq!(refused(&option).0, named, "{name}");
        }
        let inline = explicit().with(&json!({ "jwksUri": null, "jwks": "no set" }));
        assert_eq!(refused(&inline).0, "issuer.jwks");
    }

    #[test]
    fn microsoft_template() {
        let organisations = json!({ "kind": "oidc", "issuer": TEMPLATE, "tenants": [TENANT] });
        assert_eq!(
            discovery_of(organisations.clone()),
            "https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration"
        );
        let issuer = oidc(organisations);
        assert_eq!(issuer.tenants, [TENANT.to_ascii_lowercase()]);
        assert!(issuer.is_named_by(&TEMPLATE.replace("{tenantid}", &issuer.tenants[0])));
        assert!(!issuer.is_named_by("https://login.microsoftonline.com/other/v2.0"));

        let personal =
            json!({ "kind": "oidc", "issuer": TEMPLATE, "tenants": [MICROSOFT_PERSONAL] });
        assert!(discovery_of(personal).contains("/common/"));
    }

    #[test]
    fn template_only_for_listed_tenants_at_microsoft() {
        for (issuer, tenants, named) in [
            (TEMPLATE, json!(null), "issuer.tenants"),
            (TEMPLATE, json!([]), "issuer.tenants"),
            (
                TEMPLATE,
                json!(["contoso.onmicrosoft.com"]),
                "issuer.tenants",
            ),
            (TEMPLATE, json!([TENANT, 7]), "issuer.tenants"),
            (TEMPLATE, json!(TENANT), "issuer.tenants"),
            (
                "https://evil.example/{tenantid}/v2.0",
                json!([TENANT]),
                "issuer.issuer",
            ),
            (
                "https://login.microsoftonline.com.evil.example/{tenantid}/v2.0",
                json!([TENANT]),
                "issuer.issuer",
            ),
            (
                "https://evilciamlogin.com/{tenantid}/v2.0",
                json!([TENANT]),
                "issuer.issuer",
            ),
            (
                "https://{tenantid}.ciamlogin.com/v2.0",
                json!([TENANT]),
                "issuer.issuer",
            ),
            (
                "https://login.microsoftonline.com/{tenantid}/{tenantid}",
                json!([TENANT]),
                "issuer.issuer",
            ),
            (
                "https://login.microsoftonline.com/x{tenantid}/v2.0",
                json!([TENANT]),
                "issuer.issuer",
            ),
            (
                "https://login.microsoftonline.com/{tenantid}/x{tenantid}",
                json!([TENANT]),
                "issuer.issuer",
            ),
            ("https://{tenantid}/v2.0", json!([TENANT]), "issuer.issuer"),
        ] {
            let option = json!({ "kind": "oidc", "issuer": issuer, "tenants": tenants });
            assert_eq!(refused(&option).0, named, "{issuer}");
        }
        for issuer in [
            "https://contoso.ciamlogin.com/{tenantid}/v2.0",
            "https://sts.windows.net/{tenantid}/",
            "https://login.microsoftonline.us/{tenantid}/v2.0",
            "https://login.partner.microsoftonline.cn/{tenantid}/v2.0",
        ] {
            let option = json!({ "kind": "oidc", "issuer": issuer, "tenants": [TENANT] });
            assert!(Issuer::parse(&option).is_ok(), "{issuer}");
        }
    }
}
