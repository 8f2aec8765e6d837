//! Answers of the authorization endpoint that must be refused.

use std::sync::Arc;

use messenger_auth_protocol::{
    client::ResponseType,
    login::{Redirect, Transaction},
};
use serde_json::json;

use crate::script::{
    Browser, DISCOVERY, GENESYS, client, code, discovery_document, genesys_client, id_token, idp,
    intent, issuer,
};

/// A login that waits for its answer.
struct Waiting {
    browser: Browser,
    transaction: Arc<Transaction>,
}

impl Waiting {
    fn new(response_type: ResponseType) -> Self {
        Self::at(Browser::new(), response_type)
    }

    fn at(mut browser: Browser, response_type: ResponseType) -> Self {
        let client = client(response_type);
        let Redirect { transaction, .. } = browser
            .begin(&client, &idp(), intent())
            .expect("a redirect");
        Self {
            browser,
            transaction,
        }
    }

    /// The code of the refusal; `STATE` stands for the right state.
    fn refuses(&mut self, answer: &str) -> &'static str {
        let answer = answer.replace("STATE", self.transaction.state());
        code(self.browser.complete(&self.transaction, &answer))
    }
}

#[test]
fn state_absent_wrong_or_of_another_tab() {
    for response_type in [ResponseType::Code, ResponseType::IdToken] {
        let mut waiting = Waiting::new(response_type);
        for answer in [
            "",
            "?",
            "#",
            "?code=x",
            "?code=x&state",
            "?code=x&state=",
            "?code=x&state=STATEx",
            "?code=x&state=xSTATE",
            "?code=x&state=state",
            "?code=x&State=STATE",
            "?code=x&state=STATE&state=other",
            "?code=x&state=%",
            "?error=access_denied&state=other",
            "#id_token=x&state=other",
            "#access_token=x&state=other#state=STATE",
            "?code=%zz&state=other",
        ] {
            assert_eq!(waiting.refuses(answer), "state-mismatch", "{answer}");
        }
    }
}

#[test]
fn a_wrong_state_does_not_spend_the_login() {
    let mut waiting = Waiting::new(ResponseType::Code);
    assert_eq!(waiting.refuses("?code=x&state=other"), "state-mismatch");
    assert_eq!(
        waiting.refuses("?error=access_denied&state=STATE"),
        "access-denied"
    );
}

#[test]
fn iss_wrong_or_absent_although_announced() {
    let mut silent_about_it = Waiting::new(ResponseType::Code);
    let announced = || {
        let mut browser = Browser::new();
        let mut document = discovery_document();
        document["authorization_response_iss_parameter_supported"] = true.into();
        browser.answer(DISCOVERY, 200, &document);
        browser
    };
    let mut announcing = Waiting::at(announced(), ResponseType::Code);
    for result in ["?code=x", "?error=access_denied"] {
        for iss in [
            "https%3A%2F%2Fevil.example",
            "https%3A%2F%2Fidp.example.com%2F",
            "https%3A%2F%2FIDP.example.com",
            "",
        ] {
            let answer = [result, "&state=STATE&iss=", iss].concat();
            assert_eq!(announcing.refuses(&answer), "issuer-mismatch", "{answer}");
            assert_eq!(
                silent_about_it.refuses(&answer),
                "issuer-mismatch",
                "{answer}"
            );
        }
        let without = [result, "&state=STATE"].concat();
        assert_eq!(announcing.refuses(&without), "issuer-mismatch");
    }
    let right = "?error=access_denied&state=STATE&iss=https://idp.example.com";
    assert_eq!(announcing.refuses(right), "access-denied");
    assert_eq!(silent_about_it.refuses(right), "access-denied");

    let mut implicit = Waiting::at(announced(), ResponseType::IdToken);
    assert_eq!(
        implicit.refuses("#error=access_denied&state=STATE"),
        "issuer-mismatch"
    );
    // An ID token carries its issuer itself, and is refused for what it says.
    assert_eq!(
        implicit.refuses("#id_token=x&state=STATE"),
        "token-malformed"
    );
    assert_eq!(
        implicit.refuses("#id_token=x&state=STATE&iss=https://x"),
        "issuer-mismatch"
    );
}

