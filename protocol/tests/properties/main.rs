//! What holds of every answer, token, key set, document and address that can be made up.
//!
//! Each input is put together of good and bad parts, so that the test knows what must come of it:
//! no parser is asked about itself. Inputs without any shape are the fuzzer's (`fuzz/`).

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    dead_code,
    reason = "a test that cannot go on has failed; the others' provider does more than is needed here"
)]

mod address;
mod base64url;
mod callback;
mod compact;
mod discovery;
#[path = "../hash/mod.rs"]
mod hash;
mod id_token;
#[path = "../json/mod.rs"]
mod json;
mod keys;
#[path = "../attacks/login.rs"]
mod login;
mod options;
mod parts;
mod reader;
#[path = "../flows/script.rs"]
mod script;
#[path = "../attacks/signer.rs"]
mod signer;
mod site_token;
mod stored;
mod token;
#[path = "../attacks/verifier.rs"]
mod verifier;
