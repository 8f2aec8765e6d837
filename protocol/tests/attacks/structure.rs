//! Tokens that are not what a token is.

use serde_json::json;

use crate::login::{Login, encode};

#[test]
fn other_than_three_parts_is_token_malformed() {
    let login = Login::good();
    let token = login.token();
    let (two, last) = token.rsplit_once('.').unwrap();
    for parts in [
        String::new(),
        ".".into(),
        "..".into(),
        two.into(),
        format!("{token}."),
        format!("{token}.{last}"),
        format!("{token}.{last}.{last}"),
        format!(".{token}"),
    ] {
        assert_eq!(login.code_of(&parts), "token-malformed", "{parts}");
    }
}

#[test]
fn base64_with_padding_or_illegal_characters_is_token_malformed() {
    let login = Login::good();
    let token = login.token();
    let parts: Vec<&str> = token.split('.').collect();
    for at in 0..3 {
        for spoil in [
            |part: &str| format!("{part}="),
            |part: &str| format!("{part}=="),
            |part: &str| format!(" {part}"),
            |part: &str| format!("{part}\n"),
            |part: &str| format!("+{}", &part[1..]),
            |part: &str| format!("/{}", &part[1..]),
            |part: &str| format!("é{}", &part[1..]),
            |part: &str| format!("\0{}", &part[1..]),
            // One character more than a whole number of bytes has.
            |part: &str| format!("{}A", &part[..part.len() / 4 * 4]),
        ] {
            let spoilt = spoil(parts[at]);
            let mut parts = parts.clone();
            parts[at] = &spoilt;
            assert_eq!(
                login.code_of(&parts.join(".")),
                "token-malformed",
                "{spoilt}"
            );
        }
    }
}

#[test]
fn base64_with_spare_bits_set_is_token_malformed() {
    let login = Login::good();
    let token = login.token();
    // 64 bytes of signature leave four spare bits, all zero in one of these.
    assert!(token.ends_with(['A', 'Q', 'g', 'w']));
    let spoilt = format!("{}B", &token[..token.len() - 1]);
    assert_eq!(login.code_of(&spoilt), "token-malformed");
}

