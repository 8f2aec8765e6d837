//! Work that goes on by itself.

use core::future::Future;

use futures::future::LocalBoxFuture;
use wasm_bindgen_futures::spawn_local;

/// Begins the work in the next turn. Boxed, so that the machinery is downloaded once and not for
/// each piece of work.
pub(crate) fn spawn(work: impl Future<Output = ()> + 'static) {
    let work: LocalBoxFuture<'static, ()> = Box::pin(work);
    spawn_local(work);
}
