//! The wall clock, with what else tells time.

use super::window;

/// Milliseconds since 1970, as this machine believes.
pub(crate) fn now() -> i64 {
    whole(js_sys::Date::now())
}

/// Milliseconds since some moment, whatever the wall clock is set to meanwhile.
pub(crate) fn steady() -> i64 {
    window()
        .performance()
        .map_or_else(now, |performance| whole(performance.now()))
}

/// A date as servers write it; none for what is no date.
pub(crate) fn parse(date: &str) -> Option<i64> {
    let millis = js_sys::Date::parse(date);
    (!millis.is_nan()).then(|| whole(millis))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a Date is a whole number within ±8.64e15; fractions are dropped"
)]
fn whole(millis: f64) -> i64 {
    millis as i64
}
