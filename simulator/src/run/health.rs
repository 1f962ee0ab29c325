//! Asking a process whether it is ready.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ANSWER_WITHIN: Duration = Duration::from_secs(2);
const LARGEST: u64 = 1024 * 1024;

/// The status that `GET path` on `address` answers with; `None` when nobody answers.
pub async fn get_status(address: &str, path: &str) -> Option<u16> {
    let answer = get(address, path).await?;
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

/// The body that `GET path` on `address` answers with.
pub async fn get_text(address: &str, path: &str) -> Option<String> {
    get(address, path).await?.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
}

/// The whole answer: enough of HTTP for our own programs' small pages.
async fn get(address: &str, path: &str) -> Option<String> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.take(LARGEST).read_to_string(&mut answer).await.ok()?;
        Some(answer)
    };
    tokio::time::timeout(ANSWER_WITHIN, exchange).await.ok().flatten()
}

/// Whether somebody listens on `address`.
pub(crate) async fn listens(address: &str) -> bool {
    tokio::time::timeout(ANSWER_WITHIN, TcpStream::connect(address)).await.is_ok_and(|stream| stream.is_ok())
}
