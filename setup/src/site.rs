//! The website with the folder that Messenger Auth is served from.

use protocol::address::Address;

/// What is wrong with an address that ought to be a site's.
const NO_SITE: &str = "Write the address of your website alone: https://www.example.com";

/// A website, with the folder that the files are served from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    origin: String,
    folder: String,
}

impl Site {
    /// Reads what the owner typed. A sentence says what is wrong with it.
    pub fn read(origin: &str, folder: &str) -> Result<Self, Fault> {
        let address = Address::parse(origin).ok_or_else(|| {
            Fault::Origin(if origin.starts_with("http://") {
                "Write it with https:; people can be signed in over http: on localhost only."
            } else {
                NO_SITE
            })
        })?;
        if !address.is_bare() || !matches!(address.path(), "" | "/") {
            return Err(Fault::Origin(NO_SITE));
        }
        let folder = folder.trim_matches('/');
        let folder = if folder.is_empty() {
            "/".to_owned()
        } else {
            ["/", folder, "/"].concat()
        };
        let origin = self::origin(origin).ok_or(Fault::Origin(NO_SITE))?;
        match Address::parse(&[origin.as_str(), &folder].concat()) {
            Some(address) if address.is_bare() => Ok(Self { origin, folder }),
            _ => Err(Fault::Folder(
                "Write the path of a folder on your website: /messenger-auth/",
            )),
        }
    }

    /// Its origin, as a browser writes it.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// A file of Messenger Auth, as a path.
    #[must_use]
    pub fn path(&self, file: &str) -> String {
        [&self.folder, file].concat()
    }

    /// A file of Messenger Auth, as a whole address.
    #[must_use]
    pub fn address(&self, file: &str) -> String {
        [&self.origin, &self.folder, file].concat()
    }

    /// Where the sign-in window comes back to.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        self.address("authWindow.html")
    }
}

/// What is wrong, of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The website's address.
    Origin(&'static str),
    /// The folder.
    Folder(&'static str),
}

/// The origin of an address that a login may use, as a browser writes it: small letters, no usual port.
#[must_use]
pub fn origin(url: &str) -> Option<String> {
    let address = Address::parse(url)?;
    let scheme = url.split(':').next()?.to_ascii_lowercase();
    let host = address.host().to_ascii_lowercase();
    let usual = if scheme == "https" { 443 } else { 80 };
    let port = address.port().filter(|port| *port != usual);
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    Some(format!("{scheme}://{host}{port}"))
}

/// How near an issuer is to a site, as far as their names tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// Browsers send the issuer's cookies to its hidden frame.
    SameSite,
    /// Browsers may keep them back.
    Elsewhere,
}

/// Tells it by the host names: the same, one below the other, or both below one name of three parts or more, or
/// of two where one is longer than `co.uk` (`a.co.uk` and `b.co.uk` are strangers).
#[must_use]
pub fn distance(site: &str, issuer: &str) -> Distance {
    let host = |url: &str| Address::parse(url).map(|address| address.host().to_ascii_lowercase());
    let (Some(site), Some(issuer)) = (host(site), host(issuer)) else {
        return Distance::Elsewhere;
    };
    let is_below = |one: &str, other: &str| {
        one.strip_suffix(other)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    if is_below(&site, &issuer) || is_below(&issuer, &site) {
        return Distance::SameSite;
    }
    let numeric =
        |host: &str| host.starts_with('[') || host.ends_with(|c: char| c.is_ascii_digit());
    if numeric(&site) || numeric(&issuer) {
        return Distance::Elsewhere;
    }
    let common: Vec<&str> = site
        .rsplit('.')
        .zip(issuer.rsplit('.'))
        .take_while(|(one, other)| one == other)
        .map(|(part, _)| part)
        .collect();
    match common.as_slice() {
        [top, name] if name.len() > 3 || top.len() > 2 => Distance::SameSite,
        [_, _, _, ..] => Distance::SameSite,
        _ => Distance::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_have_addresses() {
        for (origin, folder) in [
            ("https://www.example.com", "/messenger-auth/"),
            ("https://www.example.com/", "messenger-auth"),
            ("HTTPS://WWW.example.com:443", "/messenger-auth"),
        ] {
            let site = Site::read(origin, folder).unwrap();
            assert_eq!(
                site.redirect_uri(),
                "https://www.example.com/messenger-auth/authWindow.html"
            );
            assert_eq!(site.path("x.js"), "/messenger-auth/x.js");
        }
        let root = Site::read("http://localhost:8080", "").unwrap();
        assert_eq!(root.redirect_uri(), "http://localhost:8080/authWindow.html");
    }

    #[test]
    fn what_is_no_site_has_a_sentence() {
        let origin = |text| match Site::read(text, "/") {
            Err(Fault::Origin(sentence)) => sentence,
            other => panic!("{text}: {other:?}"),
        };
        for text in [
            "",
            "www.example.com",
            "https://a.example/shop",
            "https://a.example?x",
            "ftp://a",
        ] {
            assert_eq!(origin(text), NO_SITE, "{text}");
        }
        assert!(origin("http://www.example.com").contains("localhost"));
        for folder in ["/a b/", "/?x", "/ä/"] {
            assert!(matches!(
                Site::read("https://a.example", folder),
                Err(Fault::Folder(_))
            ));
        }
    }

    #[test]
    fn the_same_site_is_told_by_names() {
        for (site, issuer) in [
            ("https://www.example.com", "https://login.example.com/x"),
            ("https://example.com", "https://login.example.com"),
            ("https://www.ing.com", "https://login.ing.com"),
            ("https://www.shop.co.uk", "https://id.shop.co.uk"),
            ("http://localhost:8080", "http://localhost:9080"),
        ] {
            assert_eq!(
                distance(site, issuer),
                Distance::SameSite,
                "{site} {issuer}"
            );
        }
        for (site, issuer) in [
            ("https://www.example.com", "https://idp.example.org"),
            ("https://a.co.uk", "https://b.co.uk"),
            ("https://myexample.com", "https://example.com"),
            ("http://127.0.0.1", "http://127.1.0.1"),
        ] {
            assert_eq!(
                distance(site, issuer),
                Distance::Elsewhere,
                "{site} {issuer}"
            );
        }
    }
}
