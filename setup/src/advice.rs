//! What is to be done elsewhere for a configuration.

use protocol::{
    address::without_query,
    client::ResponseType,
    config::{Config, HandOver},
    issuer::{Issuer, Kind},
    json::Map,
    login::{self, Redemption},
    session::TokenKind,
    step::Step,
    time::Timestamp,
};

use crate::{
    form::{Complete, Field, Form, Messenger, SignIn},
    site::origin,
};

/// Everything that is done elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advice {
    /// Where the client is registered.
    pub place: &'static str,
    /// What kind of client it is.
    pub client: &'static str,
    /// Why that one.
    pub why: &'static str,
    /// What is registered there.
    pub register: Vec<Entry>,
    /// Where the messenger is set up.
    pub messenger_place: &'static str,
    /// What is entered there.
    pub messenger: Vec<Entry>,
    /// What is put at the end of `framework.js`.
    pub bridge: Option<Result<String, String>>,
    /// What the site's Content-Security-Policy allows.
    pub policy: Vec<Directive>,
}

/// Something to register or enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is called there.
    pub label: &'static str,
    /// What is to be copied; nothing where there is only something to know.
    pub value: Option<String>,
    /// What to know about it.
    pub note: String,
}

/// A line of a Content-Security-Policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Its name.
    pub name: &'static str,
    /// What it allows.
    pub values: Vec<String>,
    /// What for.
    pub why: &'static str,
}

/// What the package's own helper for Genesys writes (`messenger-auth/genesys`).
pub trait Genesys {
    /// The lines for the end of `framework.js`, or why there are none.
    fn bridge(&self, page_origin: &str) -> Result<String, String>;
    /// The redirect URIs of the client in Genesys Cloud.
    fn redirect_uris(
        &self,
        domain: &str,
        dedicated_login_window: DedicatedWindow,
        redirect_uri: &str,
    ) -> Vec<String>;
}

/// The try-out's own addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TryOut {
    /// Its page, where signing out comes back to.
    pub page: String,
    /// Its redirect URI, where that is another than the website's.
    pub redirect_uri: Option<String>,
}

/// Whether the framework signs in in a window of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "yes or no")]
pub enum DedicatedWindow {
    No,
    Yes,
}

/// The advice for a form that is complete; with what the try-out needs, where there can be one.
#[must_use]
pub fn advice(
    form: &Form,
    complete: &Complete,
    trial: Option<&TryOut>,
    genesys: &impl Genesys,
) -> Advice {
    let (place, client, why) = client(form, complete);
    let mut advice = Advice {
        place,
        client,
        why,
        register: register(form, complete, trial, genesys),
        messenger_place: messenger_place(form.messenger),
        messenger: messenger(form, complete),
        ..Advice::default()
    };
    if form.messenger == Messenger::GenesysEmbeddable {
        advice.bridge = Some(genesys.bridge(complete.site.origin()));
    }
    advice
}

/// The address of an issuer's discovery document, where it has one.
#[must_use]
pub fn discovery_address(form: &Form, issuer: &Issuer) -> Option<String> {
    if form.written_out().is_some() {
        return None;
    }
    match login::prepare(issuer, Timestamp::from_millis(0)) {
        Ok(Step::Fetch(request, _)) => Some(request.url),
        _ => None,
    }
}

fn entry(label: &'static str, value: impl Into<String>, note: impl Into<String>) -> Entry {
    Entry {
        label,
        value: Some(value.into()),
        note: note.into(),
    }
}

fn remark(label: &'static str, note: impl Into<String>) -> Entry {
    Entry {
        label,
        value: None,
        note: note.into(),
    }
}

