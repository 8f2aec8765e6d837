//! The form that the owner fills in, as the options that it makes.

use protocol::{
    Error,
    config::Config,
    issuer::{Issuer, genesys_cloud::DOMAINS},
    json::{Map, Value, object},
};

use crate::{
    script::Literal,
    site::{Fault, Site, origin},
};

/// The messenger that receives the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the host of its name")]
pub enum Messenger {
    Page,
    Dynamics,
    GenesysMessenger,
    GenesysEmbeddable,
}

/// Where people sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the issuer of its name")]
pub enum SignIn {
    OpenId,
    GenesysCloud,
    PowerPages,
    Finesse,
    SiteSession,
}

impl Messenger {
    /// All, in the order that they are shown in.
    pub const ALL: [Self; 4] = [
        Self::Page,
        Self::Dynamics,
        Self::GenesysMessenger,
        Self::GenesysEmbeddable,
    ];

    /// The option `host`.
    #[must_use]
    pub const fn option(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Dynamics => "dynamics",
            Self::GenesysMessenger => "genesys-messenger",
            Self::GenesysEmbeddable => "genesys-embeddable",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "My own page",
            Self::Dynamics => "Dynamics 365",
            Self::GenesysMessenger => "Genesys Messenger",
            Self::GenesysEmbeddable => "Genesys Embeddable",
        }
    }

    /// What that is.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Page => "Any messenger or code that calls a function for a token",
            Self::Dynamics => "Omnichannel live chat, which asks for a signed JWT",
            Self::GenesysMessenger => "Genesys Cloud web messaging, which takes a code",
            Self::GenesysEmbeddable => "The agent desktop of Genesys Cloud in a frame",
        }
    }
}

impl SignIn {
    /// All, in the order that they are shown in.
    pub const ALL: [Self; 5] = [
        Self::OpenId,
        Self::GenesysCloud,
        Self::PowerPages,
        Self::Finesse,
        Self::SiteSession,
    ];

    /// A word for the page's own use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::GenesysCloud => "genesys-cloud",
            Self::PowerPages => "power-pages",
            Self::Finesse => "finesse",
            Self::SiteSession => "site-session",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenId => "OpenID Provider",
            Self::GenesysCloud => "Genesys Cloud",
            Self::PowerPages => "Power Pages",
            Self::Finesse => "Cisco Finesse",
            Self::SiteSession => "My site’s own login",
        }
    }

    /// What that is.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::OpenId => "Entra, Okta, Auth0, Keycloak, Ping, …",
            Self::GenesysCloud => "For agents, with their Genesys account",
            Self::PowerPages => "A Microsoft portal and its login",
            Self::Finesse => "For agents, by Cisco’s single sign-on",
            Self::SiteSession => "A login page and a cookie, no OAuth",
        }
    }
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "`Field::spec` says what each is")]
pub enum Field {
    Site,
    Folder,
    Issuer,
    Tenants,
    DiscoveryUrl,
    AuthorizationEndpoint,
    TokenEndpoint,
    KeysAddress,
    Region,
    Organisation,
    Provider,
    Portal,
    BaseUrl,
    Username,
    SignInUrl,
    ClientId,
    Flow,
    HandOver,
    TokenUrl,
    TokenUrlMember,
    Scope,
    Deployment,
    DedicatedWindow,
    Callback,
    DataLayer,
    OnSignedOut,
    Timeout,
    Transport,
    Silent,
    Storage,
    Locale,
}

/// Which part of the form a field stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the headings say it")]
pub enum Part {
    Messenger,
    SignIn,
    Site,
    More,
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A line of text; what it might say.
    Text(&'static str),
    /// An address; what it might be.
    Url(&'static str),
    /// One of a few: value and label. The first is the usual one.
    Choice(&'static [(&'static str, &'static str)]),
    /// A region of Genesys Cloud.
    Region,
    /// Yes or no.
    Switch,
}

/// How a field is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spec {
    /// Its name in the document.
    pub id: &'static str,
    /// What stands over it.
    pub label: &'static str,
    /// What stands under it.
    pub hint: &'static str,
    /// How it is filled in.
    pub input: Input,
    /// Where it stands.
    pub part: Part,
    /// The options that it makes, as refusals name them.
    pub options: &'static [&'static str],
}

const FLOWS: Input = Input::Choice(&[
    ("", "Authorization code (recommended)"),
    ("id_token", "Implicit: ID token"),
    ("id_token token", "Implicit: ID token and access token"),
    ("token", "Implicit: access token"),
]);
const FLOWS_OF_GENESYS: Input = Input::Choice(&[
    ("", "Authorization code with PKCE (recommended)"),
    ("token", "Implicit: access token"),
]);

/// What can be handed over: values and labels.
type Choices = &'static [(&'static str, &'static str)];

const SERVICE: (&str, &str) = ("token-url", "A JWT made by a service of my site");
const ID_TOKEN: (&str, &str) = ("id_token", "The provider’s ID token");
const ACCESS_TOKEN: (&str, &str) = ("access_token", "The provider’s access token");
const CODE: (&str, &str) = ("code", "A code (OAuth code type of the chat channel)");
const FRESH_CODE: (&str, &str) = ("code", "A fresh code, for a server to redeem");
const USUAL: (&str, &str) = ("", "The usual");
const GIVEN: Choices = &[SERVICE, ID_TOKEN, ACCESS_TOKEN, CODE];
const GIVEN_AT_GENESYS: Choices = &[SERVICE, ACCESS_TOKEN, CODE];
const GIVEN_AT_FINESSE: Choices = &[SERVICE, ACCESS_TOKEN];
const TAKEN: Choices = &[USUAL, SERVICE, ID_TOKEN, ACCESS_TOKEN, FRESH_CODE];
const TAKEN_AT_GENESYS: Choices = &[USUAL, SERVICE, FRESH_CODE];
const TAKEN_AT_FINESSE: Choices = &[USUAL, SERVICE];

impl Field {
    /// All, in the order that they are shown in.
    pub const ALL: [Self; 31] = [
        Self::Deployment,
        Self::DedicatedWindow,
        Self::Issuer,
        Self::Tenants,
        Self::Region,
        Self::Portal,
        Self::BaseUrl,
        Self::Username,
        Self::SignInUrl,
        Self::ClientId,
        Self::HandOver,
        Self::TokenUrl,
        Self::TokenUrlMember,
        Self::Site,
        Self::Folder,
        Self::DiscoveryUrl,
        Self::AuthorizationEndpoint,
        Self::TokenEndpoint,
        Self::KeysAddress,
        Self::Flow,
        Self::Scope,
        Self::Organisation,
        Self::Provider,
        Self::Callback,
        Self::OnSignedOut,
        Self::Timeout,
        Self::DataLayer,
        Self::Transport,
        Self::Silent,
        Self::Storage,
        Self::Locale,
    ];

