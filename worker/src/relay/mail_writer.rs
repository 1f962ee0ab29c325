//! From a row of `outbox` to the words of its e-mail.

use std::time::Duration;

use mail::{Contact, Draft, Kind, Locale, Outgoing, Rendered, SkipReason, Standing, Templates};

use super::partitions::Refusal;
use super::store::OutboxRow;

/// Templates, with what they say of the sender.
pub(super) struct MailWriter {
    pub(super) templates: Templates,
    pub(super) locale: Locale,
    /// The company, as it is named at the end of an e-mail.
    pub(super) sender: String,
}

/// After this many attempts a message that waits for an event that would settle it is skipped: by the waits of the relay,
/// some three minutes.
const SETTLING_ATTEMPTS: i32 = 4;

/// The kind of a row, and its message.
pub(super) fn message(row: &OutboxRow) -> Result<(Kind, Outgoing), Refusal> {
    let kind = Kind::of_topic(&row.topic)
        .ok_or_else(|| Refusal::Never(format!("no e-mail is about the topic {}", row.topic)))?;
    let data = serde_json::from_str(&row.payload).map_err(|error| Refusal::Never(error.to_string()))?;
    let (topic, account) = (row.topic.clone(), row.account.clone());
    Ok((kind, Outgoing { topic, account, livemode: row.livemode, data }))
}

impl MailWriter {
    /// What the e-mail to a contact says.
    pub(super) fn write(
        &self,
        kind: Kind,
        message: &Outgoing,
        standing: &Standing,
        contact: &Contact,
    ) -> Result<Rendered, NotWritten> {
        let locale = self.templates.written_in(kind, contact.locale.unwrap_or(self.locale));
        match mail::draft(kind, message, standing, contact, locale) {
            Draft::Send(values) => self
                .templates
                .render(kind, locale, &values, &self.sender, !message.livemode)
                .map_err(|error| NotWritten::Broken(error.to_string())),
            Draft::Wait(reason) => Err(NotWritten::Wait(reason)),
            Draft::Skip(reason) => Err(NotWritten::Skip(reason)),
        }
    }
}

/// Why there is no e-mail.
pub(super) enum NotWritten {
    /// Not yet.
    Wait(SkipReason),
    /// None is due.
    Skip(SkipReason),
    /// The template failed.
    Broken(String),
}

impl NotWritten {
    /// What becomes of the message after so many attempts.
    pub(super) fn refusal(self, attempts: i32, wait: Duration) -> Refusal {
        match self {
            Self::Wait(reason) if attempts < SETTLING_ATTEMPTS => {
                Refusal::Later { error: reason.as_str().to_owned(), wait }
            }
            Self::Wait(reason) | Self::Skip(reason) => Refusal::Skip(reason.as_str()),
            Self::Broken(error) => Refusal::Never(error),
        }
    }
}
