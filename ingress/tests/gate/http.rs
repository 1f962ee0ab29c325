//! A small HTTP client that sends exactly the bytes it is given.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Long enough for the slowest machine; a test that waits this long has failed.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Response {
    /// The code of a refusal; panics when the body is not one.
    pub(crate) fn code(&self) -> String {
        let json: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        let error = &json["error"];
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{self:?}");
        assert_eq!(self.headers["content-type"], "application/json");
        error["code"].as_str().expect("a code").to_owned()
    }
}

pub(crate) struct Http {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Http {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.expect("the ingress accepts"), read: Vec::new() }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the ingress reads");
    }

    /// Sends and says whether the other side still took it.
    pub(crate) async fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Reads one response; nothing when the connection ends first.
    pub(crate) async fn try_response(&mut self) -> Option<Response> {
        tokio::time::timeout(DEADLINE, self.parse_response()).await.expect("an answer in time")
    }

    pub(crate) async fn response(&mut self) -> Response {
        self.try_response().await.expect("an answer before the end of the connection")
    }

    /// Whether the other side closes the connection.
    pub(crate) async fn is_closed(&mut self) -> bool {
        let closed = async { while self.more().await {} };
        tokio::time::timeout(DEADLINE, closed).await.is_ok()
    }

    async fn more(&mut self) -> bool {
        matches!(self.stream.read_buf(&mut self.read).await, Ok(n) if n > 0)
    }

    async fn parse_response(&mut self) -> Option<Response> {
        let end = loop {
            if let Some(at) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if !self.more().await {
                return None;
            }
        };
        let head = String::from_utf8(self.read.drain(..end).collect()).expect("a head in ASCII");
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let length: usize = headers.get("content-length").map_or(0, |text| text.parse().expect("a length"));
        while self.read.len() < length {
            if !self.more().await {
                return None;
            }
        }
        let body = String::from_utf8(self.read.drain(..length).collect()).expect("a body in UTF-8");
        Some(Response { status, headers, body })
    }
}

/// A POST with a whole body.
pub(crate) fn post(path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut request = head("POST", path, headers);
    request.extend(format!("content-length: {}\r\n\r\n", body.len()).bytes());
    request.extend(body);
    request
}

/// Everything up to the last header, without the empty line that ends the head.
pub(crate) fn head(method: &str, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: gate\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head.into_bytes()
}

pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> Response {
    let mut http = Http::connect(address).await;
    http.send(request).await;
    http.response().await
}

impl Http {
    /// Everything up to the end of the connection.
    pub(crate) async fn raw(&mut self) -> String {
        assert!(self.is_closed().await, "the connection stays open");
        String::from_utf8(std::mem::take(&mut self.read)).expect("text")
    }
}
