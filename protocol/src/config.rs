//! The options an integrator writes, as checked values. Every refusal names the option.

use std::sync::Arc;

use crate::{
    Error,
    address::Address,
    client::{Client, ResponseType},
    issuer::{Issuer, Kind},
    json::{self, Map},
    login::Redemption,
    options::Options,
    part::parts,
    session::TokenKind,
};

/// Everything that `init` was told, with the defaults filled in.
#[derive(Debug, Clone)]
pub struct Config {
    /// What is registered at the issuer.
    pub client: Arc<Client>,
    /// Where people sign in.
    pub issuer: Issuer,
    /// How a person is sent there.
    pub transport: Transport,
    /// Whether a hidden frame is tried before a person is asked.
    pub silent: bool,
    /// Who receives the result.
    pub host: Host,
    /// What the callback gives.
    pub hand_over: HandOver,
    /// The site's own token service.
    pub token_url: Option<String>,
    /// Where in a JSON answer of that service the JWT is, as a dotted path.
    pub token_url_member: Option<String>,
    /// The host's limit for the callback, in milliseconds.
    pub timeout_ms: u32,
    /// How long a person may take in the window, in milliseconds.
    pub sign_in_timeout_ms: u32,
    /// What the callback does when nobody is signed in.
    pub on_signed_out: OnSignedOut,
    /// Where the issuer leads to after a sign-out; where none is named, back to the page.
    pub post_logout_redirect_uri: Option<String>,
    /// Where tokens live.
    pub storage: Storage,
    /// Share of a token's life after which it is renewed.
    pub renew_at: f64,
    /// Seconds that a token handed out has left, at least.
    pub min_ttl: u32,
    /// The panel's language, where the integrator chose one.
    pub locale: Option<String>,
}

/// How a person is sent to the issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// In a window of its own.
    Popup,
    /// The whole page leaves and comes back.
    Page,
}

/// Who receives the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// The page's own code.
    Page,
    /// Dynamics 365 Omnichannel, through its JavaScript client function.
    Dynamics,
    /// Genesys Messenger, through its plugin `AuthProvider`.
    GenesysMessenger,
    /// Genesys Embeddable Framework, through the frame that Genesys serves.
    GenesysEmbeddable,
}

/// What the callback gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandOver {
    /// A token of the session.
    Token(TokenKind),
    /// An unredeemed authorization code.
    Code,
    /// The answer of the site's token service.
    TokenUrl,
}

/// What the callback does when nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnSignedOut {
    /// Answers `null`.
    Null,
    /// Answers `null` and leaves for the login page.
    Page,
}

/// Where tokens live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// `sessionStorage`.
    Session,
    /// This page's memory.
    Memory,
    /// `localStorage`.
    Local,
}

impl Config {
    /// Reads the options of `init`. `redirect_uri` is the default where the options name
    /// none: `authWindow.html` beside the loader, when that is on the page's own origin.
    pub fn parse(members: &Map, redirect_uri: Option<&str>) -> Result<Self, Error> {
        let options = Options::new(members, "");
        let config = Self::read(&options, redirect_uri);
        options.checked(())?;
        let config = config?;
        config.client.check(&config.issuer)?;
        config.can_give(config.hand_over)?;
        Ok(config)
    }

