//! Where e-mails and alerts go, as the settings say it.

use lettre::message::Mailbox;
use mail::{Kind, Locale, Templates};
use reqwest::Url;
use secrecy::SecretString;

/// E-mail and alerts.
pub struct OutgoingMail {
    /// The server that e-mails are handed to; without one there are only alerts to a URL.
    pub server: Option<MailServer>,
    /// Whom alerts are mailed to, each in an e-mail of its own.
    pub alert_to: Vec<Mailbox>,
    /// Where alerts are posted to.
    pub alert_url: Option<Url>,
    /// What is sent at all.
    pub kinds: Vec<Kind>,
    /// The language of customers whose own is not known, and of alerts.
    pub locale: Locale,
    /// What it says.
    pub templates: Templates,
}

/// A mail server.
pub struct MailServer {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// User and password.
    pub credentials: Option<(String, SecretString)>,
    /// Who sends.
    pub from: Mailbox,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// From the first byte.
    Tls,
    /// By STARTTLS; a server without it gets nothing.
    StartTls,
    /// By STARTTLS where the server has it. Whoever is in between can take it away.
    Opportunistic,
    /// Not at all.
    Plain,
}