    /// How it is shown on this form.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub const fn spec(self, form: &Form) -> Spec {
        use Input::{Choice, Region, Switch, Text, Url};
        let (id, label, hint, input, part, options): (_, _, _, _, _, &'static [&'static str]) =
            match self {
                Self::Site => (
                    "site",
                    "Your website’s address",
                    "Where the messenger appears. The redirect URI is made of it.",
                    Url("https://www.example.com"),
                    Part::Site,
                    &["redirectUri"],
                ),
                Self::Folder => (
                    "folder",
                    "Folder of the files",
                    "Where your site serves the files of Messenger Auth.",
                    Text("/messenger-auth/"),
                    Part::Site,
                    &[],
                ),
                Self::Issuer => (
                    "issuer",
                    "Address of the provider (issuer)",
                    "As its discovery document spells it.",
                    Url("https://idp.example.com"),
                    Part::SignIn,
                    &["issuer", "issuer.issuer"],
                ),
                Self::Tenants => (
                    "tenants",
                    "Accepted tenant ids",
                    "Directory (tenant) ids whose people may sign in, with spaces between them.",
                    Text("72f988bf-86f1-41af-91ab-2d7cd011db47"),
                    Part::SignIn,
                    &["issuer.tenants"],
                ),
                Self::DiscoveryUrl => (
                    "discovery",
                    "Discovery address, if it is another one",
                    "For Azure AD B2C, Entra External ID and custom domains.",
                    Url("https://…/.well-known/openid-configuration"),
                    Part::More,
                    &["issuer.discoveryUrl"],
                ),
                Self::AuthorizationEndpoint => (
                    "authorization",
                    "Authorization endpoint",
                    "Only for a provider without a discovery document: then write out these three.",
                    Url("https://idp.example.com/authorize"),
                    Part::More,
                    &["issuer.authorizationEndpoint"],
                ),
                Self::TokenEndpoint => (
                    "token",
                    "Token endpoint",
                    "",
                    Url("https://idp.example.com/token"),
                    Part::More,
                    &["issuer.tokenEndpoint"],
                ),
                Self::KeysAddress => (
                    "keys",
                    "Address of the keys (JWK set)",
                    "",
                    Url("https://idp.example.com/jwks"),
                    Part::More,
                    &["issuer.jwksUri"],
                ),
                Self::Region => (
                    "region",
                    "Region of Genesys Cloud",
                    "The domain that your agents sign in at.",
                    Region,
                    Part::SignIn,
                    &["issuer", "issuer.domain"],
                ),
                Self::Organisation => (
                    "org",
                    "Organisation",
                    "Skips the choice of organisation; only together with the identity provider.",
                    Text("acme"),
                    Part::More,
                    &["issuer.org"],
                ),
                Self::Provider => (
                    "provider",
                    "Identity provider of that organisation",
                    "okta, adfs, salesforce, onelogin, gsuite, ping, …",
                    Text("okta"),
                    Part::More,
                    &["issuer.provider"],
                ),
                Self::Portal => (
                    "portal",
                    "Address of the portal",
                    "The portal’s own address, or its custom domain.",
                    Url("https://portal.example.com"),
                    Part::SignIn,
                    &["issuer", "issuer.portalUrl"],
                ),
                Self::BaseUrl => (
                    "base",
                    "Address of Finesse",
                    "Of your page’s own origin: Finesse itself, or your host that proxies /desktop/sso/ to it.",
                    Url("https://finesse.example.com:8445"),
                    Part::SignIn,
                    &["issuer.baseUrl"],
                ),
                Self::Username => (
                    "username",
                    "The agent’s login name",
                    "A name, or a call on your page that gives it.",
                    Text("currentAgent()"),
                    Part::SignIn,
                    &["issuer.username"],
                ),
                Self::SignInUrl => (
                    "login",
                    "Your login page",
                    "It is opened in a window when somebody presses Sign in.",
                    Url("https://www.example.com/login"),
                    Part::SignIn,
                    &["issuer.signInUrl"],
                ),
                Self::ClientId => (
                    "client",
                    "Client id",
                    "The provider shows it once the client is registered. A client secret has no place here.",
                    Text("3f2b6c1e-…"),
                    Part::SignIn,
                    &["clientId"],
                ),
                Self::Flow => (
                    "flow",
                    "Flow",
                    "The implicit flow is for providers that know nothing better.",
                    if matches!(form.sign_in, SignIn::GenesysCloud) {
                        FLOWS_OF_GENESYS
                    } else {
                        FLOWS
                    },
                    Part::More,
                    &["flow", "responseType"],
                ),
                Self::HandOver => (
                    "handover",
                    "What the messenger gets",
                    if matches!(form.messenger, Messenger::Dynamics) {
                        "Dynamics takes a JWT signed with RS256; providers rarely issue one that fits, so a service of your site makes it."
                    } else {
                        "The usual: an ID token where there is one, else an access token."
                    },
                    Choice(match (form.messenger, form.sign_in) {
                        (Messenger::Dynamics, SignIn::Finesse) => GIVEN_AT_FINESSE,
                        (Messenger::Dynamics, SignIn::GenesysCloud) => GIVEN_AT_GENESYS,
                        (Messenger::Dynamics, _) => GIVEN,
                        (_, SignIn::Finesse) => TAKEN_AT_FINESSE,
                        (_, SignIn::GenesysCloud) => TAKEN_AT_GENESYS,
                        _ => TAKEN,
                    }),
                    Part::Messenger,
                    &["handOver"],
                ),
                Self::TokenUrl => (
                    "service",
                    "Your token service",
                    "Answers a JWT for the person who is signed in.",
                    Url("https://www.example.com/chat-token"),
                    Part::Messenger,
                    &["tokenUrl"],
                ),
                Self::TokenUrlMember => (
                    "member",
                    "Member of its answer that holds the JWT",
                    "Only where it answers a JSON object: token, or data.token.",
                    Text("token"),
                    Part::More,
                    &["tokenUrlMember"],
                ),
                Self::Scope => (
                    "scope",
                    "Scopes",
                    "With spaces between them.",
                    Text(if matches!(form.messenger, Messenger::GenesysMessenger) {
                        "openid email profile"
                    } else {
                        "openid"
                    }),
                    Part::More,
                    &["scope"],
                ),
                Self::Deployment => (
                    "deployment",
                    "Region of your Messenger deployment",
                    "For the lines of the Content-Security-Policy.",
                    Region,
                    Part::Messenger,
                    &[],
                ),
                Self::DedicatedWindow => (
                    "dedicated",
                    "framework.js signs in in a window of its own (dedicatedLoginWindow)",
                    "Needed where the identity provider refuses to be framed.",
                    Switch,
                    Part::Messenger,
                    &["dedicatedLoginWindow"],
                ),
                Self::Callback => (
                    "callback",
                    "Name of the function on the page",
                    "The messenger calls it for a token.",
                    Text("auth.getAuthenticationToken"),
                    Part::More,
                    &["callback"],
                ),
                Self::DataLayer => (
                    "datalayer",
                    "Array of your tag manager",
                    "Sign-ins and sign-outs arrive in it as messenger_auth_… events.",
                    Text("dataLayer"),
                    Part::More,
                    &["dataLayer"],
                ),
                Self::OnSignedOut => (
                    "signedout",
                    "When the messenger asks and nobody is signed in",
                    "",
                    Choice(&[
                        ("", "it gets null"),
                        ("page", "it gets null, and the page leaves to sign in"),
                    ]),
                    Part::More,
                    &["onSignedOut"],
                ),
                Self::Timeout => (
                    "timeout",
                    "How long the messenger waits",
                    "In milliseconds; Dynamics waits 10000.",
                    Text("10000"),
                    Part::More,
                    &["timeoutMs"],
                ),
                Self::Transport => (
                    "transport",
                    "People sign in",
                    "The whole page leaves and comes back where windows are unwelcome.",
                    Choice(&[("", "in a window"), ("page", "with the whole page")]),
                    Part::More,
                    &["transport"],
                ),
                Self::Silent => (
                    "silent",
                    "Before a person is asked",
                    "The hidden frame finds out who has a session at the provider.",
                    Choice(&[("", "try a hidden frame"), ("false", "ask at once")]),
                    Part::More,
                    &["silent"],
                ),
                Self::Storage => (
                    "storage",
                    "Tokens are kept",
                    "Memory is the strictest; after a reload the hidden frame has to help.",
                    Choice(&[
                        ("", "in the tab (sessionStorage)"),
                        ("memory", "in the page’s memory"),
                        ("local", "in the browser (localStorage)"),
                    ]),
                    Part::More,
                    &["storage"],
                ),
                Self::Locale => (
                    "locale",
                    "Language of the button",
                    "",
                    Choice(&[
                        ("", "that of the page"),
                        ("en", "English"),
                        ("es", "Español"),
                        ("ko", "한국어"),
                    ]),
                    Part::More,
                    &["locale"],
                ),
            };
        Spec {
            id,
            label,
            hint,
            input,
            part,
            options,
        }
    }

    /// Whether it has a place on this form.
    #[must_use]
    pub fn is_shown(self, form: &Form) -> bool {
        let is_openid = form.sign_in == SignIn::OpenId;
        let has_client = !matches!(form.sign_in, SignIn::Finesse | SignIn::SiteSession);
        let has_choice = is_openid || form.sign_in == SignIn::GenesysCloud;
        match self {
            Self::Site
            | Self::Folder
            | Self::Callback
            | Self::DataLayer
            | Self::Timeout
            | Self::Storage
            | Self::Locale => true,
            Self::Issuer
            | Self::DiscoveryUrl
            | Self::AuthorizationEndpoint
            | Self::TokenEndpoint
            | Self::KeysAddress
            | Self::Scope => is_openid,
            Self::Tenants => is_openid && form.text(Self::Issuer).contains("{tenantid}"),
            Self::Region | Self::Organisation | Self::Provider => {
                form.sign_in == SignIn::GenesysCloud
            }
            Self::Portal => form.sign_in == SignIn::PowerPages,
            Self::BaseUrl | Self::Username => form.sign_in == SignIn::Finesse,
            Self::SignInUrl => form.sign_in == SignIn::SiteSession,
            Self::ClientId | Self::OnSignedOut => has_client,
            Self::Flow => has_choice,
            Self::HandOver => {
                matches!(form.messenger, Messenger::Page | Messenger::Dynamics)
                    && (has_choice || form.sign_in == SignIn::Finesse)
            }
            Self::TokenUrl => {
                form.sign_in == SignIn::SiteSession
                    || Self::HandOver.is_shown(form) && form.chosen(Self::HandOver) == "token-url"
            }
            Self::TokenUrlMember => Self::TokenUrl.is_shown(form),
            Self::Deployment => form.messenger == Messenger::GenesysMessenger,
            Self::DedicatedWindow => form.messenger == Messenger::GenesysEmbeddable,
            Self::Transport => form.sign_in != SignIn::Finesse,
            Self::Silent => is_openid || form.sign_in == SignIn::PowerPages,
        }
    }
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The messenger.
    pub messenger: Messenger,
    /// Where people sign in.
    pub sign_in: SignIn,
    texts: [String; Field::ALL.len()],
}