    fn read(options: &Options<'_>, redirect_uri: Option<&str>) -> Result<Self, Error> {
        options.refuse_others(&KNOWN);
        check_loader_options(options);
        let issuer = match options.get("issuer") {
            Some(issuer) => Issuer::parse(issuer)?,
            None => {
                return Err(Error::bad_option(
                    "issuer",
                    "is required: the address where people sign in",
                ));
            }
        };
        let client = client(options, &issuer, redirect_uri);
        let token_url = token_url(options, &issuer);
        let host = options
            .choice(
                "host",
                &[
                    "page",
                    "dynamics",
                    "genesys-messenger",
                    "genesys-embeddable",
                ],
                &[
                    Host::Page,
                    Host::Dynamics,
                    Host::GenesysMessenger,
                    Host::GenesysEmbeddable,
                ],
            )
            .unwrap_or(Host::Page);
        let gives_code = client.response_type == ResponseType::Code;
        let gives_id_token = issuer.issues_id_tokens() && client.gives_id_token();
        check_host(options, host, &issuer, &client);
        let _ = options.switch("dedicatedLoginWindow");
        let transport = transport(options).unwrap_or(Transport::Popup);
        if transport == Transport::Page && matches!(issuer.kind(), Kind::Finesse(_)) {
            options.refuse(
                "transport",
                "must be 'popup' at Finesse, whose login ends with a document for the page to read",
            );
        }
        let usual = match host {
            _ if issuer.keeps_session() => HandOver::TokenUrl,
            Host::GenesysMessenger if gives_code => HandOver::Code,
            _ if gives_id_token => HandOver::Token(TokenKind::IdToken),
            _ => HandOver::Token(TokenKind::AccessToken),
        };
        let renew_at = options.float("renewAt").unwrap_or(0.75);
        if !(0.1..=0.95).contains(&renew_at) {
            options.refuse("renewAt", "must be a number from 0.1 to 0.95");
        }
        Ok(Self {
            hand_over: hand_over(options, usual),
            transport,
            silent: options.switch("silent").unwrap_or(true)
                && !matches!(issuer.kind(), Kind::GenesysCloud(_)),
            host,
            token_url,
            token_url_member: options.text("tokenUrlMember").map(str::to_owned),
            timeout_ms: options
                .number("timeoutMs", 1_000, 600_000)
                .unwrap_or(10_000),
            sign_in_timeout_ms: options
                .number("signInTimeoutMs", 1_000, 600_000)
                .unwrap_or(600_000),
            post_logout_redirect_uri: address(options, "postLogoutRedirectUri").map(str::to_owned),
            on_signed_out: options
                .choice(
                    "onSignedOut",
                    &["null", "page"],
                    &[OnSignedOut::Null, OnSignedOut::Page],
                )
                .unwrap_or(OnSignedOut::Null),
            storage: options
                .choice(
                    "storage",
                    &["session", "memory", "local"],
                    &[Storage::Session, Storage::Memory, Storage::Local],
                )
                .unwrap_or(Storage::Session),
            renew_at,
            min_ttl: options.number("minTtl", 0, 3_600).unwrap_or(60),
            locale: options
                .choice("locale", &LOCALES, &LOCALES)
                .map(str::to_owned),
            client: Arc::new(client),
            issuer,
        })
    }

    /// Refuses what cannot work on this page; `is_own_origin` tells whether an address is of its origin.
    pub fn check_page(&self, is_own_origin: impl FnOnce(&str) -> bool) -> Result<(), Error> {
        match self.issuer.kind() {
            Kind::Finesse(finesse) if !is_own_origin(finesse.base()) => Err(Error::bad_option(
                "issuer.baseUrl",
                "must be of this page's own origin: serve the page from Finesse's host, or proxy /desktop/sso/ on the page's host to Finesse",
            )),
            _ => Ok(()),
        }
    }

    /// Whether the whole page may leave for the issuer, to come back by the redirect URI.
    #[must_use]
    pub fn leaves_page(&self) -> bool {
        self.issuer.knows_clients()
            && (self.transport == Transport::Page || self.on_signed_out == OnSignedOut::Page)
    }

    /// Refuses what this issuer, flow and scope can never give.
    pub fn can_give(&self, what: HandOver) -> Result<(), Error> {
        let response_type = self.client.response_type;
        let why = match what {
            HandOver::Token(_) | HandOver::Code if self.issuer.keeps_session() => {
                "can only be 'token-url' where the issuer keeps its own session"
            }
            HandOver::Token(TokenKind::IdToken)
                if !self.issuer.issues_id_tokens() || !self.client.gives_id_token() =>
            {
                "cannot be 'id_token': issuer, response type and scope ('openid') must give one"
            }
            HandOver::Token(TokenKind::AccessToken) | HandOver::TokenUrl
                if response_type == ResponseType::IdToken =>
            {
                "needs an access token: set flow to 'code', or responseType to one with 'token'"
            }
            HandOver::Code if response_type != ResponseType::Code => {
                "cannot be 'code' but with an OAuth client and flow 'code'"
            }
            HandOver::TokenUrl if self.token_url.is_none() => {
                "cannot be 'token-url' without the option tokenUrl"
            }
            _ => return Ok(()),
        };
        Err(Error::bad_option("handOver", why))
    }

