//! Every function that JavaScript can call, and everything that it is told.
//!
//! The loader is the only caller. What it hands on to the page is described in
//! `pkg/messenger-auth.d.ts`.
#![expect(
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    reason = "JavaScript sees no attribute, and hands values over with less code than it lends them"
)]

use std::{cell::Cell, future::Future, rc::Rc};

use js_sys::{Function, Object, Promise, Reflect};
use protocol::{
    Error, Fault,
    address::Address,
    config::{self, Config, HandOver, Transport},
    json::{Map, Value, object},
    login::Authorization,
    options::Options,
    part::parts,
    secret::Secret,
    session::TokenKind,
    time::Timestamp,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::{HtmlElement, Window};

use crate::{
    browser::{
        json, page,
        popup::Popup,
        task::{Work, spawn},
    },
    deadline::Deadline,
    host,
    session::{Announce, Event, Interaction, SignOut, Status, Visitor, Wish},
    transport, ui,
};

#[wasm_bindgen]
extern "C" {
    /// The page's end, given by the loader.
    #[derive(Clone)]
    pub type Page;

    #[wasm_bindgen(method)]
    fn open(this: &Page) -> Option<Window>;

    #[wasm_bindgen(method)]
    fn emit(this: &Page, name: &str, detail: &JsValue);

    #[wasm_bindgen(method, getter, js_name = redirectUri)]
    fn redirect_uri(this: &Page) -> Option<String>;

    /// Whether the options are attributes, with those of others among them.
    #[wasm_bindgen(method, getter)]
    fn attributes(this: &Page) -> Option<bool>;

    #[wasm_bindgen(js_namespace = console, js_name = warn)]
    fn warn(line: &str);
}

/// The running widget. There is one to a page, for as long as the page lives.
struct Engine {
    visitor: &'static Visitor,
    board: Rc<ui::Board>,
    page: Page,
}

thread_local! {
    static ENGINE: Cell<Option<&'static Engine>> = const { Cell::new(None) };
}

/// The widget that `start` has started: the loader asks nothing of it before.
fn engine() -> &'static Engine {
    let Some(engine) = ENGINE.get() else {
        unreachable!("nothing is asked before `start`")
    };
    engine
}

/// Reads the options and starts. Throws a failure when they are not good.
#[wasm_bindgen]
pub fn start(options: JsValue, page: Page) -> Result<(), JsValue> {
    begin(&options, page).map_err(|error| failure(&error))
}

fn begin(options: &JsValue, page: Page) -> Result<(), Error> {
    if !page::is_secure() {
        return Err(Fault::InsecurePage.into());
    }
    if page::is_nobodys() {
        let problem = "leads back to no page whose frame is a sandbox without allow-same-origin";
        return Err(Error::bad_option("redirectUri", problem));
    }
    let mut options = members(&called(options))?;
    if page.attributes() == Some(true) {
        config::tidy_attributes(&mut options);
    }
    let config = Config::parse(&options, page.redirect_uri().as_deref())?;
    config.check_page(page::is_own_origin)?;
    if config.leaves_page() {
        transport::check_way_back(&config.client.redirect_uri)?;
    }
    let board = Rc::new(ui::Board::new(ui::Panel::SignedOut));
    let arrived = Rc::default();
    let announce = announce(&page, &board, Rc::clone(&arrived));
    let visitor = Visitor::arrive(config, announce);
    arrived.set(Some(visitor));
    let host = page.clone().unchecked_into();
    ENGINE.set(Some(Box::leak(Box::new(Engine {
        visitor,
        board,
        page,
    }))));
    host::attach(visitor, host);
    Ok(())
}

/// Resolves when the last page's session and answer have been taken up.
#[wasm_bindgen]
pub fn ready() -> Promise {
    let visitor = engine().visitor;
    promise(async move {
        visitor.started().await;
        Ok(JsValue::UNDEFINED)
    })
}

/// Signs the person in. `window` has just been opened in the click, if one was wanted.
#[wasm_bindgen(js_name = signIn)]
pub fn sign_in(options: JsValue, window: Option<Window>) -> Promise {
    let visitor = engine().visitor;
    let window = window.map(Popup::adopt);
    let wish = wish(visitor, &options);
    if let (Err(_), Some(window)) = (&wish, &window) {
        window.close();
    }
    promise(async move {
        let deadline = Deadline::after(visitor.config.sign_in_timeout_ms);
        visitor.sign_in(wish?, window, deadline).await?;
        Ok(session(visitor))
    })
}

