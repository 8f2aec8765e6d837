//! libFuzzer on `json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| messenger_auth_fuzz::check("json", input));
