//! Random bytes (Web Cryptography, `crypto.getRandomValues`).

use super::window;

/// The browser has no source of random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoEntropy;

/// Fills these bytes with what nobody can guess.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), NoEntropy> {
    window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(bytes))
        .map(drop)
        .map_err(|_| NoEntropy)
}
