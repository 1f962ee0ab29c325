//! Alerts by e-mail, to one address of `ALERT_TO`: an address that refuses holds up no other.

use std::sync::Arc;
use std::time::Duration;

use lettre::message::Mailbox;
use mail::{Contact, Standing};

use super::email::{email, message_id};
use super::mail_writer::{self, MailWriter};
use super::partitions::Refusal;
use super::smtp::Smtp;
use super::store::OutboxRow;

/// Sends alerts by e-mail.
pub(super) struct StaffMail {
    pub(super) smtp: Arc<Smtp>,
    pub(super) writer: Arc<MailWriter>,
    pub(super) from: Mailbox,
    pub(super) to: Mailbox,
    /// The name of the destination.
    pub(super) name: String,
}

/// The name of the destination of one address, counted from 0.
pub(super) fn destination(index: usize) -> String {
    if index == 0 { "alert:mail".to_owned() } else { format!("alert:mail:{}", index + 1) }
}

impl StaffMail {
    /// Sends one.
    pub(super) async fn send(&self, row: &OutboxRow, wait: Duration) -> Result<(), Refusal> {
        let (kind, message) = mail_writer::message(row)?;
        let content = self
            .writer
            .write(kind, &message, &Standing::default(), &Contact::default())
            .map_err(|reason| reason.refusal(row.attempts, wait))?;
        let id = message_id(row, &self.name, &self.from);
        let email = email(&self.from, self.to.clone(), id, content)
            .map_err(|_| Refusal::Never("the e-mail cannot be written".to_owned()))?;
        self.smtp.send(email.envelope(), &email.formatted(), wait).await
    }
}
