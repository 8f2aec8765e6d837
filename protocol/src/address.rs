//! An absolute web address, read strictly.
//!
//! Not a URL parser: what a browser would repair (spaces, backslashes, control characters,
//! a user name before the host) is refused here, so that the address that was checked is
//! the address that is used.

use crate::{
    decimal,
    part::{cut, parts},
};

/// The parts of an `https:` or `http:` address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    secure: bool,
    host: &'a str,
    port: Option<u16>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Address<'a> {
    /// Reads an address that a login may use: `https:`, or `http:` on loopback.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        if !text.bytes().all(is_url_byte) {
            return None;
        }
        let (scheme, rest) = cut(text, b':')?;
        let rest = rest.strip_prefix("//")?;
        let secure = if scheme.eq_ignore_ascii_case("https") {
            true
        } else if scheme.eq_ignore_ascii_case("http") {
            false
        } else {
            return None;
        };
        let (rest, fragment) = split_off(rest, b'#');
        let (rest, query) = split_off(rest, b'?');
        let (authority, path) = rest
            .bytes()
            .position(|byte| byte == b'/')
            .and_then(|slash| rest.split_at_checked(slash))
            .unwrap_or((rest, ""));
        let (host, port) = split_port(authority)?;
        let address = Self {
            secure,
            host,
            port,
            path,
            query,
            fragment,
        };
        (is_host(host) && (secure || address.is_loopback())).then_some(address)
    }

    /// The host as written, an IPv6 address with its brackets.
    #[must_use]
    pub const fn host(&self) -> &'a str {
        self.host
    }

    /// The port, where one is written.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The path with its first `/`, or nothing.
    #[must_use]
    pub const fn path(&self) -> &'a str {
        self.path
    }

    /// What stands between `?` and `#`.
    #[must_use]
    pub const fn query(&self) -> Option<&'a str> {
        self.query
    }

    /// What stands after `#`.
    #[must_use]
    pub const fn fragment(&self) -> Option<&'a str> {
        self.fragment
    }

    /// Whether it has neither query nor fragment.
    #[must_use]
    pub const fn is_bare(&self) -> bool {
        self.query.is_none() && self.fragment.is_none()
    }

    fn is_loopback(&self) -> bool {
        let host = self.host;
        let is_v4 = || {
            let mut parts = parts(host, b'.');
            parts.next() == Some("127")
                && parts.clone().count() == 3
                && parts.all(|part| {
                    decimal::digits(part).is_some_and(|byte| u8::try_from(byte).is_ok())
                })
        };
        host == "[::1]"
            || host.eq_ignore_ascii_case("localhost")
            || ends_with_ignore_case(host, ".localhost")
            || is_v4()
    }
}

/// Whether `text` ends with `end`, letters of either case being the same.
pub(crate) fn ends_with_ignore_case(text: &str, end: &str) -> bool {
    text.len()
        .checked_sub(end.len())
        .and_then(|start| text.as_bytes().get(start..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
}

/// Whether an address is at a page's own host, or below it (`www.` apart): cookies go there. A host beside it may
/// be somebody else's: `a.co.uk` and `b.co.uk` look no different.
#[must_use]
pub fn is_neighbour(url: &str, page_host: &str) -> bool {
    let domain = page_host.strip_prefix("www.").unwrap_or(page_host);
    Address::parse(url).is_some_and(|there| {
        there.host().eq_ignore_ascii_case(domain)
            || ends_with_ignore_case(there.host(), &[".", domain].concat())
    })
}

/// An address without query and fragment, fit to be shown.
#[must_use]
pub fn without_query(url: &str) -> &str {
    let end = url.bytes().position(|byte| matches!(byte, b'?' | b'#'));
    end.and_then(|end| url.get(..end)).unwrap_or(url)
}

fn split_off(text: &str, at: u8) -> (&str, Option<&str>) {
    match cut(text, at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    // The colons of an IPv6 address stand inside its brackets.
    let host = cut(authority, b']').map_or(0, |(v6, _)| v6.len());
    let colon = authority.get(host..).and_then(|rest| cut(rest, b':'));
    match colon {
        Some((_, digits)) => {
            let host = authority.get(..authority.len() - digits.len() - 1)?;
            Some((host, Some(decimal::digits(digits)?.try_into().ok()?)))
        }
        None => Some((authority, None)),
    }
}

fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(
            byte,
            b'\\' | b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}'
        )
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[') {
        return inner.strip_suffix(']').is_some_and(|v6| {
            cut(v6, b':').is_some() && v6.bytes().all(|b| b.is_ascii_hexdigit() || b == b':')
        });
    }
    host.len() <= 253
        && parts(host, b'.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_an_address_apart() {
        let address = Address::parse("https://idp.example.com:8443/a/b?c=d#e").expect("fits");
        assert_eq!(address.host(), "idp.example.com");
        assert_eq!(address.port(), Some(8443));
        assert_eq!(address.path(), "/a/b");
        assert_eq!(address.query(), Some("c=d"));
        assert_eq!(address.fragment(), Some("e"));
    }

    #[test]
    fn http_is_for_loopback_only() {
        for good in [
            "http://localhost",
            "http://localhost:9080/",
            "http://idp.LOCALHOST/x",
            "http://127.0.0.1:3000",
            "http://127.255.0.9/",
            "http://[::1]:8080/a",
        ] {
            assert!(Address::parse(good).is_some(), "{good}");
        }
        for bad in [
            "http://example.com",
            "http://localhost.example.com",
            "http://notlocalhost",
            "http://127.0.0.1.example.com",
            "http://127.0.0",
            "http://127.0.0.256",
            "http://127.0.0.-0",
            "https://idp.example.com:-0",
            "http://128.0.0.1",
            "http://[::2]/",
        ] {
            assert!(Address::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn refuses_what_a_browser_would_repair() {
        for bad in [
            "",
            "idp.example.com",
            "//idp.example.com",
            "/relative",
            "javascript:alert(1)",
            "javascript://example.com/%0aalert(1)",
            "data:text/html,x",
            "https:/example.com",
            "https://",
            "https:///path",
            "https://user@example.com",
            "https://user:pass@example.com/",
            "https://example.com\\@evil.example",
            "https://exa mple.com",
            " https://example.com",
            "https://example.com\n",
            "https://example.com/\u{1}",
            "https://ex\u{e4}mple.com",
            "https://example..com",
            "https://.example.com",
            "https://example.com:",
            "https://example.com:+1",
            "https://example.com:99999",
            "https://example.com:80:80",
            "https://[::1",
            "https://[]",
            "https://[::1]x/",
            "https://exa%6dple.com",
            "https://example.com/{tenantid}",
        ] {
            assert!(Address::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn cookies_go_to_neighbours_alone() {
        for (url, page, expected) in [
            ("https://www.example.com/token", "www.example.com", true),
            ("https://example.com/token", "www.example.com", true),
            (
                "https://API.Example.com:8443/token",
                "www.example.com",
                true,
            ),
            ("https://api.example.com/token", "example.com", true),
            ("http://localhost:9080/token", "localhost", true),
            ("https://example.com/token", "shop.example.com", false),
            ("https://b.co.uk/token", "a.co.uk", false),
            ("https://notexample.com/token", "example.com", false),
            ("https://example.com.evil.example/", "example.com", false),
            ("example.com", "example.com", false),
        ] {
            assert_eq!(is_neighbour(url, page), expected, "{url} from {page}");
        }
    }
}
