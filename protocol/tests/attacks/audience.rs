//! Tokens for someone else.

use serde_json::{Value, json};

use crate::login::Login;

fn code(aud: &Value, azp: &Value) -> &'static str {
    Login::good()
        .claiming("aud", aud)
        .claiming("azp", azp)
        .code()
}

#[test]
fn token_for_us_is_accepted() {
    for (aud, azp) in [
        (json!("web"), json!(null)),
        (json!(["web"]), json!(null)),
        (json!("web"), json!("web")),
        (json!(["api", "web"]), json!("web")),
    ] {
        assert_eq!(code(&aud, &azp), "accepted", "{aud} {azp}");
    }
}

#[test]
fn token_without_us_is_audience_mismatch() {
    for aud in [
        json!(null),
        json!(""),
        json!([]),
        json!("other"),
        json!("WEB"),
        json!("web "),
        json!(["other"]),
        json!(["web2"]),
        json!(["api", "other"]),
        json!({ "web": true }),
        json!(1),
        json!(["web", 1]),
        json!([["web"]]),
    ] {
        assert_eq!(code(&aud, &json!(null)), "audience-mismatch", "{aud}");
        assert_eq!(
            code(&aud, &json!("web")),
            "audience-mismatch",
            "{aud} with azp"
        );
    }
}

#[test]
fn several_audiences_without_azp_are_audience_mismatch() {
    for aud in [
        json!(["web", "api"]),
        json!(["api", "web"]),
        json!(["web", "web"]),
    ] {
        assert_eq!(code(&aud, &json!(null)), "audience-mismatch", "{aud}");
    }
}

#[test]
fn azp_of_someone_else_is_audience_mismatch() {
    for azp in [
        json!("other"),
        json!(""),
        json!("WEB"),
        json!(["web"]),
        json!(1),
        json!(false),
    ] {
        assert_eq!(code(&json!("web"), &azp), "audience-mismatch", "{azp}");
        assert_eq!(
            code(&json!(["web", "api"]), &azp),
            "audience-mismatch",
            "{azp}"
        );
    }
    let mut login = Login::good();
    login.claims["azp"] = json!(null);
    assert_eq!(login.code(), "audience-mismatch");
}
