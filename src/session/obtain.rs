//! Fresh tokens without the person: by refresh token, otherwise by hidden frame.

use std::{future::Future, rc::Rc};

use protocol::{
    Error, Fault,
    error::{Flaw, Refusal},
    finesse,
    issuer::{Finesse, Kind},
    login::{self, Intent, Interaction as Ask, Login, Redemption, Redirect},
    secret::Secret,
    session::{self, Session, TokenKind},
    step::Next,
};
use wasm_bindgen::JsValue;

use super::{
    Event, SILENTLY, State, Visitor,
    store::{Claim, Rest},
    tabs::{Change, Turn},
};
use crate::{
    browser::{
        entropy,
        frame::Frame,
        json, message, page,
        task::{Work, spawn},
    },
    deadline::{Deadline, now, timed_out},
    driver::Arrival,
    flight::Flight,
    transport::{Answer, Answers},
};

/// How long a hidden frame may take, in milliseconds. A provider that means to answer
/// `prompt=none` does so at once.
const FRAME_TIMEOUT: u32 = 5_000;

/// How long Finesse may take to say how its session is, in milliseconds.
const TEST_PATIENCE: u32 = 1_500;

impl Visitor {
    /// A token of the session with `min_ttl` seconds left, renewed if need be and possible.
    pub(super) async fn token_without_person(
        &'static self,
        kind: TokenKind,
        min_ttl: u32,
        deadline: Deadline,
    ) -> Result<Secret, Error> {
        if let Some(token) = self.token_in_hand(kind, min_ttl) {
            return Ok(token);
        }
        self.obtain(kind, min_ttl, deadline).await?;
        // Perhaps less than was asked for: then it is all that there is.
        let token = self
            .token_in_hand(kind, min_ttl)
            .or_else(|| self.token_in_hand(kind, 0));
        if token.is_none() {
            self.tell(&Event::SignInRequired);
        }
        token.ok_or_else(|| Fault::SignInRequired.into())
    }

    /// A token that is held, with `min_ttl` seconds left. One whose whole life is shorter than
    /// that is good until it is due for renewal: it would otherwise be renewed at every call.
    pub(super) fn token_in_hand(&self, kind: TokenKind, min_ttl: u32) -> Option<Secret> {
        if self.is_overtaken() {
            return None;
        }
        self.with_session(|session| {
            let session = session?;
            let renew_at = session.renew_at(kind, self.config.renew_at, now());
            let least = if session.outlives(kind, min_ttl) || renew_at <= now() {
                min_ttl
            } else {
                0
            };
            session.token(kind, least, now()).cloned()
        })
    }

    /// Gets fresh tokens. Whoever comes while this is under way waits for the same ones; where
    /// those turn out to be of another kind, it is done once more.
    pub(super) async fn obtain(
        &'static self,
        kind: TokenKind,
        min_ttl: u32,
        deadline: Deadline,
    ) -> Result<(), Error> {
        let under_way = self.state.borrow().obtaining.clone();
        if let Some(flight) = under_way {
            flight.wait(deadline, "a renewed token").await?;
            if self.token_in_hand(kind, min_ttl).is_some() {
                return Ok(());
            }
        }
        let person = self.person();
        let work = async move {
            let result = self.obtain_alone(kind, person).await;
            // Whoever waited has been answered when the person changed.
            if self.person() == person
                && let Err(error) = &result
            {
                self.tell_need(error);
            }
            result
        };
        let flight = self.join(|state| &mut state.obtaining, Box::pin(work));
        flight.wait(deadline, "a renewed token").await
    }

    /// Joins the work under way in this place, or begins it there.
    pub(super) fn join(
        &'static self,
        place: fn(&mut State) -> &mut Option<Rc<Flight>>,
        work: Work<'static, Result<(), Error>>,
    ) -> Rc<Flight> {
        let mut state = self.state.borrow_mut();
        let person = state.person;
        let place_of_flight = place(&mut state);
        if let Some(flight) = place_of_flight {
            return Rc::clone(flight);
        }
        let flight = Flight::new();
        let landing = Rc::clone(place_of_flight.insert(Rc::clone(&flight)));
        spawn(async move {
            let result = work.await;
            // The next person's work is in its place by now.
            if self.person() == person {
                *place(&mut self.state.borrow_mut()) = None;
            }
            landing.land(result);
        });
        flight
    }

