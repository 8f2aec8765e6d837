//! Requests that find out how an issuer behaves: each with a deadline, all given up with the value that asked them.

use core::time::Duration;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_net::http::Request as Prepared;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use protocol::{
    Fault,
    address::without_query,
    error::Flaw,
    http::{Fetched, Request, Response},
    issuer::{Issuer, Kind},
    json::{self, Map, Value},
    login, percent,
    step::Step,
    time::Timestamp,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    AbortController, Headers, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit,
    RequestMode, RequestRedirect, ResponseType,
};

use crate::{
    checks::{Findings, Plan, Reach, Redeem, Service, keys_named},
    site::origin,
};

/// How long a server may take, to the end of its answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(8);

/// How long to look for the reason of a failure.
const INQUIRY: Duration = Duration::from_secs(2);

/// An access token that no issuer has given.
const NO_TOKEN: &str = "Bearer messenger-auth-set-up-check";

/// A code that no issuer has given, with a verifier of the right length.
const NO_CODE: &str = "messenger-auth-set-up-check";
const NO_VERIFIER: &str = "messenger-auth-set-up-check-messenger-auth-set-up";

/// Questions on their way. Dropped, they are given up, and nothing more is told.
pub(crate) struct Probe(Rc<RefCell<Flight>>);

/// What belongs to the questions of one plan.
#[derive(Default)]
struct Flight {
    is_over: bool,
    requests: Vec<AbortController>,
}

impl Drop for Probe {
    fn drop(&mut self) {
        let mut flight = self.0.borrow_mut();
        flight.is_over = true;
        for request in flight.requests.drain(..) {
            request.abort();
        }
    }
}

impl Probe {
    /// Asks; what is found so far is told each time that there is more.
    pub(crate) fn begin(plan: Plan, tell: impl Fn(Findings) + 'static) -> Self {
        let flight = Rc::new(RefCell::new(Flight::default()));
        let asking = Asking {
            flight: Rc::clone(&flight),
            findings: Rc::default(),
            tell: Rc::new(tell),
        };
        spawn_local(
            asking
                .clone()
                .issuer(plan.issuer, plan.written_out, plan.redeem),
        );
        if let Some(service) = plan.service {
            spawn_local(asking.service(service));
        }
        Self(flight)
    }
}

#[derive(Clone)]
struct Asking {
    flight: Rc<RefCell<Flight>>,
    findings: Rc<RefCell<Findings>>,
    tell: Rc<dyn Fn(Findings)>,
}

impl Asking {
    fn note(&self, change: impl FnOnce(&mut Findings)) {
        if !self.flight.borrow().is_over {
            change(&mut self.findings.borrow_mut());
            let findings = self.findings.borrow().clone();
            (self.tell)(findings);
        }
    }

    /// Discovery and keys, as the widget itself reads them; then the token endpoint.
    async fn issuer(self, issuer: Issuer, written_out: Option<Map>, redeem: Option<Redeem>) {
        let mut token_endpoint = match issuer.kind() {
            Kind::GenesysCloud(genesys) => Some(genesys.login_address("/oauth/token")),
            _ => written_out.as_ref().and_then(token_endpoint_of),
        };
        let mut document = written_out;
        let mut next = login::prepare(&issuer, now());
        loop {
            match next {
                Ok(Step::Fetch(request, pending)) => {
                    if let Some(document) = document.take() {
                        // The second request is for the keys: the document holds.
                        self.note(|found| found.discovery = Some(Ok(document)));
                        let fetched = self.read(&request).await;
                        next = pending.resume(fetched, now());
                        let keys = next.as_ref().map(|_| ()).map_err(Clone::clone);
                        self.note(|found| found.keys = Some(keys));
                        break;
                    }
                    let fetched = self.read(&request).await;
                    let body = fetched
                        .as_ref()
                        .ok()
                        .and_then(|answer| json::read(&answer.body));
                    if let Some(Value::Object(members)) = body {
                        token_endpoint = token_endpoint_of(&members);
                        document = Some(members);
                    }
                    next = pending.resume(fetched, now());
                }
                Ok(_) => {
                    if let Some(document) = document.take() {
                        // No second request: there is no address of keys.
                        self.note(|found| {
                            found.keys = Some(keys_named(&document));
                            found.discovery = Some(Ok(document));
                        });
                    }
                    break;
                }
                Err(error) => {
                    self.note(|found| found.discovery = Some(Err(error)));
                    return;
                }
            }
        }
        if let (Some(redeem), Some(url)) = (redeem, token_endpoint)
            && protocol::address::Address::parse(&url).is_some()
        {
            let reach = self.redeem(&url, &redeem).await;
            self.note(|found| found.token = Some(reach));
        }
    }

    /// Redeems a code that cannot exist: the answer tells whether it can be read, and who may ask.
    async fn redeem(&self, url: &str, redeem: &Redeem) -> Reach {
        let body = percent::encode_pairs([
            ("grant_type", "authorization_code"),
            ("code", NO_CODE),
            ("code_verifier", NO_VERIFIER),
            ("client_id", &redeem.client_id),
            ("redirect_uri", &redeem.redirect_uri),
        ]);
        let init = init(RequestMode::Cors, RequestRedirect::Manual);
        init.set_method("POST");
        init.set_body(&body.into());
        set_header(&init, "Content-Type", "application/x-www-form-urlencoded");
        self.reach(url, &init).await
    }

