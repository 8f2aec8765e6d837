//! A wait for what other code on this page brings about.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    task::{Poll, Waker},
};

/// Wakes whoever waits. What it rings for is kept elsewhere.
#[derive(Default)]
pub(crate) struct Bell(RefCell<Vec<Waker>>);

impl Bell {
    /// Lets everyone who waits look again.
    pub(crate) fn ring(&self) {
        for sleeper in self.0.take() {
            sleeper.wake();
        }
    }

    /// Looks at once, and again at each ring, until there is something.
    pub(crate) fn until<T>(&self, mut look: impl FnMut() -> Option<T>) -> impl Future<Output = T> {
        poll_fn(move |context| {
            if let Some(seen) = look() {
                return Poll::Ready(seen);
            }
            let mut waiting = self.0.borrow_mut();
            if !waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                waiting.push(context.waker().clone());
            }
            Poll::Pending
        })
    }
}

/// Something that happens once.
#[derive(Default)]
pub(crate) struct Signal {
    given: Cell<bool>,
    bell: Bell,
}

impl Signal {
    /// Lets it happen.
    pub(crate) fn give(&self) {
        self.given.set(true);
        self.bell.ring();
    }

    /// Waits until it has happened.
    pub(crate) fn given(&self) -> impl Future<Output = ()> {
        self.bell.until(|| self.given.get().then_some(()))
    }
}
