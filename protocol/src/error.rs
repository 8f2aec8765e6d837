//! Everything that can go wrong, grouped by whose doing it is.

use core::{fmt, ops::Deref};
use std::sync::Arc;

use crate::{
    address::{Address, without_query},
    decimal,
    issuer::filled,
};

/// Why there is no token: a [`Fault`], shared, so that it is handed on as one word.
///
/// Each has a stable [`code`](Fault::code), says what happened (`Display`) and what to do about
/// it ([`help`](Fault::help)); none carries a secret. The codes of what happens before this is
/// loaded are the loader's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Arc<Fault>);

impl Deref for Error {
    type Target = Fault;

    fn deref(&self) -> &Fault {
        &self.0
    }
}

impl From<Fault> for Error {
    // What a fault takes to put aside is downloaded once.
    #[inline(never)]
    fn from(fault: Fault) -> Self {
        Self(Arc::new(fault))
    }
}

impl PartialEq<Fault> for Error {
    fn eq(&self, fault: &Fault) -> bool {
        *self.0 == *fault
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What went wrong.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    // The integrator's.
    /// An option is unknown, missing, of the wrong kind, or does not fit another.
    BadOption {
        /// The option's name as the integrator writes it (camelCase).
        option: String,
        /// What is wrong with it and what would be right.
        problem: String,
    },
    /// The page is not a secure context.
    InsecurePage,
    /// The token endpoint or the issuer does not know this redirect URI.
    RedirectUriMismatch {
        /// The redirect URI that was sent.
        redirect_uri: String,
    },
    /// The server answered, and did not allow this page's origin to read it.
    CorsBlocked {
        /// The address, without its query.
        url: String,
    },

    // The person's.
    /// The browser blocked the sign-in window.
    PopupBlocked,
    /// The sign-in window was closed.
    PopupClosed,
    /// The page is in a frame that may open no window.
    PopupForbidden,
    /// The page is in a frame of somebody else's, and the sign-in window cannot be seen or heard
    /// from there any more.
    PopupSevered,
    /// Nobody is signed in, and it takes a person to change that.
    SignInRequired,

    // The issuer said no.
    /// An OAuth error answer.
    Refused {
        /// Which of the stable codes it is.
        refusal: Refusal,
        /// The `error` parameter as received.
        error: String,
        /// The `error_description`, as text.
        description: Option<String>,
    },

    // The answer did not hold.
    /// A token, an answer or a document failed a check.
    Untrusted {
        /// Which check.
        flaw: Flaw,
        /// What was found, for the person who mends it; never a token.
        detail: String,
    },

    /// The discovery document names another issuer than the configured one.
    DiscoveryMismatch {
        /// The configured issuer.
        configured: String,
        /// The `issuer` of the document.
        published: String,
        /// Where the document was read.
        discovery_url: String,
    },

    // The network's.
    /// The browser says that it is offline.
    Offline,
    /// The server could not be reached.
    Network {
        /// The address, without its query.
        url: String,
    },
    /// The page's own Content-Security-Policy does not let it ask the server.
    Forbidden {
        /// The address, without its query.
        url: String,
        /// The directive that is too strict.
        directive: &'static str,
    },
    /// A deadline passed.
    Timeout {
        /// What was being waited for.
        waiting_for: String,
    },
    /// The server answered with a status that is no success.
    BadStatus {
        /// The address, without its query.
        url: String,
        /// The HTTP status.
        status: u16,
    },

    // The messenger's.
    /// The messenger could not use what it was given.
    Messenger {
        /// What it told.
        detail: String,
    },

    // The browser's.
    /// The storage that is needed is blocked or full.
    StorageUnavailable,
    /// The widget came upon a fault of its own.
    Crashed,
}

/// The issuer's own refusals (RFC 6749 4.1.2.1 and 5.2, OpenID Connect Core 3.1.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the OAuth error of its name")]
pub enum Refusal {
    AccessDenied,
    LoginRequired,
    InteractionRequired,
    ConsentRequired,
    AccountSelectionRequired,
    InvalidClient,
    InvalidGrant,
    /// Any other `error`.
    IssuerError,
}

/// A check that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the stable code of its name")]
pub enum Flaw {
    StateMismatch,
    NonceMismatch,
    IssuerMismatch,
    AudienceMismatch,
    SignatureInvalid,
    AlgorithmNotAllowed,
    KeyNotFound,
    TokenExpired,
    TokenNotYetValid,
    TokenMalformed,
    HashMismatch,
    AuthTimeMissing,
    AuthTooOld,
    SubjectChanged,
    ResponseMalformed,
    DiscoveryMismatch,
}

impl Refusal {
    /// The refusal that an OAuth `error` value stands for.
    #[must_use]
    pub fn from_oauth(error: &str) -> Self {
        match error {
            "access_denied" => Self::AccessDenied,
            "login_required" => Self::LoginRequired,
            "interaction_required" => Self::InteractionRequired,
            "consent_required" => Self::ConsentRequired,
            "account_selection_required" => Self::AccountSelectionRequired,
            "invalid_client" | "unauthorized_client" => Self::InvalidClient,
            "invalid_grant" => Self::InvalidGrant,
            _ => Self::IssuerError,
        }
    }

