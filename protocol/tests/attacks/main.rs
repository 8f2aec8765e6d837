//! What a hostile or clumsy OpenID Provider may do with an ID token, and what must come of it.
//!
//! One test a row, by the code that the site's developer sees; every signature is a real one.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod algorithm;
mod audience;
mod auth_time;
#[path = "../hash/mod.rs"]
mod hash;
mod hashes;
mod issuer;
#[path = "../json/mod.rs"]
mod json;
mod key_choice;
mod key_rotation;
mod login;
mod nonce;
mod refresh;
mod signature;
mod signer;
mod structure;
mod subject;
mod times;
mod vectors;
mod verifier;
