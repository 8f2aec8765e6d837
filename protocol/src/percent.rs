//! Percent-encoding of queries, fragments and forms (RFC 3986 2.1, the form of the WHATWG URL standard).

use crate::part::{cut, parts};

/// Joins names and values to a query or form. A space becomes `%20`, which every reader
/// of either takes.
#[must_use]
pub fn encode_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        encode_into(&mut text, name);
        text.push('=');
        encode_into(&mut text, value);
    }
    text
}

/// Adds a query to an address; one that the address already has is kept.
pub(crate) fn append_query(url: &str, query: &str) -> String {
    let separator = match cut(url, b'?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    [url, separator, query].concat()
}

/// Takes a query or fragment apart. `None` for a pair whose escapes are broken or no UTF-8.
pub(crate) fn decode_pairs(text: &str) -> impl Iterator<Item = Option<(String, String)>> {
    parts(text, b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = cut(pair, b'=').unwrap_or((pair, ""));
            Some((decode(name, b' ')?, decode(value, b' ')?))
        })
}

/// Undoes a second percent-encoding, where the text is one.
pub(crate) fn decode_again(text: String) -> String {
    if cut(&text, b'%').is_some() {
        // A `+` that came out of the first decoding is a plus.
        decode(&text, b'+').unwrap_or(text)
    } else {
        text
    }
}

fn encode_into(text: &mut String, value: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

fn decode(text: &str, plus: u8) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => (hex(bytes.next()?)? << 4) | hex(bytes.next()?)?,
            b'+' => plus,
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_all_but_unreserved() {
        assert_eq!(
            encode_pairs([("a b", "c&d=e+f/\u{e9}"), ("x", "-._~")]),
            "a%20b=c%26d%3De%2Bf%2F%C3%A9&x=-._~"
        );
    }

    #[test]
    fn keeps_the_query_of_an_endpoint() {
        assert_eq!(append_query("https://a/b", "x=y"), "https://a/b?x=y");
        assert_eq!(append_query("https://a/b?", "x=y"), "https://a/b?x=y");
        assert_eq!(
            append_query("https://a/b?p=q", "x=y"),
            "https://a/b?p=q&x=y"
        );
        assert_eq!(
            append_query("https://a/b?p=q&", "x=y"),
            "https://a/b?p=q&x=y"
        );
    }

    #[test]
    fn decodes_what_forms_encode() {
        assert_eq!(
            decode_pairs("a=b+c&d=%C3%A9%2b&&e&f=g=h").collect::<Vec<_>>(),
            [
                Some(("a".into(), "b c".into())),
                Some(("d".into(), "\u{e9}+".into())),
                Some(("e".into(), String::new())),
                Some(("f".into(), "g=h".into())),
            ]
        );
        for broken in ["a=%", "a=%4", "a=%zz", "a=%ff", "%e9=a"] {
            assert_eq!(decode_pairs(broken).collect::<Vec<_>>(), [None], "{broken}");
        }
    }

    #[test]
    fn decodes_again_only_what_was_encoded_twice() {
        assert_eq!(decode_again("a%20b%2Bc".into()), "a b+c");
        assert_eq!(decode_again("a+b".into()), "a+b");
        assert_eq!(decode_again("100%".into()), "100%");
    }
}