    /// Whether it takes the person to go on.
    #[must_use]
    pub const fn takes_person(self) -> bool {
        matches!(
            self,
            Self::LoginRequired
                | Self::InteractionRequired
                | Self::ConsentRequired
                | Self::AccountSelectionRequired
        )
    }

    const fn code(self) -> &'static str {
        match self {
            Self::AccessDenied => "access-denied",
            Self::LoginRequired => "login-required",
            Self::InteractionRequired => "interaction-required",
            Self::ConsentRequired => "consent-required",
            Self::AccountSelectionRequired => "account-selection-required",
            Self::InvalidClient => "invalid-client",
            Self::InvalidGrant => "invalid-grant",
            Self::IssuerError => "issuer-error",
        }
    }
}

impl Refusal {
    const fn help(self) -> &'static str {
        match self {
            Self::AccessDenied => {
                "The person or the issuer declined; check that the person may use this client."
            }
            Self::LoginRequired
            | Self::InteractionRequired
            | Self::ConsentRequired
            | Self::AccountSelectionRequired => "Ask the person to sign in in a window.",
            Self::InvalidClient => {
                "Check clientId, and that it is a public (browser) client without a secret that may use this flow."
            }
            Self::InvalidGrant => {
                "Sign in again: a code or refresh token works once and for a limited time."
            }
            Self::IssuerError => {
                "Check what scope, flow and extraParams the client may use at the issuer."
            }
        }
    }
}

impl Flaw {
    const fn what(self) -> &'static str {
        match self {
            Self::DiscoveryMismatch => "The discovery document does not hold",
            Self::ResponseMalformed => "An answer is not as it should be",
            Self::StateMismatch => "A sign-in answer does not belong to this page",
            Self::SubjectChanged => "Another person came back",
            _ => "The ID token does not hold",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::TokenExpired | Self::TokenNotYetValid => {
                "This machine's clock may be off: check it. Otherwise sign in again."
            }
            Self::StateMismatch | Self::NonceMismatch => "Start the sign-in again from this page.",
            Self::IssuerMismatch => {
                "Check the option issuer: it must equal the token's iss, letter by letter."
            }
            Self::AudienceMismatch => "Check clientId: the token was issued for another client.",
            Self::AlgorithmNotAllowed => {
                "Let the issuer sign ID tokens for this client with RS256, PS256, ES256 or EdDSA."
            }
            Self::KeyNotFound | Self::SignatureInvalid => {
                "Check that issuer and jwksUri belong together; after a change of keys, try again in a minute."
            }
            Self::AuthTimeMissing => "Leave out maxAge, or let the issuer send auth_time.",
            Self::AuthTooOld => "Ask the person to sign in again (prompt: 'login').",
            Self::SubjectChanged => "Sign out, then let the right person sign in.",
            Self::DiscoveryMismatch => {
                "Check the issuer; where its document is wrong, write the endpoints out."
            }
            Self::ResponseMalformed => {
                "Check that the address is the issuer's, and what it answers there."
            }
            Self::TokenMalformed | Self::HashMismatch => {
                "Do not use this token: report it to the issuer's operator."
            }
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::StateMismatch => "state-mismatch",
            Self::NonceMismatch => "nonce-mismatch",
            Self::IssuerMismatch => "issuer-mismatch",
            Self::AudienceMismatch => "audience-mismatch",
            Self::SignatureInvalid => "signature-invalid",
            Self::AlgorithmNotAllowed => "algorithm-not-allowed",
            Self::KeyNotFound => "key-not-found",
            Self::TokenExpired => "token-expired",
            Self::TokenNotYetValid => "token-not-yet-valid",
            Self::TokenMalformed => "token-malformed",
            Self::HashMismatch => "hash-mismatch",
            Self::AuthTimeMissing => "auth-time-missing",
            Self::AuthTooOld => "auth-too-old",
            Self::SubjectChanged => "subject-changed",
            Self::ResponseMalformed => "response-malformed",
            Self::DiscoveryMismatch => "discovery-mismatch",
        }
    }
}

