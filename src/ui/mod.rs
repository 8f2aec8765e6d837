//! The panel inside `<messenger-auth>`: what it shows, as a value, next to what it can ask for.
//!
//! It knows states, words and buttons. What a login is, where it goes and who does it is left to
//! whoever shows a [`Panel`] on the [`Board`] and answers the [`Action`]s.

#[cfg(target_arch = "wasm32")]
use std::cell::{Cell, Ref, RefCell};

#[cfg(target_arch = "wasm32")]
use crate::browser::bell::Bell;

#[cfg(target_arch = "wasm32")]
mod button;
#[cfg(target_arch = "wasm32")]
mod element;
mod status;
mod style;
mod text;

#[cfg(target_arch = "wasm32")]
pub(crate) use element::mount;
#[cfg(target_arch = "wasm32")]
pub(crate) use text::Language;

/// The style sheet of the shadow root that holds the panel.
#[cfg(target_arch = "wasm32")]
pub(crate) const STYLE: &str = style::SHEET;

/// What the panel shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Panel {
    /// Nobody is signed in.
    SignedOut,
    /// Something is under way that needs nothing from the person.
    Working,
    /// The person is in the sign-in window.
    WindowOpen,
    /// The browser did not open the window: it takes another click.
    WindowBlocked,
    /// The window looks closed, which may be wrong.
    StillSigningIn,
    /// Somebody is signed in.
    SignedIn {
        /// What to call them, where it is known.
        name: Option<String>,
    },
    /// It did not work.
    Failed {
        /// The stable code of the failure.
        code: &'static str,
        /// What happened, in English, for a developer.
        message: String,
        /// What to do about it, in English, for a developer.
        help: String,
        /// What was tried, a step a line, in English, for a developer.
        steps: String,
    },
}

/// Where it stands what all panels show.
#[cfg(target_arch = "wasm32")]
pub(crate) struct Board {
    panel: RefCell<Panel>,
    changes: Cell<u32>,
    bell: Bell,
}

#[cfg(target_arch = "wasm32")]
impl Board {
    /// A board that shows this.
    pub(crate) fn new(panel: Panel) -> Self {
        Self {
            panel: RefCell::new(panel),
            changes: Cell::default(),
            bell: Bell::default(),
        }
    }

    /// Lets all panels show this.
    pub(crate) fn show(&self, panel: Panel) {
        *self.panel.borrow_mut() = panel;
        self.changes.set(self.changes.get().wrapping_add(1));
        self.bell.ring();
    }

    fn panel(&self) -> Ref<'_, Panel> {
        self.panel.borrow()
    }

    /// How often it has changed.
    fn changes(&self) -> u32 {
        self.changes.get()
    }

    /// Ends when it has changed more often than that: so often.
    fn changed(&self, seen: u32) -> impl Future<Output = u32> {
        self.bell
            .until(move || Some(self.changes()).filter(|changes| *changes != seen))
    }
}

/// What the person can ask for.
#[cfg(target_arch = "wasm32")]
#[derive(Clone, Copy)]
pub(crate) enum Action {
    /// Sign in, try again, or open the sign-in window after it was blocked or seems gone.
    SignIn,
    /// Bring the sign-in window to the front.
    ShowWindow,
    /// Give this sign-in up.
    Cancel,
    /// Sign out.
    SignOut,
}
