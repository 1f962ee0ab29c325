//! Alerts to a URL, as Slack and those that follow it take them: `{"text": "…"}`.

use std::sync::Arc;
use std::time::Duration;

use mail::{Contact, Standing};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Url};
use serde_json::json;

use super::endpoint::{answered, described};
use super::mail_writer::{self, MailWriter};
use super::partitions::Refusal;
use super::store::OutboxRow;

/// The destination.
pub(super) const ALERT_URL: &str = "alert:url";

/// Posts alerts.
pub(super) struct AlertUrl {
    pub(super) client: Client,
    pub(super) url: Url,
    pub(super) writer: Arc<MailWriter>,
}

impl AlertUrl {
    /// Posts one.
    pub(super) async fn send(&self, row: &OutboxRow, wait: Duration) -> Result<(), Refusal> {
        let (kind, message) = mail_writer::message(row)?;
        let content = self
            .writer
            .write(kind, &message, &Standing::default(), &Contact::default())
            .map_err(|reason| reason.refusal(row.attempts, wait))?;
        let text = format!("*{}*\n{}", escaped(&content.subject), escaped(&content.text));
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        match request.body(json!({ "text": text }).to_string()).send().await {
            Ok(answer) => answered(answer.status(), answer.headers(), wait),
            Err(error) => Err(Refusal::NotNow { error: described(&error), wait, pause: None }),
        }
    }
}

/// What means something to Slack: <https://docs.slack.dev/messaging/formatting-message-text>.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_mentioned_by_what_a_text_holds() {
        assert_eq!(escaped("<!channel> a & b"), "&lt;!channel&gt; a &amp; b");
    }
}
