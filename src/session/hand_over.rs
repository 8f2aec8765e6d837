//! What callers are given: a token, an unredeemed code, the site's own JWT.

use std::rc::Rc;

use protocol::{
    Error, Fault,
    config::{HandOver, OnSignedOut, Transport},
    error::Refusal,
    login::{Authorization, Login, Redemption},
    secret::Secret,
    session::TokenKind,
    site_token,
};

use super::{
    CODE_LIFETIME, Event, Interaction, Visitor, Wish,
    sign_in::Need,
    site::{ASK_SITE, SITE_SERVICE, credentials},
};
use crate::{
    browser::{popup::Popup, task::spawn},
    deadline::{Deadline, now},
    flight::Flight,
    host,
};

impl Visitor {
    /// What the callback gives, or nothing: why is told by events.
    pub(crate) async fn hand_over(&'static self, timeout_ms: u32) -> Option<Secret> {
        let since = now();
        let deadline = Deadline::after(timeout_ms);
        let min_ttl = self.config.min_ttl;
        let result = match self.config.hand_over {
            HandOver::Code => self
                .authorization(Interaction::None, deadline)
                .await
                .map(|authorization| authorization.code),
            what => self.token(what, min_ttl, Interaction::None, deadline).await,
        };
        self.driver
            .journal
            .ended(since, "answer the callback", &result);
        if let Ok(token) = &result {
            host::inspect(self, token);
        }
        if let Err(error) = &result
            && error.asks_for_person()
            && self.config.on_signed_out == OnSignedOut::Page
        {
            self.leave_by_itself();
        }
        result.ok()
    }

    /// Leaves for the login page because nobody is signed in: once, and not again after the
    /// issuer has sent the page back without a sign-in, or the person has signed out.
    fn leave_by_itself(&'static self) {
        let is_unwanted = self.store.was_refused()
            || self.store.has_signed_out()
            // Somebody else, in the meantime.
            || self.is_served();
        if is_unwanted || std::mem::replace(&mut self.state.borrow_mut().leaving, true) {
            return;
        }
        if self.config.issuer.keeps_session() {
            // The login page tells nothing when it leads back: not twice, until somebody is known.
            self.store.remember_refusal();
        }
        spawn(async move {
            let wish = self.plain_wish(Transport::Page);
            let deadline = Deadline::after(self.config.timeout_ms);
            if let Err(error) = self.leave_to_sign_in(wish, deadline).await {
                self.state.borrow_mut().leaving = false;
                self.report(error);
            }
        });
    }

    /// A token with `min_ttl` seconds left.
    pub(crate) async fn token(
        &'static self,
        what: HandOver,
        min_ttl: u32,
        interaction: Interaction,
        deadline: Deadline,
    ) -> Result<Secret, Error> {
        self.config.can_give(what)?;
        self.started.wait(deadline, "the page's start").await?;
        if let Some(token) = host::token(self, what, deadline).await {
            return Ok(token);
        }
        let first = self.token_in_reach(what, min_ttl, deadline).await;
        match (first, interaction) {
            (Err(error), _) if may_take_person(&error, interaction) => {
                let mut wish = self.plain_wish(interaction.transport());
                wish.redemption = Redemption::Here;
                self.sign_in_for(wish, deadline).await?;
                self.token_in_reach(what, min_ttl, deadline).await
            }
            (first, _) => first,
        }
    }

    /// A fresh, unredeemed code.
    pub(crate) async fn authorization(
        &'static self,
        mut interaction: Interaction,
        deadline: Deadline,
    ) -> Result<Authorization, Error> {
        self.config.can_give(HandOver::Code)?;
        self.started.wait(deadline, "the page's start").await?;
        loop {
            if let Some(result) = self.join_sign_in(deadline).await {
                result?;
            }
            if let Some(authorization) = self.authorization_in_hand() {
                return Ok(authorization);
            }
            // One at a time: each success is one caller's, a failure is everyone's.
            let is_ours = self.state.borrow().asking_code.is_none();
            let asking = Box::pin(self.ask_silently_for_a_code());
            let flight = self.join(|state| &mut state.asking_code, asking);
            match flight.wait(deadline, "a code").await {
                Ok(()) => {}
                Err(error) if may_take_person(&error, interaction) => {
                    let mut wish = self.plain_wish(interaction.transport());
                    wish.redemption = self.config.host.redemption();
                    self.sign_in_for(wish, deadline).await?;
                    // Another may have taken the code that the window brought.
                    interaction = Interaction::None;
                }
                Err(error) => {
                    if is_ours {
                        let is_need = self.config.hand_over == HandOver::Code;
                        self.state.borrow_mut().needs_person |= is_need && error.asks_for_person();
                        self.tell_failure(&error);
                    }
                    return Err(error);
                }
            }
        }
    }

    async fn ask_silently_for_a_code(&'static self) -> Result<(), Error> {
        let deadline = Deadline::after(self.config.timeout_ms);
        let asking = self.ask_silently(self.config.host.redemption(), deadline);
        let login = deadline.limit("a code", Box::pin(asking)).await?;
        let Login::Code(authorization) = login else {
            return Err(Fault::Crashed.into());
        };
        let is_news = self.config.hand_over == HandOver::Code && !self.is_signed_in();
        self.keep_authorization(*authorization);
        if is_news {
            self.note_sign_in_by_host();
            // The page's own tokens are renewed as before.
            self.schedule_renewal();
            self.show_signed_in();
            self.tell(&Event::SignedIn);
        }
        Ok(())
    }

    /// A wish for nothing in particular.
    pub(crate) fn plain_wish(&self, transport: Transport) -> Wish {
        Wish {
            transport,
            login_hint: None,
            prompt: None,
            redemption: self.config.redemption(),
            need: Need::SomebodySignedIn,
        }
    }