    /// Which token is renewed ahead of time: the one that is handed over, or the access token: the site's
    /// service is shown it, and beside a code the page may have asked for it.
    #[must_use]
    pub fn renewed_kind(&self) -> TokenKind {
        match self.hand_over {
            HandOver::Token(kind) => kind,
            HandOver::TokenUrl | HandOver::Code => TokenKind::AccessToken,
        }
    }

    /// Who redeems the code of a sign-in.
    #[must_use]
    pub fn redemption(&self) -> Redemption {
        match (self.hand_over, self.host) {
            (HandOver::Code, host) => host.redemption(),
            _ => Redemption::Here,
        }
    }
}

impl Host {
    /// How this host redeems a code that it is handed.
    #[must_use]
    pub fn redemption(self) -> Redemption {
        match self {
            Self::Page | Self::GenesysMessenger | Self::GenesysEmbeddable => Redemption::ByHost,
            Self::Dynamics => Redemption::ByHostWithoutPkce,
        }
    }
}

/// Makes options of attributes: `class`, `id` and what others have put there go, and an
/// issuer written as JSON is read.
pub fn tidy_attributes(attributes: &mut Map) {
    attributes.retain(|name, _| KNOWN.contains(&name));
    if let Some(issuer) = attributes.get_mut("issuer")
        && let Some(read) = issuer.as_str().and_then(|text| json::read(text.as_bytes()))
        && read.as_object().is_some()
    {
        *issuer = read;
    }
}

/// The transport that a set of options asks for, if any (`init` and `signIn` share it).
pub fn transport(options: &Options<'_>) -> Option<Transport> {
    options.choice(
        "transport",
        &["popup", "page"],
        &[Transport::Popup, Transport::Page],
    )
}

fn check_loader_options(options: &Options<'_>) {
    let _ = options.text("dataLayer");
    let _ = options.choice("load", &["eager", "idle", "interaction"], &[(); 3]);
    let forbidden = |part| matches!(part, "" | "__proto__" | "prototype" | "constructor");
    if let Some(path) = options.text("callback")
        && parts(path, b'.').any(forbidden)
    {
        options.refuse(
            "callback",
            "is a dotted path such as auth.getAuthenticationToken; no part may be empty, \
             __proto__, prototype or constructor",
        );
    }
}

fn address<'a>(options: &Options<'a>, name: &str) -> Option<&'a str> {
    let url = options.text(name);
    if url.is_some_and(|url| Address::parse(url).is_none_or(|url| url.fragment().is_some())) {
        options.refuse(
            name,
            "must be a whole https: address (http: on localhost only), without #",
        );
    }
    url
}

/// The site's own token service; a portal brings its own.
fn token_url(options: &Options<'_>, issuer: &Issuer) -> Option<String> {
    let url = address(options, "tokenUrl");
    match issuer.kind() {
        Kind::PowerPages(portal) => {
            if url.is_some() {
                options.refuse("tokenUrl", "is the portal's own: leave it out");
            }
            return Some(portal.token_service());
        }
        Kind::SiteSession(_) if url.is_none() => options.refuse(
            "tokenUrl",
            "is required: the site's service that gives the token",
        ),
        _ => {}
    }
    url.map(str::to_owned)
}

/// Refuses a host that can take nothing of what this issuer gives.
fn check_host(options: &Options<'_>, host: Host, issuer: &Issuer, client: &Client) {
    let gives_proof = issuer.issues_id_tokens()
        && (client.response_type == ResponseType::Code || client.gives_id_token());
    if host == Host::GenesysMessenger && !gives_proof {
        options.refuse(
            "host",
            "'genesys-messenger' takes a code or an ID token of an OpenID Provider with a discovery document: this issuer, flow and scope give neither",
        );
    }
    if host == Host::GenesysEmbeddable && !matches!(issuer.kind(), Kind::GenesysCloud(_)) {
        options.refuse(
            "host",
            "'genesys-embeddable' takes tokens of Genesys Cloud: set issuer to 'genesys-cloud:<domain>'",
        );
    }
}

