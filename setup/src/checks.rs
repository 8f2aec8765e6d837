//! What was found at the issuer, judged by the form.

use protocol::{
    Error, Fault,
    address::{Address, is_neighbour},
    client::ResponseType,
    config::{Config, HandOver},
    error::Flaw,
    issuer::{Issuer, Kind},
    json::{Map, Value},
    jwk::Algorithm,
    login::Redemption,
    session::TokenKind,
};

use crate::{
    advice::portal_key,
    form::{Complete, Field, Form, Messenger, SignIn},
    site::{Distance, distance, origin},
};

/// What is to be asked. Another plan, other questions; the same plan, nothing new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Whose documents are read.
    pub issuer: Issuer,
    /// What stands for its discovery document, where the endpoints are written out.
    pub written_out: Option<Map>,
    /// A code that cannot exist is redeemed by this client.
    pub redeem: Option<Redeem>,
    /// The site's own service.
    pub service: Option<Service>,
}

/// The site's own service, and what will tell it who is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its address.
    pub url: String,
    /// What the widget sends.
    pub proof: Proof,
}

/// What tells a service who is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The site's cookie.
    Cookie,
    /// An access token.
    Bearer,
    /// Either.
    Both,
    /// Nothing: there is no access token, and cookies do not go there.
    Nothing,
}

impl Proof {
    fn of(config: &Config, url: &str, site: &str) -> Self {
        let host = Address::parse(site).map_or("", |site| site.host());
        match (is_neighbour(url, host), config.issuer.keeps_session()) {
            (true, true) => Self::Cookie,
            (true, false) => Self::Both,
            (false, false) => Self::Bearer,
            (false, true) => Self::Nothing,
        }
    }

    /// Whether the site's cookies go along.
    #[must_use]
    pub const fn has_cookies(self) -> bool {
        matches!(self, Self::Cookie | Self::Both)
    }

    /// Whether an access token goes along.
    #[must_use]
    pub const fn has_bearer(self) -> bool {
        matches!(self, Self::Bearer | Self::Both)
    }
}

/// Who asks the token endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redeem {
    /// `client_id`.
    pub client_id: String,
    /// `redirect_uri`.
    pub redirect_uri: String,
}

/// What has been found so far; `None` where the answer is still awaited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The discovery document, as the widget read it.
    pub discovery: Option<Result<Map, Error>>,
    /// The keys.
    pub keys: Option<Result<(), Error>>,
    /// The token endpoint.
    pub token: Option<Reach>,
    /// The site's own service.
    pub service: Option<Reach>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// An answer that this page may read.
    Answered {
        /// HTTP status.
        status: u16,
        /// `error` of an OAuth error answer.
        error: Option<String>,
    },
    /// The server answered, and this page may not read it.
    Blocked,
    /// It redirects.
    Redirects,
    /// No answer.
    Unreachable,
    /// None in time.
    Late,
}

/// A check, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name in the document.
    pub id: &'static str,
    /// What is checked.
    pub title: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// What was found.
    pub found: String,
    /// What to do about it; empty where there is nothing to do.
    pub remedy: String,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It fits.
    Pass,
    /// It may not work, or cannot be known from here.
    Warning,
    /// It does not work.
    Fail,
    /// There is nothing to check; good to know.
    Note,
    /// The answer is awaited.
    Running,
    /// The form has to be filled in further.
    Waiting,
}

impl Outcome {
    /// What a screen reader says of it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "Passed",
            Self::Warning => "Warning",
            Self::Fail => "Failed",
            Self::Note => "Note",
            Self::Running => "Checking",
            Self::Waiting => "Waiting",
        }
    }
}

/// Whether a document says where the keys are. The widget needs them as soon as there is a token to check.
pub fn keys_named(document: &Map) -> Result<(), Error> {
    let detail = "the discovery document has no jwks_uri";
    document
        .present("jwks_uri")
        .map(drop)
        .ok_or_else(|| Error::untrusted(Flaw::ResponseMalformed, detail))
}

/// What to ask for this form; nothing while the issuer's own fields are not right.
#[must_use]
pub fn plan(form: &Form) -> Option<Plan> {
    let issuer = form.issuer().ok()?;
    let complete = form.complete().ok();
    let redeem = complete
        .as_ref()
        .filter(|complete| redeems_here(&complete.config))
        .map(|complete| Redeem {
            client_id: complete.config.client.client_id.clone(),
            redirect_uri: complete.config.client.redirect_uri.clone(),
        });
    let service = complete.and_then(|complete| service_of(form, &complete));
    Some(Plan {
        issuer,
        written_out: form.written_out(),
        redeem,
        service,
    })
}

/// The service; a portal's own is judged by its address alone.
fn service_of(form: &Form, complete: &Complete) -> Option<Service> {
    let url = complete.config.token_url.clone()?;
    let proof = Proof::of(&complete.config, &url, complete.site.origin());
    (form.sign_in != SignIn::PowerPages).then_some(Service { url, proof })
}

fn redeems_here(config: &Config) -> bool {
    config.client.response_type == ResponseType::Code
        && config.redemption() == Redemption::Here
        && matches!(config.issuer.kind(), Kind::Oidc(_) | Kind::GenesysCloud(_))
}

