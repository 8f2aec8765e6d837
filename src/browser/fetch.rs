//! Requests to servers (Fetch). No redirect is followed, no referrer sent.

use gloo_net::http::{Request as Prepared, Response as Answer};
use js_sys::{Reflect, Uint8Array};
use protocol::json::{Value, object};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, ReadableStreamDefaultReader, ReadableStreamReadResult, Url,
};

use super::{
    clock, json,
    policy::Watch,
    timer::{Elapsed, deadline, sleep},
    window,
};

/// How long to look for the reason of a failure, in milliseconds.
const INQUIRY: u32 = 2000;

/// What is asked.
pub(crate) struct Request<'a> {
    /// The method.
    pub(crate) method: Method,
    /// Absolute address.
    pub(crate) url: &'a str,
    /// An encoded `application/x-www-form-urlencoded`.
    pub(crate) body: Option<&'a str>,
    /// Sent as `Accept`.
    pub(crate) accept: &'a str,
    /// Sent as `Authorization: Bearer …`.
    pub(crate) bearer: Option<&'a str>,
    /// Whether the HTTP cache may serve.
    pub(crate) cache: Cache,
    /// Whether cookies go along.
    pub(crate) credentials: Credentials,
}

/// The method.
#[derive(Clone, Copy)]
pub(crate) enum Method {
    /// `GET`, which takes no body.
    Get,
    /// `POST`.
    Post,
    /// `DELETE`.
    Delete,
}

/// Whether the HTTP cache may serve.
#[derive(Clone, Copy)]
pub(crate) enum Cache {
    /// Not at all.
    Never,
    /// Only what the server says is still good.
    Validated,
}

/// Whether cookies go along.
#[derive(Clone, Copy)]
pub(crate) enum Credentials {
    /// Never.
    Omit,
    /// To any origin.
    Include,
}

/// A whole answer, whatever its status.
pub(crate) struct Response {
    /// HTTP status.
    pub(crate) status: u16,
    /// `X-Responded-JSON`.
    pub(crate) responded_json: Option<String>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FetchError {
    /// The browser says that it is offline.
    Offline,
    /// The page's own policy does not let it ask.
    Forbidden,
    /// The server is there and does not let this page read the answer (CORS).
    Blocked,
    /// The server cannot be reached, hung up, or redirected a request without cookies.
    Network,
    /// It redirected a request with cookies: to its login page, as a rule.
    Redirected,
    /// The time ran out, wherever the answer was.
    Timeout,
    /// The body is over the limit.
    TooLarge,
}

/// Asks, reads at most `limit` bytes, takes at most `ms` milliseconds. Stops when dropped.
pub(crate) async fn send(
    request: Request<'_>,
    limit: usize,
    ms: u32,
) -> Result<Response, FetchError> {
    // What would be given up at once is not begun: the server might act on it all the same.
    if ms == 0 {
        return Err(FetchError::Timeout);
    }
    let abort = Abort::new()?;
    let signal = abort.0.signal();
    let start = clock::now();
    let policy = Watch::over(request.url);
    match deadline(Box::pin(exchange(&request, limit, &signal)), ms).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(Failure::TooLarge)) => Err(FetchError::TooLarge),
        Ok(Err(Failure::Redirected)) => Err(FetchError::Redirected),
        Err(Elapsed) => Err(FetchError::Timeout),
        Ok(Err(_)) if !window().navigator().on_line() => Err(FetchError::Offline),
        Ok(Err(Failure::Cut | Failure::Unsendable)) => Err(FetchError::Network),
        Ok(Err(Failure::NoAnswer)) => {
            let spent = u32::try_from(clock::now() - start).unwrap_or(ms);
            let left = ms.saturating_sub(spent).min(INQUIRY);
            match deadline(Box::pin(is_blocked(&request, &signal)), left).await {
                _ if policy.forbids() => Err(FetchError::Forbidden),
                Ok(true) => Err(FetchError::Blocked),
                Ok(false) | Err(Elapsed) => Err(FetchError::Network),
            }
        }
    }
}

/// What a server's clock shows, in milliseconds since 1970, from `Date` of its answer. None where it
/// does not say so itself within `ms` milliseconds. Only the page's own origin lets it read that.
pub(crate) async fn clock_of(url: &str, ms: u32) -> Option<i64> {
    let abort = Abort::new().ok()?;
    let mut init = init("same-origin", "manual");
    init.push(("method", "HEAD".into()));
    let request = prepare(url, init, &abort.0.signal()).ok()?;
    let answer = deadline(Box::pin(fetch(request)), ms).await.ok()??;
    let headers = answer.headers();
    // Of an answer that a cache has held, `Date` says when it was made or when it was handed on:
    // caches differ.
    if headers.get("age").is_some_and(|age| age != "0") {
        return None;
    }
    clock::parse(&headers.get("date")?)
}

enum Failure {
    Unsendable,
    NoAnswer,
    Cut,
    Redirected,
    TooLarge,
}

