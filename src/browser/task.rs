//! Work that goes on by itself.

use core::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
};
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::bell::Signal;

/// Work in a box: whoever waits for it, or races it, is downloaded once and not for each piece
/// of work.
pub(crate) type Work<'a, T = ()> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Begins the work in the next turn.
pub(crate) fn spawn(work: impl Future<Output = ()> + 'static) {
    let work: Work<'static> = Box::pin(work);
    spawn_local(work);
}

/// Ends when one of the two ends; the first is asked first.
pub(crate) async fn race(
    mut first: Pin<&mut dyn Future<Output = ()>>,
    mut second: Pin<&mut dyn Future<Output = ()>>,
) {
    poll_fn(|context| match first.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(()),
        Poll::Pending => second.as_mut().poll(context),
    })
    .await;
}

/// Gives work up from outside.
#[derive(Clone, Default)]
pub(crate) struct Leash(Rc<Signal>);

impl Leash {
    /// Begins the work in the next turn.
    pub(crate) fn spawn(&self, mut work: Work<'static>) {
        let pulled = Rc::clone(&self.0);
        spawn(async move { race(pin!(pulled.given()), work.as_mut()).await });
    }

    /// Gives the work up, wherever it is.
    pub(crate) fn pull(&self) {
        self.0.give();
    }
}
