//! What callers are given: a token, an unredeemed code, the site's own JWT.

use std::rc::Rc;

use protocol::{
    Error,
    http::Credentials,
    login::{Authorization, Login},
    secret::Secret,
    session::TokenKind,
    site_token,
};

use super::{CODE_LIFETIME, Event, Interaction, Visitor, Wish};
use crate::{
    browser::{page, popup::Popup, task::spawn},
    config::{HandOver, OnSignedOut, Transport},
    deadline::{Deadline, now},
    flight::Flight,
};

impl Visitor {
    /// What the callback gives, or nothing: why is told by events.
    pub(crate) async fn hand_over(self: &Rc<Self>, timeout_ms: u32) -> Option<Secret> {
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
            .ended(now(), "answer the callback", &result);
        if let Err(Error::SignInRequired) = result
            && self.config.on_signed_out == OnSignedOut::Page
        {
            let visitor = Rc::clone(self);
            spawn(async move {
                let wish = visitor.plain_wish(Transport::Page);
                if let Err(error) = visitor.leave_to_sign_in(wish).await {
                    visitor.report(error);
                }
            });
        }
        result.ok()
    }

    /// A token with `min_ttl` seconds left.
    pub(crate) async fn token(
        self: &Rc<Self>,
        what: HandOver,
        min_ttl: u32,
        interaction: Interaction,
        deadline: Deadline,
    ) -> Result<Secret, Error> {
        deadline.limit("the page's start", self.started()).await?;
        let first = self.token_in_reach(what, min_ttl, deadline).await;
        match (first, interaction) {
            (Err(Error::SignInRequired), Interaction::Popup | Interaction::Page) => {
                let wish = self.plain_wish(interaction.transport());
                self.sign_in_for(wish, deadline).await?;
                self.token_in_reach(what, min_ttl, deadline).await
            }
            (first, _) => first,
        }
    }

    /// A fresh, unredeemed code.
    pub(crate) async fn authorization(
        self: &Rc<Self>,
        interaction: Interaction,
        deadline: Deadline,
    ) -> Result<Authorization, Error> {
        deadline.limit("the page's start", self.started()).await?;
        let redemption = self.config.host.redemption();
        let mut wish = self.plain_wish(interaction.transport());
        wish.redemption = redemption;
        if let Some(authorization) = self.authorization_in_hand() {
            return Ok(authorization);
        }
        if let Some(result) = self.join_sign_in(deadline).await {
            result?;
            if let Some(authorization) = self.authorization_in_hand() {
                return Ok(authorization);
            }
        }
        let silent = deadline
            .limit("a code", self.ask_silently(redemption, deadline))
            .await?;
        match silent {
            Ok(Login::Code(authorization)) => return Ok(*authorization),
            Ok(Login::SignedIn(_)) => return Err(Error::Crashed),
            Err(Error::SignInRequired) if interaction != Interaction::None => {}
            Err(error) => {
                self.tell(&match &error {
                    Error::SignInRequired => Event::SignInRequired,
                    error => Event::Error(error.clone()),
                });
                return Err(error);
            }
        }
        self.sign_in_for(wish, deadline).await?;
        self.authorization_in_hand().ok_or(Error::SignInRequired)
    }

    /// A wish for nothing in particular.
    pub(crate) fn plain_wish(&self, transport: Transport) -> Wish {
        Wish {
            transport,
            login_hint: None,
            prompt: None,
            redemption: self.config.redemption(),
        }
    }

    async fn sign_in_for(self: &Rc<Self>, wish: Wish, deadline: Deadline) -> Result<(), Error> {
        let window = if self.wants_window(&wish) {
            (self.announce.open_window)().map(Popup::adopt)
        } else {
            None
        };
        deadline
            .limit("the person", self.sign_in(wish, window))
            .await?
    }

    /// The token without opening anything new; a sign-in under way is waited for.
    async fn token_in_reach(
        self: &Rc<Self>,
        what: HandOver,
        min_ttl: u32,
        deadline: Deadline,
    ) -> Result<Secret, Error> {
        let kind = match what {
            HandOver::Token(kind) => kind,
            HandOver::TokenUrl => return self.site_token(min_ttl, deadline).await,
            HandOver::Code => return Err(Error::SignInRequired),
        };
        if let Some(token) = self.token_in_hand(kind, min_ttl) {
            return Ok(token);
        }
        if let Some(result) = self.join_sign_in(deadline).await {
            result?;
        }
        self.token_without_person(kind, min_ttl, deadline).await
    }

    fn authorization_in_hand(&self) -> Option<Authorization> {
        let (authorization, since) = self.state.borrow_mut().authorization.take()?;
        (now().millis_since(since) < CODE_LIFETIME).then_some(authorization)
    }

    /// The site's own JWT; asked for once, however many want it.
    async fn site_token(
        self: &Rc<Self>,
        min_ttl: u32,
        deadline: Deadline,
    ) -> Result<Secret, Error> {
        if let Some(token) = self.state.borrow().site_token.as_ref()
            && token
                .expires_at
                .is_some_and(|end| end > now().plus_seconds(i64::from(min_ttl)))
        {
            return Ok(token.token.clone());
        }
        let under_way = self.state.borrow().asking_site.clone();
        let flight = under_way.unwrap_or_else(|| {
            let flight = Flight::new();
            self.state.borrow_mut().asking_site = Some(Rc::clone(&flight));
            let visitor = Rc::clone(self);
            let landing = Rc::clone(&flight);
            spawn(async move {
                let result = visitor.ask_site().await;
                visitor.state.borrow_mut().asking_site = None;
                landing.land(result);
            });
            flight
        });
        deadline
            .limit("the site's token service", flight.wait())
            .await?
    }

    async fn ask_site(self: &Rc<Self>) -> Result<Secret, Error> {
        let deadline = Deadline::after(self.config.timeout_ms);
        let Some(url) = &self.config.token_url else {
            return Err(Error::BadOption {
                option: "tokenUrl".to_owned(),
                problem: "is required for 'token-url'".to_owned(),
            });
        };
        if let Some(result) = self.join_sign_in(deadline).await {
            result?;
        }
        let access_token = self
            .token_without_person(TokenKind::AccessToken, self.config.min_ttl, deadline)
            .await?;
        let since = now();
        let credentials = if page::is_neighbour(url) {
            Credentials::SameSite
        } else {
            Credentials::Omit
        };
        let next = site_token::request(url, Some(access_token), credentials);
        let answer = self.driver.finish(next, deadline).await;
        self.driver
            .journal
            .ended(since, "ask the site's token service", &answer);
        let answer = answer.inspect_err(|error| {
            self.tell(&match error {
                Error::SignInRequired => Event::SignInRequired,
                error => Event::Error(error.clone()),
            });
        })?;
        let token = answer.token.clone();
        self.state.borrow_mut().site_token = Some(answer);
        Ok(token)
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
