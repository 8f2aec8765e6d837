//! Waiting (`setTimeout`). Durations are milliseconds.

use core::{
    future::Future,
    pin::{Pin, pin},
};
use std::rc::Rc;

use wasm_bindgen::{JsCast, closure::Closure};

use super::{
    bell::Signal,
    clock,
    task::{Leash, Work, race},
    window,
};

/// The longest single `setTimeout`. Its clock stands still while a machine sleeps, and it overflows
/// at 2³¹ ms: a longer wait is cut into such pieces, with a look at the wall clock in between.
const LONGEST: i32 = 30_000;

/// The time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Elapsed;

/// Waits. A clock put back does not lengthen the wait; a machine that sleeps counts as waiting.
pub(crate) async fn sleep(ms: u32) {
    let mut left = i64::from(ms);
    while left > 0 {
        let piece = i32::try_from(left).map_or(LONGEST, |left| left.min(LONGEST));
        let before = clock::now();
        Timeout::start(piece).fired.given().await;
        left -= (clock::now() - before).max(piece.into());
    }
}

/// The future's output, unless the time runs out first; then the future is dropped.
pub(crate) async fn deadline<T>(future: Work<'_, T>, ms: u32) -> Result<T, Elapsed> {
    // The output is put aside, so that the race is downloaded once, whatever is waited for.
    let mut output = None;
    limit(pin!(async { output = Some(future.await) }), ms).await;
    output.ok_or(Elapsed)
}

fn limit(future: Pin<&mut dyn Future<Output = ()>>, ms: u32) -> Work<'_> {
    Box::pin(async move { race(future, pin!(sleep(ms))).await })
}

/// Calls back once, later, unless dropped before.
pub(crate) struct Timer(Leash);

impl Timer {
    /// Calls back in `ms` milliseconds.
    pub(crate) fn after(ms: u32, callback: impl FnOnce() + 'static) -> Self {
        let leash = Leash::default();
        leash.spawn(Box::pin(async move {
            sleep(ms).await;
            callback();
        }));
        Self(leash)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.0.pull();
    }
}

/// One `setTimeout`, cleared when dropped.
struct Timeout {
    id: Option<i32>,
    fired: Rc<Signal>,
    _callback: Closure<dyn FnMut()>,
}

impl Timeout {
    fn start(ms: i32) -> Self {
        let fired = Rc::new(Signal::default());
        let firing = Rc::clone(&fired);
        let callback = Closure::<dyn FnMut()>::new(move || firing.give());
        let id = window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(
                callback.as_ref().unchecked_ref(),
                ms,
            )
            .ok();
        Self {
            id,
            fired,
            _callback: callback,
        }
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            window().clear_timeout_with_handle(id);
        }
    }
}
