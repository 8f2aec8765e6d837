//! Fresh tokens without the person: by refresh token, otherwise by hidden frame.

use std::rc::Rc;

use futures::future::{Either, select};
use protocol::{
    Error,
    error::{Flaw, Refusal},
    login::{self, Intent, Interaction as Ask, Login, Redemption},
    secret::Secret,
    session::{self, TokenKind},
};

use super::{Event, Visitor};
use crate::{
    browser::{entropy, frame::Frame, task::spawn},
    deadline::{Deadline, now},
    driver::Arrival,
    flight::Flight,
    transport::Answers,
};

/// How long a hidden frame may take, in milliseconds. A provider that means to answer
/// `prompt=none` does so at once.
const FRAME_TIMEOUT: u32 = 5_000;

impl Visitor {
    /// A token of the session with `min_ttl` seconds left, renewed if need be and possible.
    pub(super) async fn token_without_person(
        self: &Rc<Self>,
        kind: TokenKind,
        min_ttl: u32,
        deadline: Deadline,
    ) -> Result<Secret, Error> {
        if let Some(token) = self.token_in_hand(kind, min_ttl) {
            return Ok(token);
        }
        self.obtain(kind, deadline).await?;
        if let Some(token) = self.token_in_hand(kind, min_ttl) {
            return Ok(token);
        }
        // Less than was asked for, and all that there is.
        self.token_in_hand(kind, 0).ok_or(Error::SignInRequired)
    }

    /// A token that is held, with `min_ttl` seconds left. One whose whole life is shorter than
    /// that is good until it is due for renewal: it would otherwise be renewed at every call.
    pub(super) fn token_in_hand(&self, kind: TokenKind, min_ttl: u32) -> Option<Secret> {
        self.with_session(|session| {
            let session = session?;
            let renew_at = session.renew_at(kind, self.config.renew_at);
            let least = if session.outlives(kind, min_ttl) || renew_at <= now() {
                min_ttl
            } else {
                0
            };
            session.token(kind, least, now()).cloned()
        })
    }

    /// Gets fresh tokens. Whoever comes while this is under way waits for the same ones.
    pub(super) async fn obtain(
        self: &Rc<Self>,
        kind: TokenKind,
        deadline: Deadline,
    ) -> Result<(), Error> {
        let under_way = self.state.borrow().obtaining.clone();
        let flight = under_way.unwrap_or_else(|| {
            let flight = Flight::new();
            self.state.borrow_mut().obtaining = Some(Rc::clone(&flight));
            let visitor = Rc::clone(self);
            let landing = Rc::clone(&flight);
            spawn(async move {
                let result = visitor.obtain_alone(kind).await;
                visitor.state.borrow_mut().obtaining = None;
                match &result {
                    Ok(()) => {}
                    Err(Error::SignInRequired) => visitor.tell(&Event::SignInRequired),
                    Err(error) => visitor.tell(&Event::Error(error.clone())),
                }
                landing.land(result);
            });
            flight
        });
        deadline.limit("a renewed token", flight.wait()).await?
    }

    async fn obtain_alone(self: &Rc<Self>, kind: TokenKind) -> Result<(), Error> {
        let deadline = Deadline::after(self.config.timeout_ms);
        if self.refresh(kind, deadline).await? {
            return Ok(());
        }
        let had_session = self.with_session(|session| session.is_some());
        let login = self.ask_silently(Redemption::Here, deadline).await?;
        self.take_in(login);
        self.tell(if had_session {
            &Event::Renewed
        } else {
            &Event::SignedIn
        });
        Ok(())
    }

    /// Renews by refresh token. `false` when that is not possible, or brought no token of
    /// this kind.
    async fn refresh(self: &Rc<Self>, kind: TokenKind, deadline: Deadline) -> Result<bool, Error> {
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
        let since = now();
        let next = session::renew(&self.config.client, &self.config.issuer, &held, since);
        let renewed = self.driver.finish(next, deadline).await;
        self.driver
            .journal
            .ended(since, "renew by refresh token", &renewed);
        match renewed {
            Ok(session) => {
                let brought = session.expires_at(Some(kind)) > held.expires_at(Some(kind));
                self.state.borrow_mut().refresh_lacks_id_token = !brought;
                self.take_in(Login::SignedIn(session));
                self.tell(&Event::Renewed);
                Ok(brought)
            }
            Err(Error::Refused {
                refusal: Refusal::InvalidGrant,
                ..
            }) => {
                let spent = held.without_refresh_token();
                self.store.save(&spent);
                self.state.borrow_mut().session = Some(spent);
                Ok(false)
            }
            Err(error) => {
                if ends_session(&error) {
                    self.end_session("refused");
                }
                Err(error)
            }
        }
    }