#[test]
fn code_and_error_together() {
    let mut waiting = Waiting::new(ResponseType::Code);
    assert_eq!(
        waiting.refuses("?code=x&error=access_denied&state=STATE"),
        "response-malformed"
    );
    assert_eq!(
        waiting.refuses("?code=x&state=STATE#error=access_denied"),
        "response-malformed"
    );
    let mut waiting = Waiting::new(ResponseType::IdToken);
    assert_eq!(
        waiting.refuses("#id_token=x&error=oops&state=STATE"),
        "response-malformed"
    );
}

#[test]
fn a_parameter_twice() {
    let mut waiting = Waiting::new(ResponseType::Code);
    for name in ["code", "iss", "state", "error", "scope"] {
        let value = if name == "state" { "STATE" } else { "x" };
        let twice = ["&", name, "=", value].concat().repeat(2);
        let state = if name == "state" {
            "?code=x"
        } else {
            "?state=STATE"
        };
        assert_eq!(
            waiting.refuses(&[state, &twice].concat()),
            "response-malformed",
            "{name}"
        );
    }
    assert_eq!(
        waiting.refuses("?code=x&state=STATE#state=STATE"),
        "response-malformed"
    );
    let mut waiting = Waiting::new(ResponseType::IdTokenToken);
    for name in ["access_token", "id_token", "token_type", "expires_in"] {
        let twice = ["&", name, "=1"].concat().repeat(2);
        assert_eq!(
            waiting.refuses(&["#state=STATE", &twice].concat()),
            "response-malformed",
            "{name}"
        );
    }
}

#[test]
fn token_in_the_query() {
    for response_type in [
        ResponseType::Code,
        ResponseType::Token,
        ResponseType::IdToken,
    ] {
        let mut waiting = Waiting::new(response_type);
        for answer in [
            "?access_token=x&token_type=Bearer&state=STATE",
            "?id_token=x&state=STATE",
            "?code=x&id_token=x&state=STATE",
            "?refresh_token=x&code=x&state=STATE",
            "?access_token=x#state=STATE",
        ] {
            assert_eq!(waiting.refuses(answer), "response-malformed", "{answer}");
        }
    }
}

#[test]
fn code_in_the_fragment_in_code_flow() {
    let mut waiting = Waiting::new(ResponseType::Code);
    assert_eq!(waiting.refuses("#code=x&state=STATE"), "response-malformed");
    assert_eq!(waiting.refuses("?state=STATE#code=x"), "response-malformed");
}

#[test]
fn not_what_was_asked_for() {
    let mut waiting = Waiting::new(ResponseType::Code);
    for answer in [
        "?state=STATE",
        "?code=&state=STATE",
        "?code=x&state=STATE#access_token=x&token_type=Bearer",
        "#access_token=x&token_type=Bearer&state=STATE",
        "?code=x%ff&state=STATE",
        "?code=x&state=STATE#%zz",
    ] {
        assert_eq!(waiting.refuses(answer), "response-malformed", "{answer}");
    }
    let mut waiting = Waiting::new(ResponseType::IdToken);
    for answer in [
        "#state=STATE",
        "?code=x&state=STATE",
        "#code=x&state=STATE",
        "#id_token=x&access_token=x&token_type=Bearer&state=STATE",
        "#id_token=x&code=x&state=STATE",
        "?code=x&state=STATE#id_token=x",
        "#access_token=x&token_type=Bearer&state=STATE",
    ] {
        assert_eq!(waiting.refuses(answer), "response-malformed", "{answer}");
    }
    assert_eq!(
        waiting.refuses("#id_token=x&state=STATE"),
        "token-malformed"
    );
    assert_eq!(waiting.refuses("#id_token=&state=STATE"), "token-malformed");
    let mut waiting = Waiting::new(ResponseType::IdTokenToken);
    for answer in [
        "#id_token=x&state=STATE",
        "#access_token=x&token_type=Bearer&state=STATE",
    ] {
        assert_eq!(waiting.refuses(answer), "response-malformed", "{answer}");
    }
}

