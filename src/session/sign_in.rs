//! A sign-in that a person takes part in: in a window, or with the whole page.

use std::{future::pending, rc::Rc};

use protocol::{
    Error, Fault,
    config::Transport,
    finesse,
    issuer::Kind,
    login::{self, Intent, Interaction as Ask, Login, Redemption},
};

use super::{Status, Visitor};
use crate::{
    browser::{
        page,
        popup::{Gone, Popup},
        storage::Store,
        task::{Leash, Work, spawn},
        timer::{self, Elapsed},
    },
    deadline::{Deadline, now, timed_out},
    driver::Arrival,
    flight::Flight,
    transport,
};

/// How often a window is looked at for the document with which its login ends, in milliseconds.
const DOCUMENT_PAUSE: u32 = 200;

/// What the caller of a sign-in asks for.
#[derive(Clone)]
pub(crate) struct Wish {
    pub(crate) transport: Transport,
    pub(crate) login_hint: Option<String>,
    pub(crate) prompt: Option<String>,
    pub(crate) redemption: Redemption,
    pub(crate) need: Need,
}

/// When a sign-in has nothing left to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Once somebody is signed in.
    SomebodySignedIn,
    /// Never: what is there is not enough.
    NewLogin,
}

/// A sign-in in a window, for which callers wait.
pub(super) struct Interactive {
    flight: Rc<Flight>,
    /// The window opened last.
    window: Rc<Popup>,
}

impl Wish {
    fn intent(self) -> Intent {
        Intent {
            interaction: Ask::Allowed {
                prompt: self.prompt,
            },
            login_hint: self.login_hint,
            redemption: self.redemption,
            expected_subject: None,
        }
    }
}

impl Visitor {
    /// Whether [`Visitor::sign_in`] would now make use of a new window.
    pub(crate) fn wants_window(&self, wish: &Wish) -> bool {
        let shown = self.window().is_some_and(|window| !window.is_gone());
        wish.transport == Transport::Popup && !shown && !self.is_granted(wish)
    }

    /// The last wish once more, for *reopen* and *try again*; otherwise the usual one.
    pub(crate) fn wish_again(&self) -> Wish {
        let last = self.state.borrow().wish.clone();
        last.unwrap_or_else(|| self.plain_wish(self.config.transport))
    }

    /// Signs the person in, unless they are. `window` has just been opened in the click,
    /// or is none because the browser blocked it or it was not wanted.
    pub(crate) async fn sign_in(
        &'static self,
        wish: Wish,
        window: Option<Popup>,
        deadline: Deadline,
    ) -> Result<(), Error> {
        if self.is_granted(&wish) {
            if let Some(window) = window {
                window.close();
            }
            self.show_signed_in();
            return Ok(());
        }
        self.state.borrow_mut().wish = Some(wish.clone());
        let since = now();
        let result = match wish.transport {
            Transport::Page => {
                if self.config.issuer.keeps_session() {
                    // Whoever comes back is known by the cookie alone.
                    self.forget_refusals();
                    (self.announce.status)(Status::Working);
                    if self.can_ask_site() {
                        let asking = deadline.or(Deadline::after(self.config.timeout_ms));
                        if let Ok(login) = self.site_login(asking).await
                            && !self.store.has_signed_out()
                        {
                            self.welcome(login);
                            return Ok(());
                        }
                    }
                }
                self.leave_to_sign_in(wish, deadline).await
            }
            Transport::Popup => match self.board(wish, window) {
                Ok(flight) => {
                    // The attempts report how they ended by themselves.
                    return flight.wait(deadline, "the person").await;
                }
                Err(error) => Err(error),
            },
        };
        self.driver.journal.ended(since, "sign in", &result);
        result.inspect_err(|error| self.report(error.clone()))
    }

    /// Whether a wish for somebody signed in is fulfilled as it is.
    pub(super) fn is_granted(&self, wish: &Wish) -> bool {
        let is_particular = wish.login_hint.is_some() || wish.prompt.is_some();
        wish.need == Need::SomebodySignedIn && !is_particular && self.is_served()
    }

    /// Whether somebody is signed in, and nothing has told since that it takes the person.
    pub(super) fn is_served(&self) -> bool {
        self.is_signed_in() && !self.state.borrow().needs_person
    }

    /// The window of the sign-in under way.
    pub(super) fn window(&self) -> Option<Rc<Popup>> {
        let state = self.state.borrow();
        let interactive = state.interactive.as_ref()?;
        Some(Rc::clone(&interactive.window))
    }

    /// Waits for the sign-in under way, if there is one.
    pub(super) async fn join_sign_in(&self, deadline: Deadline) -> Option<Result<(), Error>> {
        let flight = self
            .state
            .borrow()
            .interactive
            .as_ref()
            .map(|interactive| Rc::clone(&interactive.flight))?;
        Some(flight.wait(deadline, "the person").await)
    }

    /// Brings the window to the front.
    pub(crate) fn show_window(&self) {
        if let Some(window) = self.window() {
            window.focus();
        }
    }

