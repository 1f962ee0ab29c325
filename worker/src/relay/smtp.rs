//! Hands e-mails to a mail server, and distinguishes a refusal of one recipient from a server that accepts nothing.
//!
//! The transport that lettre brings answers with one error for all; here each step of the dialogue is taken by itself,
//! because what a refusal means depends on the step.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use secrecy::ExposeSecret;

use super::outgoing_mail::{MailServer, Security};
use super::partitions::Refusal;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// For a whole e-mail; servers that look for spam take their time.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// Of what a server answers, this much is kept.
const LONGEST_ANSWER: usize = 300;

/// A mail server, with connections to it.
pub(super) struct Smtp {
    host: String,
    port: u16,
    security: Security,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

/// Where in the dialogue something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Before any e-mail: connecting, TLS, signing in, and who sends.
    Session,
    /// The recipient.
    Recipient,
    /// The e-mail itself.
    Content,
}

impl Smtp {
    /// Nothing is connected yet.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub(super) fn new(server: &MailServer) -> Result<Self, Error> {
        let credentials = server
            .credentials
            .as_ref()
            .map(|(user, password)| Credentials::new(user.clone(), password.expose_secret().to_owned()));
        Ok(Self {
            host: server.host.clone(),
            port: server.port,
            security: server.security,
            tls: TlsParameters::new(server.host.clone())?,
            credentials,
            idle: Mutex::default(),
        })
    }

    /// Hands over one e-mail; `Ok` when the server has taken it. `wait` is how long its next attempt waits.
    pub(super) async fn send(
        &self,
        envelope: &Envelope,
        email: &[u8],
        wait: Duration,
    ) -> Result<(), Refusal> {
        let not_now = |error| Refusal::NotNow { error, wait, pause: None };
        let sending = async {
            let mut connection = match self.idle_connection().await {
                Some(connection) => connection,
                None => self.connect().await.map_err(|error| (Step::Session, error))?,
            };
            match hand_over(&mut connection, envelope, email).await {
                Ok(()) => self.keep(connection),
                Err(failure) => {
                    connection.abort().await;
                    return Err(failure);
                }
            }
            Ok(())
        };
        match tokio::time::timeout(SEND_TIMEOUT, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err((step, error))) => Err(judged(step, &error, wait)),
            Err(_) => Err(not_now("the mail server did not answer within the time-out".to_owned())),
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let name = ClientId::default();
        let server = (self.host.as_str(), self.port);
        let tls = (self.security == Security::Tls).then(|| self.tls.clone());
        let timeout = Some(CONNECT_TIMEOUT);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, timeout, &name, tls, None).await?;
        let upgrades = match self.security {
            Security::StartTls => true,
            Security::Opportunistic => connection.can_starttls(),
            Security::Tls | Security::Plain => false,
        };
        if upgrades {
            connection.starttls(self.tls.clone(), &name).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    /// A connection that the server has not closed meanwhile.
    async fn idle_connection(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = kept?;
            if connection.test_connected().await {
                return Some(connection);
            }
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    email: &[u8],
) -> Result<(), (Step, Error)> {
    let is_ascii = envelope
        .from()
        .into_iter()
        .chain(envelope.to())
        .all(|address| AsRef::<str>::as_ref(address).is_ascii());
    let takes_unicode = connection.server_info().supports_feature(Extension::SmtpUtfEight);
    let parameters = if takes_unicode && !is_ascii { vec![MailParameter::SmtpUtfEight] } else { vec![] };
    let sender = Mail::new(envelope.from().cloned(), parameters);
    connection.command(sender).await.map_err(|error| (Step::Session, error))?;
    for recipient in envelope.to() {
        let recipient = Rcpt::new(recipient.clone(), vec![]);
        connection.command(recipient).await.map_err(|error| (Step::Recipient, error))?;
    }
    connection.command(Data).await.map_err(|error| (Step::Content, error))?;
    connection.message(email).await.map(drop).map_err(|error| (Step::Content, error))
}

/// What a failure means. A 5xx for a recipient is a hard bounce, a 4xx passes (RFC 5321, 4.2.1); a server that refuses
/// the sender or the sign-in refuses everything.
fn judged(step: Step, error: &Error, wait: Duration) -> Refusal {
    let text = without_addresses(&error.to_string());
    match step {
        Step::Recipient | Step::Content if error.is_permanent() => Refusal::Never(text),
        // 421: the server closes, whoever the recipient is.
        Step::Recipient | Step::Content if error.is_transient() && status(error) != Some(421) => {
            Refusal::Later { error: text, wait }
        }
        _ => Refusal::NotNow { error: text, wait, pause: None },
    }
}

fn status(error: &Error) -> Option<u16> {
    error.status().map(u16::from)
}

/// Servers repeat the address in their answers; it belongs into no log and no column.
fn without_addresses(answer: &str) -> String {
    let words = answer.split_whitespace().map(|word| if word.contains('@') { "<address>" } else { word });
    let text = words.collect::<Vec<_>>().join(" ");
    text.chars().filter(|c| !c.is_control()).take(LONGEST_ANSWER).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_without_addresses() {
        let answer = "permanent error (550): 5.1.1 <jane@example.com>: Recipient\taddress rejected";
        assert_eq!(
            without_addresses(answer),
            "permanent error (550): 5.1.1 <address> Recipient address rejected"
        );
        assert_eq!(without_addresses(&"x".repeat(1000)).len(), LONGEST_ANSWER);
    }
}