impl Error {
    /// Whether all that is wrong is that nobody is signed in.
    #[must_use]
    pub fn asks_for_person(&self) -> bool {
        matches!(**self, Fault::SignInRequired)
    }

    /// What the issuer has refused, if that is it.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match **self {
            Fault::Refused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// The check that failed, if that is it.
    #[must_use]
    pub fn flaw(&self) -> Option<Flaw> {
        match **self {
            Fault::Untrusted { flaw, .. } => Some(flaw),
            _ => None,
        }
    }

    /// The option that is wrong and what is wrong with it, if that is it.
    #[must_use]
    pub fn option(&self) -> Option<(&str, &str)> {
        match &**self {
            Fault::BadOption { option, problem } => Some((option, problem)),
            _ => None,
        }
    }

    /// A check that failed, and what was found.
    pub fn untrusted(flaw: Flaw, detail: impl Into<String>) -> Self {
        Self::from(Fault::Untrusted {
            flaw,
            detail: detail.into(),
        })
    }

    /// What is wrong with an option.
    pub fn bad_option(option: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::from(Fault::BadOption {
            option: option.into(),
            problem: problem.into(),
        })
    }

    /// An OAuth error answer. One that is about the redirect URI says so.
    pub(crate) fn refused(error: &str, description: Option<&str>, redirect_uri: &str) -> Self {
        let mentions_redirect = |text: &str| {
            let names = ["redirect_uri", "redirect uri", "redirect url"];
            let mut places = text.as_bytes().windows(names[0].len());
            places.any(|place| {
                names
                    .iter()
                    .any(|name| place.eq_ignore_ascii_case(name.as_bytes()))
            })
        };
        if error == "redirect_uri_mismatch"
            || matches!(error, "invalid_grant" | "invalid_request")
                && description.is_some_and(mentions_redirect)
        {
            return Self::from(Fault::RedirectUriMismatch {
                redirect_uri: redirect_uri.to_owned(),
            });
        }
        Self::from(Fault::Refused {
            refusal: Refusal::from_oauth(error),
            error: one_line(error),
            description: description.map(one_line),
        })
    }
}