    async fn obtain_alone(&'static self, kind: TokenKind, person: u32) -> Result<(), Error> {
        let deadline = Deadline::after(self.config.timeout_ms);
        let before = self.stamp();
        let turn = self.take_turn(deadline).await?;
        if self.stamp() == before {
            self.catch_up().await;
        }
        self.check_clock().await;
        self.still(person)?;
        if self.stamp() != before && self.token_in_hand(kind, 0).is_some() {
            let outcome = "another tab has done it";
            self.driver.journal.note("get fresh tokens", outcome);
            return Ok(());
        }
        let (change, event) = if self.has_session() {
            (Change::Tokens, Event::Renewed)
        } else {
            (Change::Person, Event::SignedIn)
        };
        let claim = match turn {
            Turn::Alone { .. } => self.claim(),
            Turn::Unsure => Claim::Stale,
        };
        if claim != Claim::Ours || !self.refresh(kind, person, deadline).await? {
            match self.ask_silently(Redemption::Here, deadline).await {
                Ok(login) => {
                    self.take_in(login, change);
                    if change == Change::Person {
                        self.let_window_go();
                    }
                }
                // Whether it was spent, only the issuer knows.
                Err(_)
                    if claim == Claim::Doubtful && self.refresh(kind, person, deadline).await? => {}
                Err(error) => return Err(error),
            }
        }
        self.tell(&event);
        Ok(())
    }

    /// Fails when somebody has signed in or out since: what was begun is nobody's any more.
    pub(super) fn still(&self, person: u32) -> Result<(), Error> {
        // Of another tab's sign-in or sign-out no word may have come yet.
        let is_held = self.has_session();
        if self.person() == person && !(is_held && self.is_overtaken()) {
            Ok(())
        } else {
            Err(Fault::SignInRequired.into())
        }
    }

    /// Renews by refresh token. `false` when that is not possible, or brought no token of
    /// this kind.
    async fn refresh(
        &'static self,
        kind: TokenKind,
        person: u32,
        deadline: Deadline,
    ) -> Result<bool, Error> {
        let held = {
            let state = self.state.borrow();
            let useless = kind == TokenKind::IdToken && state.refresh_lacks_id_token;
            state
                .session
                .clone()
                .filter(|session| session.can_refresh() && !useless)
        };
        let Some(held) = held else {
            return Ok(false);
        };
        // Not spent before what checks the answer is there, nor where it could not arrive.
        if !page::is_online() {
            return Err(Fault::Offline.into());
        }
        let prepared = login::prepare(&self.config.issuer, now());
        self.driver.finish(prepared, deadline).await?;
        self.still(person)?;
        // Nor where there is hardly time left for the answer, after a wait for other tabs.
        if deadline.left() < self.config.timeout_ms / 4 {
            return Err(timed_out("another tab"));
        }
        self.note_spending(&held);
        let since = now();
        let next = session::renew(&self.config.client, &self.config.issuer, &held, since);
        let renewed = self.driver.finish(next, deadline).await;
        self.driver
            .journal
            .ended(since, "renew by refresh token", &renewed);
        self.still(person)?;
        match renewed {
            Ok(session) => {
                let brought = session.received_at(kind) != held.received_at(kind);
                if kind == TokenKind::IdToken {
                    self.state.borrow_mut().refresh_lacks_id_token = !brought;
                }
                self.take_in(Login::SignedIn(session), Change::Tokens);
                Ok(brought)
            }
            Err(error) if error.refusal() == Some(Refusal::InvalidGrant) => {
                let spent = Rc::unwrap_or_clone(held).without_refresh_token();
                self.publish(Change::Tokens, Some(Rc::new(spent)));
                Ok(false)
            }
            Err(error) => {
                // What a gateway says (502, 504) is not the server's word: that may have spent it.
                let is_word = match &*error {
                    Fault::Refused { .. } => true,
                    Fault::BadStatus { status, .. } => !matches!(status, 502 | 504),
                    _ => false,
                };
                if !self.end_if_foreign(&error) && is_word {
                    self.note_unspent(&held);
                }
                // Whether it takes the person, the hidden frame says.
                match error.refusal() {
                    Some(refusal) if refusal.takes_person() => Ok(false),
                    _ => Err(error),
                }
            }
        }
    }

