//! One visitor in all tabs of the site: what this tab tells the others, and hears from them.
//!
//! Three things of the browser's, each good for what the others are not:
//!
//! - a Web Lock: one tab at a time gets tokens;
//! - a BroadcastChannel: what it got, it tells the others at once, and whoever asks later. Tokens go
//!   over it, in all three storages: only pages of this very origin (and, in a frame, below the same
//!   site) can join a channel, and those could as well call `getToken` in a frame of their own. It is
//!   named after client and issuer, and what is told about another client is not heard;
//! - a line in localStorage, without a token ([`SessionStore::set_current`]): which refresh token is the current
//!   one, and whether it is on its way. It tells a tab that was frozen, copied or brought back
//!   that its own is spent, and outlives the tab that spent it. What a tab is told may be there
//!   before it can see what the teller has written: of a sign-out it believes the word.
//!
//! So a refresh token is sent once, except where nobody knows whether it was sent, nobody has a
//! newer one, and the hidden frame does not help either: then the issuer has the last word.
//!
//! [`SessionStore::set_current`]: super::store::SessionStore::set_current

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::Reflect;
use protocol::{Error, Fault, session::Session, site_token::SiteToken};

use super::{
    Event, Visitor,
    store::{Claim, Note, Stamp},
};
use crate::{
    browser::{
        awake::Awake,
        bell::Bell,
        channel::Channel,
        event::Listener,
        lock::{self, Lock},
        storage::Store,
        task::spawn,
        timer,
    },
    deadline::{Deadline, now},
    transport,
};

/// What a tab says that asks.
const ASK: &str = "?";

/// How long to wait for another tab to answer, in milliseconds. There may be none.
const ANSWER_TIME: u32 = 200;

/// How long to wait for a newer session, in milliseconds, when there is one: its tab may be busy.
const PATIENCE: u32 = 2_000;

/// How long a tab may hold the lock beyond the time that it gives itself, in milliseconds.
const GRACE: u32 = 5_000;

/// This tab's ties with the others.
#[derive(Default)]
pub(super) struct Tabs {
    channel: RefCell<Option<Channel>>,
    /// How often another tab has told something.
    heard: Cell<u32>,
    /// The page is in the back/forward cache, or on its way there.
    is_away: Cell<bool>,
    /// How often it has come back out of it.
    returns: Cell<u32>,
    bell: Bell,
    awake: RefCell<Option<Awake>>,
}

/// A change of the session that all tabs hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Somebody has signed in, or nobody is signed in any more.
    Person,
    /// The person has signed out.
    SignOut,
    /// The same person has other tokens.
    Tokens,
}

/// The right to get tokens, and whether by refresh token.
pub(super) enum Turn {
    /// No other tab does so at the same time.
    Alone { _lock: Option<Lock> },
    /// Others may.
    Unsure,
}

impl Visitor {
    /// Listens to the other tabs, and asks them what this one does not know yet.
    pub(super) fn join_tabs(&'static self) {
        self.open_channel();
        // The first word on its channel would throw the page out of the back/forward cache.
        Listener::on_page("pagehide", |_| {
            *self.tabs.channel.borrow_mut() = None;
            self.tabs.is_away.set(true);
        })
        .keep();
        Listener::on_page("pageshow", |event| {
            if Reflect::get(&event, &"persisted".into()).is_ok_and(|is_so| is_so.is_truthy()) {
                self.open_channel();
                self.tabs.is_away.set(false);
                self.tabs.returns.set(self.tabs.returns.get() + 1);
                self.tabs.bell.ring();
            }
        })
        .keep();
        *self.tabs.awake.borrow_mut() = Some(Awake::listen(move || spawn(self.wake())));
        self.post(ASK);
    }

    fn open_channel(&'static self) {
        let channel = Channel::open(&self.store.name("tabs"), move |data| {
            if let Some(text) = data.as_string() {
                self.hear(&text);
            }
        });
        *self.tabs.channel.borrow_mut() = channel;
    }

    /// Waits until the page, which is being left, comes back out of the back/forward cache.
    pub(super) fn shown_again(&self) -> impl Future<Output = ()> {
        let before = self.tabs.returns.get();
        self.tabs
            .bell
            .until(move || (self.tabs.returns.get() != before).then_some(()))
    }

