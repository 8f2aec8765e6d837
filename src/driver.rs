//! The one loop that carries out the protocol's steps.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    rc::Rc,
    sync::Arc,
};

use protocol::{
    Error, Fault,
    address::without_query,
    error::Flaw,
    hash::HashAlgorithm,
    http::{Body, Credentials, Fetched, MAX_BODY, Request, Response, Reuse},
    jwk::{Algorithm, KeySet, SignatureCheck, Verdict},
    login::Redirect,
    secret::Secret,
    step::{Next, Step},
    time::Timestamp,
};

use crate::{
    browser::{crypto, fetch, task::Work},
    deadline::{Deadline, now, timed_out},
    flight::Flight,
    journal::Journal,
};

/// Carries out steps, and keeps what may be reused: discovery and keys.
pub(crate) struct Driver {
    held: RefCell<Vec<(String, Arc<Response>)>>,
    fetching: RefCell<Vec<(String, Rc<Flight>)>>,
    pub(crate) journal: Journal,
}

/// How far the steps led.
pub(crate) enum Arrival<T> {
    /// To the end.
    Done(T),
    /// To the point where the person has to be sent to an address.
    Redirect(Box<Redirect>),
}

impl Driver {
    pub(crate) fn new() -> Self {
        Self {
            held: RefCell::default(),
            fetching: RefCell::default(),
            journal: Journal::default(),
        }
    }

    /// Goes from step to step until the browser has nothing left to do.
    pub(crate) fn run<T: 'static>(
        &self,
        next: Next<T>,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Arrival<T>, Error>> {
        let result = Rc::new(Cell::new(None));
        let carrying_out = self.carry_out(put_aside(next, &result), deadline);
        async move {
            match carrying_out.await? {
                Some(redirect) => Ok(Arrival::Redirect(redirect)),
                None => result
                    .take()
                    .map(Arrival::Done)
                    .ok_or_else(|| Fault::Crashed.into()),
            }
        }
    }

    /// Runs steps that never send a person anywhere.
    pub(crate) fn finish<T: 'static>(
        &self,
        next: Next<T>,
        deadline: Deadline,
    ) -> impl Future<Output = Result<T, Error>> {
        let result = Rc::new(Cell::new(None));
        let carrying_out = self.carry_out(put_aside(next, &result), deadline);
        async move {
            carrying_out.await?;
            result.take().ok_or_else(|| Fault::Crashed.into())
        }
    }

    /// The loop itself. Ends where a person has to be sent somewhere, or where all is done.
    fn carry_out(
        &self,
        next: Next<()>,
        deadline: Deadline,
    ) -> Work<'_, Result<Option<Box<Redirect>>, Error>> {
        Box::pin(async move {
            let mut step = next?;
            loop {
                step = match step {
                    Step::Fetch(request, pending) => {
                        let (fetched, announced) = self.fetch(&request, deadline).await;
                        let kept = keepable(&request, &fetched);
                        let next = pending.resume(fetched, now());
                        // Kept only now: the protocol has found the answer to be sound. Keys
                        // that were fetched anew are, where they are keys at all: also where none
                        // of them fits, so that the next login does not fetch them yet again.
                        if let Some(response) = kept
                            && (next.is_ok()
                                || request.reuse == Reuse::Reload
                                    && KeySet::parse(&response.body)
                                        .is_ok_and(|keys| !keys.is_empty()))
                        {
                            self.keep(request.url, response);
                        }
                        drop(announced);
                        next?
                    }
                    Step::Verify(check, pending) => {
                        let verdict = self.verify(&check).await;
                        pending.resume(verdict, now())?
                    }
                    Step::Digest(hash, pending) => {
                        let digest =
                            crypto::digest(hash.algorithm.name(), hash.message.expose().as_bytes())
                                .await;
                        pending.resume(digest.map_err(|_| Fault::InsecurePage.into()), now())?
                    }
                    Step::Redirect(redirect) => return Ok(Some(redirect)),
                    Step::Done(()) => return Ok(None),
                };
            }
        })
    }

    fn keep(&self, url: String, response: Arc<Response>) {
        let mut held = self.held.borrow_mut();
        held.retain(|(held, _)| *held != url);
        held.push((url, response));
    }

    fn held(&self, url: &str) -> Option<Arc<Response>> {
        let held = self.held.borrow();
        let found = held.iter().find(|(held, _)| held == url);
        found.map(|(_, response)| Arc::clone(response))
    }

    /// The answer, and a guard that tells others who wait for the same address when it is
    /// kept, or came to nothing.
    async fn fetch(
        &self,
        request: &Request,
        deadline: Deadline,
    ) -> (Fetched, Option<Announced<'_>>) {
        if request.reuse == Reuse::Session {
            let under_way = {
                let fetching = self.fetching.borrow();
                let found = fetching.iter().find(|(url, _)| *url == request.url);
                found.map(|(_, flight)| Rc::clone(flight))
            };
            if let Some(flight) = under_way
                && let Err(error) = flight.wait(deadline, without_query(&request.url)).await
            {
                return (Err(error), None);
            }
            if let Some(response) = self.held(&request.url) {
                return (Ok(response), None);
            }
        }
        let announced = self.announce(request);
        let since = now();
        let fetched = send(request, deadline).await;
        let step = ["fetch ", without_query(&request.url)].concat();
        self.journal.ended(since, &step, &fetched);
        (fetched, announced)
    }

    async fn verify(&self, check: &SignatureCheck) -> Verdict {
        let since = now();
        let verdict = crypto::verify(
            scheme(check.algorithm),
            &check.key,
            &check.message,
            &check.signature,
        )
        .await;
        let verdict = match verdict {
            Ok(true) => Verdict::Valid,
            Ok(false) => Verdict::Invalid,
            Err(crypto::Unsupported) => Verdict::Unsupported,
        };
        let outcome = match verdict {
            Verdict::Valid => Ok(()),
            Verdict::Invalid => Err(Error::untrusted(
                Flaw::SignatureInvalid,
                "this key does not fit it",
            )),
            Verdict::Unsupported => Err(Error::untrusted(
                Flaw::AlgorithmNotAllowed,
                "this browser does not know the algorithm",
            )),
        };
        self.journal.ended(since, "check a signature", &outcome);
        verdict
    }

    fn announce(&self, request: &Request) -> Option<Announced<'_>> {
        if request.reuse == Reuse::Never {
            return None;
        }
        let flight = Flight::new();
        self.fetching
            .borrow_mut()
            .push((request.url.clone(), Rc::clone(&flight)));
        Some(Announced {
            driver: self,
            flight,
        })
    }
}