fn client(options: &Options<'_>, issuer: &Issuer, default_redirect_uri: Option<&str>) -> Client {
    let no_client = match issuer.kind() {
        Kind::SiteSession(_) => Some(""),
        Kind::Finesse(finesse) => Some(finesse.username()),
        _ => None,
    };
    let flow = options.choice("flow", &["code", "implicit"], &[false, true]);
    let asked = options.choice(
        "responseType",
        &[
            "code",
            "token",
            "id_token",
            "id_token token",
            "token id_token",
        ],
        &[
            ResponseType::Code,
            ResponseType::Token,
            ResponseType::IdToken,
            ResponseType::IdTokenToken,
            ResponseType::IdTokenToken,
        ],
    );
    let scope = options.text("scope");
    let extra_params = options.params("extraParams");
    let clock_skew = options.number("clockSkew", 0, 600).unwrap_or(60);
    let max_age = options.number("maxAge", 0, u32::MAX);
    if let Some(name) = no_client {
        return Client::without_oauth(name);
    }
    let implicit = flow.unwrap_or(matches!(issuer.kind(), Kind::PowerPages(_)));
    let usual = match (implicit, issuer.issues_id_tokens()) {
        (false, _) => ResponseType::Code,
        (true, true) => ResponseType::IdToken,
        (true, false) => ResponseType::Token,
    };
    let response_type = asked.unwrap_or(usual);
    match (implicit, response_type == ResponseType::Code) {
        (false, false) => options.refuse(
            "responseType",
            "belongs to the implicit flow: set flow to 'implicit', or leave it out",
        ),
        (true, true) => options.refuse(
            "responseType",
            "'code' is flow 'code': set flow to 'code', or leave responseType out",
        ),
        _ => {}
    }
    let redirect_uri = match (options.text("redirectUri"), default_redirect_uri) {
        (None, Some(default)) => default,
        _ => options.required(
            "redirectUri",
            "the address of authWindow.html on this site; there is no default for a loader from another origin",
        ),
    };
    let default_scope = if issuer.issues_id_tokens() {
        "openid"
    } else {
        ""
    };
    let client_id = match (options.get("clientId"), client_of_region(options, issuer)) {
        (None, Some(client_id)) => client_id,
        _ => options
            .required("clientId", "the OAuth client registered at the issuer")
            .to_owned(),
    };
    Client {
        client_id,
        redirect_uri: redirect_uri.to_owned(),
        response_type,
        scope: scope.unwrap_or(default_scope).to_owned(),
        extra_params,
        clock_skew,
        max_age,
    }
}

/// What `clientIds` has for this region, as the Embeddable Framework's own settings have it.
fn client_of_region(options: &Options<'_>, issuer: &Issuer) -> Option<String> {
    let Kind::GenesysCloud(genesys) = issuer.kind() else {
        return None;
    };
    options
        .params("clientIds")
        .into_iter()
        .find(|(domain, _)| domain == genesys.domain())
        .map(|(_, client_id)| client_id)
}

fn hand_over(options: &Options<'_>, usual: HandOver) -> HandOver {
    options
        .choice(
            "handOver",
            &["id_token", "access_token", "code", "token-url"],
            &[
                HandOver::Token(TokenKind::IdToken),
                HandOver::Token(TokenKind::AccessToken),
                HandOver::Code,
                HandOver::TokenUrl,
            ],
        )
        .unwrap_or(usual)
}

const LOCALES: [&str; 3] = ["en", "es", "ko"];

const KNOWN: [&str; 28] = [
    "callback",
    "clientId",
    "clientIds",
    "clockSkew",
    "dataLayer",
    "dedicatedLoginWindow",
    "extraParams",
    "flow",
    "handOver",
    "host",
    "issuer",
    "load",
    "locale",
    "maxAge",
    "minTtl",
    "onSignedOut",
    "postLogoutRedirectUri",
    "redirectUri",
    "renewAt",
    "responseType",
    "scope",
    "signInTimeoutMs",
    "silent",
    "storage",
    "timeoutMs",
    "tokenUrl",
    "tokenUrlMember",
    "transport",
];

#[cfg(test)]
mod tests {
    use crate::json::{Value, json};

    use super::*;

    const BESIDE: Option<&str> = Some("https://www.example.com/auth/authWindow.html");

    fn parse(options: &Value) -> Result<Config, Error> {
        Config::parse(options.as_object().unwrap(), BESIDE)
    }

    /// `issuer` and `clientId`, and what a test adds.
    fn with(more: &Value) -> Result<Config, Error> {
        let options = json!({ "issuer": "https://idp.example.com", "clientId": "web" });
        parse(&options.with(more))
    }

    #[track_caller]
    fn refused(more: &Value, name: &str) {
        let refused = with(more).unwrap_err();
        assert_eq!(
            refused.option().map(|(option, _)| option),
            Some(name),
            "{more}: {refused}"
        );
    }

