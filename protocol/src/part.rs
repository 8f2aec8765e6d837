//! Texts taken apart at an ASCII character: the standard library's searchers find any character and
//! text there is, and are 800 bytes more to download (brotli).

use core::iter;

/// What stands before the first `at`, and what behind it.
#[must_use]
pub fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// What stands before the first `at`, between two, and behind the last.
pub fn parts(text: &str, at: u8) -> impl Iterator<Item = &str> + Clone {
    let mut rest = Some(text);
    iter::from_fn(move || {
        let (part, after) = match cut(rest?, at) {
            Some((part, after)) => (part, Some(after)),
            None => (rest?, None),
        };
        rest = after;
        Some(part)
    })
}

/// What stands between spaces.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    parts(text, b' ').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_standard_library_does() {
        for text in ["", ".", "a", "a.b", ".a..b.", "\u{e9}.\u{ac00}", "..."] {
            assert_eq!(cut(text, b'.'), text.split_once('.'), "{text}");
            assert!(parts(text, b'.').eq(text.split('.')), "{text}");
        }
        assert!(words("  openid  email ").eq(["openid", "email"]));
        assert_eq!(words(" ").count(), 0);
    }
}
