//! When tokens are renewed ahead of time, and when a session has come to its end.

use protocol::{Fault, session::TokenKind, time::Timestamp};

use super::Visitor;
use crate::{
    browser::{entropy, task::spawn, timer::Timer},
    deadline::{Deadline, now},
};

/// The least time between two renewals, in milliseconds, however short the tokens.
pub(super) const BREATH: u32 = 1_000;

/// How long to wait after a failure, at most and before jitter, in milliseconds.
pub(super) const LONGEST_PAUSE: u32 = 120_000;

impl Visitor {
    /// Sets the clock for the next renewal.
    pub(super) fn schedule_renewal(&'static self) {
        let due = self.with_session(|session| {
            let session = session?;
            let kind = self.config.renewed_kind();
            Some((kind, session.renew_at(kind, self.config.renew_at, now())))
        });
        if let Some((kind, at)) = due {
            self.renew_later(kind, at, BREATH);
        }
    }

    fn renew_later(&'static self, kind: TokenKind, at: Timestamp, pause: u32) {
        let wait = wait_until(at).max(BREATH);
        self.state.borrow_mut().renewal = Some(Timer::after(wait, move || {
            spawn(self.renew(kind, pause));
        }));
    }

    async fn renew(&'static self, kind: TokenKind, pause: u32) {
        let before = self.end_of(kind);
        let person = self.person();
        let deadline = Deadline::after(self.config.timeout_ms);
        let result = self.obtain(kind, 0, deadline).await;
        if self.person() != person {
            return;
        }
        match result {
            // Taking the new tokens in has set the clock again, whoever got them.
            _ if self.end_of(kind) > before.max(Some(now())) => {}
            Ok(()) => self.end_at(before),
            Err(error) if error.asks_for_person() => self.end_at(before),
            // It may pass; only the issuer's word ends what a refresh token can go on with.
            Err(_) => {
                let again = now().plus_millis(i64::from(with_jitter(pause)));
                let is_worth_it = self.with_session(|session| {
                    session.is_some_and(|session| {
                        session.can_refresh() || session.expires_at(Some(kind)) > again
                    })
                });
                if is_worth_it {
                    self.renew_later(kind, again, (pause * 2).min(LONGEST_PAUSE));
                } else {
                    self.end_at(before);
                }
            }
        }
    }

    /// Lets the session end with its token, unless another tab has a newer one.
    fn end_at(&'static self, end: Option<Timestamp>) {
        let Some(end) = end else { return };
        let wait = wait_until(end);
        let ending = Timer::after(wait, move || {
            spawn(async move {
                let before = self.stamp();
                self.catch_up().await;
                if self.stamp() == before {
                    self.store.clear();
                    self.forget_session("expired", &Fault::SignInRequired.into());
                }
            });
        });
        self.state.borrow_mut().renewal = Some(ending);
    }

    fn end_of(&self, kind: TokenKind) -> Option<Timestamp> {
        self.with_session(|session| Some(session?.expires_at(Some(kind))))
    }
}

/// From half of it to one and a half: tabs and visitors that failed together try apart.
pub(super) fn with_jitter(pause: u32) -> u32 {
    let mut share = [128];
    let _ = entropy::fill(&mut share);
    let [share] = share;
    pause / 2 + pause / 256 * u32::from(share)
}

/// Milliseconds until then; none when it has passed.
pub(super) fn wait_until(moment: Timestamp) -> u32 {
    u32::try_from(moment.millis_since(now()).max(0)).unwrap_or(u32::MAX)
}
