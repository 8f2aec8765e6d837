//! The wall clock.

/// Milliseconds since 1970, as this machine believes.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a Date is a whole number within ±8.64e15"
)]
pub(crate) fn now() -> i64 {
    js_sys::Date::now() as i64
}