/// The same steps, with the result put aside: so the loop is downloaded once, whatever it
/// leads to.
fn put_aside<T: 'static>(next: Next<T>, result: &Rc<Cell<Option<T>>>) -> Next<()> {
    let aside = Rc::clone(result);
    next?.and_then(now(), move |done, _| {
        aside.set(Some(done));
        Ok(Step::Done(()))
    })
}

struct Announced<'a> {
    driver: &'a Driver,
    flight: Rc<Flight>,
}

impl Drop for Announced<'_> {
    fn drop(&mut self) {
        self.driver
            .fetching
            .borrow_mut()
            .retain(|(_, flight)| !Rc::ptr_eq(flight, &self.flight));
        self.flight.land(Ok(()));
    }
}

fn keepable(request: &Request, fetched: &Fetched) -> Option<Arc<Response>> {
    match fetched {
        Ok(response) if request.reuse != Reuse::Never && response.status == 200 => {
            Some(Arc::clone(response))
        }
        _ => None,
    }
}

async fn send(request: &Request, deadline: Deadline) -> Fetched {
    let (method, body) = match &request.body {
        Body::None => (fetch::Method::Get, None),
        Body::Delete => (fetch::Method::Delete, None),
        Body::Form(form) => (fetch::Method::Post, Some(form.expose())),
    };
    let answer = fetch::send(
        fetch::Request {
            method,
            url: &request.url,
            body,
            bearer: request.bearer.as_ref().map(Secret::expose),
            accept: request.accept,
            cache: match request.reuse {
                Reuse::Never => fetch::Cache::Never,
                Reuse::Session | Reuse::Reload => fetch::Cache::Validated,
            },
            credentials: match request.credentials {
                Credentials::Omit => fetch::Credentials::Omit,
                Credentials::SameSite => fetch::Credentials::Include,
            },
        },
        MAX_BODY,
        deadline.left(),
    )
    .await;
    let url = || without_query(&request.url).to_owned();
    match answer {
        Ok(answer) => Ok(Arc::new(Response {
            status: answer.status,
            responded_json: answer.responded_json,
            body: answer.body,
            reloaded_at: match request.reuse {
                Reuse::Reload => now(),
                Reuse::Never | Reuse::Session => Timestamp::from_millis(0),
            },
        })),
        Err(fetch::FetchError::Offline) => Err(Fault::Offline.into()),
        Err(fetch::FetchError::Redirected) => Err(Fault::SignInRequired.into()),
        Err(fetch::FetchError::Network) => Err(Fault::Network { url: url() }.into()),
        Err(fetch::FetchError::Forbidden) => Err(Fault::Forbidden {
            url: url(),
            directive: "connect-src",
        }
        .into()),
        Err(fetch::FetchError::Blocked) => Err(Fault::CorsBlocked { url: url() }.into()),
        Err(fetch::FetchError::Timeout) => Err(timed_out(without_query(&request.url))),
        Err(fetch::FetchError::TooLarge) => Err(Error::untrusted(
            Flaw::ResponseMalformed,
            [without_query(&request.url), " answers more than 1 MiB"].concat(),
        )),
    }
}

fn scheme(algorithm: Algorithm) -> crypto::Scheme {
    let hash = HashAlgorithm::of(algorithm);
    let (salt_length, curve) = match hash {
        HashAlgorithm::Sha256 => (32, "P-256"),
        HashAlgorithm::Sha384 => (48, "P-384"),
        HashAlgorithm::Sha512 => (64, "P-521"),
    };
    crypto::Scheme {
        name: match algorithm {
            Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 => "RSASSA-PKCS1-v1_5",
            Algorithm::Ps256 | Algorithm::Ps384 | Algorithm::Ps512 => "RSA-PSS",
            Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 => "ECDSA",
            Algorithm::EdDsa => "Ed25519",
        },
        hash: hash.name(),
        salt_length,
        curve,
    }
}