fn client(form: &Form, complete: &Complete) -> (&'static str, &'static str, &'static str) {
    let config = &complete.config;
    match form.sign_in {
        SignIn::GenesysCloud => {
            let (client, why) = match (config.client.response_type, config.redemption()) {
                (ResponseType::Code, Redemption::ByHostWithoutPkce) => (
                    "Code Authorization, with the client’s secret and without PKCE",
                    "Microsoft’s servers redeem the code with the secret, and without PKCE: do not require PKCE for this client.",
                ),
                (ResponseType::Code, Redemption::ByHost) => (
                    "Code Authorization, with the client’s secret",
                    "Your server redeems the code, with PKCE’s verifier and the secret.",
                ),
                (ResponseType::Code, Redemption::Here) => (
                    "Code Authorization, with PKCE",
                    "The page redeems the code with PKCE and without the client’s secret.",
                ),
                _ => (
                    "Token Implicit Grant (Browser)",
                    "Genesys is withdrawing the implicit grant: take code with PKCE where you can.",
                ),
            };
            (
                "In Genesys Cloud: Admin → Integrations → OAuth",
                client,
                why,
            )
        }
        SignIn::PowerPages => (
            "In the portal’s site settings",
            "A client of the portal’s implicit grant flow",
            "It is no OpenID Provider; a client is a few site settings.",
        ),
        SignIn::Finesse => (
            "At Finesse",
            "None",
            "Finesse’s single sign-on has no clients: there is nothing to register.",
        ),
        SignIn::SiteSession => (
            "On your site",
            "None",
            "Your site signs its people in by itself: there is no OAuth and nothing to register.",
        ),
        SignIn::OpenId => {
            let (client, why) = match (config.client.response_type, config.redemption()) {
                (ResponseType::Code, Redemption::Here) => (
                    "Single-page application (a public client, without a secret)",
                    "The page redeems the code with PKCE. It has no secret, because a page can keep none.",
                ),
                (ResponseType::Code, Redemption::ByHost) => (
                    "Web application (a confidential client, with a secret)",
                    "The messenger’s servers redeem the code with the secret. Some providers let a single-page client’s codes be redeemed by browsers only.",
                ),
                (ResponseType::Code, Redemption::ByHostWithoutPkce) => (
                    "Web application (a confidential client, with a secret)",
                    "Microsoft’s servers redeem the code with the secret, and without PKCE: do not require PKCE for this client.",
                ),
                _ => (
                    "Single-page application, implicit grant switched on",
                    "The tokens come in the answer itself.",
                ),
            };
            ("At your OpenID Provider", client, why)
        }
    }
}

fn register(
    form: &Form,
    complete: &Complete,
    trial: Option<&TryOut>,
    genesys: &impl Genesys,
) -> Vec<Entry> {
    let site = &complete.site;
    let redirect_uri = site.redirect_uri();
    let config = &complete.config;
    let mut entries = Vec::new();
    match form.sign_in {
        SignIn::OpenId => openid(complete, &mut entries),
        SignIn::GenesysCloud => {
            if form.messenger == Messenger::GenesysEmbeddable {
                let dedicated = if form.text(Field::DedicatedWindow) == "true" {
                    DedicatedWindow::Yes
                } else {
                    DedicatedWindow::No
                };
                for uri in genesys.redirect_uris(form.text(Field::Region), dedicated, &redirect_uri)
                {
                    let note = if uri == redirect_uri {
                        "For the page’s own sign-in, where the frame gives no token."
                    } else {
                        "For the framework itself."
                    };
                    entries.push(entry("Authorized redirect URI", uri, note));
                }
            } else {
                entries.push(entry(
                    "Authorized redirect URI",
                    &redirect_uri,
                    "Letter by letter.",
                ));
            }
            entries.push(remark(
                "Scope",
                "Chosen there, on the client: what the messenger needs.",
            ));
            entries.push(remark("Token duration", "64,800 seconds is what Genesys recommends for the Embeddable Framework. There is no silent renewal: people sign in again after that."));
        }
        SignIn::PowerPages => {
            let id = &config.client.client_id;
            entries.push(entry("ImplicitGrantFlow/RegisteredClientId", id, "The site setting, and its value: the client id that you chose, of 36 characters at most. A list, with ; between several."));
            let mut uris = redirect_uri;
            let mut note = format!(
                "The site setting ImplicitGrantFlow/{id}/RedirectUri, and its value. A list, with ; between several."
            );
            if let Some(trial) = trial.and_then(|trial| trial.redirect_uri.as_deref()) {
                uris = [&uris, ";", trial].concat();
                note.push_str(
                    " The second one is for the try-out below: take it away again afterwards.",
                );
            }
            entries.push(entry(
                "ImplicitGrantFlow/{client id}/RedirectUri",
                uris,
                note,
            ));
            entries.push(remark("CustomCertificates/ImplicitGrantflow", "The site setting, and its value: the thumbprint of a certificate that you upload in the Power Platform admin center. The portal signs its JWT with it."));
        }
        SignIn::Finesse => {
            entries.push(remark(
                "Reverse proxy",
                "Unless your pages are Finesse’s own: /desktop/sso/ on your host goes to Finesse.",
            ));
            entries.push(remark("Finesse", "12.5(1)ES1, 12.0(1)ES3 or 11.6(1)ES10, or later: older ones do not take the agent’s name."));
        }
        SignIn::SiteSession => {
            entries.push(remark("Your token service", "Answers GET with a JWT for whoever has your site’s cookie (application/jwt, text/plain or JSON), and 401 for everybody else."));
        }
    }
    if let Some(TryOut {
        redirect_uri: Some(uri),
        ..
    }) = trial
        && matches!(form.sign_in, SignIn::OpenId | SignIn::GenesysCloud)
    {
        entries.push(entry(
            "To try it out from here, also",
            uri,
            "The try-out below runs on this page’s address. Take it away again afterwards.",
        ));
    }
    if let Some(trial) = trial
        && form.sign_in == SignIn::OpenId
    {
        entries.push(entry(
            "To sign out in the try-out, also",
            &trial.page,
            "A post-logout redirect URI. Take it away again afterwards.",
        ));
    }
    entries
}