    #[test]
    fn two_options_are_enough() {
        let config = with(&json!({})).unwrap();
        assert_eq!(config.transport, Transport::Popup);
        assert_eq!(config.hand_over, HandOver::Token(TokenKind::IdToken));
        assert_eq!(config.client.response_type, ResponseType::Code);
        assert_eq!(config.client.redirect_uri, BESIDE.unwrap());
        assert_eq!(config.client.scope, "openid");
        assert_eq!((config.timeout_ms, config.min_ttl), (10_000, 60));
        assert!(config.silent);
    }

    #[test]
    fn attributes_are_text() {
        let config = with(&json!({
            "timeoutMs": "5000", "silent": "false", "renewAt": "0.5", "maxAge": "0",
            "extraParams": "{\"acr_values\":\"high\",\"n\":1}",
        }))
        .unwrap();
        assert_eq!(config.timeout_ms, 5_000);
        assert!(!config.silent);
        assert!((config.renew_at - 0.5).abs() < f64::EPSILON);
        assert_eq!(config.client.max_age, Some(0));
        let expected = [("acr_values", "high"), ("n", "1")];
        let params = config.client.extra_params.iter();
        assert!(params.map(|(k, v)| (&**k, &**v)).eq(expected));
    }

    #[test]
    fn attributes_of_others_are_left_alone() {
        let attributes = json!({
            "class": "wide", "issuer": "{\"kind\":\"oidc\"}", "clientId": "web",
        });
        let mut attributes = attributes.as_object().unwrap().clone();
        tidy_attributes(&mut attributes);
        let expected = json!({ "issuer": { "kind": "oidc" }, "clientId": "web" });
        assert_eq!(Value::Object(attributes), expected);
    }

    #[test]
    fn a_bad_option_is_named() {
        refused(&json!({ "clientSecret": "hush" }), "clientSecret");
        refused(&json!({ "transport": "pigeon" }), "transport");
        refused(&json!({ "timeoutMs": "soon" }), "timeoutMs");
        refused(&json!({ "timeoutMs": 10.5 }), "timeoutMs");
        refused(&json!({ "minTtl": -1 }), "minTtl");
        refused(&json!({ "renewAt": 2 }), "renewAt");
        refused(&json!({ "silent": "perhaps" }), "silent");
        refused(&json!({ "storage": "disk" }), "storage");
        refused(&json!({ "load": "never" }), "load");
        refused(&json!({ "extraParams": "not json" }), "extraParams");
        refused(&json!({ "extraParams": { "a": [] } }), "extraParams");
        refused(&json!({ "clientId": "" }), "clientId");
        refused(&json!({ "issuer": 7 }), "issuer");
        refused(&json!({ "host": "pigeon" }), "host");
        refused(&json!({ "host": "genesys-embeddable" }), "host");
        refused(
            &json!({ "dedicatedLoginWindow": "big" }),
            "dedicatedLoginWindow",
        );
    }

    #[test]
    fn a_sites_own_session_needs_its_service_and_no_client() {
        let site = json!({ "kind": "site-session", "signInUrl": "https://www.example.com/login" });
        let service = "https://www.example.com/chat-token";
        let with = |more: &Value| {
            let options = json!({ "issuer": site, "tokenUrl": service });
            Config::parse(options.with(more).as_object().unwrap(), None)
        };
        let config = with(&json!({ "host": "dynamics", "transport": "page" })).unwrap();
        assert_eq!(config.hand_over, HandOver::TokenUrl);
        assert!(config.silent && !config.leaves_page());
        for wrong in [
            json!({ "tokenUrl": null }),
            json!({ "handOver": "id_token" }),
            json!({ "host": "genesys-messenger" }),
        ] {
            assert_eq!(with(&wrong).unwrap_err().code(), "bad-option", "{wrong}");
        }
    }