async fn exchange(
    request: &Request<'_>,
    limit: usize,
    signal: &AbortSignal,
) -> Result<Response, Failure> {
    let redirect = match request.credentials {
        Credentials::Omit => "error",
        Credentials::Include => "manual",
    };
    let mut headers = vec![("accept", request.accept.into())];
    if let Some(token) = request.bearer {
        headers.push(("authorization", ["Bearer ", token].concat().into()));
    }
    let mut init = init("cors", redirect);
    if let Some(form) = request.body {
        headers.push(("content-type", "application/x-www-form-urlencoded".into()));
        init.push(("body", form.into()));
    }
    init.push(("headers", object(headers)));
    init.push((
        "method",
        match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        }
        .into(),
    ));
    if let Cache::Validated = request.cache {
        init.push(("cache", "no-cache".into()));
    }
    if let Credentials::Include = request.credentials {
        init.push(("credentials", "include".into()));
    }
    let request = prepare(request.url, init, signal).map_err(|_| Failure::Unsendable)?;
    let answer = fetch(request).await.ok_or(Failure::NoAnswer)?;
    if is_redirect(&answer) {
        return Err(Failure::Redirected);
    }
    let headers = answer.headers();
    Ok(Response {
        status: answer.status(),
        responded_json: headers.get("x-responded-json"),
        body: read(&answer, limit).await?,
    })
}

/// Reads the body piece by piece, so that an endless one is given up early.
async fn read(answer: &Answer, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let Some(stream) = answer.body() else {
        return Ok(body);
    };
    let reader = ReadableStreamDefaultReader::new(&stream).map_err(|_| Failure::Cut)?;
    loop {
        let piece = JsFuture::from(reader.read())
            .await
            .map_err(|_| Failure::Cut)?
            .unchecked_into::<ReadableStreamReadResult>();
        if piece.get_done() == Some(true) {
            // A byte order mark is none of it (https://encoding.spec.whatwg.org/#utf-8-decode).
            if body.starts_with(b"\xef\xbb\xbf") {
                body.drain(..3);
            }
            return Ok(body);
        }
        let bytes = piece.get_value().unchecked_into::<Uint8Array>().to_vec();
        if body.len() + bytes.len() > limit {
            return Err(Failure::TooLarge);
        }
        body.extend(bytes);
    }
}

/// Whether a failure is for want of CORS headers, which the browser does not tell.
///
/// Two bare `GET`s find out. To the same address, redirects not followed: whoever lets a page read
/// this lets it read what was asked, unless that needed a preflight. Then to the origin, unreadable:
/// any answer shows that the server is there. Never that to the same address: it could not but
/// follow a redirect.
async fn is_blocked(request: &Request<'_>, signal: &AbortSignal) -> bool {
    // A policy that forbids it is told of in a task of its own, after the failure.
    sleep(10).await;
    let preflighted = request.bearer.is_some() || matches!(request.method, Method::Delete);
    let Ok(readable) = prepare(request.url, init("cors", "manual"), signal) else {
        return false;
    };
    if let Some(answer) = fetch(readable).await
        && (!preflighted || is_redirect(&answer))
    {
        return false;
    }
    let Ok(icon) = Url::new_with_base("/favicon.ico", request.url) else {
        return false;
    };
    let Ok(unreadable) = prepare(&icon.href(), init("no-cors", "follow"), signal) else {
        return false;
    };
    fetch(unreadable).await.is_some()
}

/// What a request is made of, until something else stands behind it.
fn init(mode: &'static str, redirect: &'static str) -> Vec<(&'static str, Value)> {
    vec![
        ("mode", mode.into()),
        ("redirect", redirect.into()),
        ("credentials", "omit".into()),
        ("referrerPolicy", "no-referrer".into()),
        ("cache", "no-store".into()),
    ]
}

/// Fails where a header cannot be one: a token is a server's word. By members, because a function of the
/// browser's for each would be more to download, and gloo-net's own builder panics on such a header and appends
/// a `&` to an address that has a query.
fn prepare(
    url: &str,
    init: Vec<(&str, Value)>,
    signal: &AbortSignal,
) -> Result<web_sys::Request, JsValue> {
    let init = json::to_js(&object(init));
    Reflect::set(&init, &"signal".into(), signal)?;
    web_sys::Request::new_with_str_and_init(url, init.unchecked_ref())
}

async fn fetch(request: web_sys::Request) -> Option<Answer> {
    Prepared::from(request).send().await.ok()
}

/// Whether the answer is a redirect that was not followed: in mode `cors` the only one without a status.
fn is_redirect(answer: &Answer) -> bool {
    answer.status() == 0
}

/// Gives up the request when dropped; nothing happens to one that is done.
struct Abort(AbortController);

impl Abort {
    fn new() -> Result<Self, FetchError> {
        AbortController::new()
            .map(Self)
            .map_err(|_| FetchError::Network)
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}
