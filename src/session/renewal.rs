//! When tokens are renewed ahead of time, and when a session has come to its end.

use std::rc::Rc;

use protocol::{Error, session::TokenKind, time::Timestamp};

use super::Visitor;
use crate::{
    browser::{task::spawn, timer::Timer},
    deadline::{Deadline, now},
};

/// The least time between two renewals, in milliseconds, however short the tokens.
const BREATH: u32 = 1_000;

/// How long to wait after a network error, at most, in milliseconds.
const LONGEST_PAUSE: u32 = 60_000;

impl Visitor {
    /// Sets the clock for the next renewal.
    pub(super) fn schedule_renewal(self: &Rc<Self>) {
        let due = self.with_session(|session| {
            let session = session?;
            let kind = self.config.renewed_kind()?;
            Some((kind, session.renew_at(kind, self.config.renew_at)))
        });
        match due {
            Some((kind, at)) => self.renew_later(kind, at, BREATH),
            None => self.state.borrow_mut().renewal = None,
        }
    }

    fn renew_later(self: &Rc<Self>, kind: TokenKind, at: Timestamp, pause: u32) {
        let visitor = Rc::clone(self);
        let wait = wait_until(at).max(BREATH);
        self.state.borrow_mut().renewal = Some(Timer::after(wait, move || {
            spawn(async move { visitor.renew(kind, pause).await });
        }));
    }

    async fn renew(self: Rc<Self>, kind: TokenKind, pause: u32) {
        let before = self.end_of(kind);
        let deadline = Deadline::after(self.config.timeout_ms);
        match self.obtain(kind, deadline).await {
            // Taking the new tokens in has set the clock again.
            Ok(()) if self.end_of(kind) > before => {}
            Err(
                Error::Offline
                | Error::Network { .. }
                | Error::Timeout { .. }
                | Error::BadStatus { .. },
            ) => {
                let again = now().plus_millis(i64::from(pause));
                if before.is_some_and(|end| end > again) {
                    self.renew_later(kind, again, (pause * 2).min(LONGEST_PAUSE));
                } else {
                    self.end_at(before);
                }
            }
            Ok(()) | Err(_) => self.end_at(before),
        }
    }

    /// Lets the session end with its token.
    fn end_at(self: &Rc<Self>, end: Option<Timestamp>) {
        let Some(end) = end else { return };
        let visitor = Rc::clone(self);
        let wait = wait_until(end);
        self.state.borrow_mut().renewal = Some(Timer::after(wait, move || {
            visitor.end_session("expired");
        }));
    }

    fn end_of(&self, kind: TokenKind) -> Option<Timestamp> {
        self.with_session(|session| Some(session?.expires_at(Some(kind))))
    }
}

fn wait_until(moment: Timestamp) -> u32 {
    u32::try_from(moment.millis_since(now()).max(0)).unwrap_or(u32::MAX)
}