/// A form that makes a working set of options.
#[derive(Debug, Clone)]
pub struct Complete {
    /// The options as the widget understands them.
    pub config: Config,
    /// As they are pasted.
    pub options: Literal,
    /// Where the widget goes.
    pub site: Site,
}

/// Whether examples stand in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "yes or no")]
pub enum HasExamples {
    No,
    Yes,
}

/// Why a form makes none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incomplete {
    /// What is to be filled in or changed, where it is a single field.
    pub field: Option<Field>,
    /// What is wrong, in the words of `init` where the rule is its.
    pub sentence: String,
    /// How bad it is.
    pub kind: Lack,
}

/// How bad it is that a form is incomplete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// A field is still empty.
    Missing,
    /// What is filled in is wrong.
    Wrong,
    /// Messenger and sign-in do not go together.
    Pair,
}

impl Form {
    /// An empty form for a site.
    #[must_use]
    pub fn new(site: &str, folder: &str) -> Self {
        let mut form = Self {
            messenger: Messenger::Page,
            sign_in: SignIn::OpenId,
            texts: [const { String::new() }; Field::ALL.len()],
        };
        form.set(Field::Site, site);
        form.set(Field::Folder, folder);
        form.set(Field::Region, DOMAINS[0]);
        form.set(Field::Deployment, DOMAINS[0]);
        form
    }