    /// Asks the issuer in a hidden frame. `sign-in-required` when it takes a person.
    pub(super) async fn ask_silently(
        self: &Rc<Self>,
        redemption: Redemption,
        deadline: Deadline,
    ) -> Result<Login, Error> {
        let possible = self.config.silent
            && !self.state.borrow().frame_is_mute
            && !self.store.has_signed_out();
        if !possible {
            return Err(Error::SignInRequired);
        }
        let since = now();
        let login = self.frame_login(redemption, deadline).await;
        self.driver
            .journal
            .ended(since, "ask in a hidden frame", &login);
        login.map_err(|error| match error {
            Error::Refused {
                refusal:
                    Refusal::LoginRequired
                    | Refusal::InteractionRequired
                    | Refusal::ConsentRequired
                    | Refusal::AccountSelectionRequired,
                ..
            } => Error::SignInRequired,
            error => {
                if ends_session(&error) {
                    self.end_session("refused");
                }
                error
            }
        })
    }

    async fn frame_login(
        self: &Rc<Self>,
        redemption: Redemption,
        deadline: Deadline,
    ) -> Result<Login, Error> {
        let intent = Intent {
            interaction: Ask::None,
            login_hint: None,
            redemption,
            expected_subject: self.with_session(|session| session?.subject().map(str::to_owned)),
        };
        let next = login::begin(
            &self.config.client,
            &self.config.issuer,
            intent,
            &fresh_entropy()?,
            now(),
        );
        let redirect = match self.driver.run(next, deadline).await? {
            Arrival::Redirect(redirect) => redirect,
            Arrival::Done(login) => return Ok(login),
        };
        let transaction = &redirect.transaction;
        let frame = Frame::open(&redirect.url).map_err(|_| Error::SignInRequired)?;
        let mut answers = Answers::listen(
            transaction.state(),
            &self.config.client.redirect_uri,
            frame.content_window(),
        );
        let frame_deadline = deadline.or_after(FRAME_TIMEOUT);
        loop {
            let answer = {
                let heard = Box::pin(answers.next());
                let silence = Box::pin(frame.gone_quiet());
                let first = frame_deadline
                    .limit("the hidden frame", select(heard, silence))
                    .await;
                match first {
                    Ok(Either::Left((answer, _))) => answer,
                    // The issuer shows a page, or refuses to be framed.
                    Ok(Either::Right(_)) | Err(_) => {
                        self.state.borrow_mut().frame_is_mute = true;
                        self.driver.journal.note(
                            "ask in a hidden frame",
                            "the frame never answered: the issuer refuses to be framed, or knows \
                             no prompt=none; it is not tried again on this page",
                        );
                        return Err(Error::SignInRequired);
                    }
                }
            };
            match login::complete(transaction, &answer.url, now()) {
                Err(error) if is_foreign_answer(&error) => self.driver.journal.note(
                    "ask in a hidden frame",
                    "an answer with another state was ignored",
                ),
                next => {
                    answers.acknowledge(&answer);
                    drop(frame);
                    return self.driver.finish(next, deadline).await;
                }
            }
        }
    }
}

/// Randomness for one login.
pub(super) fn fresh_entropy() -> Result<login::Entropy, Error> {
    Ok(login::Entropy {
        state: entropy::bytes().map_err(|_| Error::InsecurePage)?,
        nonce: entropy::bytes().map_err(|_| Error::InsecurePage)?,
        verifier: entropy::bytes().map_err(|_| Error::InsecurePage)?,
    })
}

/// Whether an answer was simply not meant for this login.
pub(super) fn is_foreign_answer(error: &Error) -> bool {
    matches!(
        error,
        Error::Untrusted {
            flaw: Flaw::StateMismatch,
            ..
        }
    )
}

/// Whether a renewal that failed so means that the session is not the visitor's any more.
fn ends_session(error: &Error) -> bool {
    matches!(
        error,
        Error::Untrusted {
            flaw: Flaw::SubjectChanged | Flaw::IssuerMismatch,
            ..
        }
    )
}
