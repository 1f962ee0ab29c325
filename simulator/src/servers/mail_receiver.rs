//! A mail server on a free port of loopback that takes everything, for `make demo`: no Python needed. The tests use
//! [`super::SmtpServer`], which is a real one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The server; it closes when it is dropped.
#[derive(Debug)]
pub struct MailReceiver {
    address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl MailReceiver {
    /// Opens it.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let accepted = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&accepted);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let counted = Arc::clone(&counted);
                tokio::spawn(async move { serve(stream, &counted).await.ok() });
            }
        });
        Ok(Self { address, accepted, accepting })
    }

    /// Its URL, as `SMTP_URL` takes it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}?tls=none", self.address)
    }

    /// How many e-mails it has accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }
}

impl Drop for MailReceiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The dialogue of RFC 5321 without extensions.
async fn serve(stream: TcpStream, accepted: &AtomicUsize) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 localhost\r\n").await?;
    let (mut line, mut in_content) = (String::new(), false);
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let word = line.trim_end();
        let answer: &[u8] = match word.get(..4).unwrap_or(word).to_ascii_uppercase().as_str() {
            "." if in_content => {
                in_content = false;
                accepted.fetch_add(1, Ordering::Relaxed);
                b"250 accepted\r\n"
            }
            _ if in_content => continue,
            "DATA" => {
                in_content = true;
                b"354 go on\r\n"
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => b"250 localhost\r\n",
        };
        stream.write_all(answer).await?;
    }
}