/// Judges. `here` is the origin of this page, which is the one that asked.
#[must_use]
pub fn judge(form: &Form, findings: &Findings, here: &str) -> Vec<Check> {
    let (examples, _) = form.with_examples();
    let Ok(draft) = examples.complete() else {
        return Vec::new();
    };
    let config = &draft.config;
    let at = Place {
        here,
        site: draft.site.origin(),
    };
    let readiness = Readiness::of(form);
    let mut checks = Vec::new();
    match form.sign_in {
        SignIn::OpenId if form.written_out().is_some() => {
            checks.push(note(
                "discovery",
                "Discovery",
                "Not read, because the endpoints are written out. What the provider supports, the try-out shows.",
            ));
            if readiness != Readiness::Nothing {
                checks.push(keys(findings, &at));
            }
        }
        SignIn::OpenId => {
            checks.push(discovery(findings, readiness, &at));
            if let Some(Ok(document)) = &findings.discovery {
                checks.push(keys(findings, &at));
                checks.push(flow(config, document));
                checks.extend(pkce(config, document));
                checks.extend(algorithms(form, config, document));
                checks.extend(public_client(config, document));
                checks.extend(scopes(config, document));
            }
        }
        SignIn::GenesysCloud => checks.push(note(
            "discovery",
            "Discovery",
            "Genesys Cloud has no discovery document; its addresses are known to Messenger Auth.",
        )),
        SignIn::Finesse => checks.push(note(
            "discovery",
            "Finesse",
            "Only a page on Finesse’s own origin, or one that proxies it, can ask it: it is found out in the try-out there.",
        )),
        SignIn::PowerPages | SignIn::SiteSession => {}
    }
    if redeems_here(config)
        && (form.sign_in != SignIn::OpenId || matches!(findings.discovery, Some(Ok(_))))
    {
        checks.extend(token_endpoint(findings, &at, readiness));
    } else if config.hand_over == HandOver::Code {
        checks.push(note(
            "cors",
            "Token endpoint",
            "Not asked by your page: the messenger’s servers redeem the code, with a secret that only they know.",
        ));
    }
    checks.push(silent(form, config, findings, &at));
    if let Some(asked) = service_of(form, &draft) {
        checks.push(service(&asked, findings, &at, readiness));
    }
    if form.messenger == Messenger::Dynamics {
        checks.extend(dynamics(form, config));
    }
    checks
}

/// How much of the form can be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readiness {
    /// Not even where people sign in.
    Nothing,
    /// The issuer's documents.
    Issuer,
    /// Everything.
    Complete,
}

impl Readiness {
    fn of(form: &Form) -> Self {
        match (form.complete(), form.issuer()) {
            (Ok(_), _) => Self::Complete,
            (Err(_), Ok(_)) => Self::Issuer,
            (Err(_), Err(_)) => Self::Nothing,
        }
    }
}

/// Where the question was asked, and where the widget will ask it.
struct Place<'a> {
    here: &'a str,
    site: &'a str,
}

impl Place<'_> {
    fn is_the_site(&self) -> bool {
        self.here == self.site
    }
}

fn check(
    id: &'static str,
    title: &'static str,
    outcome: Outcome,
    found: impl Into<String>,
    remedy: impl Into<String>,
) -> Check {
    Check {
        id,
        title,
        outcome,
        found: found.into(),
        remedy: remedy.into(),
    }
}

fn note(id: &'static str, title: &'static str, found: &str) -> Check {
    check(id, title, Outcome::Note, found, "")
}

fn discovery(findings: &Findings, readiness: Readiness, at: &Place<'_>) -> Check {
    let (id, title) = ("discovery", "Discovery");
    match &findings.discovery {
        _ if readiness == Readiness::Nothing => check(
            id,
            title,
            Outcome::Waiting,
            "Read as soon as the provider’s address is there.",
            "",
        ),
        None => check(id, title, Outcome::Running, "Reading …", ""),
        Some(Ok(_)) => check(
            id,
            title,
            Outcome::Pass,
            "Reachable from a web page, and it names the issuer that you wrote.",
            "",
        ),
        Some(Err(error)) => failed(id, title, error, at),
    }
}

fn keys(findings: &Findings, at: &Place<'_>) -> Check {
    let (id, title) = ("keys", "Signing keys");
    match &findings.keys {
        None => check(id, title, Outcome::Running, "Reading …", ""),
        Some(Ok(())) => check(id, title, Outcome::Pass, "Reachable from a web page.", ""),
        Some(Err(error)) => failed(id, title, error, at),
    }
}

fn failed(id: &'static str, title: &'static str, error: &Error, at: &Place<'_>) -> Check {
    let remedy = match &**error {
        Fault::CorsBlocked { .. } => "Let the provider send CORS headers (Access-Control-Allow-Origin) here, or allow your website’s origin in the client’s registration.".to_owned(),
        Fault::Network { .. } => "Check the address: is it spelt as your provider shows it, and reachable from this browser?".to_owned(),
        Fault::Timeout { .. } => "The provider did not answer in time. Check the address, then try again.".to_owned(),
        other => other.help(),
    };
    if matches!(**error, Fault::CorsBlocked { .. }) && !at.is_the_site() {
        let found = format!(
            "{error} This page asked, from {}. Whether {} may read it cannot be seen from here.",
            at.here, at.site
        );
        return check(id, title, Outcome::Warning, found, remedy);
    }
    check(id, title, Outcome::Fail, error.to_string(), remedy)
}

/// The texts of a list in the document; none where it is not there.
fn listed<'a>(document: &'a Map, name: &str) -> Option<Vec<&'a str>> {
    Some(
        document
            .get(name)?
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .collect(),
    )
}

