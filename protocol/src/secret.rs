//! A string that must not be printed: a token, a code, a verifier.

use core::fmt;

use zeroize::Zeroize;

/// A token, code or verifier. Prints as `[redacted]`, is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a string into custody.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// Whether a text gives it away.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        let secret = self.0.as_bytes();
        let mut places = text.as_bytes().windows(secret.len().max(1));
        places.any(|place| place == secret)
    }

    /// The value itself, for the one place that sends it on.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