/// Whether `signIn` with these options would now make use of a new window.
#[wasm_bindgen(js_name = wantsWindow)]
pub fn wants_window(options: JsValue) -> bool {
    let visitor = engine().visitor;
    wish(visitor, &options).is_ok_and(|wish| visitor.wants_window(&wish))
}

/// Signs the person out.
#[wasm_bindgen(js_name = signOut)]
pub fn sign_out(options: JsValue) -> Promise {
    promise(leave(engine().visitor, options))
}

/// A token as text.
#[wasm_bindgen(js_name = getToken)]
pub fn get_token(options: JsValue) -> Promise {
    promise(token(engine().visitor, options))
}

/// A fresh, unredeemed code.
#[wasm_bindgen(js_name = getAuthorization)]
pub fn get_authorization(options: JsValue) -> Promise {
    promise(authorization(engine().visitor, options))
}

/// What the callback gives, or `null`.
#[wasm_bindgen(js_name = handOver)]
pub fn hand_over(timeout_ms: u32) -> Promise {
    let visitor = engine().visitor;
    promise(async move {
        let token = visitor.hand_over(timeout_ms).await;
        Ok(token.map_or(JsValue::NULL, |token| token.expose().into()))
    })
}

/// What the callback gives, where it is in hand.
#[wasm_bindgen(js_name = inHand)]
pub fn in_hand() -> JsValue {
    let visitor = engine().visitor;
    let token = visitor.in_hand(visitor.config.min_ttl);
    token.map_or(JsValue::UNDEFINED, |token| token.expose().into())
}

/// What the messenger's command comes to.
#[wasm_bindgen]
pub fn command(name: JsValue, data: JsValue) -> Promise {
    let visitor = engine().visitor;
    let name = name.as_string().unwrap_or_default();
    promise(async move { host::command(visitor, &name, &data).await })
}

/// Who is signed in, or `null`.
#[wasm_bindgen(js_name = getSession)]
pub fn get_session() -> JsValue {
    session(engine().visitor)
}

/// What was tried, and what to change.
#[wasm_bindgen]
pub fn diagnose() -> Promise {
    let Visitor { config, driver, .. } = engine().visitor;
    let transport = match config.transport {
        Transport::Popup => "popup",
        Transport::Page => "page",
    };
    Promise::resolve(&to_js(vec![
        ("version", env!("CARGO_PKG_VERSION").into()),
        ("issuer", config.issuer.identifier().into()),
        ("transport", transport.into()),
        ("redirectUri", config.client.redirect_uri.as_str().into()),
        ("steps", driver.journal.steps().into()),
        ("advice", driver.journal.advice().into()),
    ]))
}

/// Shows the panel in an empty element. The function given back takes it away.
#[wasm_bindgen]
pub fn mount(root: HtmlElement) -> Function {
    let Engine {
        visitor,
        board,
        page,
    } = engine();
    let (visitor, page) = (*visitor, page.clone());
    let language = ui::Language::choose(
        visitor.config.locale.as_deref(),
        page::language().as_deref(),
        page::browser_language().as_deref(),
    );
    let act = move |action| act(visitor, &page, action);
    let unmount = ui::mount(root, Rc::clone(board), act, language);
    Closure::once_into_js(unmount).unchecked_into()
}

/// The style sheet of the panel.
#[wasm_bindgen(js_name = adoptedCss)]
pub fn adopted_css() -> JsValue {
    ui::STYLE.into()
}

async fn leave(visitor: &'static Visitor, options: JsValue) -> Result<JsValue, Error> {
    let options = members(&options)?;
    let options = Options::new(&options, "");
    options.refuse_others(&["atIssuer", "postLogoutRedirectUri"]);
    let at = match options.switch("atIssuer") {
        Some(false) => SignOut::Here,
        Some(true) | None => SignOut::AtIssuer,
    };
    let back = options.text("postLogoutRedirectUri");
    if back.is_some_and(|back| Address::parse(back).is_none()) {
        options.refuse(
            "postLogoutRedirectUri",
            "must be a whole https: address (http: on localhost only)",
        );
    }
    options.checked(())?;
    visitor.sign_out(at, back).await?;
    Ok(JsValue::UNDEFINED)
}

