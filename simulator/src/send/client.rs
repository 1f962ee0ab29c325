//! One HTTP connection to an ingress: posts signed bodies, reconnecting when the other side has hung up.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// How long Stripe waits for an answer is not documented; 20 to 30 s have been seen.
const ANSWER_WITHIN: Duration = Duration::from_secs(25);
/// What is read of an answer's body.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Where events are posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    authority: String,
    host: String,
    port: u16,
    path: String,
}

/// Why a URL cannot be posted to.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// It is not a URL.
    #[error("{0:?} is not a URL")]
    NotAUrl(String),
    /// It is not plain HTTP.
    #[error("{0:?}: only http:// can be posted to; put a proxy that speaks TLS in between")]
    NotHttp(String),
}

/// What became of one post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status, or why there is none.
    pub status: Result<u16, Failure>,
    /// The error code in the answer's body, where there is one.
    pub code: Option<String>,
    /// How long to wait before the next attempt, where the answer says so.
    pub retry_after: Option<Duration>,
}

impl Answer {
    /// What came instead of a 2xx.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        match (self.status, &self.code) {
            (Ok(200..300), _) => None,
            (Ok(status), Some(code)) => Some(format!("{status} {code}")),
            (Ok(status), None) => Some(status.to_string()),
            (Err(failure), _) => Some(failure.to_string()),
        }
    }
}

/// Why a post got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Failure {
    /// The connection was refused.
    #[error("no connection")]
    Connect,
    /// The connection broke before the answer was whole.
    #[error("connection lost")]
    Lost,
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
}

impl Target {
    /// Reads an ingress's URL. Without a path the usual one is meant.
    pub fn parse(url: &str) -> Result<Self, TargetError> {
        let uri: Uri = url.parse().map_err(|_| TargetError::NotAUrl(url.to_owned()))?;
        if uri.scheme_str() != Some("http") {
            return Err(TargetError::NotHttp(url.to_owned()));
        }
        let authority = uri.authority().ok_or_else(|| TargetError::NotAUrl(url.to_owned()))?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self {
            authority: authority.as_str().to_owned(),
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(80),
            path: if path == "/" { "/webhooks/stripe".to_owned() } else { path.to_owned() },
        })
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "http://{}{}", self.authority, self.path)
    }
}

/// A connection, opened when first used.
#[derive(Debug)]
pub struct Client {
    target: Target,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Client {
    /// A client that is not connected yet.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self { target, sender: None }
    }

    /// Posts one body once. A connection that the other side closed while it was idle is replaced unseen.
    pub async fn post(&mut self, body: Bytes, signature: &str) -> Answer {
        let reused = self.sender.is_some();
        let mut answer = self.try_once(body.clone(), signature).await;
        if reused && answer.status == Err(Failure::Lost) {
            answer = self.try_once(body, signature).await;
        }
        answer
    }

    async fn try_once(&mut self, body: Bytes, signature: &str) -> Answer {
        let exchanged = tokio::time::timeout(ANSWER_WITHIN, self.exchange(body, signature)).await;
        let exchanged = exchanged.unwrap_or(Err(Failure::TimedOut));
        if exchanged.is_err() {
            self.sender = None;
        }
        exchanged.unwrap_or_else(|failure| Answer { status: Err(failure), code: None, retry_after: None })
    }

    async fn exchange(&mut self, body: Bytes, signature: &str) -> Result<Answer, Failure> {
        let mut sender = match self.sender.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => self.connect().await?,
        };
        sender.ready().await.map_err(|_| Failure::Lost)?;
        let request = Request::post(&self.target.path)
            .header(HOST, &self.target.authority)
            .header(USER_AGENT, "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .header("stripe-signature", signature)
            .body(Full::new(body))
            .map_err(|_| Failure::Lost)?;
        let response = sender.send_request(request).await.map_err(|_| Failure::Lost)?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        let whole = http_body_util::Limited::new(response.into_body(), LARGEST_ANSWER).collect().await;
        // An answer that cannot be read to its end still has its status; only the connection is spent.
        self.sender = whole.is_ok().then_some(sender);
        let code = whole.ok().and_then(|body| error_code(&body.to_bytes()));
        Ok(Answer { status: Ok(status), code, retry_after })
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, Failure> {
        let address = (self.target.host.as_str(), self.target.port);
        let stream = TcpStream::connect(address).await.map_err(|_| Failure::Connect)?;
        stream.set_nodelay(true).map_err(|_| Failure::Connect)?;
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|_| Failure::Connect)?;
        // Ends with its sender. Its error reaches us as the failure of the request in flight.
        tokio::spawn(async move { connection.await.ok() });
        Ok(sender)
    }
}

fn error_code(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    Some(body.get("error")?.get("code")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_without_a_path_means_the_usual_one() {
        let plain = Target::parse("http://127.0.0.1:8080").expect("a URL");
        assert_eq!(plain.to_string(), "http://127.0.0.1:8080/webhooks/stripe");
        let named = Target::parse("http://[::1]:8080/webhooks/stripe/shop").expect("a URL");
        assert_eq!((named.host.as_str(), named.path.as_str()), ("::1", "/webhooks/stripe/shop"));
    }

    #[test]
    fn a_url_that_needs_tls_is_refused_by_name() {
        assert!(matches!(Target::parse("https://example.com"), Err(TargetError::NotHttp(_))));
        assert!(matches!(Target::parse("not a url"), Err(TargetError::NotAUrl(_))));
    }
}
