//! Hashes of files as browsers write them (Subresource Integrity).

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256, Sha384};

/// `sha384-…`, the value of an `integrity` attribute.
pub(crate) fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", Base64::encode_string(&Sha384::digest(bytes)))
}

/// `sha256-…`, for where every byte counts.
pub(crate) fn short_integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", Base64::encode_string(&Sha256::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::integrity;

    // The example of the Subresource Integrity recommendation, section 3.1.
    #[test]
    fn is_what_a_browser_expects() {
        assert_eq!(
            integrity(b"alert('Hello, world.');"),
            "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
        );
    }
}