async fn token(visitor: &'static Visitor, options: JsValue) -> Result<JsValue, Error> {
    let options = members(&options)?;
    let options = Options::new(&options, "");
    options.refuse_others(&["kind", "minTtl", "timeoutMs", "interaction"]);
    let what = options
        .choice(
            "kind",
            &["id_token", "access_token", "token-url"],
            &[
                HandOver::Token(TokenKind::IdToken),
                HandOver::Token(TokenKind::AccessToken),
                HandOver::TokenUrl,
            ],
        )
        .unwrap_or(visitor.config.hand_over);
    let min_ttl = options
        .number("minTtl", 0, 3_600)
        .unwrap_or(visitor.config.min_ttl);
    let (interaction, deadline) = patience(visitor, &options);
    options.checked(())?;
    let token = visitor.token(what, min_ttl, interaction, deadline).await?;
    Ok(JsValue::from_str(token.expose()))
}

async fn authorization(visitor: &'static Visitor, options: JsValue) -> Result<JsValue, Error> {
    let options = members(&options)?;
    let options = Options::new(&options, "");
    options.refuse_others(&["timeoutMs", "interaction"]);
    let (interaction, deadline) = patience(visitor, &options);
    options.checked(())?;
    let authorization = visitor.authorization(interaction, deadline).await?;
    Ok(authorization_view(&authorization))
}

/// How far a call may go, and how long it may take: a person in a window is given more time.
fn patience(visitor: &Visitor, options: &Options<'_>) -> (Interaction, Deadline) {
    let interaction = options
        .choice(
            "interaction",
            &["none", "popup", "page"],
            &[Interaction::None, Interaction::Popup, Interaction::Page],
        )
        .unwrap_or(Interaction::None);
    let usual = match interaction {
        Interaction::None => visitor.config.timeout_ms,
        Interaction::Popup | Interaction::Page => visitor.config.sign_in_timeout_ms,
    };
    let millis = options.number("timeoutMs", 1, 3_600_000).unwrap_or(usual);
    (interaction, Deadline::after(millis))
}

fn wish(visitor: &Visitor, options: &JsValue) -> Result<Wish, Error> {
    let options = members(options)?;
    let options = Options::new(&options, "");
    options.refuse_others(&["loginHint", "prompt", "transport"]);
    let transport = config::transport(&options).unwrap_or(visitor.config.transport);
    let mut wish = visitor.plain_wish(transport);
    wish.login_hint = options.text("loginHint").map(str::to_owned);
    wish.prompt = options.text("prompt").map(str::to_owned);
    if parts(wish.prompt.as_deref().unwrap_or_default(), b' ').any(|word| word == "none") {
        options.refuse(
            "prompt",
            "cannot be 'none' where a person is to sign in; getToken asks silently",
        );
    }
    options.checked(wish)
}

fn announce(
    page: &Page,
    board: &Rc<ui::Board>,
    arrived: Rc<Cell<Option<&'static Visitor>>>,
) -> Announce {
    let listeners = page.clone();
    let opener = page.clone();
    let board = Rc::clone(board);
    let visited = Rc::clone(&arrived);
    Announce {
        event: Box::new(move |visitor, event| {
            let (name, detail) = match event {
                Event::Ready => ("ready", Object::new().into()),
                Event::SignedIn => ("signed-in", session(visitor)),
                Event::SignedOut(reason) => {
                    ("signed-out", to_js(vec![("reason", (*reason).into())]))
                }
                Event::Renewed => ("renewed", session(visitor)),
                Event::SignInRequired => ("sign-in-required", Object::new().into()),
                Event::Error(error) => ("error", failure(error)),
                Event::Host(name, message) => ("host", heard(name, message.as_deref())),
            };
            listeners.emit(name, &detail);
            if let Some(visitor) = arrived.get() {
                host::tell(visitor, event);
            }
        }),
        status: Box::new(move |status| {
            let lines = || Some(visited.get()?.driver.journal.lines());
            board.show(shown(status, || lines().unwrap_or_default()));
        }),
        warning: Box::new(|text| warn(&["[messenger-auth] ", text].concat())),
        open_window: Box::new(move || opener.open()),
    }
}

fn shown(status: Status, steps: impl FnOnce() -> String) -> ui::Panel {
    match status {
        Status::SignedOut => ui::Panel::SignedOut,
        Status::Working => ui::Panel::Working,
        Status::WindowOpen => ui::Panel::WindowOpen,
        Status::WindowBlocked => ui::Panel::WindowBlocked,
        Status::StillSigningIn => ui::Panel::StillSigningIn,
        Status::SignedIn { name } => ui::Panel::SignedIn { name },
        Status::Failed(error) => ui::Panel::Failed {
            code: error.code(),
            message: error.message(),
            help: error.help(),
            steps: steps(),
        },
    }
}