    /// What is kept of it for the next visit: choices and texts by name.
    #[must_use]
    pub fn kept(&self) -> Value {
        let mut kept = Map::new();
        kept.insert("messenger".into(), self.messenger.option().into());
        kept.insert("sign-in".into(), self.sign_in.word().into());
        for field in Field::ALL {
            kept.insert(field.spec(self).id.into(), self.typed(field).into());
        }
        Value::Object(kept)
    }

    /// Takes up what was kept; what is not known any more is left out.
    pub fn take_up(&mut self, kept: &Value) {
        let said = |name: &str| kept.get(name).and_then(Value::as_str);
        let messenger = |one: &Messenger| said("messenger") == Some(one.option());
        if let Some(one) = Messenger::ALL.into_iter().find(messenger) {
            self.messenger = one;
        }
        let sign_in = |one: &SignIn| said("sign-in") == Some(one.word());
        if let Some(one) = SignIn::ALL.into_iter().find(sign_in) {
            self.sign_in = one;
        }
        for field in Field::ALL {
            if let Some(text) = said(field.spec(self).id) {
                self.set(field, text);
            }
        }
    }

    /// What a field says, without the space around it.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        self.texts[field as usize].trim()
    }

    /// What a field of choices says: one of those that it has on this form, or else the first, which is the usual one.
    #[must_use]
    pub fn chosen(&self, field: Field) -> &str {
        let text = self.text(field);
        match field.spec(self).input {
            Input::Choice(choices) if choices.iter().all(|(value, _)| *value != text) => {
                choices.first().map_or("", |(value, _)| *value)
            }
            _ => text,
        }
    }

    /// What a field says, letter by letter.
    #[must_use]
    pub fn typed(&self, field: Field) -> &str {
        &self.texts[field as usize]
    }

    /// Fills in a field.
    pub fn set(&mut self, field: Field, text: &str) {
        text.clone_into(&mut self.texts[field as usize]);
    }

    /// The fields that have a place on it.
    pub fn fields(&self, part: Part) -> impl Iterator<Item = Field> {
        Field::ALL
            .into_iter()
            .filter(move |field| field.spec(self).part == part && field.is_shown(self))
    }

    /// The endpoints as a discovery document would have them, where they are written out.
    #[must_use]
    pub fn written_out(&self) -> Option<Map> {
        let mut endpoints = Map::new();
        for (name, field) in [
            ("authorization_endpoint", Field::AuthorizationEndpoint),
            ("token_endpoint", Field::TokenEndpoint),
            ("jwks_uri", Field::KeysAddress),
        ] {
            if field.is_shown(self) && !self.text(field).is_empty() {
                endpoints.insert(name.into(), self.text(field).into());
            }
        }
        (!endpoints.is_empty()).then_some(endpoints)
    }

    /// Where the widget goes.
    pub fn site(&self) -> Result<Site, Incomplete> {
        Site::read(self.text(Field::Site), self.text(Field::Folder)).map_err(|fault| {
            let (field, sentence) = match fault {
                Fault::Origin(sentence) => (Field::Site, sentence),
                Fault::Folder(sentence) => (Field::Folder, sentence),
            };
            self.blamed(field, sentence.to_owned())
        })
    }

    /// The issuer, as soon as its own fields are right.
    pub fn issuer(&self) -> Result<Issuer, Incomplete> {
        Issuer::parse(&self.issuer_option().value()).map_err(|error| self.incomplete(&error))
    }

    /// The whole of it.
    pub fn complete(&self) -> Result<Complete, Incomplete> {
        let pair = refusal(self.messenger, self.sign_in, self.flow());
        if let Some(sentence) = pair {
            let is_the_pair = refusal(self.messenger, self.sign_in, "").is_some();
            return Err(if is_the_pair {
                Incomplete {
                    field: None,
                    sentence,
                    kind: Lack::Pair,
                }
            } else {
                self.blamed(Field::Flow, sentence)
            });
        }
        let site = self.site();
        let issuer = self.issuer();
        let redirect_uri = site
            .as_ref()
            .map_or_else(|_| String::new(), Site::redirect_uri);
        let redirect_uri = if redirect_uri.is_empty() {
            ANYWHERE
        } else {
            &redirect_uri
        };
        issuer?;
        let name = self.text(Field::Username);
        if Field::Username.is_shown(self)
            && name.contains('(')
            && !name.strip_suffix("()").is_some_and(is_path)
        {
            let sentence =
                "Write a name, or a call without anything in it: currentAgent() or desk.agent()";
            return Err(self.blamed(Field::Username, sentence.to_owned()));
        }
        let options = self.options();
        let config = Config::parse(&options.members(), Some(redirect_uri))
            .map_err(|error| self.incomplete(&error))?;
        let site = site?;
        config
            .check_page(|url| origin(url).as_deref() == Some(site.origin()))
            .map_err(|error| self.incomplete(&error))?;
        Ok(Complete {
            config,
            options,
            site,
        })
    }

    /// The same with examples in the place of what is still empty; the second tells whether there are any.
    #[must_use]
    pub fn with_examples(&self) -> (Self, HasExamples) {
        let mut form = self.clone();
        let mut has = HasExamples::No;
        for (field, example) in [
            (Field::Issuer, "https://idp.example.com"),
            (Field::ClientId, "your-client-id"),
            (Field::Tenants, "00000000-0000-0000-0000-000000000000"),
            (Field::Portal, "https://portal.example.com"),
            (Field::BaseUrl, self.text(Field::Site)),
            (Field::Username, "currentAgent()"),
            (Field::SignInUrl, "https://www.example.com/login"),
            (Field::TokenUrl, "https://www.example.com/chat-token"),
        ] {
            if field.is_shown(&form) && form.text(field).is_empty() {
                form.set(field, example);
                has = HasExamples::Yes;
            }
        }
        (form, has)
    }

    /// The options that it makes, the usual ones left out.
    #[must_use]
    pub fn options(&self) -> Literal {
        let mut options = Literal::default();
        options.add("issuer", self.issuer_option());
        if Field::ClientId.is_shown(self) {
            if self.messenger == Messenger::GenesysEmbeddable
                && self.sign_in == SignIn::GenesysCloud
                && !self.text(Field::ClientId).is_empty()
            {
                let ids = object(vec![(
                    self.text(Field::Region),
                    self.text(Field::ClientId).into(),
                )]);
                options.add("clientIds", ids.into());
            } else {
                self.add(&mut options, "clientId", Field::ClientId);
            }
        }
        if self.messenger != Messenger::Page {
            options.add("host", Value::from(self.messenger.option()).into());
        }
        let flow = self.flow();
        if !flow.is_empty() {
            options.add("flow", Value::from("implicit").into());
            options.add("responseType", Value::from(flow).into());
        }
        if self.text(Field::Scope).is_empty()
            && self.messenger == Messenger::GenesysMessenger
            && Field::Scope.is_shown(self)
        {
            options.add("scope", Value::from("openid email profile").into());
        }
        if Field::DedicatedWindow.is_shown(self) && self.text(Field::DedicatedWindow) == "true" {
            options.add("dedicatedLoginWindow", Value::from(true).into());
        }
        for (name, field) in [
            ("scope", Field::Scope),
            ("handOver", Field::HandOver),
            ("tokenUrl", Field::TokenUrl),
            ("tokenUrlMember", Field::TokenUrlMember),
            ("callback", Field::Callback),
            ("dataLayer", Field::DataLayer),
            ("onSignedOut", Field::OnSignedOut),
            ("timeoutMs", Field::Timeout),
            ("transport", Field::Transport),
            ("storage", Field::Storage),
            ("locale", Field::Locale),
        ] {
            self.add(&mut options, name, field);
        }
        if Field::Silent.is_shown(self) && self.text(Field::Silent) == "false" {
            options.add("silent", Value::from(false).into());
        }
        options
    }

    /// The response type of the implicit flow, or nothing.
    fn flow(&self) -> &str {
        if Field::Flow.is_shown(self) {
            self.chosen(Field::Flow)
        } else {
            ""
        }
    }

    fn add(&self, options: &mut Literal, name: &str, field: Field) {
        let text = self.chosen(field);
        if field.is_shown(self) && !text.is_empty() {
            options.add(name, Value::from(text).into());
        }
    }

    fn issuer_option(&self) -> Literal {
        let text = |field| self.text(field).to_owned();
        let object = |kind: &str, fields: &[(&str, Field)]| {
            let mut object = Literal::default();
            object.add("kind", Value::from(kind).into());
            for (name, field) in fields {
                self.add(&mut object, name, *field);
            }
            object
        };
        match self.sign_in {
            SignIn::OpenId => {
                let tenants: Vec<&str> = self
                    .text(Field::Tenants)
                    .split([' ', ','])
                    .filter(|id| !id.is_empty())
                    .collect();
                let has_tenants = Field::Tenants.is_shown(self) && !tenants.is_empty();
                let is_usual =
                    self.text(Field::DiscoveryUrl).is_empty() && self.written_out().is_none();
                if !has_tenants && is_usual {
                    return Value::from(text(Field::Issuer)).into();
                }
                let mut object = object(
                    "oidc",
                    &[
                        ("issuer", Field::Issuer),
                        ("discoveryUrl", Field::DiscoveryUrl),
                        ("authorizationEndpoint", Field::AuthorizationEndpoint),
                        ("tokenEndpoint", Field::TokenEndpoint),
                        ("jwksUri", Field::KeysAddress),
                    ],
                );
                if has_tenants {
                    object.add("tenants", Value::from(tenants).into());
                }
                object
            }
            SignIn::GenesysCloud => {
                if self.text(Field::Organisation).is_empty()
                    && self.text(Field::Provider).is_empty()
                {
                    return Value::from(["genesys-cloud:", self.text(Field::Region)].concat())
                        .into();
                }
                object(
                    "genesys-cloud",
                    &[
                        ("domain", Field::Region),
                        ("org", Field::Organisation),
                        ("provider", Field::Provider),
                    ],
                )
            }
            SignIn::PowerPages => {
                Value::from(["power-pages:", self.text(Field::Portal)].concat()).into()
            }
            SignIn::Finesse => {
                let mut finesse = object("finesse", &[("baseUrl", Field::BaseUrl)]);
                let name = self.text(Field::Username);
                match name.strip_suffix("()") {
                    Some(path) if is_path(path) => finesse.add("username", Literal::call(path)),
                    _ => self.add(&mut finesse, "username", Field::Username),
                }
                finesse
            }
            SignIn::SiteSession => object("site-session", &[("signInUrl", Field::SignInUrl)]),
        }
    }

    /// A refusal of `init`, as what is to be done to the form.
    fn incomplete(&self, error: &Error) -> Incomplete {
        let named = |option: &str| {
            let is_named =
                |field: &Field| field.is_shown(self) && field.spec(self).options.contains(&option);
            Field::ALL.into_iter().find(is_named)
        };
        let lacks_service = Field::TokenUrl.is_shown(self) && self.text(Field::TokenUrl).is_empty();
        let field = match error.option() {
            // 'token-url' without its address.
            Some(("handOver", _)) if lacks_service => Some(Field::TokenUrl),
            Some((option, _)) => named(option),
            None => None,
        };
        match field {
            Some(field) => self.blamed(field, error.to_string()),
            None => Incomplete {
                field,
                sentence: error.to_string(),
                kind: Lack::Wrong,
            },
        }
    }

    /// An empty field is still to be filled in; anything else in it is wrong, for the reason given.
    fn blamed(&self, field: Field, reason: String) -> Incomplete {
        let is_empty = self.text(field).is_empty();
        Incomplete {
            field: Some(field),
            sentence: if is_empty {
                format!("Still needed: {}.", field.spec(self).label)
            } else {
                reason
            },
            kind: if is_empty { Lack::Missing } else { Lack::Wrong },
        }
    }
}

