//! E-mails to customers. The address is read from the events when an e-mail is sent and goes nowhere else.

use std::sync::Arc;

use lettre::Address;
use lettre::message::Mailbox;
use tokio_postgres::Client;

use super::attempt::Attempt;
use super::email::{email, message_id};
use super::mail_writer::{self, MailWriter};
use super::partitions::Refusal;
use super::smtp::Smtp;
use super::store::OutboxRow;
use super::store::customers::{events, standing};
use mail::{Contact, Outgoing, Standing};

/// The destination of e-mails to customers.
pub(super) const MAIL: &str = "mail";

/// Sends e-mails to customers.
pub(super) struct CustomerMail {
    pub(super) smtp: Arc<Smtp>,
    pub(super) writer: Arc<MailWriter>,
    pub(super) from: Mailbox,
}

impl CustomerMail {
    /// Sends one.
    pub(super) async fn send(&self, row: &OutboxRow, attempt: Attempt<'_>) -> Result<(), Refusal> {
        let (kind, message) = mail_writer::message(row)?;
        // The database was lost: the next statement of the relay says so.
        let (contact, standing) = look_up(attempt.client, &message).await.map_err(|_| Refusal::Lost)?;
        let content = self
            .writer
            .write(kind, &message, &standing, &contact)
            .map_err(|reason| reason.refusal(row.attempts, attempt.wait))?;
        let address = contact.email.as_deref().and_then(|address| address.parse::<Address>().ok());
        let address = address.ok_or_else(|| never("what Stripe has is no e-mail address"))?;
        let id = message_id(row, MAIL, &self.from);
        let email = email(&self.from, Mailbox::new(None, address), id, content)
            .map_err(|_| never("the e-mail cannot be written"))?;
        self.smtp.send(email.envelope(), &email.formatted(), attempt.wait).await
    }
}

fn never(what: &str) -> Refusal {
    Refusal::Never(what.to_owned())
}

async fn look_up(client: &Client, message: &Outgoing) -> Result<(Contact, Standing), tokio_postgres::Error> {
    let invoice = message.data.get("invoice").and_then(serde_json::Value::as_str);
    let contact = mail::contact(&events(client, message).await?, invoice);
    Ok((contact, standing(client, message).await?))
}
