//! base64url without padding (RFC 4648 5, RFC 7515 2). A library that takes the same time for every
//! text would be 600 bytes more to download (brotli); no one can measure this one's.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// These bytes as text.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let mut bits = 0;
        for at in 0..3 {
            bits = bits << 8 | usize::from(group.get(at).copied().unwrap_or(0));
        }
        for at in 0..=group.len() {
            text.push(ALPHABET[bits >> (18 - 6 * at) & 63].into());
        }
    }
    text
}

/// The bytes that a text stands for: none where a character is not of the alphabet, or the last one has
/// bits that stand for nothing.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut open) = (0_u32, 0);
    for character in text.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        open += 6;
        if open >= 8 {
            open -= 8;
            #[expect(clippy::cast_possible_truncation, reason = "what is left is taken off")]
            bytes.push((bits >> open) as u8);
            bits &= (1 << open) - 1;
        }
    }
    (open < 6 && bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_4648_10() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(encode(&[0xfb, 0xef, 0xff]), "--__");
        assert_eq!(decode("--__"), Some(vec![0xfb, 0xef, 0xff]));
    }

    #[test]
    fn what_is_no_base64url() {
        for text in [
            "Z", "Zg=", "Zg==", "Zh", "Zm9", "Zm9vY", "Zm 9v", "+/+/", "Z\u{e9}",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
