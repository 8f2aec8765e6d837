//! A sign-in that a person takes part in: in a window, or with the whole page.

use std::rc::Rc;

use futures::future::{Either, abortable, select};
use protocol::{
    Error,
    login::{self, Intent, Interaction as Ask, Login, Redemption},
};

use super::{
    Status, Visitor,
    obtain::{fresh_entropy, is_foreign_answer},
};
use crate::{
    browser::{
        popup::{Gone, Popup},
        storage::Store,
        task::spawn,
    },
    config::Transport,
    deadline::{Deadline, now},
    driver::Arrival,
    flight::Flight,
    transport::{self, Answers},
};

/// What the caller of a sign-in asks for.
#[derive(Clone)]
pub(crate) struct Wish {
    pub(crate) transport: Transport,
    pub(crate) login_hint: Option<String>,
    pub(crate) prompt: Option<String>,
    pub(crate) redemption: Redemption,
}

/// A sign-in in a window, for which callers wait.
pub(super) struct Interactive {
    flight: Rc<Flight<Result<(), Error>>>,
    /// The window opened last.
    window: Rc<Popup>,
}

impl Wish {
    /// Whether it says more than "be signed in".
    fn is_particular(&self) -> bool {
        self.login_hint.is_some() || self.prompt.is_some()
    }

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
        let state = self.state.borrow();
        let shown = state
            .interactive
            .as_ref()
            .is_some_and(|interactive| !interactive.window.is_gone());
        drop(state);
        wish.transport == Transport::Popup
            && !shown
            && (wish.is_particular() || !self.is_signed_in())
    }

    /// Signs the person in, unless they are. `window` has just been opened in the click,
    /// or is none because the browser blocked it or it was not wanted.
    pub(crate) async fn sign_in(
        self: &Rc<Self>,
        wish: Wish,
        window: Option<Popup>,
    ) -> Result<(), Error> {
        if !wish.is_particular() && self.is_signed_in() {
            if let Some(window) = window {
                window.close();
            }
            return Ok(());
        }
        let result = match wish.transport {
            Transport::Page => self.leave_to_sign_in(wish).await,
            Transport::Popup => match self.board(wish, window) {
                Ok(flight) => {
                    let deadline = Deadline::after(self.config.sign_in_timeout_ms);
                    // The attempts report how they ended by themselves.
                    return deadline.limit("the person", flight.wait()).await?;
                }
                Err(error) => Err(error),
            },
        };
        result.inspect_err(|error| self.report(error.clone()))
    }

    /// Waits for the sign-in under way, if there is one.
    pub(super) async fn join_sign_in(&self, deadline: Deadline) -> Option<Result<(), Error>> {
        let flight = self
            .state
            .borrow()
            .interactive
            .as_ref()
            .map(|interactive| Rc::clone(&interactive.flight))?;
        Some(
            deadline
                .limit("the person", flight.wait())
                .await
                .and_then(|result| result),
        )
    }

    /// Brings the window to the front.
    pub(crate) fn show_window(&self) {
        if let Some(interactive) = &self.state.borrow().interactive {
            interactive.window.focus();
        }
    }

    /// Gives the sign-in up, for the person who says so.
    pub(crate) fn cancel_sign_in(&self) {
        self.abandon_attempts();
        (self.announce.status)(Status::SignedOut);
    }

    /// Stops every login that still waits, closes the window, and answers who waited.
    pub(super) fn abandon_attempts(&self) {
        let (attempts, interactive) = {
            let mut state = self.state.borrow_mut();
            (
                std::mem::take(&mut state.attempts),
                state.interactive.take(),
            )
        };
        for attempt in attempts {
            attempt.abort();
        }
        if let Some(interactive) = interactive {
            interactive.window.close();
            interactive.flight.land(Err(Error::PopupClosed));
        }
    }

    /// Leaves the page for the issuer. Comes back only when that fails.
    pub(super) async fn leave_to_sign_in(self: &Rc<Self>, wish: Wish) -> Result<(), Error> {
        (self.announce.status)(Status::Working);
        let deadline = Deadline::after(self.config.timeout_ms);
        let redirect = self.redirect(wish.intent(), deadline).await?;
        let tab = Store::session();
        transport::leave(&tab, &redirect.transaction, &redirect.url)?;
        // The page is on its way out; a browser that does not leave is a timeout.
        deadline
            .limit("the browser to leave the page", std::future::pending())
            .await
    }

    /// Joins the sign-in under way, or begins one; a new window begins one more attempt.
    fn board(
        self: &Rc<Self>,
        wish: Wish,
        window: Option<Popup>,
    ) -> Result<Rc<Flight<Result<(), Error>>>, Error> {
        let mut state = self.state.borrow_mut();
        let flight = match (&mut state.interactive, &window) {
            (Some(interactive), None) => {
                interactive.window.focus();
                return Ok(Rc::clone(&interactive.flight));
            }
            (Some(interactive), Some(_)) => Rc::clone(&interactive.flight),
            (None, Some(_)) => Flight::new(),
            (None, None) => return Err(Error::PopupBlocked),
        };
        let Some(window) = window.map(Rc::new) else {
            return Ok(flight);
        };
        state.interactive = Some(Interactive {
            flight: Rc::clone(&flight),
            window: Rc::clone(&window),
        });
        let visitor = Rc::clone(self);
        let landing = Rc::clone(&flight);
        let (attempt, handle) = abortable(async move {
            let result = visitor.attempt(wish, &window, &landing).await;
            visitor.attempt_ended(result, &window, &landing);
        });
        state.attempts.push(handle);
        drop(state);
        (self.announce.status)(Status::Working);
        spawn(async move {
            // An attempt that was given up has nothing to say.
            let _ = attempt.await;
        });
        Ok(flight)
    }

    /// One window, from its first address to checked tokens.
    async fn attempt(
        self: &Rc<Self>,
        wish: Wish,
        window: &Rc<Popup>,
        flight: &Rc<Flight<Result<(), Error>>>,
    ) -> Result<Login, Error> {
        let since = now();
        let deadline = Deadline::after(self.config.sign_in_timeout_ms);
        let preparing = deadline.or_after(self.config.timeout_ms);
        let redirect = self.redirect(wish.intent(), preparing).await?;
        let transaction = &redirect.transaction;
        let mut answers = Answers::listen(
            transaction.state(),
            &self.config.client.redirect_uri,
            window.window().into(),
        );
        window.navigate(&redirect.url);
        self.driver.journal.ended(since, "open the window", &Ok(()));
        (self.announce.status)(Status::WindowOpen);
        self.prepare();

        let mut watched = true;
        loop {
            let answer = if watched {
                let heard = Box::pin(answers.next());
                let gone = Box::pin(window.gone());
                match deadline.limit("the person", select(heard, gone)).await? {
                    Either::Left((answer, _)) => answer,
                    Either::Right((gone, _)) => {
                        watched = false;
                        self.window_is_gone(gone, window, flight);
                        continue;
                    }
                }
            } else {
                deadline.limit("the person", answers.next()).await?
            };
            match login::complete(transaction, &answer.url, now()) {
                Err(error) if is_foreign_answer(&error) => self.driver.journal.note(
                    "wait for the window",
                    "an answer with another state was ignored",
                ),
                next => {
                    answers.acknowledge(&answer);
                    if flight.is_under_way() {
                        (self.announce.status)(Status::Working);
                    }
                    let finishing = Deadline::after(self.config.timeout_ms);
                    return self.driver.finish(next, finishing).await;
                }
            }
        }
    }

    /// `closed` is provisional: the login goes on waiting for its answer either way.
    fn window_is_gone(
        &self,
        gone: Gone,
        window: &Rc<Popup>,
        flight: &Rc<Flight<Result<(), Error>>>,
    ) {
        if !self.is_shown(window) {
            return;
        }
        match gone {
            Gone::Severed => {
                self.driver.journal.note(
                    "wait for the window",
                    "the window was severed from this page, or closed at once \
                     (Cross-Origin-Opener-Policy)",
                );
                (self.announce.status)(Status::StillSigningIn);
            }
            Gone::Closed => {
                self.state.borrow_mut().interactive = None;
                self.report(Error::PopupClosed);
                flight.land(Err(Error::PopupClosed));
            }
        }
    }

    fn attempt_ended(
        self: &Rc<Self>,
        result: Result<Login, Error>,
        window: &Rc<Popup>,
        flight: &Rc<Flight<Result<(), Error>>>,
    ) {
        self.driver
            .journal
            .ended(now(), "sign in with a window", &result);
        match result {
            Ok(login) => {
                // Whoever waited is answered by what follows, not by giving up.
                self.state.borrow_mut().interactive = None;
                self.abandon_attempts();
                window.close();
                self.welcome(login);
                flight.land(Ok(()));
            }
            Err(error) => {
                window.close();
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
        let config = &self.config;
        let next = login::begin(
            &config.client,
            &config.issuer,
            intent,
            &fresh_entropy()?,
            now(),
        );
        match self.driver.run(next, deadline).await? {
            Arrival::Redirect(redirect) => Ok(redirect),
            Arrival::Done(_) => Err(Error::Crashed),
        }
    }

    /// Fetches the issuer's documents while the person is still typing a password.
    pub(crate) fn prepare(self: &Rc<Self>) {
        let visitor = Rc::clone(self);
        spawn(async move {
            let next = login::prepare(&visitor.config.issuer, now());
            let deadline = Deadline::after(visitor.config.timeout_ms);
            // What fails here is asked for again when it is needed, and told then.
            let _ = visitor.driver.finish(next, deadline).await;
        });
    }
}