    #[test]
    fn what_a_host_cannot_take_is_refused() {
        let genesys = |more: &Value| {
            let options = json!({ "issuer": "genesys-cloud:mypurecloud.de" });
            parse(&options.with(more))
        };
        // Its own server could not redeem a code of Genesys Cloud's: there is no discovery document.
        for flow in ["code", "implicit"] {
            let neither = json!({ "clientId": "a", "flow": flow, "host": "genesys-messenger" });
            assert_eq!(genesys(&neither).unwrap_err().code(), "bad-option");
        }
        let messenger = with(&json!({ "host": "genesys-messenger" })).unwrap();
        assert_eq!(messenger.hand_over, HandOver::Code);
        assert_eq!(messenger.redemption(), Redemption::ByHost);
        let implicit = json!({ "host": "genesys-messenger", "flow": "implicit" });
        let id_token = HandOver::Token(TokenKind::IdToken);
        assert_eq!(with(&implicit).unwrap().hand_over, id_token);

        let ids = json!({ "mypurecloud.ie": "ireland", "mypurecloud.de": "germany" });
        let embeddable = json!({ "clientIds": ids, "host": "genesys-embeddable" });
        assert_eq!(genesys(&embeddable).unwrap().client.client_id, "germany");
        let both = json!({ "clientIds": ids, "clientId": "mine" });
        assert_eq!(genesys(&both).unwrap().client.client_id, "mine");
        let elsewhere = json!({ "clientIds": { "mypurecloud.ie": "ireland" } });
        assert_eq!(genesys(&elsewhere).unwrap_err().code(), "bad-option");
    }

    #[test]
    fn what_is_required_is_missed() {
        for missing in ["issuer", "clientId"] {
            let options = json!({ "issuer": "https://idp.example.com", "clientId": "web" });
            let mut options = options.as_object().unwrap().clone();
            options.retain(|name, _| name != missing);
            let refused = Config::parse(&options, BESIDE).unwrap_err();
            assert_eq!(
                refused.option().map(|(option, _)| option),
                Some(missing),
                "{refused}"
            );
        }
        let options = json!({ "issuer": "https://idp.example.com", "clientId": "web" });
        let refused = Config::parse(options.as_object().unwrap(), None).unwrap_err();
        assert_eq!(
            refused.option().map(|(option, _)| option),
            Some("redirectUri"),
            "{refused}"
        );
    }

    #[test]
    fn a_callback_path_leads_nowhere_near_a_prototype() {
        for path in [
            "__proto__.f",
            "a.constructor",
            "a.prototype.f",
            "a..f",
            ".f",
            "a.",
        ] {
            refused(&json!({ "callback": path }), "callback");
        }
        assert!(with(&json!({ "callback": "none" })).is_ok());
        assert!(with(&json!({ "callback": "shop.getToken" })).is_ok());
    }

    #[test]
    fn an_impossible_hand_over_is_refused() {
        refused(
            &json!({ "flow": "implicit", "handOver": "access_token" }),
            "handOver",
        );
        refused(
            &json!({ "flow": "implicit", "handOver": "code" }),
            "handOver",
        );
        refused(&json!({ "handOver": "token-url" }), "handOver");
        refused(
            &json!({ "flow": "implicit", "handOver": "token-url", "tokenUrl": "https://x.com/t" }),
            "handOver",
        );
        refused(&json!({ "tokenUrl": "/token" }), "tokenUrl");
        refused(&json!({ "tokenUrl": "https://x.com/#t" }), "tokenUrl");
        refused(&json!({ "locale": "de" }), "locale");
        let token_only =
            json!({ "flow": "implicit", "responseType": "token", "handOver": "id_token" });
        refused(&token_only, "handOver");
        refused(&json!({ "responseType": "id_token" }), "responseType");
    }

    #[test]
    fn genesys_cloud_gives_access_tokens_and_knows_no_hidden_frame() {
        let config = with(&json!({ "issuer": "genesys-cloud:mypurecloud.de" })).unwrap();
        assert_eq!(config.hand_over, HandOver::Token(TokenKind::AccessToken));
        assert!(!config.silent);
        assert_eq!(config.client.scope, "");
        let implicit = json!({ "issuer": "genesys-cloud:mypurecloud.de", "flow": "implicit" });
        let config = with(&implicit).unwrap();
        assert_eq!(config.client.response_type, ResponseType::Token);
    }

    #[test]
    fn the_host_decides_who_redeems_a_code() {
        let page = with(&json!({ "handOver": "code" })).unwrap();
        assert_eq!(page.redemption(), Redemption::ByHost);
        let dynamics = with(&json!({ "handOver": "code", "host": "dynamics" })).unwrap();
        assert_eq!(dynamics.redemption(), Redemption::ByHostWithoutPkce);
        assert_eq!(with(&json!({})).unwrap().redemption(), Redemption::Here);
    }
}