fn flow(config: &Config, document: &Map) -> Check {
    let wanted = config.client.response_type.as_str();
    let title = "Flow";
    let same = |one| sorted(one) == sorted(wanted);
    match listed(document, "response_types_supported") {
        _ if config.client.response_type == ResponseType::Code
            && config.redemption() == Redemption::Here
            && document.get("token_endpoint").is_none() =>
        {
            check(
                "flow",
                title,
                Outcome::Fail,
                "The document names no token endpoint, so that a code can be redeemed nowhere.",
                "Take a provider with the authorization code flow, or switch to the implicit flow under More.",
            )
        }
        Some(types) if types.iter().any(|one| same(one)) => check(
            "flow",
            title,
            Outcome::Pass,
            format!("The provider supports response_type={wanted}."),
            "",
        ),
        Some(types) => check(
            "flow",
            title,
            Outcome::Fail,
            format!(
                "The provider does not support response_type={wanted}; it lists: {}.",
                types.join(", ")
            ),
            "Choose another flow under More, or let the provider switch this one on.",
        ),
        None => check(
            "flow",
            title,
            Outcome::Warning,
            "The document does not say which response types there are.",
            "Try it out below.",
        ),
    }
}

/// The words of a response type, which have no order.
fn sorted(response_type: &str) -> Vec<&str> {
    let mut words: Vec<&str> = response_type.split(' ').collect();
    words.sort_unstable();
    words
}

fn pkce(config: &Config, document: &Map) -> Option<Check> {
    let title = "PKCE";
    if config.client.response_type != ResponseType::Code {
        return None;
    }
    if config.redemption() == Redemption::ByHostWithoutPkce {
        return Some(note(
            "pkce",
            title,
            "Not used: the OAuth code type of Dynamics has no place for it.",
        ));
    }
    Some(match listed(document, "code_challenge_methods_supported") {
        Some(methods) if methods.contains(&"S256") => check(
            "pkce",
            title,
            Outcome::Pass,
            "The provider supports S256.",
            "",
        ),
        Some(methods) => check(
            "pkce",
            title,
            Outcome::Fail,
            format!(
                "The provider does not support S256; it lists: {}.",
                if methods.is_empty() {
                    "nothing".to_owned()
                } else {
                    methods.join(", ")
                }
            ),
            "Let the provider switch PKCE with S256 on. Messenger Auth never signs in with less.",
        ),
        None => check(
            "pkce",
            title,
            Outcome::Warning,
            "The document does not say whether PKCE is supported. Most providers support it without saying so.",
            "Try it out below; ask your provider for PKCE with S256.",
        ),
    })
}

fn algorithms(form: &Form, config: &Config, document: &Map) -> Option<Check> {
    let title = "Signatures";
    if !config.client.asks_openid() {
        return None;
    }
    let Some(names) = listed(document, "id_token_signing_alg_values_supported") else {
        return Some(check(
            "algorithms",
            title,
            Outcome::Warning,
            "The document does not say how ID tokens are signed.",
            "Try it out below.",
        ));
    };
    let known: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| Algorithm::from_name(name).is_some())
        .collect();
    let needs_rs256 = form.messenger == Messenger::Dynamics
        && config.hand_over == HandOver::Token(TokenKind::IdToken);
    Some(if known.is_empty() {
        check(
            "algorithms",
            title,
            Outcome::Fail,
            format!(
                "No algorithm that can be checked in a page; the provider lists: {}.",
                names.join(", ")
            ),
            "Let the provider sign ID tokens for this client with RS256, PS256, ES256 or EdDSA.",
        )
    } else if needs_rs256 && !known.contains(&"RS256") {
        check(
            "algorithms",
            title,
            Outcome::Fail,
            format!(
                "Dynamics takes RS256 alone; the provider lists: {}.",
                names.join(", ")
            ),
            "Let the provider sign with RS256, or let a service of your site make the JWT.",
        )
    } else {
        check(
            "algorithms",
            title,
            Outcome::Pass,
            format!("ID tokens are signed with {}.", known.join(", ")),
            "",
        )
    })
}

fn public_client(config: &Config, document: &Map) -> Option<Check> {
    let methods = listed(document, "token_endpoint_auth_methods_supported")?;
    (redeems_here(config) && !methods.contains(&"none")).then(|| check(
        "public", "Public client", Outcome::Warning,
        format!("The provider lists no clients without a secret; it lists: {}.", methods.join(", ")),
        "Register a single-page (public) client. Where there are none, let a messenger with a server redeem the code: a secret never goes into a page.",
    ))
}

fn scopes(config: &Config, document: &Map) -> Option<Check> {
    let known = listed(document, "scopes_supported")?;
    let unknown: Vec<&str> = config
        .client
        .scope
        .split_ascii_whitespace()
        .filter(|scope| !known.contains(scope))
        .collect();
    (!unknown.is_empty()).then(|| {
        check(
            "scopes",
            "Scopes",
            Outcome::Warning,
            format!(
                "Not among the scopes that the provider lists: {}.",
                unknown.join(", ")
            ),
            "Leave them out, or let the provider allow them for this client.",
        )
    })
}

