//! An e-mail as MIME.

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use mail::Rendered;
use sha2::{Digest, Sha256};

use super::store::OutboxRow;

/// Builds an e-mail, text and HTML.
///
/// # Errors
/// When a header cannot hold what it should.
pub(super) fn email(
    from: &Mailbox,
    to: Mailbox,
    id: String,
    content: Rendered,
) -> Result<Message, lettre::error::Error> {
    let mut message = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(content.subject)
        .message_id(Some(id))
        .multipart(MultiPart::alternative_plain_html(content.text, content.html))?;
    // RFC 3834: answering machines leave it alone.
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    message.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".to_owned()));
    Ok(message)
}

/// The same for the same message and destination, whenever and by whichever relay it is sent: a mail client shows an
/// e-mail once that came twice.
pub(super) fn message_id(row: &OutboxRow, destination: &str, from: &Mailbox) -> String {
    let mode = if row.livemode { "live" } else { "test" };
    let hash = Sha256::digest([destination, &row.account, mode, &row.key].join("\n"));
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("<{hex}@{}>", from.email.domain())
}
