//! The HTTP server: authorization, faults, and what was asked.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, DATE, HeaderMap};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::answer::Answer;
use super::catalog::{Catalog, View};
use super::fault::{Fault, Faults, Share};
use super::query::pairs;
use super::response::{Body, response};
use super::routes;
use super::version;
use crate::histories::History;

/// A request as it was asked, for tests to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub path: String,
    /// Decoded.
    pub params: Vec<(String, String)>,
    /// `Stripe-Account`, or `Stripe-Context` of API v2.
    pub account: Option<String>,
    /// `Stripe-Version`.
    pub version: Option<String>,
    /// What it was answered with; 0 where the connection was cut.
    pub status: u16,
}

/// The server; it closes when it is dropped. Any `sk_…` or `rk_…` is a key; one with `_live_` in it sees live mode.
#[derive(Debug)]
pub struct ApiServer {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    catalog: Catalog,
    faults: Faults,
    now: Option<i64>,
    key: Option<String>,
    requests: Vec<Request>,
    count: u64,
}

impl Shared {
    /// The clock of this Stripe: the moment that it shows, else ours, which the last change may be ahead of.
    fn date(&self) -> Option<String> {
        let now = self.now.unwrap_or_else(|| Timestamp::now().as_second().max(self.catalog.newest + 60));
        rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::from_second(now).ok()?).ok()
    }
}

impl ApiServer {
    /// Opens it on a free port of loopback.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn open() -> io::Result<Self> {
        Self::open_on(SocketAddr::from(([127, 0, 0, 1], 0)), 0).await
    }

    /// Opens it. `seed` is that of the faults by chance.
    ///
    /// # Errors
    /// When the address is in use.
    pub async fn open_on(address: SocketAddr, seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (catalog, faults) = (Catalog::default(), Faults::new(seed));
        let shared = Shared { catalog, faults, now: None, key: None, requests: Vec::new(), count: 0 };
        let shared = Arc::new(Mutex::new(shared));
        let served = Arc::clone(&shared);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&served);
                let service = service_fn(move |request| answer(Arc::clone(&shared), request));
                // A connection that was cut ends with an error, as it should.
                let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async move { serving.await.ok() });
            }
        });
        Ok(Self { address, shared, accepting })
    }

    /// What `STRIPE_API_BASE` takes.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes in all events of a history.
    pub fn add_history(&self, history: &History) {
        history.events.iter().for_each(|event| self.add_event(&event.body));
        for (invoice, lines) in &history.hidden_lines {
            self.more_lines(invoice, lines.clone());
        }
    }

    /// Takes in an event, as Stripe would post it, and the state of the object in it. A thin event can be retrieved.
    pub fn add_event(&self, body: &[u8]) {
        self.lock().catalog.add_event(body, true);
    }

    /// Takes in the state that an event shows; no list has the event, as if Stripe had failed to make it.
    pub fn add_state(&self, body: &[u8]) {
        self.lock().catalog.add_event(body, false);
    }

    /// Takes in an object of an account (empty: the key's own) as it is since a moment, unix seconds.
    pub fn put(&self, account: &str, object: &Value, since: i64) {
        self.lock().catalog.put(account, object, since);
    }

    /// Lines of an invoice beyond those that its events show.
    pub fn more_lines(&self, invoice: &str, lines: Vec<Value>) {
        self.lock().catalog.more_lines.insert(invoice.to_owned(), lines);
    }

    /// Shows everything as it was at a moment, unix seconds; none: after all that ever happens.
    pub fn set_now(&self, now: Option<i64>) {
        self.lock().now = now;
    }

    /// Accepts this key alone.
    pub fn set_key(&self, key: &str) {
        self.lock().key = Some(key.to_owned());
    }

    /// The next requests meet this fault, after those that were asked for before.
    pub fn fail_next(&self, requests: usize, fault: Fault) {
        self.lock().faults.next.extend(std::iter::repeat_n(fault, requests));
    }

    /// Requests meet these faults by chance; none switches that off, and forgets those that were to come.
    pub fn set_faults(&self, shares: Vec<Share>) {
        let mut shared = self.lock();
        shared.faults.next.clear();
        shared.faults.shares = shares;
    }

    /// What was asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.lock().requests.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }
}

impl Drop for ApiServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(
    shared: Arc<Mutex<Shared>>,
    request: hyper::Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let header = |name: &str| text(request.headers(), name);
    let mut asked = Request {
        path: request.uri().path().to_owned(),
        params: pairs(request.uri().query().unwrap_or_default()),
        account: header("stripe-account").or_else(|| header("stripe-context")),
        version: header("stripe-version"),
        status: 0,
    };
    let date = lock(&shared).date();
    let (answer, fault, id) = decided(&mut lock(&shared), request.method(), request.headers(), &asked);
    if let Some(Fault::Slow(time)) = fault {
        tokio::time::sleep(time).await;
    }
    asked.status = if fault == Some(Fault::CutOff) { 0 } else { answer.status };
    let version = asked.version.clone().or_else(|| Some(version::DEFAULT.to_owned()));
    lock(&shared).requests.push(asked);
    Ok(response(
        &answer,
        fault == Some(Fault::CutOff),
        [("request-id", Some(id)), (DATE.as_str(), date), ("stripe-version", version)],
    ))
}

/// The answer, the fault that it meets, and the id of the request.
fn decided(
    shared: &mut Shared,
    method: &Method,
    headers: &HeaderMap,
    asked: &Request,
) -> (Answer, Option<Fault>, String) {
    shared.count += 1;
    let id = format!("req_{:014}", shared.count);
    let Some(key) = key(headers) else { return (Answer::no_key(), None, id) };
    let accepted = match &shared.key {
        Some(only) => key == *only,
        None => key.starts_with("sk_") || key.starts_with("rk_"),
    };
    if !accepted {
        return (Answer::wrong_key(&key), None, id);
    }
    if let Some(wrong) = asked.version.as_deref().filter(|version| !version::is_version(version)) {
        return (Answer::wrong_version(wrong), None, id);
    }
    let fault = shared.faults.take();
    let answer = match fault {
        Some(Fault::RateLimited { retry_after }) => Answer::rate_limited(retry_after),
        Some(Fault::ServerError) => Answer::server_error(),
        _ if method != Method::GET => Answer::unknown_path(method.as_str(), &asked.path),
        _ => {
            let account = asked.account.as_deref().unwrap_or_default();
            let (stale, livemode) = (fault == Some(Fault::Stale), key.contains("_live_"));
            let view = View { now: shared.now, stale, account, livemode };
            routes::get(&shared.catalog, &asked.path, &asked.params, &view)
        }
    };
    (answer, fault, id)
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Bearer, as the libraries send it.
fn key(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(|key| key.trim().to_owned())
}