    /// Asks the issuer in a hidden frame. `sign-in-required` when it takes a person.
    pub(super) async fn ask_silently(
        &'static self,
        redemption: Redemption,
        deadline: Deadline,
    ) -> Result<Login, Error> {
        if !self.config.silent || self.store.has_signed_out() {
            return Err(Fault::SignInRequired.into());
        }
        if let Some(until) = self.store.frame_rests_until() {
            let is_in_time = |session: &Session| session.expires_at(None) > until;
            return Err(if self.with_session(|held| held.is_some_and(is_in_time)) {
                timed_out("the hidden frame")
            } else {
                Fault::SignInRequired.into()
            });
        }
        let since = now();
        let person = self.person();
        let login = self.frame_login(redemption, deadline).await;
        self.driver.journal.ended(since, SILENTLY, &login);
        // Of a sign-out in another tab no word may have come.
        self.still(person)?;
        if self.store.has_signed_out() {
            return Err(Fault::SignInRequired.into());
        }
        if login.is_ok() {
            self.store.let_frame_work();
        }
        login.map_err(|error| match error.refusal() {
            Some(Refusal::LoginRequired) if self.store.knows_better(since) => {
                self.store.let_frame_rest(Rest::Blind);
                self.driver.journal.advise(
                    SILENTLY,
                    "the issuer has just signed the person in and knows nobody in a frame: the \
                     browser blocks third-party cookies; the frame is left alone for a day",
                    "Let the issuer give refresh tokens (flow 'code'), or serve it from a domain \
                     of the site's own.",
                );
                Fault::SignInRequired.into()
            }
            Some(refusal) if refusal.takes_person() => {
                // It answers.
                self.store.let_frame_work();
                Fault::SignInRequired.into()
            }
            _ => {
                self.end_if_foreign(&error);
                error
            }
        })
    }

    async fn frame_login(
        &'static self,
        redemption: Redemption,
        deadline: Deadline,
    ) -> Result<Login, Error> {
        if let Kind::Finesse(server) = self.config.issuer.kind() {
            if self.has_ended_at(server, deadline).await {
                return Err(Fault::SignInRequired.into());
            }
            let next = finesse::fetch(server, &self.config.client, &self.config.issuer);
            return self.driver.finish(next, deadline).await;
        }
        let intent = Intent {
            interaction: Ask::None,
            login_hint: None,
            redemption,
            expected_subject: self.with_session(|session| session?.subject().map(str::to_owned)),
        };
        let redirect = match self.begin(intent, deadline)?.await? {
            Arrival::Redirect(redirect) => redirect,
            Arrival::Done(login) => return Ok(login),
        };
        let frame = Frame::open(&redirect.url).map_err(|_| Fault::SignInRequired)?;
        let answers = self.listen(&redirect, frame.content_window());
        let full_time = Deadline::after(FRAME_TIMEOUT);
        let frame_deadline = deadline.or(full_time);
        loop {
            let answer = answers
                .next_before(
                    Box::pin(frame.gone_quiet()),
                    frame_deadline,
                    "the hidden frame",
                )
                .await;
            let answer = match answer {
                Ok(Some(answer)) => answer,
                // The frame had no time, or there was no network for it to load from.
                Err(error) if frame_deadline != full_time => return Err(error),
                _ if !page::is_online() => return Err(Fault::Offline.into()),
                // The issuer shows a page, or refuses to be framed.
                _ => return Err(self.frame_gave_no_answer(&frame, &redirect.url)),
            };
            if let Some(next) = self.complete(&redirect, &answer, SILENTLY) {
                answers.acknowledge(&answer);
                drop(frame);
                return self.driver.finish(next, deadline).await;
            }
        }
    }

