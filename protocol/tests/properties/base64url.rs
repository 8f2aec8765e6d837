//! base64url, compared with the library that it stands for.

use base64ct::{Base64UrlUnpadded, Encoding};
use messenger_auth_protocol::base64url::{decode, encode};
use proptest::{collection::vec, prelude::*};

proptest! {
    #[test]
    fn bytes_are_written_and_read_the_same(bytes in vec(any::<u8>(), 0..80)) {
        let text = encode(&bytes);
        prop_assert_eq!(&text, &Base64UrlUnpadded::encode_string(&bytes));
        prop_assert_eq!(decode(&text), Some(bytes));
    }

    #[test]
    fn texts_are_taken_or_refused_the_same(text in "[A-Za-z0-9_=+/. \u{e9}-]{0,12}|[A-Za-z0-9_-]{0,12}") {
        prop_assert_eq!(decode(&text), Base64UrlUnpadded::decode_vec(&text).ok());
    }
}
