//! How a message reaches a destination.

use super::alert_url::AlertUrl;
use super::attempt::Attempt;
use super::cloud_event;
use super::customer_mail::CustomerMail;
use super::endpoint::Endpoint;
use super::partitions::Refusal;
use super::staff_mail::StaffMail;
use super::store::OutboxRow;

/// A way to send.
pub(super) enum Channel {
    /// A signed request to an endpoint of the company.
    Webhook(Endpoint),
    /// An e-mail to the customer.
    Customer(CustomerMail),
    /// An e-mail to one address of `ALERT_TO`.
    Staff(StaffMail),
    /// A post to `ALERT_URL`.
    AlertUrl(AlertUrl),
}

impl Channel {
    /// Messages that are recorded together once they are sent: after a crash so many may come twice. Consumers of
    /// webhooks expect that; people do not.
    pub(super) const fn batch(&self) -> usize {
        match self {
            Self::Webhook(_) => 256,
            Self::Customer(_) => 16,
            Self::Staff(_) | Self::AlertUrl(_) => 1,
        }
    }

    /// Messages on their way at once.
    pub(super) const fn at_once(&self) -> usize {
        match self {
            Self::Webhook(_) => 16,
            // Mail servers take few connections of one sender.
            Self::Customer(_) => 4,
            Self::Staff(_) | Self::AlertUrl(_) => 1,
        }
    }

    /// Sends one message.
    pub(super) async fn send(&self, row: &OutboxRow, attempt: Attempt<'_>) -> Result<(), Refusal> {
        match self {
            Self::Webhook(endpoint) => {
                let body = cloud_event::structured(row).map_err(|error| Refusal::Never(error.to_string()))?;
                endpoint.post(&row.key, attempt.now, body, attempt.wait).await
            }
            Self::Customer(mail) => mail.send(row, attempt).await,
            Self::Staff(mail) => mail.send(row, attempt.wait).await,
            Self::AlertUrl(url) => url.send(row, attempt.wait).await,
        }
    }
}