    /// Whether Finesse says that the agent's single sign-on has ended. One that says nothing is asked for
    /// the token all the same.
    async fn has_ended_at(&self, server: &Finesse, deadline: Deadline) -> bool {
        let Ok(frame) = Frame::open(&server.test_address()) else {
            return false;
        };
        let source = frame.content_window();
        let status = message::text(
            Box::new(move |message| {
                let is_meant = message.source == source && page::is_own_origin(&message.origin);
                is_meant.then(|| json::text_member(&message.data, "status"))?
            }),
            deadline.left().min(TEST_PATIENCE),
        );
        let status = status.await;
        let outcome = match status.as_deref() {
            Some("true") => "alive",
            Some("false") => "ended",
            _ => "not told",
        };
        self.driver
            .journal
            .note("ask Finesse for the state of its session", outcome);
        outcome == "ended"
    }

    /// Ends the session in all tabs where a renewal that failed so means that it is not the
    /// visitor's any more.
    fn end_if_foreign(&self, error: &Error) -> bool {
        let is_foreign = matches!(
            error.flaw(),
            Some(Flaw::SubjectChanged | Flaw::IssuerMismatch)
        );
        if is_foreign {
            self.end_everywhere(Change::Person, "refused", error);
            self.tell_failure(error);
        }
        is_foreign
    }

    /// Leaves the frame alone for a while, in all tabs. For a session that is to be renewed it counts as a
    /// fault that may pass; without one it takes the person.
    fn frame_gave_no_answer(&self, frame: &Frame, url: &str) -> Error {
        self.store.let_frame_rest(Rest::Mute);
        let uri = &self.config.client.redirect_uri;
        let advice = if frame.is_forbidden() {
            Fault::Forbidden {
                url: url.to_owned(),
                directive: "frame-src",
            }
            .help()
        } else {
            let register = Fault::RedirectUriMismatch {
                redirect_uri: uri.clone(),
            };
            [
                &*register.help(),
                " Where the issuer cannot do without a person, set silent: false.",
            ]
            .concat()
        };
        self.driver.journal.advise(
            SILENTLY,
            "the frame never answered: this page or the issuer forbids it, or the issuer knows no prompt=none; it is left alone for a minute, the next time for a day",
            &advice,
        );
        if self.has_session() {
            timed_out("the hidden frame")
        } else {
            Fault::SignInRequired.into()
        }
    }

    /// Begins a login: at the end of this stands the address to send the person to.
    pub(super) fn begin(
        &self,
        intent: Intent,
        deadline: Deadline,
    ) -> Result<impl Future<Output = Result<Arrival<Login>, Error>>, Error> {
        let config = &self.config;
        let entropy = fresh_entropy()?;
        let next = login::begin(&config.client, &config.issuer, intent, &entropy, now());
        Ok(self.driver.run(next, deadline))
    }

    /// Listens for the answer of a window or a frame that is about to be sent to an address.
    pub(super) fn listen(&self, redirect: &Redirect, source: JsValue) -> Answers {
        let state = redirect.transaction.state();
        Answers::listen(state, &self.config.client.redirect_uri, source)
    }

    /// Completes a login. None when the answer was not meant for it.
    pub(super) fn complete(
        &self,
        redirect: &Redirect,
        answer: &Answer,
        step: &str,
    ) -> Option<Next<Login>> {
        match login::complete(&redirect.transaction, &answer.url, now()) {
            Err(error) if is_foreign_answer(&error) => {
                let outcome = "an answer with another state was ignored";
                self.driver.journal.note(step, outcome);
                None
            }
            next => Some(next),
        }
    }
}

/// Randomness for one login.
fn fresh_entropy() -> Result<login::Entropy, Error> {
    let mut fresh = login::Entropy::default();
    for part in [&mut fresh.state, &mut fresh.nonce, &mut fresh.verifier] {
        entropy::fill(part).map_err(|_| Fault::InsecurePage)?;
    }
    Ok(fresh)
}

/// Whether an answer was simply not meant for this login.
fn is_foreign_answer(error: &Error) -> bool {
    error.flaw() == Some(Flaw::StateMismatch)
}