fn openid(complete: &Complete, entries: &mut Vec<Entry>) {
    let (site, config) = (&complete.site, &complete.config);
    let redirect_uri = site.redirect_uri();
    entries.push(entry("Redirect URI", &redirect_uri, "Letter by letter."));
    if config.redemption() == Redemption::Here && config.client.response_type == ResponseType::Code
    {
        entries.push(entry(
            "Allowed web origin (CORS)",
            site.origin(),
            "For the token endpoint. Many providers take it from the redirect URI.",
        ));
    }
    entries.push(entry("Post-logout redirect URI", [site.origin(), "/"].concat(), "Signing out comes back to the page where it was begun: register those pages, or pass postLogoutRedirectUri."));
    if config.client.response_type == ResponseType::Code {
        entries.push(remark("Grants", match config.redemption() {
                    Redemption::Here => "Authorization code, with PKCE (S256); refresh token, where the provider gives them to pages.",
                    Redemption::ByHost => "Authorization code, with PKCE (S256). With the scope offline_access Genesys can renew by itself.",
                    Redemption::ByHostWithoutPkce => "Authorization code.",
                }));
    }
    entries.push(entry("Scopes", config.client.scope.as_str(), ""));
}

const fn messenger_place(messenger: Messenger) -> &'static str {
    match messenger {
        Messenger::Page => "In your messenger’s settings, or in your own code",
        Messenger::Dynamics => {
            "In Dynamics 365: Customer Service admin center → Customer settings → Authentication settings"
        }
        Messenger::GenesysMessenger => {
            "In Genesys Cloud: Admin → Integrations → OpenID Connect Messenger Configuration"
        }
        Messenger::GenesysEmbeddable => "In framework.js of the Embeddable Framework",
    }
}

