//! Tokens of another login.

use serde_json::json;

use crate::login::Login;

#[test]
fn nonce_absent_or_wrong_is_nonce_mismatch() {
    for nonce in [
        json!(null),
        json!(""),
        json!("n-0S6_WzA2Mj "),
        json!("N-0S6_WzA2Mj"),
        json!(1),
        json!(["n-0S6_WzA2Mj"]),
    ] {
        assert_eq!(
            Login::good().claiming("nonce", &nonce).code(),
            "nonce-mismatch",
            "{nonce}"
        );
    }
}

#[test]
fn token_of_an_earlier_login_is_nonce_mismatch() {
    let earlier = Login::good().claiming("nonce", &json!("of-the-login-before"));
    assert_eq!(Login::good().code_of(&earlier.token()), "nonce-mismatch");
}
