//! The visitor: who is signed in on this page, how one becomes so, until when.

mod clock;
mod hand_over;
mod obtain;
mod renewal;
mod sign_in;
mod site;
mod store;
mod tabs;

use std::{cell::RefCell, rc::Rc};

use protocol::{
    Error, Fault,
    address::{Address, without_query},
    config::{Config, HandOver},
    decimal,
    error::Flaw,
    login::{Authorization, Login},
    logout,
    session::Session,
    site_token::SiteToken,
    time::Timestamp,
};

use self::{
    sign_in::Interactive,
    store::{SessionStore, Stamp},
    tabs::{Change, Tabs},
};
use crate::{
    browser::{
        page,
        popup::Popup,
        storage::Store,
        task::{Leash, spawn},
        timer::{self, Timer},
    },
    deadline::{Deadline, now},
    driver::Driver,
    flight::Flight,
    host, transport,
};

pub(crate) use self::sign_in::Wish;

/// How long a person counts as signed in whose tokens only the host has, in milliseconds:
/// as long as a code may live (RFC 6749 4.1.2).
const BY_HOST_LIFETIME: u32 = 600_000;

/// How long the code of such a sign-in is kept for whoever asks first, in milliseconds.
/// Issuers redeem it for a minute or so.
const CODE_LIFETIME: i64 = 30_000;

/// How often what waits for its answer is looked through, in milliseconds.
const SWEEP: u32 = 30_000;

/// How long revocation and discovery may hold up a sign-out, in milliseconds.
const SIGN_OUT_TIMEOUT: u32 = 5_000;

/// A step of the journal.
const SILENTLY: &str = "ask in a hidden frame";

/// The one visitor of this page.
pub(crate) struct Visitor {
    pub(crate) config: Config,
    pub(crate) driver: Driver,
    announce: Announce,
    store: SessionStore,
    tabs: Tabs,
    started: Rc<Flight>,
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
    /// What the messenger tells of itself: its own name for it, and its words.
    Host(&'static str, Option<String>),
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, not a mode"
)]
struct State {
    session: Option<Rc<Session>>,
    /// Of the last change, in whichever tab.
    stamp: Stamp,
    /// Until when a person counts as signed in whose tokens only the host, or the site, has.
    signed_in_by_host: Option<Timestamp>,
    /// The code of that sign-in, until somebody asks for it.
    authorization: Option<(Authorization, Timestamp)>,
    site_token: Option<SiteToken>,
    interactive: Option<Interactive>,
    /// Every login that still waits for an answer, by its window, given up ones included.
    attempts: Vec<(Rc<Popup>, Leash)>,
    obtaining: Option<Rc<Flight>>,
    asking_site: Option<Rc<Flight>>,
    asking_code: Option<Rc<Flight>>,
    /// Counts the persons: work begun for one must not touch the next one's session.
    person: u32,
    /// The issuer has said that it takes the person to go on.
    needs_person: bool,
    /// The page is on its way to the issuer.
    leaving: bool,
    /// What the last sign-in was to be, for *reopen* and *try again*.
    wish: Option<Wish>,
    /// This issuer's refresh answers bring no ID token.
    refresh_lacks_id_token: bool,
    warned_of_short_tokens: bool,
    /// How far the wall clock was ahead of the steady one when it was compared with the site's.
    clock_checked_at: Option<i64>,
    renewal: Option<Timer>,
}

