//! A mail server on loopback (aiosmtpd, in Python) that keeps what it accepts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::error::ServerError;
use super::port::free_port;

const SCRIPT: &str = include_str!("smtp_server.py");

/// How connections to the server are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// Not at all.
    None,
    /// By STARTTLS, without which it takes nothing.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// How a mail server is set up.
#[derive(Debug, Clone)]
pub struct SmtpOptions {
    /// How connections are encrypted.
    pub tls: SmtpTls,
    /// PEM files of a certificate and its key; needed for TLS.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// `name:password`, which a client must give.
    pub user: Option<String>,
}

impl Default for SmtpOptions {
    fn default() -> Self {
        Self { tls: SmtpTls::None, certificate: None, user: None }
    }
}

/// An e-mail that the server accepted.
#[derive(Debug, Clone)]
pub struct ReceivedMail {
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Whether the connection was encrypted.
    pub encrypted: bool,
    /// Whether the client had signed in.
    pub signed_in: bool,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The part that is text.
    pub text: String,
    /// The part that is HTML.
    pub html: String,
}

/// The server; it ends when it is dropped. It refuses recipients whose address begins with `bounce` for ever (550), and
/// those whose address begins with `busy` the first time (450).
#[derive(Debug)]
pub struct SmtpServer {
    port: u16,
    received: Arc<Mutex<Vec<ReceivedMail>>>,
    // Ends with its standard input, which closes with us.
    child: Child,
}

impl SmtpServer {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// [`ServerError`] when there is no Python with aiosmtpd, or when the server does not start.
    pub async fn start(options: &SmtpOptions) -> Result<Self, ServerError> {
        Self::start_on(free_port(), options).await
    }

    /// Starts it on a port.
    ///
    /// # Errors
    /// As [`SmtpServer::start`].
    pub async fn start_on(port: u16, options: &SmtpOptions) -> Result<Self, ServerError> {
        let mut command = Command::new(python().await?);
        command.args(["-c", SCRIPT, "--port", &port.to_string()]);
        command.args([
            "--tls",
            match options.tls {
                SmtpTls::None => "none",
                SmtpTls::StartTls => "starttls",
                SmtpTls::Implicit => "implicit",
            },
        ]);
        if let Some((certificate, key)) = &options.certificate {
            command.arg("--certificate").arg(certificate).arg("--key").arg(key);
        }
        if let Some(user) = &options.user {
            command.args(["--user", user]);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(ServerError::io("starting the mail server"))?;
        let not_ready =
            |why: &str| ServerError::NotReady { server: "aiosmtpd", why: why.to_owned(), log: String::new() };
        let output = child.stdout.take().ok_or_else(|| not_ready("it has no output"))?;
        let mut lines = BufReader::new(output).lines();
        let first = lines.next_line().await.map_err(ServerError::io("reading from the mail server"))?;
        first.ok_or_else(|| not_ready("it ended"))?;
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&received);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let mail = serde_json::from_str(&line).ok().and_then(|record| read(&record));
                kept.lock().unwrap_or_else(PoisonError::into_inner).extend(mail);
            }
        });
        Ok(Self { port, received, child })
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What it has accepted, in the order of arrival.
    #[must_use]
    pub fn received(&self) -> Vec<ReceivedMail> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it at once, as if the power went.
    pub async fn kill(&mut self) {
        self.child.kill().await.ok();
    }
}

fn read(record: &Value) -> Option<ReceivedMail> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let headers = record["headers"].as_object()?.iter();
    Some(ReceivedMail {
        to: record["to"].as_array()?.iter().filter_map(text).collect(),
        encrypted: record["encrypted"].as_bool()?,
        signed_in: record["signed_in"].as_bool()?,
        headers: headers.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect(),
        text: text(&record["text"])?,
        html: text(&record["html"])?,
    })
}

/// A Python that has aiosmtpd.
async fn python() -> Result<PathBuf, ServerError> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.local/smtp/bin/python3");
    for candidate in [own, PathBuf::from("/usr/bin/python3"), PathBuf::from("python3")] {
        let mut command = Command::new(&candidate);
        command.args(["-c", "import aiosmtpd"]).stdout(Stdio::null()).stderr(Stdio::null());
        if command.status().await.is_ok_and(|status| status.success()) {
            return Ok(candidate);
        }
    }
    let looked = ".local/smtp, /usr/bin, PATH; with NEEDS_MAIL=1".to_owned();
    Err(ServerError::Missing { program: "a Python with aiosmtpd", looked })
}