#[test]
fn no_utf8_is_token_malformed() {
    let login = Login::good();
    let good = login.claims.to_string();
    let payload = good.replace(r#""sub":"2"#, "\"sub\":\"\u{1}").into_bytes();
    let invalid: Vec<u8> = payload
        .iter()
        .map(|&byte| if byte == 1 { 0xff } else { byte })
        .collect();
    let header = login.header.to_string();
    assert_eq!(
        login.code_of(&login.sign(&header, &invalid)),
        "token-malformed"
    );
    let with_mark = [b"\xef\xbb\xbf", good.as_bytes()].concat();
    assert_eq!(
        login.code_of(&login.sign(&header, &with_mark)),
        "token-malformed"
    );
    let half_a_pair = good.replace(r#""sub":"2"#, r#""sub":"\ud800"#);
    assert_ne!(half_a_pair, good);
    assert_eq!(
        login.code_of(&login.sign(&header, half_a_pair.as_bytes())),
        "token-malformed"
    );
}

#[test]
fn no_object_is_token_malformed() {
    let login = Login::good();
    let header = login.header.to_string();
    let payload = login.claims.to_string();
    for text in [
        "",
        "null",
        "1",
        "\"text\"",
        "[]",
        "{",
        "{}{}",
        "{\"a\":1,}",
        "{'a':1}",
        "{\"a\":NaN}",
        "{\"a\":1e999}",
    ] {
        assert_eq!(
            login.code_of(&login.sign(&header, text.as_bytes())),
            "token-malformed",
            "{text}"
        );
        assert_eq!(
            login.code_of(&login.sign(text, payload.as_bytes())),
            "token-malformed",
            "{text}"
        );
    }
    let twice = format!("{payload}{payload}");
    assert_eq!(
        login.code_of(&login.sign(&header, twice.as_bytes())),
        "token-malformed"
    );
}

#[test]
fn duplicate_members_anywhere_are_token_malformed() {
    let login = Login::good();
    let header = login.header.to_string();
    let payload = login.claims.to_string();
    let insert = |text: &str, members: &str| format!("{{{members},{}", &text[1..]);
    for members in [
        r#""sub":"mallory""#,
        r#""s\u0075b":"mallory""#,
        r#""iss":"https://idp.example.com""#,
        r#""exp":1"#,
        r#""other":1,"other":1"#,
        r#""deep":{"a":[{"b":1,"b":2}]}"#,
        r#""deep":[[{"":1,"":1}]]"#,
    ] {
        let payload = insert(&payload, members);
        assert_eq!(
            login.code_of(&login.sign(&header, payload.as_bytes())),
            "token-malformed",
            "{members}"
        );
    }
    for members in [r#""alg":"none""#, r#""kid":"one""#, r#""x":{"y":1,"y":1}"#] {
        let header = insert(&header, members);
        assert_eq!(
            login.code_of(&login.sign(&header, payload.as_bytes())),
            "token-malformed",
            "{members}"
        );
    }
    let apart = insert(&payload, r#""deep":[{"a":1},{"a":1}],"a":1"#);
    assert_eq!(
        login.code_of(&login.sign(&header, apart.as_bytes())),
        "accepted"
    );
}

#[test]
fn bottomless_nesting_is_token_malformed() {
    let login = Login::good();
    let nested = |depth: usize| {
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"deep":{deep},{}"#, &login.claims.to_string()[1..])
    };
    let header = login.header.to_string();
    assert_eq!(
        login.code_of(&login.sign(&header, nested(100).as_bytes())),
        "accepted"
    );
    assert_eq!(
        login.code_of(&login.sign(&header, nested(200_000).as_bytes())),
        "token-malformed"
    );
    let unclosed = "{\"a\":".repeat(100_000);
    assert_eq!(
        login.code_of(&login.sign(&header, unclosed.as_bytes())),
        "token-malformed"
    );
}

#[test]
fn over_one_mebibyte_is_token_malformed() {
    let login = Login::good().claiming("picture", &json!("x".repeat(700_000)));
    assert_eq!(login.code(), "accepted");
    let login = Login::good().claiming("picture", &json!("x".repeat(800_000)));
    assert!(login.token().len() > 1 << 20);
    assert_eq!(login.code(), "token-malformed");
}

#[test]
fn crit_in_the_header_is_token_malformed() {
    for crit in [
        json!(["exp"]),
        json!(["b64"]),
        json!([]),
        json!(null),
        json!("x"),
    ] {
        let login = Login::good()
            .heading("crit", crit.clone())
            .heading("b64", json!(false));
        assert_eq!(login.code(), "token-malformed", "{crit}");
    }
}

#[test]
fn header_without_alg_or_with_another_type_is_token_malformed() {
    let login = Login::good();
    let payload = login.claims.to_string();
    for header in [
        r#"{"kid":"one"}"#,
        r#"{"alg":null,"kid":"one"}"#,
        r#"{"alg":["ES256"],"kid":"one"}"#,
        r#"{"alg":"ES256","kid":1}"#,
        r#"{"alg":"ES256","kid":null}"#,
    ] {
        let token = login.sign(header, payload.as_bytes());
        assert_eq!(login.code_of(&token), "token-malformed", "{header}");
    }
}

#[test]
fn unusual_but_harmless_headers_are_accepted() {
    for (name, value) in [
        ("x5t", json!("short")),
        ("x5t", json!("")),
        ("x5t", json!(1)),
        ("x5t#S256", json!("!!")),
        ("cty", json!("JWT")),
        ("cty", json!("application/example")),
        ("typ", json!("at+jwt; odd")),
        ("jku", json!(1)),
        ("nonce", json!("microsoft-sends-one")),
        ("org.example", json!({ "a": [1, null] })),
    ] {
        let login = Login::good().heading(name, value.clone());
        assert_eq!(login.code(), "accepted", "{name}: {value}");
    }
}

#[test]
fn nothing_at_all_makes_it_panic() {
    let login = Login::good();
    let token = login.token();
    for end in 0..token.len() {
        assert_ne!(login.code_of(&token[..end]), "accepted");
    }
    for text in [
        "\u{0}.\u{0}.\u{0}",
        "é.é.é",
        "....",
        "e30.e30.e30",
        "e30.e30.",
    ] {
        assert_eq!(login.code_of(text), "token-malformed", "{text}");
    }
    let empty = format!("{}.e30.", encode(br#"{"alg":"ES256","kid":"one"}"#));
    assert_eq!(login.code_of(&empty), "signature-invalid");
}
