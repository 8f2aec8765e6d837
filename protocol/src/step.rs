//! The seam: one thing for the browser to do, with the way back.

use core::{fmt, marker::PhantomData};

use crate::{
    Error, Fault,
    hash::{Digested, Hash},
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
    /// Hash this and come back.
    Digest(Box<Hash>, Pending<Digested, T>),
    /// Send the person (or a hidden frame) to an address; the answer comes to
    /// [`crate::login::complete`], in this page or in the next.
    Redirect(Box<Redirect>),
    /// There is nothing left to do.
    Done(T),
}

/// What comes next, or why nothing does.
pub type Next<T> = Result<Step<T>, Error>;

/// A computation that waits for an answer of type `A`.
pub struct Pending<A, T>(Continuation<T>, PhantomData<fn(A)>);

/// Goes on with whatever answer comes: so what follows a step is downloaded once, and not for
/// each kind of answer.
type Continuation<T> = Box<dyn FnOnce(Answer, Timestamp) -> Next<T>>;

/// What the browser comes back with.
#[derive(Debug)]
pub enum Answer {
    /// To [`Step::Fetch`].
    Fetched(Fetched),
    /// To [`Step::Verify`].
    Verdict(Verdict),
    /// To [`Step::Digest`].
    Digested(Digested),
}

/// An answer of one kind.
pub trait Reply: Into<Answer> {
    /// The answer, where it is of this kind.
    fn of(answer: Answer) -> Option<Self>;
}

macro_rules! replies {
    ($($kind:ident),+) => {$(
        impl From<$kind> for Answer {
            fn from(reply: $kind) -> Self {
                Self::$kind(reply)
            }
        }

        impl Reply for $kind {
            fn of(answer: Answer) -> Option<Self> {
                match answer {
                    Answer::$kind(reply) => Some(reply),
                    _ => None,
                }
            }
        }
    )+};
}

replies!(Fetched, Verdict, Digested);

impl<A: Reply, T> Pending<A, T> {
    fn new(then: impl FnOnce(A, Timestamp) -> Next<T> + 'static) -> Self {
        let then = |answer, now| match A::of(answer) {
            Some(answer) => then(answer, now),
            None => Err(Fault::Crashed.into()),
        };
        Self(Box::new(then), PhantomData)
    }

    /// Goes on with the answer.
    pub fn resume(self, answer: A, now: Timestamp) -> Next<T> {
        (self.0)(answer.into(), now)
    }
}

impl<A, T: 'static> Pending<A, T> {
    fn and_then<U: 'static>(
        self,
        then: impl FnOnce(T, Timestamp) -> Next<U> + 'static,
    ) -> Pending<A, U> {
        Pending(followed(self.0, then), PhantomData)
    }
}

fn followed<T: 'static, U: 'static>(
    first: Continuation<T>,
    then: impl FnOnce(T, Timestamp) -> Next<U> + 'static,
) -> Continuation<U> {
    Box::new(|answer, now| first(answer, now)?.and_then(now, then))
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

    /// Goes on with the hash; a failure to make it is one of the whole.
    pub(crate) fn digest(
        hash: Hash,
        then: impl FnOnce(Vec<u8>, Timestamp) -> Next<T> + 'static,
    ) -> Self {
        let then = |digest: Digested, now| then(digest?, now);
        Self::Digest(Box::new(hash), Pending::new(then))
    }

    /// Goes on with `then` once this step is done.
    pub fn and_then<U: 'static>(
        self,
        now: Timestamp,
        then: impl FnOnce(T, Timestamp) -> Next<U> + 'static,
    ) -> Next<U> {
        Ok(match self {
            Self::Fetch(request, pending) => Step::Fetch(request, pending.and_then(then)),
            Self::Verify(check, pending) => Step::Verify(check, pending.and_then(then)),
            Self::Digest(hash, pending) => Step::Digest(hash, pending.and_then(then)),
            Self::Redirect(redirect) => Step::Redirect(redirect),
            Self::Done(value) => return then(value, now),
        })
    }
}