fn messenger(form: &Form, complete: &Complete) -> Vec<Entry> {
    let config = &complete.config;
    let function = match form.text(Field::Callback) {
        "" => "auth.getAuthenticationToken",
        name => name,
    };
    let mut entries = Vec::new();
    match form.messenger {
        Messenger::Page => {
            entries.push(entry(
                "Function that gives a token",
                function,
                "Call it with a callback: it gets the token, or null, within ten seconds.",
            ));
            entries.push(remark(
                "What it gives",
                match config.hand_over {
                    HandOver::Token(TokenKind::IdToken) => "The provider’s ID token, checked.",
                    HandOver::Token(TokenKind::AccessToken) => "The access token.",
                    HandOver::Code => "A fresh code, which your server redeems.",
                    HandOver::TokenUrl => "The JWT of your service or portal.",
                },
            ));
        }
        Messenger::Dynamics => {
            entries.push(entry("Channel type", "Live chat", ""));
            entries.push(remark("Authentication type", if config.hand_over == HandOver::Code {
                "OAuth 2.0, the type whose details ask for a token custom action, a token URL and a client secret."
            } else {
                "OAuth 2.0 implicit flow"
            }));
            entries.push(entry(
                "JavaScript client function",
                function,
                "At most 100 characters.",
            ));
            if config.hand_over == HandOver::Code {
                dynamics_code(complete, &mut entries);
            } else {
                dynamics_jwt(config, &mut entries);
            }
            entries.push(remark("Then", "Add the authentication setting to the chat channel: edit the chat widget in the workstream’s settings, tab Behaviors, Authentication settings."));
        }
        Messenger::GenesysMessenger => {
            match discovery_address(form, &config.issuer) {
                Some(url) => entries.push(entry("Discovery URI", url, "")),
                None => entries.push(remark("Discovery URI", "Genesys asks for one: without it, it cannot redeem codes. Take an OpenID Provider that has a discovery document.")),
            }
            entries.push(entry("Client ID", &config.client.client_id, ""));
            entries.push(remark(
                "Client Secret",
                if config.hand_over == HandOver::Code {
                    "From your provider. It goes there, and never into the page."
                } else {
                    "Genesys redeems no code here: a single-page client has none."
                },
            ));
            entries.push(remark("Then", "Switch authentication on in the Messenger configuration, and use that deployment’s own snippet as it is, before or after this one."));
        }
        Messenger::GenesysEmbeddable => {
            entries.push(entry(
                "clientIds",
                format!(
                    "{{ \"{}\": \"{}\" }}",
                    form.text(Field::Region),
                    config.client.client_id
                ),
                "In config of framework.js, beside settings: the same client as here.",
            ));
            if config.client.response_type == ResponseType::Code {
                entries.push(entry(
                    "usePKCEAuthFlow",
                    "true",
                    "In config.settings of framework.js: its login then uses PKCE, as this client asks.",
                ));
            }
            if form.text(Field::DedicatedWindow) == "true" {
                entries.push(entry(
                    "dedicatedLoginWindow",
                    "true",
                    "In config.settings of framework.js.",
                ));
            }
            entries.push(remark(
                "At the end of framework.js",
                "The lines below. They give the agent’s token to your page, and to nobody else.",
            ));
        }
    }
    entries
}

fn dynamics_code(complete: &Complete, entries: &mut Vec<Entry>) {
    let config = &complete.config;
    entries.push(remark("Token custom action", "Code of yours in Dynamics: it checks the tokens that the code was redeemed for, and returns the id of the user."));
    entries.push(match config.issuer.kind() {
        Kind::GenesysCloud(genesys) => {
            entry("Token URL", genesys.login_address("/oauth/token"), "")
        }
        _ => remark(
            "Token URL",
            "The token endpoint of your provider’s discovery document.",
        ),
    });
    entries.push(entry(
        "Redirect URL",
        complete.site.redirect_uri(),
        "The same as at the provider, letter by letter.",
    ));
    entries.push(entry("Client ID", &config.client.client_id, ""));
    entries.push(remark(
        "Client secret",
        "From your provider. It goes there, and never into the page.",
    ));
    if !config.client.scope.is_empty() {
        entries.push(entry("Scope", &config.client.scope, ""));
    }
}