fn token_endpoint(findings: &Findings, at: &Place<'_>, readiness: Readiness) -> Vec<Check> {
    let (id, title) = ("cors", "Token endpoint");
    let allow = format!(
        "Add {} to the allowed web origins (CORS) of the client at the provider, and check the client id: many providers let pages read answers to clients that they know only.",
        at.site
    );
    let Some(reach) = &findings.token else {
        return vec![asked_later(id, title, readiness)];
    };
    let readable = match reach {
        Reach::Answered { .. } if at.is_the_site() => check(
            id,
            title,
            Outcome::Pass,
            "Your website may read its answers (CORS).",
            "",
        ),
        Reach::Answered { .. } => check(
            id,
            title,
            Outcome::Warning,
            format!(
                "This page’s origin, {}, may read its answers (CORS). Whether {} may cannot be seen from here.",
                at.here, at.site
            ),
            format!(
                "Make sure that {} is allowed at the provider, or open this page from your website.",
                at.site
            ),
        ),
        Reach::Blocked if at.is_the_site() => check(
            id,
            title,
            Outcome::Fail,
            "It answers, but does not let your website read the answer (CORS).",
            allow,
        ),
        Reach::Blocked => check(
            id,
            title,
            Outcome::Warning,
            format!(
                "It answers, but does not let {} read the answer (CORS). Whether {} may cannot be seen from here.",
                at.here, at.site
            ),
            allow,
        ),
        Reach::Redirects => check(
            id,
            title,
            Outcome::Fail,
            "It redirects, which a token endpoint must not.",
            "Check the address in the discovery document.",
        ),
        Reach::Unreachable => check(
            id,
            title,
            Outcome::Fail,
            "It could not be reached.",
            "Check the address, and whether a firewall keeps it from browsers.",
        ),
        Reach::Late => check(
            id,
            title,
            Outcome::Fail,
            "It did not answer in time.",
            "Try again; where it recurs, ask the provider.",
        ),
    };
    let mut checks = vec![readable];
    if let Reach::Answered {
        error: Some(error), ..
    } = reach
    {
        let title = "Client";
        checks.push(match error.as_str() {
            "invalid_grant" => check("client", title, Outcome::Pass, "The provider knows this client id, and asks for no secret.", ""),
            "invalid_client" | "unauthorized_client" => check(
                "client", title, Outcome::Fail,
                format!("The provider refuses this client ({error})."),
                "Check the client id, and that it is registered as a public (single-page) client without a secret that may use the authorization code flow.",
            ),
            other => check(
                "client", title, Outcome::Note,
                format!("The provider answered {}: that tells nothing about the client.", protocol::error::one_line(other)),
                "",
            ),
        });
    }
    checks
}

/// A check whose answer is awaited, or whose question is.
fn asked_later(id: &'static str, title: &'static str, readiness: Readiness) -> Check {
    if readiness == Readiness::Complete {
        check(id, title, Outcome::Running, "Asking …", "")
    } else {
        check(
            id,
            title,
            Outcome::Waiting,
            "Asked as soon as the form is complete.",
            "",
        )
    }
}

fn silent(form: &Form, config: &Config, findings: &Findings, at: &Place<'_>) -> Check {
    let (id, title) = ("silent", "Silent sign-in");
    let document = findings
        .discovery
        .as_ref()
        .and_then(|found| found.as_ref().ok());
    let prompts = document.and_then(|document| listed(document, "prompt_values_supported"));
    match form.sign_in {
        SignIn::GenesysCloud => note(
            id,
            title,
            "Genesys Cloud knows no silent sign-in: people press Sign in once, and the tab remembers them.",
        ),
        SignIn::Finesse => note(
            id,
            title,
            "While the agent’s single sign-on is alive, the token comes unseen.",
        ),
        SignIn::SiteSession => note(
            id,
            title,
            "Whoever is logged in on your site has a token at once.",
        ),
        SignIn::PowerPages => {
            let host = Address::parse(at.site).map_or("", |site| site.host());
            let portal = config.issuer.identifier();
            if origin(portal).as_deref() == Some(at.site) {
                check(
                    id,
                    title,
                    Outcome::Pass,
                    "Your pages are the portal’s own: whoever is logged in there has a token at once.",
                    "",
                )
            } else if is_neighbour(portal, host) {
                check(
                    id,
                    title,
                    Outcome::Warning,
                    "The portal is on another origin than your pages: its cookie goes along, and the browser lets them read its answer only where the portal allows that (CORS).",
                    "Put the messenger on the portal’s own pages, or see in the try-out whether the token comes.",
                )
            } else {
                check(
                    id,
                    title,
                    Outcome::Warning,
                    "Your pages are not the portal’s: its cookie does not go along, and people sign in in the window. Microsoft takes redirect URIs on the portal’s own pages only.",
                    "Put the messenger and the files of Messenger Auth on the portal’s own pages.",
                )
            }
        }
        SignIn::OpenId if !config.silent => {
            note(id, title, "Switched off under More: people press Sign in.")
        }
        SignIn::OpenId if form.issuer().is_err() => check(
            id,
            title,
            Outcome::Waiting,
            "Told as soon as the provider’s address is there.",
            "",
        ),
        SignIn::OpenId => match prompts {
            Some(prompts) if !prompts.contains(&"none") => check(
                id,
                title,
                Outcome::Warning,
                "The provider does not list prompt=none, which a hidden frame needs.",
                "People press Sign in. Choose “ask at once” under More to save the attempt.",
            ),
            _ => {
                let sign_in = document
                    .and_then(|document| document.get("authorization_endpoint")?.as_str())
                    .unwrap_or(config.issuer.identifier());
                match distance(at.site, sign_in) {
                    Distance::SameSite => check(
                        id,
                        title,
                        Outcome::Pass,
                        "Provider and website seem to be one site: browsers send the provider’s cookie to the hidden frame.",
                        "",
                    ),
                    Distance::Elsewhere => check(
                        id,
                        title,
                        Outcome::Warning,
                        "The provider may be on another site than yours. Browsers that block third-party cookies keep people from being recognised there; they press Sign in.",
                        "Give the provider a name below your website’s (login.example.com for www.example.com). The try-out shows what this browser does.",
                    ),
                }
            }
        },
    }
}