impl Fault {
    /// The stable code, as documented in the README.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadOption { .. } => "bad-option",
            Self::InsecurePage => "insecure-page",
            Self::RedirectUriMismatch { .. } => "redirect-uri-mismatch",
            Self::CorsBlocked { .. } => "cors-blocked",
            Self::PopupBlocked | Self::PopupForbidden => "popup-blocked",
            Self::PopupClosed | Self::PopupSevered => "popup-closed",
            Self::SignInRequired => "sign-in-required",
            Self::Refused { refusal, .. } => refusal.code(),
            Self::Untrusted { flaw, .. } => flaw.code(),
            Self::DiscoveryMismatch { .. } => Flaw::DiscoveryMismatch.code(),
            Self::Offline => "offline",
            Self::Network { .. } | Self::Forbidden { .. } => "network",
            Self::Timeout { .. } => "timeout",
            Self::BadStatus { .. } => "bad-status",
            Self::Messenger { .. } => "messenger-error",
            Self::StorageUnavailable => "storage-unavailable",
            Self::Crashed => "crashed",
        }
    }

    /// What to do about it, in a sentence or two.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::RedirectUriMismatch { redirect_uri } => [
                "Register exactly this redirect URI at the issuer: ",
                redirect_uri,
            ]
            .concat(),
            Self::DiscoveryMismatch {
                published,
                discovery_url,
                ..
            } => paste_line(published, discovery_url),
            Self::Forbidden { url, directive } => [
                "Add ",
                origin(without_query(url)),
                " to ",
                directive,
                " of the page's Content-Security-Policy.",
            ]
            .concat(),
            Self::Refused { refusal, .. } => refusal.help().to_owned(),
            Self::Untrusted { flaw, .. } => flaw.help().to_owned(),
            other => other.fixed_help().to_owned(),
        }
    }

    const fn fixed_help(&self) -> &'static str {
        match self {
            Self::BadOption { .. } => {
                "Correct the option where the page sets up Messenger Auth; the README lists all options."
            }
            Self::InsecurePage => {
                "Serve the page, and those around it, over https: (http: on localhost only)."
            }
            Self::CorsBlocked { .. } => {
                "Add this page's origin to the client's allowed (CORS, web) origins at the issuer. For keys, issuer.jwks serves too."
            }
            Self::PopupBlocked => {
                "Open the window from a click, or allow pop-up windows for this site."
            }
            Self::PopupForbidden => {
                "Let the page around this frame send no Cross-Origin-Opener-Policy: same-origin (same-origin-allow-popups will do), and its sandbox have allow-popups and allow-popups-to-escape-sandbox. Otherwise allow pop-up windows for this site."
            }
            Self::PopupSevered => {
                "If nobody closed it, the issuer's Cross-Origin-Opener-Policy cut it off: show this page in a window of its own, not in another site's frame."
            }
            Self::PopupClosed => {
                "Sign in again. A wrong client id or redirect URI shows only in the window itself."
            }
            Self::SignInRequired => "Ask the person to sign in.",
            Self::Offline => "Try again when the connection is back.",
            Self::Network { .. } => "Check that the address is right and reachable.",
            Self::Timeout { .. } => "Try again; where it recurs, raise the time limit.",
            Self::BadStatus { .. } => {
                "Check the address in the configuration, and the server's own log."
            }
            Self::Messenger { .. } => {
                "Compare the messenger's settings (client id, secret, discovery address, redirect URI) with the client at the issuer."
            }
            Self::StorageUnavailable => {
                "Allow storage for this site, or set storage to 'memory' and transport to 'popup'."
            }
            Self::Crashed => "Reload the page, and report the console's output.",
            Self::RedirectUriMismatch { .. }
            | Self::DiscoveryMismatch { .. }
            | Self::Forbidden { .. }
            | Self::Refused { .. }
            | Self::Untrusted { .. } => "",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl Fault {
    /// What happened, in a sentence.
    #[must_use]
    pub fn message(&self) -> String {
        let status;
        let parts: &[&str] = match self {
            Self::BadOption { option, problem } => &["The option ", option, " ", problem],
            Self::InsecurePage => &["This page is not a secure context"],
            Self::RedirectUriMismatch { redirect_uri } => {
                &["The issuer does not accept the redirect URI ", redirect_uri]
            }
            Self::CorsBlocked { url } => &[
                url,
                " answered, but does not let this page read the answer (CORS)",
            ],
            Self::PopupBlocked | Self::PopupForbidden => {
                &["The browser blocked the sign-in window"]
            }
            Self::PopupSevered => &["The sign-in window was closed, or cut off from this page"],
            Self::PopupClosed => &["The sign-in window was closed"],
            Self::SignInRequired => &["Nobody is signed in"],
            Self::Refused {
                error, description, ..
            } => match description {
                Some(description) => &["The issuer refused: ", error, " (", description, ")"],
                None => &["The issuer refused: ", error],
            },
            Self::Untrusted { flaw, detail } => &[flaw.what(), ": ", detail],
            Self::DiscoveryMismatch {
                configured,
                published,
                ..
            } => &[
                "The configured issuer is ",
                configured,
                ", but its discovery document says ",
                published,
            ],
            Self::Offline => &["The browser is offline"],
            Self::Network { url } => &[url, " could not be reached"],
            Self::Forbidden { url, directive } => {
                &[url, " is forbidden by this page (", directive, ")"]
            }
            Self::Timeout { waiting_for } => &["Waited too long for ", waiting_for],
            Self::BadStatus { url, status: code } => {
                status = decimal::print(i64::from(*code));
                &[url, " answered with status ", &status]
            }
            Self::Messenger { detail } => &["The messenger could not go on: ", detail],
            Self::StorageUnavailable => &["The browser's storage is blocked or full"],
            Self::Crashed => &["Messenger Auth came upon a fault of its own"],
        };
        let mut message = parts.concat();
        message.push('.');
        message
    }
}

impl core::error::Error for Error {}

/// The origin of an address.
fn origin(url: &str) -> &str {
    let slashes = url.bytes().enumerate().filter(|(_, byte)| *byte == b'/');
    let path = slashes.map(|(at, _)| at).nth(2);
    path.and_then(|path| url.get(..path)).unwrap_or(url)
}

/// The line that makes the configuration fit the discovery document.
fn paste_line(published: &str, discovery_url: &str) -> String {
    let filled = filled(published, "x");
    let is_template = filled.is_some();
    if published.bytes().any(|byte| byte == b'\'')
        || Address::parse(filled.as_deref().unwrap_or(published)).is_none()
    {
        return "The issuer that the document names is no https: address: check the discovery address."
            .to_owned();
    }
    let default_url = [
        published.strip_suffix('/').unwrap_or(published),
        "/.well-known/openid-configuration",
    ]
    .concat();
    let mut line = [
        "If that is your issuer, write: issuer: ",
        "'",
        published,
        "'",
    ]
    .concat();
    if is_template || default_url != discovery_url {
        line = [
            "If that is your issuer, write: issuer: {kind: 'oidc', issuer: '",
            published,
            "', discoveryUrl: '",
            discovery_url,
            "'",
            if is_template {
                ", tenants: ['<tenant id>']}"
            } else {
                "}"
            },
        ]
        .concat();
    }
    line
}

/// A foreign text as at most 300 characters in one line.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars().take(300) {
        line.push(if c.is_control() { ' ' } else { c });
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mismatch(published: &str, discovery_url: &str) -> String {
        Fault::DiscoveryMismatch {
            configured: "https://idp.example.com".into(),
            published: published.into(),
            discovery_url: discovery_url.into(),
        }
        .help()
    }

    #[test]
    fn prints_the_line_to_paste() {
        let url = "https://idp.example.com/.well-known/openid-configuration";
        assert_eq!(
            mismatch("https://idp.example.com/", url),
            "If that is your issuer, write: issuer: 'https://idp.example.com/'"
        );
        assert_eq!(
            mismatch("https://other.example/", url),
            ["If that is your issuer, write: issuer: {kind: 'oidc', issuer: 'https://other.example/', discoveryUrl: '", url, "'}"].concat()
        );
        assert!(
            mismatch("https://login.microsoftonline.com/{tenantid}/v2.0", url)
                .ends_with("tenants: ['<tenant id>']}")
        );
        for odd in ["https://x.example/', evil: '", "javascript:alert(1)"] {
            assert!(!mismatch(odd, url).contains("write"), "{odd}");
        }
    }

    #[test]
    fn a_refusal_about_the_redirect_uri_says_so() {
        let uri = "https://www.example.com/authWindow.html";
        for error in ["invalid_grant", "invalid_request"] {
            let refused = Error::refused(error, Some("Bad `redirect_uri`."), uri);
            assert_eq!(refused.code(), "redirect-uri-mismatch");
            assert!(refused.help().ends_with(uri));
        }
        assert_eq!(
            Error::refused("redirect_uri_mismatch", None, uri).code(),
            "redirect-uri-mismatch"
        );
        assert_eq!(
            Error::refused("invalid_grant", Some("code is used up"), uri).code(),
            "invalid-grant"
        );
        assert_eq!(
            Error::refused("access_denied", Some("redirect_uri"), uri).code(),
            "access-denied"
        );
    }

    #[test]
    fn a_description_stays_text_of_one_line() {
        let long = ["<b>no</b>\n", &"\u{e9}".repeat(400)].concat();
        let error = Error::refused("oops", Some(&long), "");
        let shown = error.to_string();
        assert!(shown.starts_with("The issuer refused: oops (<b>no</b> \u{e9}"));
        assert!(!shown.contains('\n'));
        assert!(shown.chars().count() < 340);
        assert_eq!(error.code(), "issuer-error");
    }

    #[test]
    fn says_what_the_policy_lacks() {
        for url in ["https://idp.example.com/token", "https://idp.example.com"] {
            let error = Fault::Forbidden {
                url: url.into(),
                directive: "connect-src",
            };
            assert_eq!(
                error.help(),
                "Add https://idp.example.com to connect-src of the page's Content-Security-Policy."
            );
        }
    }

    #[test]
    fn says_the_status() {
        let error = Fault::BadStatus {
            url: "https://idp.example.com/token".into(),
            status: 503,
        };
        assert_eq!(
            error.to_string(),
            "https://idp.example.com/token answered with status 503."
        );
    }
}