    pub(super) fn stamp(&self) -> Stamp {
        self.state.borrow().stamp
    }

    /// Takes a session in, or that there is none any more, for all tabs.
    pub(super) fn publish(&self, change: Change, session: Option<Rc<Session>>) {
        self.publish_with(change, session, None);
    }

    /// Tells all tabs that the site, or a portal, has signed somebody in by itself.
    pub(super) fn publish_site_token(&self, change: Change, token: &SiteToken) {
        self.publish_with(change, None, Some(token));
    }

    fn publish_with(
        &self,
        change: Change,
        session: Option<Rc<Session>>,
        site_token: Option<&SiteToken>,
    ) {
        let mine = self.stamp();
        let known = mine.change.max(self.store.last_change().change);
        let change_at = now().as_millis().max(known + 1);
        let stamp = Stamp {
            person: match change {
                Change::Person | Change::SignOut => change_at,
                Change::Tokens => mine.person,
            },
            change: change_at,
        };
        let is_sign_out = change == Change::SignOut;
        if is_sign_out {
            self.store.remember_sign_out(stamp);
        } else {
            self.store.set_current(stamp, session.as_deref());
        }
        match &session {
            Some(session) => self.store.save(&Note::text(stamp, Some(session))),
            None => self.store.clear(),
        }
        self.tell_tabs(stamp, session.as_deref(), site_token, is_sign_out);
        let mut state = self.state.borrow_mut();
        state.stamp = stamp;
        state.session = session;
    }

    /// Waits until no other tab gets tokens.
    pub(super) async fn take_turn(&self, deadline: Deadline) -> Result<Turn, Error> {
        if !self.shares_refresh_tokens() {
            return Ok(if self.store.is_durable() {
                Turn::Unsure
            } else {
                // Nobody else was ever given this tab's refresh token.
                Turn::Alone { _lock: None }
            });
        }
        let most = i32::try_from(deadline.left() + GRACE).unwrap_or(i32::MAX);
        let name = self.store.name("turn");
        let lock = deadline
            .limit(
                "another tab",
                Box::pin(async { Ok(lock::take(&name, most).await) }),
            )
            .await?;
        Ok(match lock {
            Some(lock) => Turn::Alone { _lock: Some(lock) },
            None => Turn::Unsure,
        })
    }

    /// Learns what other tabs have done in the meantime.
    pub(super) async fn catch_up(&'static self) {
        // Where the tab has been on another page meanwhile, its own store knows more than this page.
        if let Some(note) = self.store.load() {
            self.take_over(note);
        }
        if self.tabs.channel.borrow().is_some() {
            let before = self.tabs.heard.get();
            self.post(ASK);
            let patience = if self.claim() == Claim::Ours {
                ANSWER_TIME
            } else {
                PATIENCE
            };
            let answered = self.tabs.bell.until(|| {
                let has_answer = self.tabs.heard.get() != before;
                (has_answer && self.claim() == Claim::Ours).then_some(())
            });
            let _ = timer::deadline(Box::pin(answered), patience).await;
        }
        // Nobody has told whose turn it is now.
        if self.is_overtaken()
            && (self.has_session() || self.is_signed_in() && self.store.has_signed_out())
        {
            self.forget_session("elsewhere", &Fault::SignInRequired.into());
        }
    }

    /// Whether somebody has signed in or out since, whom this tab has not heard of.
    pub(super) fn is_overtaken(&self) -> bool {
        self.store.last_change().person > self.stamp().person
    }

    /// Whether this tab's refresh token may be used, as far as it knows.
    pub(super) fn claim(&self) -> Claim {
        let state = self.state.borrow();
        match &state.session {
            Some(session) => self.store.claim(state.stamp, session),
            None => Claim::Ours,
        }
    }

    /// Says that the refresh token is on its way, before it is.
    pub(super) fn note_spending(&self, session: &Session) {
        self.store.set_spending(self.stamp(), session);
    }

    /// Says that it came to nothing: the issuer has answered, and has not taken it.
    pub(super) fn note_unspent(&self, session: &Session) {
        self.store.set_current(self.stamp(), Some(session));
    }