    /// Signs the person in for a caller whom what is there does not help.
    pub(crate) async fn sign_in_for(
        &'static self,
        mut wish: Wish,
        deadline: Deadline,
    ) -> Result<(), Error> {
        wish.need = Need::NewLogin;
        let window = if self.wants_window(&wish) {
            (self.announce.open_window)().map(Popup::adopt)
        } else {
            None
        };
        self.sign_in(wish, window, deadline).await
    }

    /// The token without opening anything new; a sign-in under way is waited for.
    async fn token_in_reach(
        &'static self,
        what: HandOver,
        min_ttl: u32,
        deadline: Deadline,
    ) -> Result<Secret, Error> {
        let kind = match what {
            HandOver::Token(kind) => kind,
            HandOver::TokenUrl => return self.site_token(min_ttl, deadline).await,
            HandOver::Code => {
                return Err(Error::bad_option(
                    "kind",
                    "must say which token: with handOver 'code' there is no usual one",
                ));
            }
        };
        if let Some(token) = self.token_in_hand(kind, min_ttl) {
            return Ok(token);
        }
        if let Some(result) = self.join_sign_in(deadline).await {
            result?;
        }
        self.token_without_person(kind, min_ttl, deadline).await
    }

    /// What the callback gives, where it is at hand with `min_ttl` seconds left.
    pub(crate) fn in_hand(&self, min_ttl: u32) -> Option<Secret> {
        match self.config.hand_over {
            HandOver::Token(kind) => self.token_in_hand(kind, min_ttl),
            HandOver::TokenUrl => self.site_token_in_hand(min_ttl),
            HandOver::Code => None,
        }
    }

    /// Whether a code is kept for the next one who asks.
    pub(crate) fn has_authorization(&self) -> bool {
        let state = self.state.borrow();
        let since = state.authorization.as_ref().map(|(_, since)| *since);
        since.is_some_and(|since| now().millis_since(since) < CODE_LIFETIME)
    }

    /// Keeps a code for the next one who asks.
    pub(crate) fn keep_authorization(&self, authorization: Authorization) {
        let mut state = self.state.borrow_mut();
        state.authorization = Some((authorization, now()));
        state.needs_person = false;
    }

    pub(super) fn site_token_in_hand(&self, min_ttl: u32) -> Option<Secret> {
        if self.is_overtaken() {
            return None;
        }
        let state = self.state.borrow();
        let held = state.site_token.as_ref()?;
        let end = held.expires_at?;
        (end > now().plus_seconds(i64::from(min_ttl))).then(|| held.token.clone())
    }

    fn authorization_in_hand(&self) -> Option<Authorization> {
        let is_fresh = self.has_authorization();
        let (authorization, _) = self.state.borrow_mut().authorization.take()?;
        is_fresh.then_some(authorization)
    }

    /// The site's own JWT; asked for once, however many want it.
    async fn site_token(&'static self, min_ttl: u32, deadline: Deadline) -> Result<Secret, Error> {
        if let Some(token) = self.site_token_in_hand(min_ttl) {
            return Ok(token);
        }
        if let Some(result) = self.join_sign_in(deadline).await {
            result?;
            if let Some(token) = self.site_token_in_hand(min_ttl) {
                return Ok(token);
            }
        }
        loop {
            let flight = self.ask_for_site_token();
            flight.wait(deadline, SITE_SERVICE).await?;
            // None where somebody has signed in meanwhile: who waited then was let go before it came.
            if let Some(held) = &self.state.borrow().site_token {
                return Ok(held.token.clone());
            }
        }
    }

    /// Asks for it once, however many want it.
    pub(super) fn ask_for_site_token(&'static self) -> Rc<Flight> {
        let asking = self.ask_site(self.person());
        self.join(|state| &mut state.asking_site, Box::pin(asking))
    }

    async fn ask_site(&'static self, person: u32) -> Result<(), Error> {
        let deadline = Deadline::after(self.config.timeout_ms);
        let url = self.config.token_url.as_deref().unwrap_or_default();
        if self.config.issuer.keeps_session() {
            return self.ask_site_itself(person, deadline).await;
        }
        let access_token = self
            .token_without_person(TokenKind::AccessToken, self.config.min_ttl, deadline)
            .await?;
        self.still(person)?;
        let since = now();
        let member = self.config.token_url_member.as_deref();
        let next = site_token::request(url, member, Some(access_token), credentials(url));
        let answer = self.driver.finish(next, deadline).await;
        self.driver.journal.ended(since, ASK_SITE, &answer);
        self.still(person)?;
        let answer = answer.inspect_err(|error| self.tell_need(error))?;
        let least = now().plus_seconds(i64::from(self.config.min_ttl));
        if answer.expires_at.is_some_and(|end| end <= least) {
            self.warn_of_short_lives();
        }
        self.state.borrow_mut().site_token = Some(*answer);
        Ok(())
    }
}

/// Whether a person may help, and may be asked: in a window also where the issuer has refused, without a
/// person, for a reason that it may not have with one.
fn may_take_person(error: &Error, interaction: Interaction) -> bool {
    match interaction {
        Interaction::None => false,
        Interaction::Page => error.asks_for_person(),
        Interaction::Popup => {
            let refusal = error.refusal();
            error.asks_for_person() || refusal.is_some_and(|why| why != Refusal::InvalidClient)
        }
    }
}

impl Interaction {
    fn transport(self) -> Transport {
        match self {
            Self::None | Self::Popup => Transport::Popup,
            Self::Page => Transport::Page,
        }
    }
}
