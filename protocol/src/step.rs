//! The seam: one thing for the browser to do, with the way back.

use core::fmt;

use crate::{
    Error,
    http::{Fetched, Request},
    jwk::{SignatureCheck, Verdict},
    login::Redirect,
    time::Timestamp,
};

/// What is to be done next on the way to a `T`. Consumed by its answer, so that nothing
/// can be answered twice.
#[derive(Debug)]
pub enum Step<T> {
    /// Fetch this and come back.
    Fetch(Box<Request>, Pending<Fetched, T>),
    /// Check this signature and come back.
    Verify(Box<SignatureCheck>, Pending<Verdict, T>),
    /// Send the person (or a hidden frame) to an address; the answer comes to
    /// [`crate::login::complete`], in this page or in the next.
    Redirect(Box<Redirect>),
    /// There is nothing left to do.
    Done(T),
}

/// What comes next, or why nothing does.
pub type Next<T> = Result<Step<T>, Error>;

type Continuation<A, T> = Box<dyn FnOnce(A, Timestamp) -> Next<T>>;

/// A computation that waits for an answer of type `A`.
pub struct Pending<A, T>(Continuation<A, T>);

impl<A, T> Pending<A, T> {
    pub(crate) fn new(then: impl FnOnce(A, Timestamp) -> Next<T> + 'static) -> Self {
        Self(Box::new(then))
    }

    fn and_then<U: 'static>(
        self,
        then: impl FnOnce(T, Timestamp) -> Next<U> + 'static,
    ) -> Pending<A, U>
    where
        A: 'static,
        T: 'static,
    {
        Pending::new(|answer, now| self.resume(answer, now)?.and_then(now, then))
    }

    /// Goes on with the answer.
    pub fn resume(self, answer: A, now: Timestamp) -> Next<T> {
        (self.0)(answer, now)
    }
}

impl<A, T> fmt::Debug for Pending<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}

impl<T: 'static> Step<T> {
    pub(crate) fn fetch(
        request: Request,
        then: impl FnOnce(Fetched, Timestamp) -> Next<T> + 'static,
    ) -> Self {
        Self::Fetch(Box::new(request), Pending::new(then))
    }

    pub(crate) fn verify(
        check: SignatureCheck,
        then: impl FnOnce(Verdict, Timestamp) -> Next<T> + 'static,
    ) -> Self {
        Self::Verify(Box::new(check), Pending::new(then))
    }

    /// Goes on with `then` once this step is done.
    pub fn and_then<U: 'static>(
        self,
        now: Timestamp,
        then: impl FnOnce(T, Timestamp) -> Next<U> + 'static,
    ) -> Next<U> {
        match self {
            Self::Done(value) => then(value, now),
            Self::Fetch(request, pending) => Ok(Step::Fetch(request, pending.and_then(then))),
            Self::Verify(check, pending) => Ok(Step::Verify(check, pending.and_then(then))),
            Self::Redirect(redirect) => Ok(Step::Redirect(redirect)),
        }
    }
}