fn dynamics_jwt(config: &Config, entries: &mut Vec<Entry>) {
    entries.push(match config.issuer.kind() {
        Kind::PowerPages(_) => entry("Public key URL", portal_key(config), "The portal’s own. At most 256 characters."),
        _ if config.hand_over == HandOver::TokenUrl => remark("Public key URL", "The address where your service gives its public key as PEM, or a list of PEMs with their kids; not a JWK set. At most 256 characters."),
        _ => remark("Public key URL", "An address of yours that gives the provider’s public key as PEM. The provider’s own keys are a JWK set, which Dynamics does not read. At most 256 characters."),
    });
    entries.push(remark("The JWT", "Signed with RS256, with iss, iat, exp and sub; context goes into lwicontexts, an object written as text. Each one with its own jti."));
}

/// Where a portal has its public key.
#[must_use]
pub fn portal_key(config: &Config) -> String {
    [config.issuer.identifier(), "/_services/auth/publickey"].concat()
}

/// The lines of a Content-Security-Policy. `document` is the discovery document, as soon as it is known; `hash`
/// names the inline script, where there is one.
#[must_use]
pub fn policy(
    form: &Form,
    complete: &Complete,
    document: Option<&Map>,
    hash: Option<String>,
) -> Vec<Directive> {
    let config = &complete.config;
    let own = complete.site.origin();
    let of = |name: &str| document.and_then(|document| origin(document.get(name)?.as_str()?));
    let mut connect = Vec::new();
    let mut frame = Vec::new();
    let mut form_action = Vec::new();
    match config.issuer.kind() {
        Kind::Oidc(_) => {
            let issuer = origin(config.issuer.identifier());
            connect.extend([
                discovery_address(form, &config.issuer)
                    .and_then(|url| origin(without_query(&url)))
                    .or_else(|| issuer.clone()),
                of("token_endpoint"),
                of("jwks_uri"),
                of("revocation_endpoint"),
            ]);
            if config.silent {
                frame.push(of("authorization_endpoint").or_else(|| issuer.clone()));
            }
            form_action.push(of("end_session_endpoint").or(issuer));
        }
        Kind::GenesysCloud(genesys) => {
            connect.push(Some(genesys.login_address("")));
            connect.push(Some(genesys.api_address("")));
        }
        Kind::PowerPages(portal) => connect.push(origin(&portal.token_service())),
        // The state of the agent's session is asked for in a frame of the page's own origin.
        Kind::Finesse(_) if config.silent => frame.push(Some(own.to_owned())),
        Kind::Finesse(_) | Kind::SiteSession(_) => {}
    }
    connect.push(config.token_url.as_deref().and_then(origin));
    if form.messenger == Messenger::GenesysEmbeddable {
        frame.push(Some(["https://apps.", form.text(Field::Region)].concat()));
    }
    let mut scripts = vec!["'self'".to_owned()];
    scripts.extend(hash);
    scripts.push("'wasm-unsafe-eval'".to_owned());
    let mut connects = allowed(own, connect);
    let has_frames = !frame.is_empty() || form.messenger == Messenger::GenesysMessenger;
    let mut frames = allowed(own, frame);
    if form.messenger == Messenger::GenesysMessenger {
        // What Messenger itself needs.
        let domain = form.text(Field::Deployment);
        scripts.push(["https://apps.", domain].concat());
        for part in [
            "https://apps.",
            "https://api.",
            "https://api-cdn.",
            "wss://webmessaging.",
        ] {
            connects.push([part, domain].concat());
        }
        frames.push(["https://apps.", domain].concat());
    }
    let mut policy = vec![
        Directive {
            name: "script-src",
            values: scripts,
            why: "The files and the WebAssembly; a hash is that of the script shown above, and changes with it.",
        },
        Directive {
            name: "connect-src",
            values: connects,
            why: "The WebAssembly, and what the page asks of the sign-in.",
        },
    ];
    if has_frames {
        policy.push(Directive {
            name: "frame-src",
            values: frames,
            why: match form.messenger {
                Messenger::GenesysEmbeddable => "The frame of Genesys.",
                Messenger::GenesysMessenger => "The hidden frame, and the frames of Genesys.",
                Messenger::Page | Messenger::Dynamics => "The hidden frame.",
            },
        });
    }
    if !form_action.is_empty() {
        policy.push(Directive {
            name: "form-action",
            values: allowed(own, form_action),
            why: "Signing out at the provider.",
        });
    }
    policy
}

