//! The clock that tokens are judged by: this machine's, unless the site's server says that it is off.

use protocol::decimal;

use super::Visitor;
use crate::{
    browser::{clock, fetch},
    deadline::clock_is_behind,
    transport,
};

/// How long the site's server may take to say what time it is, in milliseconds.
const PATIENCE: u32 = 2_000;

/// A clock that is off by less, in milliseconds, is none that the site's server could set right: its answer
/// tells whole seconds, some time ago.
const TOLERANCE: i64 = 30_000;

impl Visitor {
    /// Goes by what was found out on an earlier page.
    pub(super) fn remember_clock(&self) {
        clock_is_behind(self.store.lag());
    }

    /// Compares this machine's clock with that of the server that `authWindow.html` comes from, once
    /// until it is set, or the page wakes: an issuer's cannot be read across origins.
    pub(super) async fn check_clock(&self) {
        let ahead = clock::now() - clock::steady();
        let before = self.state.borrow().clock_checked_at;
        if before.is_some_and(|before| (ahead - before).abs() < TOLERANCE) {
            return;
        }
        let file = &self.config.client.redirect_uri;
        if transport::check_way_back(file).is_err() {
            return;
        }
        // Past the caches on the way, which know no such address.
        let fresh = [file, "?", &*decimal::print(clock::now())].concat();
        let theirs = fetch::clock_of(&fresh, PATIENCE).await;
        // Not before: whoever comes meanwhile needs the answer as well.
        self.state.borrow_mut().clock_checked_at = Some(ahead);
        let Some(theirs) = theirs else { return };
        let behind = theirs - clock::now();
        let behind = if behind.abs() < TOLERANCE { 0 } else { behind };
        if behind != self.store.lag() {
            self.store.set_lag(behind);
            let outcome = [&*decimal::print(behind / 1000), " s behind: counted in"];
            self.driver
                .journal
                .note("compare the clock", &outcome.concat());
        }
        clock_is_behind(behind);
    }
}
