//! One piece of work that many callers wait for.

use std::{cell::RefCell, future::Future, rc::Rc};

use protocol::Error;

use crate::{browser::bell::Bell, deadline::Deadline};

/// Work under way: whoever comes while it lasts waits for the same result.
#[derive(Default)]
pub(crate) struct Flight {
    landed: RefCell<Option<Result<(), Error>>>,
    bell: Bell,
}

impl Flight {
    pub(crate) fn new() -> Rc<Self> {
        Rc::default()
    }

    /// Gives everyone the result. Only the first landing counts.
    pub(crate) fn land(&self, result: Result<(), Error>) {
        if self.is_under_way() {
            *self.landed.borrow_mut() = Some(result);
            self.bell.ring();
        }
    }

    /// Whether the result is still to come.
    pub(crate) fn is_under_way(&self) -> bool {
        self.landed.borrow().is_none()
    }

    /// Waits for the result, until the deadline at the longest.
    pub(crate) async fn wait(&self, deadline: Deadline, waiting_for: &str) -> Result<(), Error> {
        deadline.limit(waiting_for, Box::pin(self.landed())).await
    }

    /// Waits for the result, however long.
    pub(crate) fn landed(&self) -> impl Future<Output = Result<(), Error>> {
        self.bell.until(|| self.landed.borrow().clone())
    }
}