    /// Gives the sign-in up, for the person who says so.
    pub(crate) fn cancel_sign_in(&self) {
        self.abandon_attempts(&Err(Fault::PopupClosed.into()));
        self.state.borrow_mut().wish = None;
        self.show_who();
    }

    pub(super) fn let_window_go(&self) {
        self.release(self.wish_again());
    }

    /// Lets a window go whose wish somebody's sign-in elsewhere has fulfilled.
    pub(super) fn release(&self, mut wish: Wish) {
        if wish.redemption == Redemption::Here {
            wish.need = Need::SomebodySignedIn;
        }
        if self.is_granted(&wish) {
            self.abandon_attempts(&Ok(()));
        }
    }

    /// Stops every login that still waits, closes the window, and answers who waited with this.
    pub(super) fn abandon_attempts(&self, result: &Result<(), Error>) {
        let (attempts, interactive) = {
            let mut state = self.state.borrow_mut();
            (
                std::mem::take(&mut state.attempts),
                state.interactive.take(),
            )
        };
        for (_, attempt) in attempts {
            attempt.pull();
        }
        if let Some(interactive) = interactive {
            interactive.window.close();
            interactive.flight.land(result.clone());
        }
    }

    /// Leaves the page for the issuer. Comes back when that fails, or when the person does.
    pub(super) async fn leave_to_sign_in(
        &'static self,
        wish: Wish,
        deadline: Deadline,
    ) -> Result<(), Error> {
        (self.announce.status)(Status::Working);
        let deadline = deadline.or(Deadline::after(self.config.timeout_ms));
        if let Kind::SiteSession(site) = self.config.issuer.kind() {
            page::navigate(site.sign_in_url());
        } else {
            transport::check_way_back(&self.config.client.redirect_uri)?;
            // What is kept for the way back is dated.
            self.check_clock().await;
            let redirect = self.redirect(wish.intent(), deadline).await?;
            if deadline.left() == 0 {
                return Err(timed_out("the issuer's address"));
            }
            let tab = Store::session();
            transport::leave(&tab, &redirect.transaction, &redirect.url)?;
        }
        // The page is on its way out; a browser that does not leave is a timeout, and *back* finds
        // the page as it was left.
        match timer::deadline(Box::pin(self.shown_again()), deadline.left()).await {
            Ok(()) => {
                self.store.remember_refusal();
                Err(Fault::SignInRequired.into())
            }
            Err(Elapsed) => Err(timed_out("the browser to leave the page")),
        }
    }

    /// Joins the sign-in under way, or begins one; a new window begins one more attempt.
    fn board(&'static self, wish: Wish, window: Option<Popup>) -> Result<Rc<Flight>, Error> {
        let under_way = {
            let state = self.state.borrow();
            let interactive = state.interactive.as_ref();
            interactive.map(|interactive| Rc::clone(&interactive.flight))
        };
        let Some(window) = window.map(Rc::new) else {
            return match (under_way, self.window()) {
                (Some(flight), Some(shown)) if !shown.is_gone() => {
                    shown.focus();
                    Ok(flight)
                }
                _ if page::is_framed() => Err(Fault::PopupForbidden.into()),
                _ => Err(Fault::PopupBlocked.into()),
            };
        };
        let flight = under_way.unwrap_or_else(Flight::new);
        let mut state = self.state.borrow_mut();
        state.interactive = Some(Interactive {
            flight: Rc::clone(&flight),
            window: Rc::clone(&window),
        });
        let landing = Rc::clone(&flight);
        let attempt = Leash::default();
        state.attempts.push((Rc::clone(&window), attempt.clone()));
        drop(state);
        (self.announce.status)(Status::Working);
        // An attempt that was given up has nothing to say.
        attempt.spawn(Box::pin(async move {
            let since = now();
            let result = self.attempt(wish, &window, &landing).await;
            let step = "sign in with a window";
            self.driver.journal.ended(since, step, &result);
            self.attempt_ended(result, &window, &landing);
        }));
        Ok(flight)
    }

