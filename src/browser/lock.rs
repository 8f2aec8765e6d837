//! A lock that all tabs of the origin share (Web Locks).

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use super::{bell::Bell, task::race, window};

// Of our own, because web-sys counts Web Locks as unstable.
#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, granted: &JsValue) -> Result<Promise, JsValue>;
}

/// A lock, held until dropped. The browser takes it from a tab that dies.
pub(crate) struct Lock(Function);

impl Drop for Lock {
    fn drop(&mut self) {
        // Resolves a promise, which does not fail.
        let _ = self.0.call0(&JsValue::NULL);
    }
}

/// Whether the browser knows such locks.
pub(crate) fn are_known() -> bool {
    manager().is_some()
}

/// Waits for the lock of this name. None where the browser has no locks, or forbids them.
///
/// Whoever stops waiting stands in nobody's way. A lock is held for `most_ms` milliseconds at the
/// longest, whatever becomes of this module in the meantime.
pub(crate) async fn take(name: &str, most_ms: i32) -> Option<Lock> {
    let turn = Rc::new(Turn::default());
    let waiting = Rc::downgrade(&turn);
    let granted = Closure::once_into_js(move |_: JsValue| grant(&waiting, most_ms));
    let request = manager()?.request(name, &granted).ok()?;
    let mut lock = None;
    let mut ours = Box::pin(async {
        lock = Some(turn.bell.until(|| turn.lock.take()).await);
    });
    // Ends before the lock is ours only when it is refused.
    let mut refused = Box::pin(async {
        let _ = JsFuture::from(request).await;
    });
    race(ours.as_mut(), refused.as_mut()).await;
    drop(ours);
    lock
}

/// What is granted, until the one who waits takes it up.
#[derive(Default)]
struct Turn {
    lock: RefCell<Option<Lock>>,
    bell: Bell,
}

/// Gives back the promise that the browser holds the lock for.
fn grant(waiting: &Weak<Turn>, most_ms: i32) -> JsValue {
    // Nobody waits any more: what is no promise gives the lock back at once.
    let Some(turn) = waiting.upgrade() else {
        return JsValue::UNDEFINED;
    };
    let held = Promise::new(&mut |release, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&release, most_ms);
        *turn.lock.borrow_mut() = Some(Lock(release));
    });
    turn.bell.ring();
    held.into()
}

fn manager() -> Option<LockManager> {
    let manager = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    manager.is_object().then(|| manager.unchecked_into())
}