fn service(asked: &Service, findings: &Findings, at: &Place<'_>, readiness: Readiness) -> Check {
    let (id, title) = ("service", "Your token service");
    let fail = |found: &str, remedy: &str| check(id, title, Outcome::Fail, found, remedy);
    if asked.proof == Proof::Nothing {
        return fail(
            "It is neither on your website’s host nor below it: the cookie never goes there, so that it knows nobody.",
            "Serve it from your website’s own origin, or from a name below your website’s.",
        );
    }
    let Some(reach) = &findings.service else {
        return asked_later(id, title, readiness);
    };
    let is_own = origin(&asked.url).as_deref() == Some(at.site);
    let elsewhere = format!(
        "This page asked, from {}. What {} is told cannot be seen from here.",
        at.here, at.site
    );
    let cors = if is_own {
        "Open this page from your website: there, the service is of the same origin.".to_owned()
    } else {
        allow_service(asked.proof, at.site)
    };
    match reach {
        Reach::Answered { status: 404, .. } => fail(
            "There is nothing at this address (404).",
            "Check the address.",
        ),
        Reach::Answered {
            status: status @ 200..300,
            ..
        } => check(
            id,
            title,
            Outcome::Warning,
            format!("It answered {status} to somebody who is not signed in."),
            "Let it answer 401 to whoever is not signed in. A login page with status 200 is understood only with the header X-Responded-JSON.",
        ),
        Reach::Answered {
            status: 401 | 403, ..
        } if at.is_the_site() => check(
            id,
            title,
            Outcome::Pass,
            "It is there, and gives nothing to whoever is not signed in.",
            "",
        ),
        Reach::Answered {
            status: 401 | 403, ..
        } => check(
            id,
            title,
            Outcome::Warning,
            format!("It is there, and gives nothing to whoever is not signed in. {elsewhere}"),
            cors,
        ),
        Reach::Answered { status, .. } => check(
            id,
            title,
            Outcome::Warning,
            format!("It answered {status} to somebody who is not signed in."),
            "Let it answer 401.",
        ),
        Reach::Blocked if at.is_the_site() => fail(
            "It answers, but does not let your website read the answer (CORS).",
            &cors,
        ),
        Reach::Blocked => check(
            id,
            title,
            Outcome::Warning,
            format!("It answers, and does not let this page read the answer (CORS). {elsewhere}"),
            cors,
        ),
        Reach::Redirects if asked.proof.has_cookies() && at.is_the_site() => check(
            id,
            title,
            Outcome::Pass,
            "It sends whoever is not signed in elsewhere, which counts as: nobody is signed in.",
            "",
        ),
        Reach::Redirects if asked.proof.has_cookies() => check(
            id,
            title,
            Outcome::Warning,
            format!(
                "It sends whoever is not signed in elsewhere, which counts as: nobody is signed in. {elsewhere}"
            ),
            cors,
        ),
        Reach::Redirects => fail(
            "It redirects.",
            "Let it answer 401 to whoever is not signed in, not a redirect to the login page.",
        ),
        Reach::Unreachable => fail("It could not be reached.", "Check the address."),
        Reach::Late => fail(
            "It did not answer in time.",
            "It has to answer within a few seconds: the messenger waits ten.",
        ),
    }
}

/// What the service has to send, so that pages of another origin may ask it with what goes along.
fn allow_service(proof: Proof, site: &str) -> String {
    let mut headers = vec![format!("Access-Control-Allow-Origin: {site}")];
    if proof.has_cookies() {
        headers.push("Access-Control-Allow-Credentials: true".to_owned());
        headers.push("Access-Control-Expose-Headers: X-Responded-JSON".to_owned());
    }
    if proof.has_bearer() {
        headers.push(
            "Access-Control-Allow-Headers: Authorization, which the answer to OPTIONS needs"
                .to_owned(),
        );
    }
    format!(
        "Let it answer with {}; or serve it from your website’s own origin.",
        headers.join(", ")
    )
}

fn dynamics(form: &Form, config: &Config) -> Vec<Check> {
    let limits = [
        (
            "function-name",
            "Name of the function",
            form.text(Field::Callback).to_owned(),
            NAME_MAX,
            "Choose a shorter name under More.",
        ),
        (
            "key-address",
            "Public key URL",
            if form.sign_in == SignIn::PowerPages {
                portal_key(config)
            } else {
                String::new()
            },
            KEY_ADDRESS_MAX,
            "Use the portal’s shorter address, or let a service of your site give the key.",
        ),
    ];
    let too_long = limits
        .into_iter()
        .filter_map(|(id, title, text, most, remedy)| {
            let length = text.chars().count();
            (length > most).then(|| {
                let found = format!("It has {length} characters; Dynamics takes {most} at most.");
                check(id, title, Outcome::Fail, found, remedy)
            })
        });
    jwt(form, config).into_iter().chain(too_long).collect()
}

/// The longest name of a JavaScript client function.
const NAME_MAX: usize = 100;

/// The longest address of a public key.
const KEY_ADDRESS_MAX: usize = 256;