/// `'self'` and the others, each once.
fn allowed(own: &str, origins: Vec<Option<String>>) -> Vec<String> {
    let mut values = vec!["'self'".to_owned()];
    for origin in origins.into_iter().flatten() {
        if origin != own && !values.contains(&origin) {
            values.push(origin);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::tests::filled;

    struct Written;

    impl Genesys for Written {
        fn bridge(&self, page_origin: &str) -> Result<String, String> {
            Ok(["lines for ", page_origin].concat())
        }
        fn redirect_uris(
            &self,
            domain: &str,
            dedicated: DedicatedWindow,
            redirect_uri: &str,
        ) -> Vec<String> {
            let mut uris = vec![format!("https://apps.{domain}/crm/index.html")];
            if dedicated == DedicatedWindow::Yes {
                uris.push(format!("https://apps.{domain}/crm/authWindow.html"));
            }
            uris.push(redirect_uri.to_owned());
            uris
        }
    }

    fn advised(form: &Form) -> Advice {
        advice(form, &form.complete().unwrap(), None, &Written)
    }

    fn value<'a>(entries: &'a [Entry], label: &str) -> &'a str {
        let entry = entries.iter().find(|entry| entry.label == label);
        entry
            .unwrap_or_else(|| panic!("no {label} in {entries:?}"))
            .value
            .as_deref()
            .unwrap_or_default()
    }

    fn allows<'a>(policy: &'a [Directive], name: &str) -> &'a [String] {
        &policy
            .iter()
            .find(|directive| directive.name == name)
            .unwrap()
            .values
    }

    #[test]
    fn the_client_is_public_unless_a_messenger_redeems() {
        for (messenger, hand_over, flow, expected) in [
            (Messenger::Page, "", "", "Single-page application (a public"),
            (
                Messenger::Dynamics,
                "id_token",
                "",
                "Single-page application (a public",
            ),
            (
                Messenger::Dynamics,
                "code",
                "",
                "Web application (a confidential",
            ),
            (
                Messenger::GenesysMessenger,
                "",
                "",
                "Web application (a confidential",
            ),
            (
                Messenger::Page,
                "",
                "id_token",
                "Single-page application, implicit",
            ),
        ] {
            let mut form = filled(messenger, SignIn::OpenId);
            form.set(Field::HandOver, hand_over);
            form.set(Field::Flow, flow);
            let advice = advised(&form);
            assert!(
                advice.client.starts_with(expected),
                "{messenger:?} {hand_over}: {}",
                advice.client
            );
        }
    }

    #[test]
    fn no_secret_is_ever_asked_for() {
        for messenger in Messenger::ALL {
            for sign_in in SignIn::ALL {
                let form = filled(messenger, sign_in);
                for field in Field::ALL {
                    assert!(!field.spec(&form).id.contains("secret"));
                }
                if form.complete().is_ok() {
                    for entry in advised(&form).messenger {
                        assert!(
                            !entry.label.to_lowercase().contains("secret") || entry.value.is_none()
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn every_working_pair_says_what_to_register_and_enter() {
        for messenger in Messenger::ALL {
            for sign_in in SignIn::ALL {
                let form = filled(messenger, sign_in);
                let Ok(complete) = form.complete() else {
                    continue;
                };
                let advice = advised(&form);
                assert!(
                    !advice.register.is_empty()
                        && !advice.messenger.is_empty()
                        && !advice.client.is_empty()
                );
                let has_client = !matches!(sign_in, SignIn::Finesse | SignIn::SiteSession);
                let uri = "https://www.example.com/messenger-auth/authWindow.html";
                let named = advice
                    .register
                    .iter()
                    .any(|entry| entry.value.as_deref() == Some(uri));
                assert_eq!(named, has_client, "{messenger:?} {sign_in:?}");
                let directives: Vec<&str> = policy(&form, &complete, None, None)
                    .iter()
                    .map(|line| line.name)
                    .collect();
                let expected: &[&str] = match (messenger, sign_in) {
                    (_, SignIn::OpenId) => {
                        &["script-src", "connect-src", "frame-src", "form-action"]
                    }
                    (Messenger::GenesysEmbeddable, _) | (_, SignIn::Finesse) => {
                        &["script-src", "connect-src", "frame-src"]
                    }
                    _ => &["script-src", "connect-src"],
                };
                assert_eq!(directives, expected, "{messenger:?} {sign_in:?}");
            }
        }
    }

    #[test]
    fn dynamics_has_its_fields() {
        let portal = advised(&filled(Messenger::Dynamics, SignIn::PowerPages));
        assert_eq!(
            value(&portal.messenger, "Public key URL"),
            "https://portal.example.com/_services/auth/publickey"
        );
        assert_eq!(
            value(&portal.messenger, "JavaScript client function"),
            "auth.getAuthenticationToken"
        );
        let mut form = filled(Messenger::Dynamics, SignIn::OpenId);
        form.set(Field::Callback, "shop.token");
        form.set(Field::HandOver, "code");
        let code = advised(&form);
        assert_eq!(
            value(&code.messenger, "JavaScript client function"),
            "shop.token"
        );
        assert_eq!(
            value(&code.messenger, "Redirect URL"),
            value(&code.register, "Redirect URI")
        );
        assert_eq!(value(&code.messenger, "Token custom action"), "");
    }

    #[test]
    fn a_code_of_genesys_clouds_that_microsoft_redeems_needs_the_secret() {
        let mut form = filled(Messenger::Dynamics, SignIn::GenesysCloud);
        form.set(Field::HandOver, "code");
        let advice = advised(&form);
        assert!(
            advice.client.contains("secret and without PKCE"),
            "{}",
            advice.client
        );
        assert_eq!(
            value(&advice.messenger, "Token URL"),
            "https://login.mypurecloud.com/oauth/token"
        );
        assert!(advice.messenger.iter().all(|entry| entry.label != "Scope"));
    }

    #[test]
    fn genesys_reads_the_discovery_document_by_itself() {
        let form = filled(Messenger::GenesysMessenger, SignIn::OpenId);
        let advice = advised(&form);
        assert_eq!(
            value(&advice.messenger, "Discovery URI"),
            "https://idp.example.com/.well-known/openid-configuration"
        );
        assert_eq!(value(&advice.register, "Scopes"), "openid email profile");
        let policy = policy(&form, &form.complete().unwrap(), None, None);
        assert!(
            allows(&policy, "connect-src")
                .contains(&"wss://webmessaging.mypurecloud.com".to_owned())
        );
    }

    #[test]
    fn without_a_document_there_is_no_address_of_one() {
        let mut form = filled(Messenger::GenesysMessenger, SignIn::OpenId);
        form.set(Field::AuthorizationEndpoint, "https://idp.example.com/auth");
        form.set(Field::TokenEndpoint, "https://idp.example.com/token");
        form.set(Field::KeysAddress, "https://keys.example.com/jwks");
        assert_eq!(value(&advised(&form).messenger, "Discovery URI"), "");
        let document = form.written_out();
        let policy = policy(&form, &form.complete().unwrap(), document.as_ref(), None);
        let connect = allows(&policy, "connect-src");
        assert!(connect.contains(&"https://keys.example.com".to_owned()));
    }

    #[test]
    fn the_framework_has_its_lines_and_both_ways_their_redirect_uris() {
        let mut form = filled(Messenger::GenesysEmbeddable, SignIn::GenesysCloud);
        form.set(Field::DedicatedWindow, "true");
        let advice = advised(&form);
        assert_eq!(
            advice.bridge,
            Some(Ok("lines for https://www.example.com".into()))
        );
        assert_eq!(
            advice
                .register
                .iter()
                .filter(|entry| entry.label == "Authorized redirect URI")
                .count(),
            3
        );
        let policy = policy(&form, &form.complete().unwrap(), None, None);
        assert_eq!(
            allows(&policy, "frame-src"),
            ["'self'", "https://apps.mypurecloud.com"]
        );
        assert!(
            policy
                .iter()
                .any(|line| line.name == "frame-src" && line.why.contains("Genesys"))
        );
        assert_eq!(value(&advice.messenger, "usePKCEAuthFlow"), "true");
        form.set(Field::Flow, "token");
        assert!(
            advised(&form)
                .messenger
                .iter()
                .all(|entry| entry.label != "usePKCEAuthFlow")
        );
        form.set(Field::Transport, "page");
        let policy = super::policy(&form, &form.complete().unwrap(), None, None);
        assert_eq!(
            allows(&policy, "frame-src"),
            ["'self'", "https://apps.mypurecloud.com"]
        );
    }

    #[test]
    fn a_try_out_elsewhere_needs_another_redirect_uri() {
        let form = filled(Messenger::Page, SignIn::OpenId);
        let uri = "http://localhost:8080/messenger-auth/authWindow.html";
        let mut trial = TryOut {
            page: "http://localhost:8080/setup/try.html".into(),
            redirect_uri: Some(uri.into()),
        };
        let with = |form: &Form, trial: &TryOut| {
            advice(form, &form.complete().unwrap(), Some(trial), &Written).register
        };
        let register = with(&form, &trial);
        assert_eq!(value(&register, "To try it out from here, also"), uri);
        assert_eq!(
            value(&register, "To sign out in the try-out, also"),
            trial.page
        );
        let portal = with(&filled(Messenger::Page, SignIn::PowerPages), &trial);
        assert_eq!(
            value(&portal, "ImplicitGrantFlow/{client id}/RedirectUri"),
            [
                "https://www.example.com/messenger-auth/authWindow.html;",
                uri
            ]
            .concat()
        );
        trial.redirect_uri = None;
        let register = with(&form, &trial);
        assert!(
            register
                .iter()
                .all(|entry| !entry.label.starts_with("To try"))
        );
        assert!(
            advised(&form)
                .register
                .iter()
                .all(|entry| !entry.label.starts_with("To try"))
        );
    }

    #[test]
    fn finesse_is_asked_in_a_frame_of_the_pages_own_origin() {
        let form = filled(Messenger::Page, SignIn::Finesse);
        let lines = policy(&form, &form.complete().unwrap(), None, None);
        assert_eq!(allows(&lines, "frame-src"), ["'self'"]);
    }

    #[test]
    fn the_policy_follows_the_discovery_document() {
        let form = filled(Messenger::Page, SignIn::OpenId);
        let complete = form.complete().unwrap();
        let hash = Some("'sha256-x'".to_owned());
        let before = policy(&form, &complete, None, hash);
        assert_eq!(
            allows(&before, "connect-src"),
            ["'self'", "https://idp.example.com"]
        );
        assert_eq!(
            allows(&before, "script-src"),
            ["'self'", "'sha256-x'", "'wasm-unsafe-eval'"]
        );
        let document = json!({
            "authorization_endpoint": "https://accounts.example.org/auth", "token_endpoint": "https://oauth.example.org/token",
            "jwks_uri": "https://www.example.com/keys", "end_session_endpoint": "https://accounts.example.org/out",
        });
        let after = policy(&form, &complete, document.as_object(), None);
        assert_eq!(
            allows(&after, "connect-src"),
            [
                "'self'",
                "https://idp.example.com",
                "https://oauth.example.org"
            ]
        );
        assert_eq!(
            allows(&after, "frame-src"),
            ["'self'", "https://accounts.example.org"]
        );
        assert_eq!(
            allows(&after, "form-action"),
            ["'self'", "https://accounts.example.org"]
        );
        let mut service = filled(Messenger::Dynamics, SignIn::SiteSession);
        service.set(Field::TokenUrl, "https://api.example.com/token");
        let policy = policy(&service, &service.complete().unwrap(), None, None);
        assert_eq!(
            allows(&policy, "connect-src"),
            ["'self'", "https://api.example.com"]
        );
    }
}
