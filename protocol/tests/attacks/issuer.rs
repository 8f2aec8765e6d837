//! Tokens of another issuer.

use messenger_auth_protocol::id_token::ExpectedIssuer;
use serde_json::{Value, json};

use crate::login::Login;

const TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";
const TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
const OTHER_TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

#[test]
fn wrong_iss_is_issuer_mismatch() {
    for iss in [
        json!(null),
        json!(""),
        json!("https://evil.example"),
        json!("https://IDP.example.com"),
        json!("https://idp.example.com/"),
        json!("https://idp.example.com "),
        json!("http://idp.example.com"),
        json!("https://idp.example.com:443"),
        json!(["https://idp.example.com"]),
        json!(1),
    ] {
        assert_eq!(
            Login::good().claiming("iss", &iss).code(),
            "issuer-mismatch",
            "{iss}"
        );
    }
}

#[test]
fn closing_slash_is_kept_when_the_issuer_has_one() {
    let mut login = Login::good();
    login.expectation.issuer = ExpectedIssuer::Exactly("https://idp.example.com/".into());
    assert_eq!(login.code(), "issuer-mismatch");
    let login = login.claiming("iss", &json!("https://idp.example.com/"));
    assert_eq!(login.code(), "accepted");
}

fn of_tenant(tid: &Value, iss_tenant: &str, key_issuer: Option<&str>) -> &'static str {
    let iss = TEMPLATE.replace("{tenantid}", iss_tenant);
    let mut login = Login::good()
        .claiming("iss", &json!(iss))
        .claiming("tid", tid);
    login.expectation.issuer = ExpectedIssuer::MicrosoftTenants {
        template: TEMPLATE.into(),
        tenants: vec!["00000000-0000-0000-0000-000000000000".into(), TENANT.into()],
    };
    if let Some(issuer) = key_issuer {
        login.keys[0]["issuer"] = issuer.into();
    }
    login.code()
}

#[test]
fn listed_tenant_of_microsoft_is_accepted() {
    let own = TEMPLATE.replace("{tenantid}", TENANT);
    for key_issuer in [None, Some(TEMPLATE), Some(&*own)] {
        assert_eq!(
            of_tenant(&json!(TENANT), TENANT, key_issuer),
            "accepted",
            "{key_issuer:?}"
        );
    }
}

#[test]
fn other_tenant_of_microsoft_is_issuer_mismatch() {
    for (tid, iss_tenant) in [
        (json!(OTHER_TENANT), OTHER_TENANT),
        (json!(TENANT), OTHER_TENANT),
        (json!(OTHER_TENANT), TENANT),
        (json!(null), TENANT),
        (json!([TENANT]), TENANT),
        (json!(TENANT), "{tenantid}"),
        (json!("{tenantid}"), "{tenantid}"),
        (json!(""), ""),
    ] {
        assert_eq!(
            of_tenant(&tid, iss_tenant, None),
            "issuer-mismatch",
            "{tid} {iss_tenant}"
        );
    }
}

#[test]
fn key_of_another_tenant_of_microsoft_is_issuer_mismatch() {
    let other = TEMPLATE.replace("{tenantid}", OTHER_TENANT);
    for key_issuer in [&*other, "https://sts.windows.net/{tenantid}/", ""] {
        assert_eq!(
            of_tenant(&json!(TENANT), TENANT, Some(key_issuer)),
            "issuer-mismatch"
        );
    }
}
