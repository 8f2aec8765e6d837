//! One piece of work that many callers wait for.

use std::{cell::RefCell, rc::Rc};

use futures::channel::oneshot;

/// Work under way: whoever comes while it lasts waits for the same result.
pub(crate) struct Flight<T> {
    landed: RefCell<Option<T>>,
    waiting: RefCell<Vec<oneshot::Sender<T>>>,
}

impl<T: Clone> Flight<T> {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self {
            landed: RefCell::new(None),
            waiting: RefCell::new(Vec::new()),
        })
    }

    /// Gives everyone the result. Only the first landing counts.
    pub(crate) fn land(&self, result: T) {
        if self.landed.borrow().is_some() {
            return;
        }
        *self.landed.borrow_mut() = Some(result.clone());
        let waiting = self.waiting.take();
        for caller in waiting {
            // A caller whose own deadline has passed is not there any more.
            let _ = caller.send(result.clone());
        }
    }

    /// Whether the result is still to come.
    pub(crate) fn is_under_way(&self) -> bool {
        self.landed.borrow().is_none()
    }

    /// Waits for the result. Never ends when the work is abandoned: callers bring a
    /// deadline of their own.
    pub(crate) async fn wait(&self) -> T {
        if let Some(result) = &*self.landed.borrow() {
            return result.clone();
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.borrow_mut().push(sender);
        match receiver.await {
            Ok(result) => result,
            Err(oneshot::Canceled) => std::future::pending().await,
        }
    }
}
