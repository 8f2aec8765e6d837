//! The moment by which a caller must have its answer.

use std::cell::Cell;

use protocol::{Error, Fault, time::Timestamp};

use crate::browser::{
    clock,
    task::Work,
    timer::{self, Elapsed},
};

/// A moment by which a caller must have its answer, also when the clock is set in between.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadline(i64);

impl Deadline {
    /// So many milliseconds from now.
    pub(crate) fn after(millis: u32) -> Self {
        Self(clock::steady() + i64::from(millis))
    }

    /// The sooner of the two.
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// Milliseconds that are left; 0 when it has passed.
    pub(crate) fn left(self) -> u32 {
        u32::try_from((self.0 - clock::steady()).max(0)).unwrap_or(u32::MAX)
    }

    /// Waits for `work`, until this deadline at the longest.
    pub(crate) async fn limit<T>(
        self,
        waiting_for: &str,
        work: Work<'_, Result<T, Error>>,
    ) -> Result<T, Error> {
        match timer::deadline(work, self.left()).await {
            Ok(result) => result,
            Err(Elapsed) => Err(timed_out(waiting_for)),
        }
    }
}

thread_local! {
    /// How far this machine's clock is behind, in milliseconds.
    static BEHIND: Cell<i64> = const { Cell::new(0) };
}

/// The wall clock, as the protocol counts it: set right where it is known to be off.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(clock::now() + BEHIND.get())
}

/// Says how far this machine's clock is behind, in milliseconds.
pub(crate) fn clock_is_behind(millis: i64) {
    BEHIND.set(millis);
}

/// The error of a deadline that passed.
pub(crate) fn timed_out(waiting_for: &str) -> Error {
    Fault::Timeout {
        waiting_for: waiting_for.to_owned(),
    }
    .into()
}
