//! What inputs are put together of.

use proptest::{collection::vec, prelude::*};
use serde_json::Value;

/// Any text of a few characters, those included that mean something in an address.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        "[&=+%#?;/\\\\]{0,6}",
        "\\PC{0,8}",
        any::<String>()
    ]
}

/// JSON of any kind, not large.
pub(crate) fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((text(), inner), 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// An address with whether a login may use it as an endpoint.
pub(crate) fn endpoint() -> impl Strategy<Value = (String, bool)> {
    let fit = prop_oneof![
        Just("https://idp.example.com"),
        Just("HTTPS://idp.example.com:8443/a/b?c=d"),
        Just("http://localhost:9080/x"),
        Just("http://127.0.0.1/"),
        Just("http://[::1]:3000/"),
        Just("https://[2001:db8::1]/x"),
    ];
    let unfit = prop_oneof![
        Just("http://idp.example.com/"),
        Just("http://localhost.example.com/"),
        Just("http://127.0.0.1.example.com/"),
        Just("javascript:alert(1)"),
        Just("data:text/html,x"),
        Just("//idp.example.com/"),
        Just("/token"),
        Just("https://user@idp.example.com/"),
        Just("https://idp.example.com\\@evil.example/"),
        Just("https://idp.example.com/#fragment"),
        Just("https://idp.example.com /"),
        Just("https:///x"),
        Just(""),
    ];
    prop_oneof![
        4 => fit.prop_map(|url| (url.to_owned(), true)),
        1 => unfit.prop_map(|url| (url.to_owned(), false)),
    ]
}

/// Percent-encodes what must be, and of the rest what the dice say, by another hand than the
/// one under test.
pub(crate) fn encode(text: &str, dice: &[bool]) -> String {
    let mut dice = dice.iter().copied().cycle();
    let encoded = text.bytes().map(|byte| {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        match byte {
            _ if plain && dice.next() != Some(true) => char::from(byte).to_string(),
            b' ' if dice.next() == Some(true) => "+".to_owned(),
            _ if dice.next() == Some(true) => format!("%{byte:02x}"),
            _ => format!("%{byte:02X}"),
        }
    });
    encoded.collect()
}

/// Dice for [`encode`].
pub(crate) fn dice() -> impl Strategy<Value = Vec<bool>> {
    vec(any::<bool>(), 1..24)
}