fn jwt(form: &Form, config: &Config) -> Option<Check> {
    let (id, title) = ("jwt", "What Dynamics takes");
    let opaque = matches!(form.sign_in, SignIn::GenesysCloud | SignIn::Finesse);
    match config.hand_over {
        HandOver::Token(_) if opaque => Some(check(
            id,
            title,
            Outcome::Fail,
            "This sign-in gives an access token that is no JWT; Dynamics takes a JWT signed with RS256 alone.",
            "Let a service of your site make the JWT, or choose another sign-in.",
        )),
        HandOver::Token(kind) => Some(check(
            id,
            title,
            Outcome::Warning,
            format!(
                "Dynamics wants a JWT signed with RS256 whose sub is the contact’s record. {}",
                if kind == TokenKind::IdToken {
                    "An ID token’s sub is the provider’s own."
                } else {
                    "An access token is rarely a JWT of that kind."
                }
            ),
            "Try it out, and look at the claims. Usually a service of your site makes the JWT.",
        )),
        HandOver::Code | HandOver::TokenUrl => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::tests::filled;

    const SITE: &str = "https://www.example.com";

    fn document() -> Value {
        json!({
            "issuer": "https://idp.example.com",
            "authorization_endpoint": "https://idp.example.com/auth",
            "token_endpoint": "https://idp.example.com/token",
            "response_types_supported": ["code", "token id_token"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["HS256", "RS256"],
            "token_endpoint_auth_methods_supported": ["none"],
        })
    }

    fn found(document: &Value) -> Findings {
        Findings {
            discovery: Some(Ok(document.as_object().unwrap().clone())),
            keys: Some(Ok(())),
            token: Some(Reach::Answered {
                status: 400,
                error: Some("invalid_grant".into()),
            }),
            service: None,
        }
    }

    #[track_caller]
    fn outcome(checks: &[Check], id: &str) -> Outcome {
        let check = checks.iter().find(|check| check.id == id);
        let check = check.unwrap_or_else(|| panic!("no {id} in {checks:?}"));
        let needs_remedy = matches!(check.outcome, Outcome::Fail | Outcome::Warning);
        assert_eq!(needs_remedy, !check.remedy.is_empty(), "{check:?}");
        check.outcome
    }

    #[test]
    fn a_sound_provider_passes() {
        let form = filled(Messenger::Page, SignIn::OpenId);
        let checks = judge(&form, &found(&document()), SITE);
        for id in [
            "discovery",
            "keys",
            "flow",
            "pkce",
            "algorithms",
            "cors",
            "client",
        ] {
            assert_eq!(outcome(&checks, id), Outcome::Pass, "{id}");
        }
        let same: Vec<&str> = checks.iter().map(|check| check.id).collect();
        assert_eq!(same.len(), 8, "{same:?}");
        assert_eq!(outcome(&checks, "silent"), Outcome::Pass);
    }

    #[test]
    fn what_the_document_lacks_is_told() {
        let form = filled(Messenger::Page, SignIn::OpenId);
        for (name, value, id, expected) in [
            (
                "code_challenge_methods_supported",
                json!(["plain"]),
                "pkce",
                Outcome::Fail,
            ),
            (
                "code_challenge_methods_supported",
                json!([]),
                "pkce",
                Outcome::Fail,
            ),
            (
                "code_challenge_methods_supported",
                Value::Null,
                "pkce",
                Outcome::Warning,
            ),
            (
                "response_types_supported",
                json!(["id_token"]),
                "flow",
                Outcome::Fail,
            ),
            (
                "response_types_supported",
                Value::Null,
                "flow",
                Outcome::Warning,
            ),
            ("token_endpoint", Value::Null, "flow", Outcome::Fail),
            (
                "id_token_signing_alg_values_supported",
                json!(["HS256", "none"]),
                "algorithms",
                Outcome::Fail,
            ),
            (
                "token_endpoint_auth_methods_supported",
                json!(["client_secret_basic"]),
                "public",
                Outcome::Warning,
            ),
            (
                "scopes_supported",
                json!(["profile"]),
                "scopes",
                Outcome::Warning,
            ),
            (
                "prompt_values_supported",
                json!(["login"]),
                "silent",
                Outcome::Warning,
            ),
            (
                "authorization_endpoint",
                json!("https://idp.example.org/auth"),
                "silent",
                Outcome::Warning,
            ),
        ] {
            let mut changed = document().as_object().unwrap().clone();
            changed.retain(|other, _| other != name);
            if !value.is_null() {
                changed.insert(name.to_owned(), value.clone());
            }
            let changed = Value::Object(changed);
            let checks = judge(&form, &found(&changed), SITE);
            assert_eq!(outcome(&checks, id), expected, "{name} {value}");
        }
    }

    #[test]
    fn the_words_of_a_response_type_have_no_order() {
        let mut form = filled(Messenger::Page, SignIn::OpenId);
        form.set(Field::Flow, "id_token token");
        assert_eq!(
            outcome(&judge(&form, &found(&document()), SITE), "flow"),
            Outcome::Pass
        );
    }

    #[test]
    fn what_fails_at_the_documents_has_the_widgets_own_words() {
        let form = filled(Messenger::Page, SignIn::OpenId);
        let error = Error::from(Fault::DiscoveryMismatch {
            configured: "https://idp.example.com".into(),
            published: "https://idp.example.com/".into(),
            discovery_url: "https://idp.example.com/.well-known/openid-configuration".into(),
        });
        let findings = Findings {
            discovery: Some(Err(error.clone())),
            ..Findings::default()
        };
        let checks = judge(&form, &findings, SITE);
        assert_eq!(outcome(&checks, "discovery"), Outcome::Fail);
        assert_eq!(checks[0].found, error.to_string());
        assert!(
            checks[0]
                .remedy
                .contains("issuer: 'https://idp.example.com/'")
        );
        assert!(
            checks.iter().all(|check| check.id != "cors"),
            "nothing more is known"
        );
    }

    #[test]
    fn a_document_without_an_address_of_keys_fails() {
        let document = document();
        let without = document.as_object().unwrap();
        let form = filled(Messenger::Page, SignIn::OpenId);
        let findings = Findings {
            keys: Some(keys_named(without)),
            ..found(&document)
        };
        let checks = judge(&form, &findings, SITE);
        let keys = checks.iter().find(|check| check.id == "keys").unwrap();
        assert_eq!(keys.outcome, Outcome::Fail);
        assert!(keys.found.contains("has no jwks_uri"), "{keys:?}");
        let mut named = without.clone();
        named.insert("jwks_uri".into(), Value::Null);
        assert!(keys_named(&named).is_err());
        named.insert("jwks_uri".into(), "https://idp.example.com/jwks".into());
        assert!(keys_named(&named).is_ok());
    }

    #[test]
    fn the_token_endpoint_is_judged_by_who_asked() {
        let form = filled(Messenger::Page, SignIn::OpenId);
        for (reach, here, expected) in [
            (Reach::Blocked, SITE, Outcome::Fail),
            (Reach::Blocked, "http://localhost:8080", Outcome::Warning),
            (
                Reach::Answered {
                    status: 200,
                    error: None,
                },
                "http://localhost:8080",
                Outcome::Warning,
            ),
            (Reach::Redirects, SITE, Outcome::Fail),
            (Reach::Unreachable, SITE, Outcome::Fail),
            (Reach::Late, SITE, Outcome::Fail),
        ] {
            let findings = Findings {
                token: Some(reach.clone()),
                ..found(&document())
            };
            assert_eq!(
                outcome(&judge(&form, &findings, here), "cors"),
                expected,
                "{reach:?}"
            );
        }
        let unknown = Reach::Answered {
            status: 401,
            error: Some("invalid_client".into()),
        };
        let findings = Findings {
            token: Some(unknown),
            ..found(&document())
        };
        assert_eq!(
            outcome(&judge(&form, &findings, SITE), "client"),
            Outcome::Fail
        );
    }

    #[test]
    fn a_messenger_that_redeems_asks_by_itself() {
        let form = filled(Messenger::GenesysMessenger, SignIn::OpenId);
        let findings = Findings {
            token: None,
            ..found(&document())
        };
        assert_eq!(
            outcome(&judge(&form, &findings, SITE), "cors"),
            Outcome::Note
        );
        assert_eq!(plan(&form).unwrap().redeem, None);
        let mut dynamics = filled(Messenger::Dynamics, SignIn::OpenId);
        dynamics.set(Field::HandOver, "code");
        assert_eq!(
            outcome(&judge(&dynamics, &findings, SITE), "pkce"),
            Outcome::Note
        );
    }

    #[test]
    fn endpoints_that_are_written_out_are_asked_all_the_same() {
        let mut form = filled(Messenger::Page, SignIn::OpenId);
        for (field, text) in [
            (Field::AuthorizationEndpoint, "https://idp.example.com/auth"),
            (Field::TokenEndpoint, "https://idp.example.com/token"),
            (Field::KeysAddress, "https://idp.example.com/jwks"),
        ] {
            form.set(field, text);
        }
        assert_eq!(plan(&form).unwrap().written_out, form.written_out());
        let written = Value::Object(form.written_out().unwrap());
        let checks = judge(&form, &found(&written), SITE);
        assert_eq!(outcome(&checks, "discovery"), Outcome::Note);
        assert_eq!(outcome(&checks, "keys"), Outcome::Pass);
        assert_eq!(outcome(&checks, "client"), Outcome::Pass);
        assert!(checks.iter().all(|check| check.id != "pkce"));
    }

    #[test]
    fn dynamics_is_told_what_it_cannot_take() {
        for sign_in in [SignIn::GenesysCloud, SignIn::Finesse] {
            let mut form = filled(Messenger::Dynamics, sign_in);
            form.set(Field::HandOver, "access_token");
            assert_eq!(
                outcome(&judge(&form, &Findings::default(), SITE), "jwt"),
                Outcome::Fail
            );
        }
        let mut form = filled(Messenger::Dynamics, SignIn::OpenId);
        form.set(Field::HandOver, "id_token");
        let mut es256 = document().as_object().unwrap().clone();
        let name = "id_token_signing_alg_values_supported";
        es256.insert(name.to_owned(), json!(["ES256"]));
        let checks = judge(&form, &found(&Value::Object(es256)), SITE);
        assert_eq!(outcome(&checks, "algorithms"), Outcome::Fail);
        assert_eq!(outcome(&checks, "jwt"), Outcome::Warning);
    }

    const fn answered(status: u16) -> Reach {
        Reach::Answered {
            status,
            error: None,
        }
    }

    fn service_of(form: &Form, reach: Option<Reach>, here: &str) -> Check {
        let findings = Findings {
            service: reach,
            ..found(&document())
        };
        let checks = judge(form, &findings, here);
        outcome(&checks, "service");
        checks
            .into_iter()
            .find(|check| check.id == "service")
            .unwrap()
    }

    #[test]
    fn the_sites_service_is_judged() {
        let form = filled(Messenger::Dynamics, SignIn::SiteSession);
        let asked = plan(&form).unwrap().service.unwrap();
        assert_eq!(asked.url, "https://www.example.com/chat-token");
        assert_eq!(asked.proof, Proof::Cookie);
        for (reach, expected) in [
            (None, Outcome::Running),
            (Some(answered(401)), Outcome::Pass),
            (Some(answered(200)), Outcome::Warning),
            (Some(answered(500)), Outcome::Warning),
            (Some(answered(404)), Outcome::Fail),
            (Some(Reach::Blocked), Outcome::Fail),
            (Some(Reach::Redirects), Outcome::Pass),
            (Some(Reach::Unreachable), Outcome::Fail),
        ] {
            let check = service_of(&form, reach.clone(), SITE);
            assert_eq!(check.outcome, expected, "{reach:?}");
        }
        for reach in [answered(401), Reach::Blocked, Reach::Redirects] {
            let check = service_of(&form, Some(reach), "http://localhost:8080");
            assert_eq!(check.outcome, Outcome::Warning, "asked from elsewhere");
        }
    }

    #[test]
    fn a_service_where_cookies_never_go_cannot_work() {
        let mut form = filled(Messenger::Dynamics, SignIn::SiteSession);
        form.set(Field::TokenUrl, "https://api.example.org/token");
        let check = service_of(&form, Some(answered(401)), SITE);
        assert_eq!(check.outcome, Outcome::Fail);
        assert!(check.found.contains("cookie"));
    }

    #[test]
    fn what_goes_along_decides_what_the_service_has_to_allow() {
        let cookie = filled(Messenger::Dynamics, SignIn::SiteSession);
        let bearer = filled(Messenger::Dynamics, SignIn::OpenId);
        for (form, url, proof, says, never) in [
            (
                &cookie,
                "https://api.example.com/token",
                Proof::Cookie,
                "Allow-Credentials: true, Access-Control-Expose-Headers: X-Responded-JSON",
                "Authorization",
            ),
            (
                &bearer,
                "https://api.example.com/token",
                Proof::Both,
                "Authorization",
                "nothing else",
            ),
            (
                &bearer,
                "https://api.example.org/token",
                Proof::Bearer,
                "Authorization",
                "Credentials",
            ),
        ] {
            let mut form = form.clone();
            form.set(Field::Site, "https://example.com");
            form.set(Field::TokenUrl, url);
            assert_eq!(plan(&form).unwrap().service.unwrap().proof, proof);
            let remedy = service_of(&form, Some(Reach::Blocked), "https://example.com").remedy;
            assert!(remedy.contains("Access-Control-Allow-Origin: https://example.com"));
            assert!(remedy.contains(says) && !remedy.contains(never), "{remedy}");
        }
        let mut form = bearer;
        form.set(Field::TokenUrl, "https://api.example.org/token");
        assert_eq!(
            service_of(&form, Some(Reach::Redirects), SITE).outcome,
            Outcome::Fail
        );
    }

    #[test]
    fn a_portal_is_told_by_its_address_and_not_asked() {
        let mut form = filled(Messenger::Dynamics, SignIn::PowerPages);
        assert_eq!(plan(&form).unwrap().service, None);
        let silent = |form: &Form| outcome(&judge(form, &Findings::default(), SITE), "silent");
        assert_eq!(silent(&form), Outcome::Warning);
        form.set(Field::Portal, SITE);
        assert_eq!(silent(&form), Outcome::Pass);
        form.set(
            Field::Portal,
            &["https://www.example.com/", &"p".repeat(260)].concat(),
        );
        let checks = judge(&form, &Findings::default(), SITE);
        assert_eq!(outcome(&checks, "key-address"), Outcome::Fail);
    }

    #[test]
    fn a_name_that_is_too_long_for_dynamics_is_told() {
        let mut form = filled(Messenger::Dynamics, SignIn::OpenId);
        for (length, fails) in [(100, false), (101, true)] {
            form.set(Field::Callback, &"a".repeat(length));
            let checks = judge(&form, &found(&document()), SITE);
            assert_eq!(
                checks.iter().any(|check| check.id == "function-name"),
                fails
            );
        }
    }

    #[test]
    fn documents_that_are_blocked_elsewhere_are_a_warning() {
        let form = filled(Messenger::Page, SignIn::OpenId);
        let blocked = || {
            Error::from(Fault::CorsBlocked {
                url: "https://idp.example.com/keys".into(),
            })
        };
        for (here, expected) in [
            (SITE, Outcome::Fail),
            ("http://localhost:8080", Outcome::Warning),
        ] {
            let keys = Findings {
                keys: Some(Err(blocked())),
                ..found(&document())
            };
            assert_eq!(outcome(&judge(&form, &keys, here), "keys"), expected);
            let discovery = Findings {
                discovery: Some(Err(blocked())),
                ..Findings::default()
            };
            assert_eq!(
                outcome(&judge(&form, &discovery, here), "discovery"),
                expected
            );
        }
    }

    #[test]
    fn an_unfinished_form_waits() {
        let form = Form::new(SITE, "/");
        assert_eq!(plan(&form), None);
        let checks = judge(&form, &Findings::default(), SITE);
        assert_eq!(outcome(&checks, "discovery"), Outcome::Waiting);
        let mut form = form;
        form.set(Field::Issuer, "https://idp.example.com");
        assert_eq!(plan(&form).unwrap().redeem, None);
        assert_eq!(
            outcome(&judge(&form, &Findings::default(), SITE), "discovery"),
            Outcome::Running
        );
        form.messenger = Messenger::GenesysMessenger;
        form.sign_in = SignIn::Finesse;
        assert!(
            judge(&form, &Findings::default(), SITE).is_empty(),
            "a pair that is refused has no checks"
        );
    }
}