    /// One window, from its first address to checked tokens.
    async fn attempt(
        &'static self,
        wish: Wish,
        window: &Rc<Popup>,
        flight: &Flight,
    ) -> Result<Login, Error> {
        let since = now();
        let deadline = Deadline::after(self.config.sign_in_timeout_ms);
        match self.config.issuer.kind() {
            Kind::SiteSession(site) => {
                window.navigate(site.sign_in_url());
                (self.announce.status)(Status::WindowOpen);
                return self.watch_site(window, flight, deadline).await;
            }
            Kind::Finesse(server) => {
                window.navigate(&server.token_address());
                (self.announce.status)(Status::WindowOpen);
                return self.watch_document(window, deadline).await;
            }
            _ => {}
        }
        let preparing = deadline.or(Deadline::after(self.config.timeout_ms));
        let redirect = self.redirect(wish.intent(), preparing).await?;
        if window.is_gone() {
            return Err(why_closed());
        }
        let answers = self.listen(&redirect, window.window().into());
        window.navigate(&redirect.url);
        self.driver.journal.ended(since, "open the window", &Ok(()));
        (self.announce.status)(Status::WindowOpen);
        self.prepare();

        let mut watched = true;
        loop {
            let gone: Work<'_> = if watched {
                Box::pin(window.gone())
            } else {
                Box::pin(pending())
            };
            let answer = answers.next_before(gone, deadline, "the person").await?;
            let Some(answer) = answer else {
                watched = false;
                self.window_is_gone(window, flight);
                continue;
            };
            if let Some(next) = self.complete(&redirect, &answer, "wait for the window") {
                answers.acknowledge(&answer);
                if self.is_shown(window) {
                    (self.announce.status)(Status::Working);
                }
                self.check_clock().await;
                let finishing = Deadline::after(self.config.timeout_ms);
                return self.driver.finish(next, finishing).await;
            }
        }
    }

    /// The login ends with a document that this page can read, because it is of its own origin.
    async fn watch_document(&self, window: &Popup, deadline: Deadline) -> Result<Login, Error> {
        let config = &self.config;
        loop {
            if let Some(text) = window.document_text("/desktop/sso/token") {
                let login = finesse::read(text.as_bytes(), &config.client, &config.issuer, now());
                // A page on the way to it may stand at the same address.
                if login.is_ok() {
                    return login;
                }
            }
            if window.is_gone() {
                return Err(why_closed());
            }
            if deadline.left() == 0 {
                return Err(timed_out("the person"));
            }
            timer::sleep(DOCUMENT_PAUSE).await;
        }
    }

    /// `closed` is provisional: the login goes on waiting for its answer either way.
    pub(super) fn window_is_gone(&self, window: &Rc<Popup>, flight: &Flight) {
        if !self.is_shown(window) {
            return;
        }
        let verdict = window.verdict();
        let framed = page::is_framed_by_others();
        let advice = match verdict {
            _ if framed => Fault::PopupSevered.help(),
            Gone::Severed => {
                "To see when it closes: no Cross-Origin-Opener-Policy on the issuer's pages, at most \
                 same-origin-allow-popups on this one."
                    .to_owned()
            }
            Gone::Closed => [
                "If the window showed an error: register exactly this redirect URI at the issuer: ",
                &self.config.client.redirect_uri,
            ]
            .concat(),
        };
        self.driver.journal.advise(
            "wait for the window",
            match verdict {
                Gone::Severed => {
                    "severed from this page by Cross-Origin-Opener-Policy, or closed at once; its answer is still waited for"
                }
                Gone::Closed => {
                    "closed, or severed from this page by Cross-Origin-Opener-Policy on a later page; its answer is still waited for"
                }
            },
            &advice,
        );
        // Without a network nobody is signing in there.
        if verdict == Gone::Severed && !framed && page::is_online() {
            (self.announce.status)(Status::StillSigningIn);
            return;
        }
        let error = if framed {
            Fault::PopupSevered.into()
        } else {
            why_closed()
        };
        self.state.borrow_mut().interactive = None;
        self.report(error.clone());
        flight.land(Err(error));
    }

    fn attempt_ended(
        &'static self,
        result: Result<Login, Error>,
        window: &Rc<Popup>,
        flight: &Flight,
    ) {
        match result {
            Ok(login) => {
                window.close();
                self.welcome(login);
                flight.land(Ok(()));
                // Another window may have been opened since.
                self.abandon_attempts(&Ok(()));
            }
            Err(error) => {
                window.close();
                let is_other = |(other, _): &(Rc<Popup>, Leash)| !Rc::ptr_eq(other, window);
                self.state.borrow_mut().attempts.retain(is_other);
                if self.is_shown(window) {
                    self.state.borrow_mut().interactive = None;
                    self.report(error.clone());
                    flight.land(Err(error));
                }
            }
        }
    }

    /// Whether this window is the one that people wait for, and not one given up.
    fn is_shown(&self, window: &Rc<Popup>) -> bool {
        self.state
            .borrow()
            .interactive
            .as_ref()
            .is_some_and(|interactive| Rc::ptr_eq(&interactive.window, window))
    }

    async fn redirect(
        &self,
        intent: Intent,
        deadline: Deadline,
    ) -> Result<Box<login::Redirect>, Error> {
        match self.begin(intent, deadline)?.await? {
            Arrival::Redirect(redirect) => Ok(redirect),
            Arrival::Done(_) => Err(Fault::Crashed.into()),
        }
    }

    /// Fetches the issuer's documents while the person is still typing a password.
    pub(crate) fn prepare(&'static self) {
        let next = login::prepare(&self.config.issuer, now());
        let deadline = Deadline::after(self.config.timeout_ms);
        let preparing = self.driver.finish(next, deadline);
        spawn(async move {
            // What fails here is asked for again when it is needed, and told then.
            let _ = preparing.await;
        });
    }
}

/// Why a window without an answer was closed: where the network is gone, the browser has shown its own page there.
pub(super) fn why_closed() -> Error {
    if page::is_online() {
        Fault::PopupClosed.into()
    } else {
        Fault::Offline.into()
    }
}
