//! The visitor: who is signed in on this page, how one becomes so, until when.

mod hand_over;
mod obtain;
mod renewal;
mod sign_in;
mod store;

use std::{cell::RefCell, rc::Rc};

use futures::future::AbortHandle;
use protocol::{
    Error,
    error::Flaw,
    login::{Authorization, Login},
    logout,
    secret::Secret,
    session::Session,
    site_token::SiteToken,
    time::Timestamp,
};

use self::{sign_in::Interactive, store::SessionStore};
use crate::{
    browser::{page, storage::Store, task::spawn, timer::Timer},
    config::Config,
    deadline::{Deadline, now},
    driver::{Driver, place},
    flight::Flight,
    transport,
};

pub(crate) use self::sign_in::Wish;

/// How long a code that nobody has fetched yet may be taken for good (RFC 6749 4.1.2
/// recommends ten minutes at most), in milliseconds.
const CODE_LIFETIME: i64 = 600_000;

/// How long revocation and discovery may hold up a sign-out, in milliseconds.
const SIGN_OUT_TIMEOUT: u32 = 5_000;

/// The one visitor of this page.
pub(crate) struct Visitor {
    pub(crate) config: Config,
    pub(crate) driver: Driver,
    announce: Announce,
    store: SessionStore,
    started: Rc<Flight<()>>,
    state: RefCell<State>,
}

/// Who is told what happens.
pub(crate) struct Announce {
    /// The page's listeners.
    pub(crate) event: Box<Listener>,
    /// The panels.
    pub(crate) status: Box<dyn Fn(Status)>,
    /// The integrator, on the console.
    pub(crate) warning: Box<dyn Fn(&str)>,
    /// Opens a window for a sign-in that was not begun by a click on our own button.
    pub(crate) open_window: Box<dyn Fn() -> Option<web_sys::Window>>,
}

type Listener = dyn Fn(&Visitor, &Event);

/// What the page's listeners are told.
pub(crate) enum Event {
    Ready,
    SignedIn,
    SignedOut(&'static str),
    Renewed,
    SignInRequired,
    Error(Error),
}

/// What a panel shows.
#[derive(Clone)]
pub(crate) enum Status {
    SignedOut,
    Working,
    WindowOpen,
    WindowBlocked,
    StillSigningIn,
    SignedIn { name: Option<String> },
    Failed(Error),
}

/// How far the library may go to get an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interaction {
    None,
    Popup,
    Page,
}

#[derive(Default)]
struct State {
    session: Option<Session>,
    /// When a person signed in whose code the host redeems.
    signed_in_by_host: Option<Timestamp>,
    /// The code of that sign-in, until somebody asks for it.
    authorization: Option<(Authorization, Timestamp)>,
    site_token: Option<SiteToken>,
    interactive: Option<Interactive>,
    /// Every login that still waits for an answer, given up ones included.
    attempts: Vec<AbortHandle>,
    obtaining: Option<Rc<Flight<Result<(), Error>>>>,
    asking_site: Option<Rc<Flight<Result<Secret, Error>>>>,
    /// The hidden frame never answers here.
    frame_is_mute: bool,
    /// This issuer's refresh answers bring no ID token.
    refresh_lacks_id_token: bool,
    warned_of_short_tokens: bool,
    renewal: Option<Timer>,
}

impl Visitor {
    /// Takes up where the last page left off.
    pub(crate) fn arrive(config: Config, announce: Announce) -> Rc<Self> {
        let visitor = Rc::new(Self {
            store: SessionStore::open(config.storage, &config.client, &config.issuer),
            config,
            driver: Driver::new(),
            announce,
            started: Flight::new(),
            state: RefCell::default(),
        });
        let starting = Rc::clone(&visitor);
        spawn(async move { starting.start().await });
        visitor
    }

    /// Waits until the last page's session and answer have been taken up.
    pub(crate) async fn started(&self) {
        self.started.wait().await;
    }

    /// The tokens of the person signed in, if any has some.
    pub(crate) fn with_session<T>(&self, look: impl FnOnce(Option<&Session>) -> T) -> T {
        look(self.state.borrow().session.as_ref())
    }

    /// Until when a person counts as signed in whose tokens only the host has.
    pub(crate) fn signed_in_by_host_until(&self) -> Option<Timestamp> {
        let since = self.state.borrow().signed_in_by_host?;
        Some(since.plus_millis(CODE_LIFETIME))
    }

