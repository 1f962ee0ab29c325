//! Sending a message to a destination again: one that was given up, or one that the destination lost.

use deadpool_postgres::Pool;

use super::destinations;
use super::service::{self, MessageView};
use super::state::{DeliveryState, DestinationState};
use super::store;
use crate::audit::action::{AuditAction, Subject};
use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;

/// Sends a message to a destination again and says so in the audit. What already waits is refused: it is on its way.
pub(crate) async fn resend(
    pool: &Pool,
    actor: &Actor,
    id: i64,
    destination: &str,
    reason: &AuditReason,
) -> Result<MessageView, ServiceError> {
    let destination = destinations::name(destination)?;
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    store::lock(&tx, id).await?;
    let view = service::load(&tx, id).await?;
    let no_delivery = || ServiceError::NotFound(format!("message {id} to {destination}"));
    let delivery = view.message.delivery(destination).ok_or_else(no_delivery)?;
    if delivery.state == DeliveryState::Pending {
        let message = format!("message {id} waits for {destination} already");
        return Err(ServiceError::conflict("message_pending", message));
    }
    if destinations::lock(&tx, destination).await? == Some(DestinationState::Removed) {
        let message =
            format!("{destination} is not in the workers' settings any more: nothing is sent to it");
        return Err(ServiceError::conflict("destination_removed", message));
    }
    let summary =
        format!("{} to {destination}, which was {}: {}", view.message.key, delivery.state, reason.as_str());
    store::resend(&tx, id, destination).await?;
    audit::append(&tx, actor, AuditAction::MessageResend, &Subject::Message(id), &summary).await?;
    let view = service::load(&tx, id).await?;
    tx.commit().await?;
    Ok(view)
}