impl Visitor {
    /// Takes up where the last page left off.
    pub(crate) fn arrive(config: Config, announce: Announce) -> &'static Self {
        // Stays as long as the page: nobody has to count who still works for it.
        let visitor: &Self = Box::leak(Box::new(Self {
            store: SessionStore::open(config.storage, &config.client, &config.issuer),
            config,
            driver: Driver::new(),
            announce,
            tabs: Tabs::default(),
            started: Flight::new(),
            state: RefCell::default(),
        }));
        spawn(visitor.start());
        visitor
    }

    /// Waits until the last page's session and answer have been taken up.
    pub(crate) async fn started(&self) {
        let _ = self.started.landed().await;
    }

    /// The tokens of the person signed in, if any has some.
    pub(crate) fn with_session<T>(&self, look: impl FnOnce(Option<&Session>) -> T) -> T {
        look(self.state.borrow().session.as_deref())
    }

    fn has_session(&self) -> bool {
        self.state.borrow().session.is_some()
    }

    /// Until when a person counts as signed in whose tokens only the host has.
    pub(crate) fn signed_in_by_host_until(&self) -> Option<Timestamp> {
        self.state.borrow().signed_in_by_host
    }

    /// Ends the session: here, first of all and always; then its refresh token, where the issuer
    /// can be told; and at the issuer, where that is wanted.
    pub(crate) async fn sign_out(
        &'static self,
        at: SignOut,
        post_logout_redirect_uri: Option<&str>,
    ) -> Result<(), Error> {
        let whole = Deadline::after(self.config.timeout_ms);
        let was_out = self.store.has_signed_out();
        self.abandon_attempts(&Err(Fault::PopupClosed.into()));
        let why = Fault::SignInRequired.into();
        let ended = self.end_everywhere(Change::SignOut, "sign-out", &why);
        host::end_session(self).await;
        let session = match ended {
            Ended::Session(session) => Some(session),
            // Whom only the host knows, the issuer may know for longer than this page counts.
            Ended::Nothing if was_out || self.config.hand_over != HandOver::Code => return Ok(()),
            Ended::Nothing | Ended::ByHost => None,
        };
        let since = now();
        let here = page::href();
        let usual = Some(without_query(&here)).filter(|back| Address::parse(back).is_some());
        let Config { client, issuer, .. } = &self.config;
        let set = self.config.post_logout_redirect_uri.as_deref();
        let back = post_logout_redirect_uri.or(set).or(usual);
        let next = logout::begin(client, issuer, session.as_deref(), back, since);
        let deadline = whole.or(Deadline::after(SIGN_OUT_TIMEOUT));
        let departure = self.driver.finish(next, deadline).await;
        let step = "sign out at the issuer";
        self.driver.journal.ended(since, step, &departure);
        // Nor does whoever has signed in, or is about to, lose the page.
        if at == SignOut::Here || self.is_signed_in() || self.window().is_some() {
            return Ok(());
        }
        match departure? {
            logout::Departure::Stay => return Ok(()),
            logout::Departure::Navigate(url) => page::navigate(&url),
            logout::Departure::Post { url, fields } => {
                let mut exposed = Vec::new();
                for (name, value) in &fields {
                    exposed.push((*name, value.expose()));
                }
                page::post_form(&url, &exposed);
            }
        }
        // Whoever goes on from here must not stop the page, which is on its way out.
        timer::sleep(whole.left()).await;
        Ok(())
    }

    async fn start(&'static self) {
        self.remember_clock();
        self.resume();
        self.join_tabs();
        let pages = Store::session();
        spawn(sweep());
        if let Some((url, transaction)) = transport::returned(&pages, now()) {
            (self.announce.status)(Status::Working);
            let before = self.store.last_change().person;
            self.check_clock().await;
            let since = now();
            let deadline = Deadline::after(self.config.timeout_ms);
            let result = match transaction {
                Some(transaction) => {
                    let next = protocol::login::complete(&transaction.into(), &url, since);
                    self.driver.finish(next, deadline).await
                }
                None => Err(foreign_answer()),
            };
            let result = match result {
                Ok(Login::SignedIn(session)) if !self.is_ours(&session) => Err(foreign_answer()),
                result => result,
            };
            self.driver
                .journal
                .ended(since, "come back from the issuer", &result);
            match result {
                // Somebody has signed in or out in the meantime.
                _ if self.store.last_change().person > before => self.show_who(),
                Ok(login) => self.welcome(login),
                Err(error) => {
                    self.store.remember_refusal();
                    self.report(error);
                }
            }
        }
        self.started.land(Ok(()));
        self.tell(&Event::Ready);
    }

    /// Takes up the session that is kept, unless it is over or another has taken its place.
    fn resume(&'static self) {
        if let Some(until) = self.store.frame_rests_until() {
            let until = [
                "it did not work lately: not tried until ",
                &decimal::print(until.as_millis()),
            ];
            self.driver.journal.note(SILENTLY, &until.concat());
        }
        let Some(note) = self.store.load() else {
            return;
        };
        let kept = note.session.filter(|session| {
            let is_good = session.expires_at(Some(self.config.renewed_kind())) > now();
            self.is_ours(session)
                && (is_good || session.can_refresh())
                && note.stamp.person >= self.store.last_change().person
        });
        let Some(session) = kept else {
            self.store.clear();
            return;
        };
        let mut state = self.state.borrow_mut();
        state.stamp = note.stamp;
        state.session = Some(Rc::new(session));
        drop(state);
        self.settle();
    }

    /// Takes in what a person's sign-in brought.
    fn welcome(&'static self, login: Login) {
        self.forget_refusals();
        self.store.remember_visit();
        self.take_in(login, Change::Person);
        self.next_person(&Ok(()));
        self.state.borrow_mut().wish = None;
        self.tell(&Event::SignedIn);
    }

    /// Takes in what a login or a renewal brought, for all tabs; the page is not told.
    fn take_in(&'static self, login: Login, change: Change) {
        match login {
            Login::SignedIn(session) => {
                self.warn_of_short_tokens(&session);
                self.publish(change, Some(Rc::from(session)));
            }
            Login::Code(authorization) => {
                // Nobody here can tell whether they are this person's.
                if self.config.hand_over == HandOver::Code && self.has_session() {
                    self.publish(change, None);
                }
                self.state.borrow_mut().authorization = Some((*authorization, now()));
                self.note_sign_in_by_host();
            }
            Login::AtSite(token) => {
                self.publish_site_token(change, &token);
                self.keep_site_token(*token);
                return;
            }
        }
        self.settle();
    }

    /// Goes by the session that is held now.
    fn settle(&'static self) {
        let mut state = self.state.borrow_mut();
        state.site_token = None;
        state.needs_person = false;
        drop(state);
        self.schedule_renewal();
        self.show_signed_in();
    }

    /// A person is signed in whose tokens only the host has: nothing renews that here.
    fn note_sign_in_by_host(&'static self) {
        let ending = Timer::after(BY_HOST_LIFETIME, || {
            self.forget_session("expired", &Fault::SignInRequired.into());
        });
        let mut state = self.state.borrow_mut();
        state.signed_in_by_host = Some(now().plus_millis(i64::from(BY_HOST_LIFETIME)));
        state.renewal = Some(ending);
    }

    /// Which person the work that begins now is for.
    fn person(&self) -> u32 {
        self.state.borrow().person
    }

    /// Ends the work that was begun for the person before, and answers who waits for it.
    fn next_person(&self, result: &Result<(), Error>) {
        let under_way = {
            let mut state = self.state.borrow_mut();
            state.person = state.person.wrapping_add(1);
            [
                state.obtaining.take(),
                state.asking_site.take(),
                state.asking_code.take(),
            ]
        };
        for flight in under_way.into_iter().flatten() {
            flight.land(result.clone());
        }
    }

    /// Whether the session was made for this page's client.
    fn is_ours(&self, session: &Session) -> bool {
        session.belongs_to(&self.config.client, &self.config.issuer)
    }

    fn warn_of_short_tokens(&self, session: &Session) {
        let min_ttl = self.config.min_ttl;
        let is_short = |kind| session.has(kind) && !session.outlives(kind, min_ttl);
        if is_short(self.config.renewed_kind()) {
            self.warn_of_short_lives();
        }
    }

    fn warn_of_short_lives(&self) {
        if !std::mem::replace(&mut self.state.borrow_mut().warned_of_short_tokens, true) {
            self.warn(
                "the tokens live shorter than minTtl, and are handed out all the same: let them live longer, or set minTtl lower.",
            );
        }
    }

    /// Ends the session in all tabs. Gives back what there was here.
    fn end_everywhere(&self, change: Change, reason: &'static str, why: &Error) -> Ended {
        let ended = self.forget_session(reason, why);
        self.publish(change, None);
        ended
    }

    /// Forgets the session and tells the page. Who waits for tokens of it is answered with `why`.
    /// Gives back what there was.
    fn forget_session(&self, reason: &'static str, why: &Error) -> Ended {
        // What all tabs have in common is for the tab to change that brought this about.
        if !self.store.is_shared() {
            self.store.clear();
        }
        let (session, by_host) = {
            let mut state = self.state.borrow_mut();
            state.renewal = None;
            state.site_token = None;
            state.authorization = None;
            state.needs_person = false;
            state.wish = None;
            let by_host = state.signed_in_by_host.take().is_some();
            (state.session.take(), by_host)
        };
        self.next_person(&Err(why.clone()));
        (self.announce.status)(Status::SignedOut);
        let ended = match session {
            Some(session) => Ended::Session(session),
            None if by_host => Ended::ByHost,
            None => return Ended::Nothing,
        };
        self.tell(&Event::SignedOut(reason));
        ended
    }

    /// A person has signed in: what was remembered against it is over.
    fn forget_refusals(&self) {
        self.store.forget_refusals(self.store.last_change(), None);
    }

    fn show_who(&self) {
        if self.is_signed_in() {
            self.show_signed_in();
        } else {
            (self.announce.status)(Status::SignedOut);
        }
    }

    fn show_signed_in(&self) {
        let name = self.with_session(|session| {
            let claims = session?.claims();
            ["name", "preferred_username", "email"]
                .iter()
                .find_map(|claim| claims.get(claim)?.as_str())
                .map(str::to_owned)
        });
        (self.announce.status)(Status::SignedIn { name });
    }

    fn report(&self, error: Error) {
        match &*error {
            // Not a failure yet: a button of ours opens it.
            Fault::PopupBlocked => (self.announce.status)(Status::WindowBlocked),
            // Whoever was signed in still is, and may want to sign out.
            _ if self.is_signed_in() => self.show_signed_in(),
            _ => (self.announce.status)(Status::Failed(error.clone())),
        }
        self.tell(&Event::Error(error));
    }

    /// Tells what kept a caller from an answer.
    fn tell_failure(&self, error: &Error) {
        self.tell(&if error.asks_for_person() {
            Event::SignInRequired
        } else {
            Event::Error(error.clone())
        });
    }

    /// Tells what kept a caller from what is handed over: where it takes the person, signing in opens a window
    /// though somebody is signed in.
    fn tell_need(&self, error: &Error) {
        self.state.borrow_mut().needs_person |= error.asks_for_person();
        self.tell_failure(error);
    }

    /// Warns the integrator, on the console.
    pub(crate) fn warn(&self, text: &str) {
        (self.announce.warning)(text);
    }

    pub(crate) fn tell(&self, event: &Event) {
        (self.announce.event)(self, event);
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        let state = self.state.borrow();
        let kind = self.config.renewed_kind();
        let is_good = |held: &Rc<Session>| held.expires_at(Some(kind)) > now();
        state.session.as_ref().is_some_and(is_good) || state.signed_in_by_host.is_some()
    }
}

/// What there was when a session ended.
enum Ended {
    Nothing,
    Session(Rc<Session>),
    /// A person whose tokens only the host has.
    ByHost,
}

/// Lets nothing that is kept for a way back lie about for longer than it is of use.
async fn sweep() {
    let pages = Store::session();
    while transport::is_awaited(&pages) {
        timer::sleep(SWEEP).await;
        transport::sweep(&pages, now());
    }
}

fn foreign_answer() -> Error {
    Error::untrusted(
        Flaw::StateMismatch,
        "the answer belongs to no login of this tab",
    )
}

/// Where a session ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignOut {
    Here,
    AtIssuer,
}