    /// Ends the session: here, always; at the issuer, where it can be and is wanted.
    pub(crate) async fn sign_out(
        &self,
        at: SignOut,
        post_logout_redirect_uri: Option<&str>,
    ) -> Result<(), Error> {
        self.abandon_attempts();
        let session = self.end_session("sign-out");
        let Some(session) = session else {
            return Ok(());
        };
        self.store.remember_sign_out();
        if at == SignOut::Here {
            return Ok(());
        }
        let since = now();
        let here = page::href();
        let back = post_logout_redirect_uri.unwrap_or_else(|| place(&here));
        let departure = self
            .driver
            .finish(
                logout::begin(
                    &self.config.client,
                    &self.config.issuer,
                    &session,
                    Some(back),
                    since,
                ),
                Deadline::after(SIGN_OUT_TIMEOUT),
            )
            .await;
        self.driver
            .journal
            .ended(since, "sign out at the issuer", &departure);
        match departure? {
            logout::Departure::Stay => {}
            logout::Departure::Navigate(url) => {
                self.store.forget_sign_out();
                page::navigate(&url);
            }
            logout::Departure::Post { url, fields } => {
                self.store.forget_sign_out();
                let fields: Vec<(&str, &str)> = fields
                    .iter()
                    .map(|(name, value)| (*name, value.expose()))
                    .collect();
                page::post_form(&url, &fields);
            }
        }
        Ok(())
    }

    async fn start(self: Rc<Self>) {
        if let Some(session) = self.store.load(&self.config.client, &self.config.issuer) {
            if session.expires_at(self.config.renewed_kind()) > now() || session.can_refresh() {
                self.state.borrow_mut().session = Some(session);
                self.show_signed_in();
                self.schedule_renewal();
            } else {
                self.store.clear();
            }
        }
        let pages = Store::session();
        if let Some((url, transaction)) = transport::returned(&pages, now()) {
            (self.announce.status)(Status::Working);
            let since = now();
            let deadline = Deadline::after(self.config.timeout_ms);
            let result = match transaction {
                Some(transaction) => {
                    let next = protocol::login::complete(&transaction, &url, since);
                    self.driver.finish(next, deadline).await
                }
                None => Err(Error::Untrusted {
                    flaw: Flaw::StateMismatch,
                    detail: "the answer belongs to no login of this tab".to_owned(),
                }),
            };
            self.driver
                .journal
                .ended(since, "come back from the issuer", &result);
            match result {
                Ok(login) => self.welcome(login),
                Err(error) => self.report(error),
            }
        }
        self.started.land(());
        self.tell(&Event::Ready);
    }

    /// Takes in what a person's sign-in brought.
    fn welcome(self: &Rc<Self>, login: Login) {
        self.store.forget_sign_out();
        self.take_in(login);
        self.tell(&Event::SignedIn);
    }

    /// Takes in what a login or a renewal brought, and tells nobody.
    fn take_in(self: &Rc<Self>, login: Login) {
        match login {
            Login::SignedIn(session) => {
                self.warn_of_short_tokens(&session);
                self.store.save(&session);
                self.state.borrow_mut().session = Some(*session);
                self.schedule_renewal();
            }
            Login::Code(authorization) => {
                let mut state = self.state.borrow_mut();
                state.signed_in_by_host = Some(now());
                state.authorization = Some((*authorization, now()));
            }
        }
        self.state.borrow_mut().site_token = None;
        self.show_signed_in();
    }

    fn warn_of_short_tokens(&self, session: &Session) {
        let min_ttl = self.config.min_ttl;
        let is_short = |kind| session.has(kind) && !session.outlives(kind, min_ttl);
        if self.config.renewed_kind().is_some_and(is_short)
            && !std::mem::replace(&mut self.state.borrow_mut().warned_of_short_tokens, true)
        {
            (self.announce.warning)(
                "the issuer's tokens live shorter than minTtl: they are handed out all the same. \
                 Let them live longer, or set minTtl lower.",
            );
        }
    }

    /// Forgets the session and tells everyone. Gives back what there was.
    fn end_session(&self, reason: &'static str) -> Option<Session> {
        self.store.clear();
        let (session, was_signed_in) = {
            let mut state = self.state.borrow_mut();
            state.renewal = None;
            state.site_token = None;
            state.authorization = None;
            let by_host = state.signed_in_by_host.take().is_some();
            let session = state.session.take();
            let was_signed_in = by_host || session.is_some();
            (session, was_signed_in)
        };
        (self.announce.status)(Status::SignedOut);
        if was_signed_in {
            self.tell(&Event::SignedOut(reason));
        }
        session
    }

    fn show_signed_in(&self) {
        let name = self.with_session(|session| {
            let claims = session?.claims();
            ["name", "preferred_username", "email"]
                .iter()
                .find_map(|claim| claims.get(*claim)?.as_str())
                .map(str::to_owned)
        });
        (self.announce.status)(Status::SignedIn { name });
    }

    fn report(&self, error: Error) {
        (self.announce.status)(match &error {
            // Not a failure yet: a button of ours opens it.
            Error::PopupBlocked => Status::WindowBlocked,
            error => Status::Failed(error.clone()),
        });
        self.tell(&Event::Error(error));
    }

    fn tell(&self, event: &Event) {
        (self.announce.event)(self, event);
    }

    fn is_signed_in(&self) -> bool {
        let state = self.state.borrow();
        let kind = self.config.renewed_kind();
        match (&state.session, state.signed_in_by_host) {
            (Some(session), _) => session.expires_at(kind) > now(),
            (None, Some(since)) => now().millis_since(since) < CODE_LIFETIME,
            (None, None) => false,
        }
    }
}

/// Where a session ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignOut {
    Here,
    AtIssuer,
}