/// A click on a button of ours.
fn act(visitor: &'static Visitor, page: &Page, action: ui::Action) {
    match action {
        ui::Action::SignIn => click_sign_in(visitor, page),
        ui::Action::ShowWindow => visitor.show_window(),
        ui::Action::Cancel => visitor.cancel_sign_in(),
        ui::Action::SignOut => spawn(async move {
            // What goes wrong at the issuer is in the journal; here the person is out.
            let _ = visitor.sign_out(SignOut::AtIssuer, None).await;
        }),
    }
}

/// A click on our own button: the window has to be opened right in it.
fn click_sign_in(visitor: &'static Visitor, page: &Page) {
    let wish = visitor.wish_again();
    let window = if visitor.wants_window(&wish) {
        page.open().map(Popup::adopt)
    } else {
        None
    };
    spawn(async move {
        // The panel and the `error` event say what came of it.
        let deadline = Deadline::after(visitor.config.sign_in_timeout_ms);
        let _ = visitor.sign_in(wish, window, deadline).await;
    });
}

/// `Session` of the documentation: who is signed in, never a token.
fn session(visitor: &Visitor) -> JsValue {
    let view = |issuer: &str, subject: Option<&str>, claims, scope: &[String], end: Timestamp| {
        to_js(vec![
            ("issuer", issuer.into()),
            ("subject", subject.into()),
            ("claims", Value::Object(claims)),
            ("scope", scope.to_vec().into()),
            ("expiresAt", end.as_millis().into()),
        ])
    };
    visitor.with_session(|session| match session {
        Some(session) => view(
            session.issuer(),
            session.subject(),
            session.claims().clone(),
            session.scope(),
            session.expires_at(Some(visitor.config.renewed_kind())),
        ),
        None => match visitor.signed_in_by_host_until() {
            Some(until) => view(
                visitor.config.issuer.identifier(),
                None,
                Map::new(),
                &[],
                until,
            ),
            None => JsValue::NULL,
        },
    })
}

/// `Authorization` of the documentation; what it has not is left out.
fn authorization_view(authorization: &Authorization) -> JsValue {
    let verifier = authorization.code_verifier.as_ref().map(Secret::expose);
    let members = vec![
        ("code", authorization.code.expose().into()),
        ("redirectUri", authorization.redirect_uri.as_str().into()),
        ("codeVerifier", verifier.into()),
        ("nonce", authorization.nonce.as_deref().into()),
        ("iss", authorization.iss.as_deref().into()),
        ("maxAge", authorization.max_age.into()),
    ];
    json::present(members)
}

fn heard(name: &str, message: Option<&str>) -> JsValue {
    to_js(vec![("name", name.into()), ("message", message.into())])
}

/// What the loader makes a `MessengerAuthError` of.
fn failure(error: &Error) -> JsValue {
    to_js(vec![
        ("code", error.code().into()),
        ("message", error.message().into()),
        ("help", error.help().into()),
    ])
}

fn to_js(members: Vec<(&str, Value)>) -> JsValue {
    json::to_js(&object(members))
}

/// The options, with what the function `issuer.username` gives in its place.
fn called(options: &JsValue) -> JsValue {
    let replaced = || {
        let issuer = Reflect::get(options, &"issuer".into()).ok()?;
        let username: Function = Reflect::get(&issuer, &"username".into())
            .ok()?
            .dyn_into()
            .ok()?;
        let name = username.call0(&issuer).unwrap_or(JsValue::NULL);
        let with = |object: &JsValue, key: &str, value: &JsValue| {
            let copy = Object::assign(&Object::new(), object.unchecked_ref());
            let _ = Reflect::set(&copy, &key.into(), value);
            JsValue::from(copy)
        };
        Some(with(options, "issuer", &with(&issuer, "username", &name)))
    };
    replaced().unwrap_or_else(|| options.clone())
}

/// The members of an options object; none for `undefined` and `null`.
fn members(options: &JsValue) -> Result<Map, Error> {
    if options.is_undefined() || options.is_null() {
        return Ok(Map::new());
    }
    match json::from_js(options) {
        Some(Value::Object(members)) => Ok(members),
        _ => Err(Error::bad_option(
            "options",
            "must be a plain object, without functions, NaN and Infinity",
        )),
    }
}

/// A promise of what a piece of work comes to.
fn promise(work: impl Future<Output = Result<JsValue, Error>> + 'static) -> Promise {
    // Boxed, so that the machinery of promises is downloaded once and not for each export.
    let work: Work<'static, Result<JsValue, Error>> = Box::pin(work);
    future_to_promise(async move { work.await.map_err(|error| failure(&error)) })
}
