//! Whole logins, and what an issuer may do wrong in one, played by a scripted browser.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says why and stops"
)]

#[path = "flows/answer.rs"]
mod answer;
#[path = "flows/discovery.rs"]
mod discovery;
mod hash;
mod json;
#[path = "flows/login.rs"]
mod login;
#[path = "flows/renewal.rs"]
mod renewal;
#[path = "flows/script.rs"]
mod script;
#[path = "flows/sign_out.rs"]
mod sign_out;
#[path = "flows/token.rs"]
mod token;
