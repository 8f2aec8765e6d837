//! Addresses.

use messenger_auth_protocol::address::Address;
use proptest::prelude::*;

/// Its parts in their order, put together again.
fn joined(scheme: &str, address: &Address<'_>) -> String {
    let port = address.port().map(|port| format!(":{port}"));
    let query = address.query().map(|query| format!("?{query}"));
    let fragment = address.fragment().map(|fragment| format!("#{fragment}"));
    [
        scheme,
        "://",
        address.host(),
        &port.unwrap_or_default(),
        address.path(),
        &query.unwrap_or_default(),
        &fragment.unwrap_or_default(),
    ]
    .concat()
}

fn check(text: &str) {
    let Some(address) = Address::parse(text) else {
        return;
    };
    let (scheme, _) = text.split_once("://").expect("a scheme");
    let loopback = |host: &str| {
        let host = host.to_ascii_lowercase();
        host == "localhost"
            || host == "[::1]"
            || host.ends_with(".localhost")
            || is_v4_loopback(&host)
    };
    assert!(
        scheme.eq_ignore_ascii_case("https")
            || scheme.eq_ignore_ascii_case("http") && loopback(address.host()),
        "{text}"
    );
    assert!(!address.host().is_empty());
    assert!(
        !address.host().contains(['@', '%', '/', '\\', '?', '#']),
        "{text}"
    );
    assert!(address.path().is_empty() || address.path().starts_with('/'));
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
    // Nothing is lost and nothing is made up; leading zeros of a port may go.
    if !text.contains(":0") {
        assert_eq!(joined(scheme, &address), text);
    }
}

/// Four numbers, the first of them 127. Behind a leading zero a browser reads octal digits: still
/// a number of this machine's.
fn is_v4_loopback(host: &str) -> bool {
    let parts: Vec<&str> = host.split('.').collect();
    parts.len() == 4 && parts[0] == "127" && parts.iter().all(|part| part.parse::<u8>().is_ok())
}

proptest! {
    #[test]
    fn any_text_is_refused_or_safe(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn what_looks_like_an_address_is_refused_or_safe(
        text in "(https?|HTTPS?|ftp|javascript)(://|:|:/)([a-z0-9.@-]{0,12}|localhost|127\\.0\\.0\\.[0-9]{1,3}|\\[[0-9a-f:]{0,9}\\]?)(:[0-9]{0,6})?(/[ -~]{0,8})?(\\?[ -~]{0,6})?(#[!-~]{0,6})?"
    ) {
        check(&text);
    }

    #[test]
    fn an_ordinary_address_is_taken_apart(
        host in "([a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?\\.){0,3}[a-z]{1,8}",
        port in prop::option::of(any::<u16>()),
        path in "(/[a-zA-Z0-9._~!$&'()*+,;=:@%-]{0,6}){0,3}",
        query in prop::option::of("[a-zA-Z0-9&=%+/?-]{0,9}"),
        fragment in prop::option::of("[a-zA-Z0-9&=%+/?-]{0,9}"),
    ) {
        let mut text = format!("https://{host}");
        for (mark, part) in [
            (":", port.map(|port| port.to_string())),
            ("", Some(path.clone())),
            ("?", query.clone()),
            ("#", fragment.clone()),
        ] {
            if let Some(part) = part {
                text.push_str(mark);
                text.push_str(&part);
            }
        }
        let address = Address::parse(&text).expect("an address");
        prop_assert_eq!(address.host(), host);
        prop_assert_eq!(address.port(), port);
        prop_assert_eq!(address.path(), path);
        prop_assert_eq!(address.query(), query.as_deref());
        prop_assert_eq!(address.fragment(), fragment.as_deref());
    }
}
