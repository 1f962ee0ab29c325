//! A repair: the object is published as the event that shows it, and waited for until the workers have taken it in.

use std::time::Duration;

use domain::fetched::FetchedEvent;

use crate::audit::action::{AuditAction, Subject};
use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::sweeps::reader::{EventSource, Reader};
use crate::verification::intake::until_taken_in;

/// How long the workers may take for one event. The broker has it by then, and keeps it.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Who repairs, and why.
pub(crate) struct Repair<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) reason: &'a AuditReason,
}

impl Repair<'_> {
    /// Publishes the event and waits until it has taken effect. The intent is in the audit before the broker has it.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`]: the broker did not accept it, or the workers are late.
    pub(super) async fn publish(&self, reader: &Reader, event: &FetchedEvent) -> Result<(), ServiceError> {
        let subject = Subject::Event(&event.id);
        let client = reader.pool.get().await?;
        audit::append(&client, self.actor, AuditAction::DriftRepair, &subject, self.reason.as_str()).await?;
        let message = (event.id.clone(), event.kind.clone(), event.body.clone());
        if let Err(failure) = reader.publish(std::iter::once(message), EventSource::Drift).await {
            let action = AuditAction::DriftRepairFailed;
            audit::append(&client, self.actor, action, &subject, &failure.to_string()).await?;
            return Err(failure);
        }
        drop(client);
        if until_taken_in(&reader.pool, &[&event.id], LONGEST_WAIT).await? {
            return Ok(());
        }
        let seconds = LONGEST_WAIT.as_secs();
        let late =
            format!("event {} has not taken effect within {seconds} s: are the workers running?", event.id);
        Err(ServiceError::Unavailable(late))
    }
}