/// Why messenger, sign-in and flow can never go together, in the words of `init`.
#[must_use]
pub fn refusal(messenger: Messenger, sign_in: SignIn, flow: &str) -> Option<String> {
    let issuer = match sign_in {
        SignIn::OpenId => "https://idp.example.com".into(),
        SignIn::GenesysCloud => "genesys-cloud:mypurecloud.com".into(),
        SignIn::PowerPages => "power-pages:https://portal.example.com".into(),
        SignIn::Finesse => object(vec![
            ("kind", "finesse".into()),
            ("baseUrl", "https://www.example.com".into()),
            ("username", "1001".into()),
        ]),
        SignIn::SiteSession => object(vec![
            ("kind", "site-session".into()),
            ("signInUrl", "https://www.example.com/login".into()),
        ]),
    };
    let mut options = Map::new();
    options.insert("issuer".into(), issuer);
    options.insert("clientId".into(), "web".into());
    if sign_in == SignIn::SiteSession {
        options.insert("tokenUrl".into(), "https://www.example.com/token".into());
    }
    options.insert("host".into(), messenger.option().into());
    if !flow.is_empty() {
        options.insert("flow".into(), "implicit".into());
        options.insert("responseType".into(), flow.into());
    }
    let refused = Config::parse(&options, Some(ANYWHERE)).err()?;
    matches!(refused.option(), Some(("host", _))).then(|| refused.to_string())
}

