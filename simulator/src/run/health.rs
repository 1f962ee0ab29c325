//! Asking a process whether it is ready.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// The status that `GET path` on `address` answers with; `None` when nobody answers.
pub async fn get_status(address: &str, path: &str) -> Option<u16> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.ok()?;
        std::str::from_utf8(head.strip_prefix(b"HTTP/1.1 ")?).ok()?.parse().ok()
    };
    tokio::time::timeout(ANSWER_WITHIN, exchange).await.ok().flatten()
}

/// Whether somebody listens on `address`.
pub(crate) async fn listens(address: &str) -> bool {
    tokio::time::timeout(ANSWER_WITHIN, TcpStream::connect(address)).await.is_ok_and(|stream| stream.is_ok())
}
