//! The login as values: what to ask, what to check, what to remember.
//!
//! This crate sends nothing, reads no clock and rolls no dice. Whoever drives it is handed
//! one [`step::Step`] after the other, carries it out, and comes back with the answer.

pub mod address;
mod authorize;
pub mod base64url;
mod callback;
pub mod client;
pub mod config;
pub mod decimal;
mod discovery;
pub mod error;
pub mod finesse;
pub mod hash;
pub mod http;
pub mod id_token;
pub mod issuer;
pub mod json;
pub mod jwk;
pub mod login;
pub mod logout;
pub mod omnichannel;
pub mod options;
pub mod part;
pub mod percent;
mod pkce;
pub mod secret;
pub mod session;
pub mod site_token;
pub mod step;
pub mod time;
mod token;

pub use error::{Error, Fault};