/// Stands for the redirect URI where the site is not known yet.
const ANYWHERE: &str = "https://www.example.com/authWindow.html";

/// Whether it is a dotted name in JavaScript.
fn is_path(text: &str) -> bool {
    text.split('.').all(|part| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        !part.is_empty()
            && part.chars().all(is_part)
            && !part.starts_with(|c: char| c.is_ascii_digit())
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A form that is filled in for this pair.
    pub(crate) fn filled(messenger: Messenger, sign_in: SignIn) -> Form {
        let mut form = Form::new("https://www.example.com", "/messenger-auth/");
        form.messenger = messenger;
        form.sign_in = sign_in;
        for (field, text) in [
            (Field::Issuer, "https://idp.example.com"),
            (Field::ClientId, "web"),
            (Field::Portal, "https://portal.example.com"),
            (Field::BaseUrl, "https://www.example.com"),
            (Field::Username, "currentAgent()"),
            (Field::SignInUrl, "https://www.example.com/login"),
            (Field::TokenUrl, "https://www.example.com/chat-token"),
        ] {
            form.set(field, text);
        }
        form
    }

    fn refused(form: &Form) -> Incomplete {
        form.complete().map(|_| ()).expect_err("complete")
    }

    #[test]
    fn every_pair_is_complete_or_refused_with_the_reason() {
        for messenger in Messenger::ALL {
            for sign_in in SignIn::ALL {
                let form = filled(messenger, sign_in);
                let works = match messenger {
                    Messenger::Page | Messenger::Dynamics => true,
                    Messenger::GenesysMessenger => sign_in == SignIn::OpenId,
                    Messenger::GenesysEmbeddable => sign_in == SignIn::GenesysCloud,
                };
                match form.complete() {
                    Ok(complete) => {
                        assert!(works, "{messenger:?} with {sign_in:?}");
                        assert_eq!(complete.site.origin(), "https://www.example.com");
                    }
                    Err(incomplete) => {
                        assert!(
                            !works,
                            "{messenger:?} with {sign_in:?}: {}",
                            incomplete.sentence
                        );
                        assert_eq!(incomplete.kind, Lack::Pair);
                        assert!(incomplete.sentence.starts_with("The option host 'genesys-"));
                    }
                }
            }
        }
    }

    #[test]
    fn an_implicit_flow_without_proof_is_refused_by_genesys_messenger() {
        let mut form = filled(Messenger::GenesysMessenger, SignIn::OpenId);
        for (flow, works) in [("id_token", true), ("token", false)] {
            form.set(Field::Flow, flow);
            assert_eq!(form.complete().is_ok(), works, "{flow}");
        }
        let blamed = refused(&form);
        assert_eq!(
            (blamed.kind, blamed.field),
            (Lack::Wrong, Some(Field::Flow))
        );
        assert!(blamed.sentence.contains("genesys-messenger"));
    }

    #[test]
    fn a_choice_of_another_sign_in_stands_for_the_usual_one() {
        let mut form = filled(Messenger::Page, SignIn::OpenId);
        form.set(Field::Flow, "id_token");
        form.set(Field::HandOver, "id_token");
        for sign_in in [SignIn::GenesysCloud, SignIn::Finesse] {
            form.sign_in = sign_in;
            assert!(form.complete().is_ok(), "{:?}", form.complete());
            assert_eq!(form.flow(), "");
        }
        form.messenger = Messenger::Dynamics;
        assert_eq!(form.chosen(Field::HandOver), "token-url");
    }

    #[test]
    fn whatever_can_be_chosen_is_taken_with_the_usual_flow() {
        for messenger in [Messenger::Page, Messenger::Dynamics] {
            for sign_in in SignIn::ALL {
                let mut form = filled(messenger, sign_in);
                for field in [
                    Field::HandOver,
                    Field::OnSignedOut,
                    Field::Transport,
                    Field::Storage,
                    Field::Locale,
                ] {
                    let Input::Choice(choices) = field.spec(&form).input else {
                        panic!("{field:?}")
                    };
                    let before = form.text(field).to_owned();
                    for (value, _) in choices {
                        form.set(field, value);
                        assert!(form.complete().is_ok(), "{messenger:?} {sign_in:?} {value}");
                    }
                    form.set(field, &before);
                }
            }
        }
        let mut form = filled(Messenger::Page, SignIn::OpenId);
        form.set(Field::Timeout, "soon");
        assert_eq!(refused(&form).field, Some(Field::Timeout));
    }

    #[test]
    fn what_is_kept_is_taken_up() {
        let mut form = filled(Messenger::Dynamics, SignIn::Finesse);
        form.set(Field::Flow, "token");
        let empty = || Form::new("https://other.example", "/");
        let mut again = empty();
        again.take_up(&form.kept());
        assert_eq!(again, form);
        for odd in [
            Value::Null,
            json!([1]),
            json!({ "messenger": "pigeon", "issuer": 7, "x": "y" }),
        ] {
            let mut again = empty();
            again.take_up(&odd);
            assert_eq!(again, empty());
        }
        let ids: std::collections::BTreeSet<_> =
            Field::ALL.map(|field| field.spec(&form).id).into();
        assert_eq!(ids.len(), Field::ALL.len(), "each has a name of its own");
    }

    #[test]
    fn usual_options_are_left_out() {
        let form = filled(Messenger::Page, SignIn::OpenId);
        assert_eq!(
            form.options().to_string(),
            r#"{ issuer: "https://idp.example.com", clientId: "web" }"#
        );
    }

    #[test]
    fn an_empty_form_says_what_is_missing() {
        let mut form = Form::new("https://www.example.com", "/");
        let missing = |form: &Form| {
            let incomplete = refused(form);
            assert_eq!(incomplete.kind, Lack::Missing, "{}", incomplete.sentence);
            assert!(incomplete.sentence.starts_with("Still needed: "));
            incomplete.field.unwrap()
        };
        assert_eq!(missing(&form), Field::Issuer);
        form.set(Field::Issuer, "https://idp.example.com");
        assert_eq!(missing(&form), Field::ClientId);
        form.set(Field::ClientId, "web");
        form.set(Field::Site, "");
        assert_eq!(missing(&form), Field::Site);
        for (sign_in, field) in [
            (SignIn::GenesysCloud, Field::ClientId),
            (SignIn::PowerPages, Field::Portal),
            (SignIn::Finesse, Field::BaseUrl),
            (SignIn::SiteSession, Field::SignInUrl),
        ] {
            let mut form = Form::new("https://www.example.com", "/");
            form.sign_in = sign_in;
            assert_eq!(missing(&form), field, "{sign_in:?}");
        }
        let mut form = filled(Messenger::Dynamics, SignIn::OpenId);
        form.set(Field::TokenUrl, "");
        assert_eq!(missing(&form), Field::TokenUrl);
    }

    #[test]
    fn bad_input_is_blamed_on_its_field_in_the_words_of_init() {
        let openid = filled(Messenger::Dynamics, SignIn::OpenId);
        for (field, text, says) in [
            (Field::Issuer, "idp.example.com", "no whole address"),
            (Field::Issuer, "http://idp.example.com", "localhost only"),
            (
                Field::Issuer,
                "https://idp.example.com/.well-known/openid-configuration",
                "without /.well-known",
            ),
            (Field::DiscoveryUrl, "nowhere", "whole https: address"),
            (Field::Site, "www.example.com", "https://www.example.com"),
            (Field::Folder, "/a b/", "folder"),
            (Field::TokenUrl, "/token", "whole https: address"),
            (Field::Callback, "a..b", "dotted path"),
        ] {
            let mut form = openid.clone();
            form.set(field, text);
            let incomplete = refused(&form);
            assert_eq!(
                incomplete.field,
                Some(field),
                "{text}: {}",
                incomplete.sentence
            );
            assert_eq!(incomplete.kind, Lack::Wrong);
            assert!(
                incomplete.sentence.contains(says),
                "{}",
                incomplete.sentence
            );
        }
        let mut finesse = filled(Messenger::Page, SignIn::Finesse);
        finesse.set(Field::BaseUrl, "https://finesse.example.com:8445");
        let incomplete = refused(&finesse);
        assert_eq!(incomplete.field, Some(Field::BaseUrl));
        assert!(incomplete.sentence.contains("proxy /desktop/sso/"));
    }

    #[test]
    fn a_template_of_microsofts_asks_for_tenants() {
        let mut form = filled(Messenger::Page, SignIn::OpenId);
        assert!(!Field::Tenants.is_shown(&form));
        form.set(
            Field::Issuer,
            "https://login.microsoftonline.com/{tenantid}/v2.0",
        );
        assert!(Field::Tenants.is_shown(&form));
        assert!(refused(&form).sentence.contains("tenants"));
        form.set(
            Field::Tenants,
            "72f988bf-86f1-41af-91ab-2d7cd011db47, 9188040d-6c67-4c5b-b112-36a304b66dad",
        );
        assert!(form.complete().is_ok());
        assert!(form.options().to_string().contains("tenants: ["));
    }

    #[test]
    fn endpoints_may_be_written_out() {
        let mut form = filled(Messenger::Page, SignIn::OpenId);
        form.set(Field::TokenEndpoint, "https://idp.example.com/token");
        let missing = refused(&form);
        assert_eq!(missing.field, Some(Field::AuthorizationEndpoint));
        assert_eq!(missing.kind, Lack::Missing);
        form.set(Field::AuthorizationEndpoint, "https://idp.example.com/auth");
        assert_eq!(refused(&form).field, Some(Field::KeysAddress));
        form.set(Field::KeysAddress, "https://idp.example.com/jwks");
        assert!(form.complete().is_ok());
        assert_eq!(form.written_out().unwrap().len(), 3);
        form.sign_in = SignIn::GenesysCloud;
        assert_eq!(form.written_out(), None);
    }

    #[test]
    fn a_call_is_pasted_as_a_function() {
        let mut form = filled(Messenger::Page, SignIn::Finesse);
        let pasted = form.options().to_string();
        assert!(
            pasted.contains("username: function () { return currentAgent(); }"),
            "{pasted}"
        );
        form.set(Field::Username, "alert(1)");
        let blamed = refused(&form);
        assert_eq!(
            (blamed.kind, blamed.field),
            (Lack::Wrong, Some(Field::Username))
        );
    }

    #[test]
    fn embeddable_has_its_clients_by_region() {
        let mut form = filled(Messenger::GenesysEmbeddable, SignIn::GenesysCloud);
        form.set(Field::DedicatedWindow, "true");
        let pasted = form.options().to_string();
        assert!(
            pasted.contains(r#"clientIds: { "mypurecloud.com": "web" }"#),
            "{pasted}"
        );
        assert!(pasted.contains("dedicatedLoginWindow: true"));
        assert!(form.complete().is_ok());
    }
}