    /// Only where one tab at a time can be made to use them.
    fn shares_refresh_tokens(&self) -> bool {
        lock::are_known() && self.store.is_common()
    }

    /// Tells the other tabs, without the refresh token where they could not but use it at once.
    fn tell_tabs(
        &self,
        stamp: Stamp,
        session: Option<&Session>,
        site_token: Option<&SiteToken>,
        is_sign_out: bool,
    ) {
        let bare = session
            .filter(|_| !self.shares_refresh_tokens())
            .map(|session| session.clone().without_refresh_token());
        let session = bare.as_ref().or(session);
        self.post(&Note::told(stamp, session, site_token, is_sign_out));
    }

    fn post(&self, text: &str) {
        if let Some(channel) = &*self.tabs.channel.borrow() {
            channel.post(&text.into());
        }
    }

    fn hear(&'static self, text: &str) {
        if text == ASK {
            let state = self.state.borrow();
            let is_told = self.config.issuer.keeps_session() && !self.can_ask_site();
            let site_token = state.site_token.as_ref().filter(|_| is_told);
            if state.session.is_some() || site_token.is_some() {
                self.tell_tabs(state.stamp, state.session.as_deref(), site_token, false);
            }
            return;
        }
        if let Some(note) = Note::from_text(text) {
            self.take_over(note);
            self.tabs.heard.set(self.tabs.heard.get().wrapping_add(1));
            self.tabs.bell.ring();
        }
    }

    /// Takes over what another tab has brought about, if it is news.
    fn take_over(&'static self, note: Note) {
        let mine = self.stamp();
        // A tab that was frozen may still tell of a person who has left since.
        let is_over = note.stamp.person < self.store.last_change().person;
        let is_foreign = note.session.as_ref().is_some_and(|it| !self.is_ours(it));
        if note.stamp <= mine || is_over || is_foreign {
            return;
        }
        let is_next_person = note.stamp.person > mine.person;
        if note.is_sign_out {
            self.store.remember_sign_out(note.stamp);
        } else if note.session.is_some() || note.site_token.is_some() {
            self.store
                .forget_refusals(note.stamp, note.session.as_ref());
        }
        let wish = self.wish_again();
        let Some(session) = note.session else {
            match note.site_token {
                Some(token) if is_next_person || !self.is_signed_in() => {
                    self.take_over_site_token(token);
                }
                Some(_) => {}
                None => drop(self.forget_session("elsewhere", &Fault::SignInRequired.into())),
            }
            self.state.borrow_mut().stamp = note.stamp;
            return;
        };
        let known = self.with_session(|held| {
            let held = held?;
            let is_same = held.subject().is_some() && held.subject() == session.subject();
            Some(is_same || !is_next_person)
        });
        if known == Some(false) {
            self.forget_session("elsewhere", &Fault::SignInRequired.into());
        }
        if !self.store.is_shared() {
            self.store.save(&Note::text(note.stamp, Some(&session)));
        }
        {
            let mut state = self.state.borrow_mut();
            state.stamp = note.stamp;
            state.session = Some(Rc::new(session));
        }
        self.settle();
        if is_next_person {
            self.next_person(&Ok(()));
            self.release(wish);
        }
        self.tell(if known == Some(true) {
            &Event::Renewed
        } else {
            &Event::SignedIn
        });
    }

    /// Somebody has signed in at the site itself. Where the cookie goes along, it has the word on who that is.
    fn take_over_site_token(&'static self, token: SiteToken) {
        self.state.borrow_mut().site_token = None;
        self.next_person(&Ok(()));
        if self.can_ask_site() {
            self.ask_for_site_token();
        } else {
            self.keep_site_token(token);
            self.let_window_go();
            self.tell(&Event::SignedIn);
        }
    }

    /// Time may have passed without this tab.
    async fn wake(&'static self) {
        // Other signs of coming back come before the channel is open again; that one comes last.
        if self.tabs.is_away.get() {
            return;
        }
        transport::sweep(&Store::session(), now());
        self.state.borrow_mut().clock_checked_at = None;
        self.catch_up().await;
        let is_hopeless = self.state.borrow().needs_person;
        if !is_hopeless && self.has_session() {
            self.schedule_renewal();
        }
    }
}
