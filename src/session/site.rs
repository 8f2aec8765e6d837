//! A person whom the site, or a portal, has signed in by itself: its service gives a token to whoever has its cookie.

use std::{pin::pin, rc::Rc};

use protocol::{
    Error, Fault,
    address::is_neighbour,
    http::Credentials,
    login::{self, Login},
    site_token::SiteToken,
    time::Timestamp,
};

use super::{
    BY_HOST_LIFETIME, Change, Event, Visitor,
    renewal::{BREATH, LONGEST_PAUSE, wait_until, with_jitter},
    sign_in::why_closed,
};
use crate::{
    browser::{
        page,
        popup::{Gone, Popup},
        task::{race, spawn},
        timer::{self, Timer},
    },
    deadline::{Deadline, now, timed_out},
    flight::Flight,
};

/// What is tried.
pub(super) const ASK_SITE: &str = "ask the site's token service";

/// What is waited for.
pub(super) const SITE_SERVICE: &str = "the site's token service";

/// How often the service is asked while the site's login page is open, in milliseconds.
const PAUSE: u32 = 1_500;

impl Visitor {
    /// The cookie alone says who is signed in. Where it does not go along, only the person can help;
    /// what is held stays good to its end.
    pub(super) async fn ask_site_itself(
        &'static self,
        person: u32,
        deadline: Deadline,
    ) -> Result<(), Error> {
        let answer = if self.can_ask_site() {
            self.site_login(deadline).await
        } else if self.site_token_in_hand(0).is_some() {
            return Ok(());
        } else {
            Err(Fault::SignInRequired.into())
        };
        self.still(person)?;
        // In another tab, of which no word has come.
        let answer = if self.store.has_signed_out() {
            Err(Fault::SignInRequired.into())
        } else {
            answer
        };
        let was_signed_in = self.is_signed_in();
        match answer {
            Ok(login) => {
                self.forget_refusals();
                // What others have brought about is known now.
                self.state.borrow_mut().stamp = self.store.last_change();
                match login {
                    Login::AtSite(token) if was_signed_in => self.keep_site_token(*token),
                    login => {
                        self.take_in(login, Change::Tokens);
                        self.let_window_go();
                        self.tell(&Event::SignedIn);
                    }
                }
                Ok(())
            }
            Err(error) => {
                if error.asks_for_person() {
                    self.forget_session("expired", &error);
                }
                self.tell_failure(&error);
                Err(error)
            }
        }
    }

    /// Whether the site's own service can know the person, and is to be asked.
    pub(super) fn can_ask_site(&self) -> bool {
        let url = self.config.token_url.as_deref().unwrap_or_default();
        self.config.silent && is_neighbour(url, &page::host()) && !self.store.has_signed_out()
    }

    /// Takes a token of the site's own service in, and asks for the next one before its end, or lets the
    /// session end with it.
    pub(super) fn keep_site_token(&'static self, token: SiteToken) {
        self.settle();
        let since = now();
        let end = token
            .expires_at
            .unwrap_or_else(|| since.plus_millis(i64::from(BY_HOST_LIFETIME)));
        let due = if self.can_ask_site() {
            since.toward(end, self.config.renew_at)
        } else {
            end
        };
        let renewal = Timer::after(wait_until(due).max(BREATH), move || {
            spawn(self.keep_at_site(end));
        });
        let mut state = self.state.borrow_mut();
        state.site_token = Some(token);
        state.signed_in_by_host = Some(end);
        state.renewal = Some(renewal);
    }

    /// Asks for the token after the one that ends then. A fault may pass: only the site's word ends what its
    /// cookie can go on with.
    async fn keep_at_site(&'static self, end: Timestamp) {
        let mut pause = BREATH;
        while self.can_ask_site() && self.signed_in_by_host_until() == Some(end) {
            let deadline = Deadline::after(self.config.timeout_ms);
            let asked = self.ask_for_site_token().wait(deadline, SITE_SERVICE).await;
            if asked.err().is_none_or(|error| error.asks_for_person()) {
                return;
            }
            timer::sleep(with_jitter(pause)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        if self.signed_in_by_host_until() == Some(end) {
            self.forget_session("expired", &Fault::SignInRequired.into());
        }
    }

    /// What the site's own service says of the person.
    pub(super) async fn site_login(&self, deadline: Deadline) -> Result<Login, Error> {
        let url = self.config.token_url.as_deref().unwrap_or_default();
        let since = now();
        let member = self.config.token_url_member.as_deref();
        let next = login::at_site(url, member, credentials(url), since);
        let answer = self.driver.finish(next, deadline).await;
        self.driver.journal.ended(since, ASK_SITE, &answer);
        answer
    }

    /// The site's login page tells us nothing: its service is asked again and again, until it knows the
    /// person. One question that fails is no answer.
    pub(super) async fn watch_site(
        &self,
        window: &Rc<Popup>,
        flight: &Flight,
        deadline: Deadline,
    ) -> Result<Login, Error> {
        let mut is_gone = false;
        while deadline.left() > 0 {
            let pause = timer::sleep(deadline.left().min(PAUSE));
            if is_gone {
                pause.await;
            } else {
                race(pin!(window.gone()), pin!(pause)).await;
            }
            let limit = deadline.or(Deadline::after(self.config.timeout_ms));
            if let Ok(login) = self.site_login(limit).await {
                return Ok(login);
            }
            if !is_gone && window.is_gone() {
                is_gone = true;
                if let Gone::Closed = window.verdict() {
                    return Err(why_closed());
                }
                // Severed by the login page's COOP: the person may still be there.
                self.window_is_gone(window, flight);
            }
        }
        Err(timed_out("the person"))
    }
}

/// Cookies go to the site's own host only.
pub(super) fn credentials(url: &str) -> Credentials {
    if is_neighbour(url, &page::host()) {
        Credentials::SameSite
    } else {
        Credentials::Omit
    }
}