#[test]
fn access_token_of_an_unknown_type_or_life() {
    let mut waiting = Waiting::new(ResponseType::Token);
    for answer in [
        "#access_token=x&state=STATE",
        "#access_token=x&token_type=mac&state=STATE",
        "#access_token=&token_type=Bearer&state=STATE",
        "#access_token=x%0ay&token_type=Bearer&state=STATE",
        "#access_token=x&token_type=Bearer&expires_in=-1&state=STATE",
        "#access_token=x&token_type=Bearer&expires_in=&state=STATE",
        "#access_token=x&token_type=Bearer&expires_in=1e3&state=STATE",
        "#access_token=x&token_type=Bearer&expires_in=99999999999999999999&state=STATE",
    ] {
        assert_eq!(waiting.refuses(answer), "response-malformed", "{answer}");
    }
}

#[test]
fn errors_have_their_own_codes() {
    for response_type in [ResponseType::Code, ResponseType::IdToken] {
        let mut waiting = Waiting::new(response_type);
        for (error, expected) in [
            ("access_denied", "access-denied"),
            ("login_required", "login-required"),
            ("interaction_required", "interaction-required"),
            ("consent_required", "consent-required"),
            ("account_selection_required", "account-selection-required"),
            ("unauthorized_client", "invalid-client"),
            ("server_error", "issuer-error"),
            ("", "issuer-error"),
        ] {
            for mark in ["?", "#"] {
                let answer = [mark, "state=STATE&error=", error].concat();
                assert_eq!(waiting.refuses(&answer), expected, "{answer}");
            }
        }
    }
}

#[test]
fn a_description_holding_markup_is_text() {
    let Waiting {
        mut browser,
        transaction,
    } = Waiting::new(ResponseType::Code);
    let answer = [
        "?error=access_denied&error_description=%3Cimg+src%3Dx%20onerror%3Dalert(1)%3E&state=",
        transaction.state(),
    ];
    let error = browser
        .complete(&transaction, &answer.concat())
        .expect_err("refused");
    assert_eq!(
        error.to_string(),
        "The issuer refused: access_denied (<img src=x onerror=alert(1)>)."
    );
}

#[test]
fn a_description_encoded_twice_by_genesys() {
    let mut browser = Browser::new();
    let client = genesys_client(ResponseType::Code);
    let genesys = issuer(&GENESYS.into());
    let redirect = browser
        .begin(&client, &genesys, intent())
        .expect("a redirect");
    let answer = [
        "?error=access_denied&error_description=not%2520today&state=",
        redirect.transaction.state(),
    ];
    let error = browser
        .complete(&redirect.transaction, &answer.concat())
        .expect_err("refused");
    assert_eq!(
        error.to_string(),
        "The issuer refused: access_denied (not today)."
    );
}

#[test]
fn nonce_of_another_login() {
    let mut waiting = Waiting::new(ResponseType::IdToken);
    for claims in [json!({}), json!({ "nonce": "other" })] {
        let answer = ["#state=STATE&id_token=", &id_token(&claims)].concat();
        assert_eq!(waiting.refuses(&answer), "nonce-mismatch");
    }
}

#[test]
fn over_a_mebibyte() {
    let mut waiting = Waiting::new(ResponseType::Code);
    let answer = ["?state=STATE&code=", &"x".repeat(1 << 20)].concat();
    assert_eq!(waiting.refuses(&answer), "response-malformed");
}

/// Whatever comes, it is answered: a small, repeatable storm of broken addresses.
#[test]
fn nothing_makes_it_panic() {
    let pieces = [
        "?",
        "#",
        "&",
        "=",
        "%",
        "%2",
        "%ff",
        "+",
        "state=STATE",
        "state",
        "code=x",
        "error=e",
        "id_token=a.b.c",
        "access_token=x",
        "token_type=Bearer",
        "expires_in=9",
        "iss=",
        "\u{e9}",
        "\0",
        "//",
        "..",
    ];
    let mut waiting = Waiting::new(ResponseType::IdTokenToken);
    let mut random: u32 = 1;
    for _ in 0..20_000 {
        let mut answer = String::new();
        for _ in 0..8 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            answer.push_str(pieces[random as usize / 7 % pieces.len()]);
        }
        waiting.refuses(&answer);
    }
}