    /// Asks the site's service as somebody whom it does not know; then whether what the widget sends may go there.
    async fn service(self, service: Service) {
        let ask = async |credentials| {
            let init = init(RequestMode::Cors, RequestRedirect::Manual);
            init.set_credentials(credentials);
            if service.proof.has_bearer() {
                set_header(&init, "Authorization", NO_TOKEN);
            }
            self.reach(&service.url, &init).await
        };
        let mut reach = ask(RequestCredentials::Omit).await;
        let here = window().location().origin().ok();
        // An answer that may be read without cookies need not be readable with them.
        if service.proof.has_cookies()
            && origin(&service.url) != here
            && matches!(reach, Reach::Answered { .. })
            && ask(RequestCredentials::Include).await == Reach::Blocked
        {
            reach = Reach::Blocked;
        }
        self.note(|found| found.service = Some(reach));
    }

    async fn reach(&self, url: &str, init: &RequestInit) -> Reach {
        match self.ask(url, init, PATIENCE).await {
            Ok(Answer::Redirect) => Reach::Redirects,
            Ok(Answer::Whole(Response { status, body, .. })) => {
                let error = json::read(&body)
                    .and_then(|body| Some(body.get("error")?.as_str()?.to_owned()));
                Reach::Answered { status, error }
            }
            Err(Failed::Late) => Reach::Late,
            Err(Failed::Unreadable) if self.is_there(url).await => Reach::Blocked,
            Err(Failed::Unreadable | Failed::Cut) => Reach::Unreachable,
        }
    }

    /// A document, or why there is none, as the widget's own driver says it.
    async fn read(&self, request: &Request) -> Fetched {
        let url = || without_query(&request.url).to_owned();
        let init = init(RequestMode::Cors, RequestRedirect::Manual);
        Err(match self.ask(&request.url, &init, PATIENCE).await {
            Ok(Answer::Whole(response)) => return Ok(response.into()),
            Ok(Answer::Redirect) => Fault::Untrusted {
                flaw: Flaw::ResponseMalformed,
                detail: [&url(), " redirects, and no redirect is followed"].concat(),
            },
            Err(Failed::Late) => Fault::Timeout { waiting_for: url() },
            Err(Failed::Unreadable) if self.is_there(&request.url).await => {
                Fault::CorsBlocked { url: url() }
            }
            Err(Failed::Unreadable | Failed::Cut) => Fault::Network { url: url() },
        }
        .into())
    }

    /// Whether a server answers there at all, readable or not.
    async fn is_there(&self, url: &str) -> bool {
        let init = init(RequestMode::NoCors, RequestRedirect::Follow);
        self.ask(url, &init, INQUIRY).await.is_ok()
    }

    async fn ask(
        &self,
        url: &str,
        init: &RequestInit,
        patience: Duration,
    ) -> Result<Answer, Failed> {
        let controller = AbortController::new().map_err(|_| Failed::Unreadable)?;
        if self.flight.borrow().is_over {
            return Err(Failed::Unreadable);
        }
        self.flight.borrow_mut().requests.push(controller.clone());
        init.set_signal(Some(&controller.signal()));
        let limit = Limit::after(patience, controller);
        let request = web_sys::Request::new_with_str_and_init(url, init);
        let request = request.map_err(|_| Failed::Unreadable)?;
        let sent = Prepared::from(request).send().await;
        let answer = sent.map_err(|_| limit.or(Failed::Unreadable))?;
        if answer.type_() == ResponseType::Opaqueredirect {
            return Ok(Answer::Redirect);
        }
        let body = answer.binary().await.map_err(|_| limit.or(Failed::Cut))?;
        Ok(Answer::Whole(Response {
            status: answer.status(),
            responded_json: None,
            body,
            reloaded_at: Timestamp::from_millis(0),
        }))
    }
}

/// The time that a request has. Gives it up when it is over; stops when dropped.
struct Limit {
    is_over: Rc<Cell<bool>>,
    timer: Option<TimeoutHandle>,
}

impl Limit {
    fn after(patience: Duration, request: AbortController) -> Self {
        let is_over = Rc::new(Cell::new(false));
        let over = Rc::clone(&is_over);
        let end = move || {
            over.set(true);
            request.abort();
        };
        Self {
            is_over,
            timer: set_timeout_with_handle(end, patience).ok(),
        }
    }

    /// Why a request failed: the time was over, or else for this reason.
    fn or(&self, reason: Failed) -> Failed {
        if self.is_over.get() {
            Failed::Late
        } else {
            reason
        }
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
    }
}

fn token_endpoint_of(document: &Map) -> Option<String> {
    Some(document.get("token_endpoint")?.as_str()?.to_owned())
}

enum Answer {
    Whole(Response),
    Redirect,
}

enum Failed {
    /// The time was over.
    Late,
    /// There is no answer that this page may read.
    Unreadable,
    /// The answer broke off.
    Cut,
}

fn set_header(init: &RequestInit, name: &str, value: &str) {
    if let Ok(headers) = Headers::new() {
        // Name and value are our own, and valid.
        let _ = headers.set(name, value);
        init.set_headers(&headers);
    }
}

fn init(mode: RequestMode, redirect: RequestRedirect) -> RequestInit {
    let init = RequestInit::new();
    init.set_mode(mode);
    init.set_redirect(redirect);
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_cache(RequestCache::NoStore);
    init
}

fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970")]
    Timestamp::from_millis(js_sys::Date::now() as i64)
}
