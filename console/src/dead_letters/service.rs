//! Finding and discarding dead letters.

use deadpool_postgres::Pool;

use super::filter::DeadLetterFilter;
use super::state::DeadLetterState;
use super::store::{self, DeadLetter, DeadLetterGroup, GroupFilter};
use crate::audit::action::{AuditAction, Subject};
use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::paging::{self, Page, PageRequest};
use crate::common::role::Role;
use crate::masking;

/// A page of dead letters, newest first, as the role may see them.
pub(crate) async fn list(
    pool: &Pool,
    filter: DeadLetterFilter,
    page: &PageRequest,
    role: Role,
) -> Result<Page<DeadLetter>, ServiceError> {
    let (filter, direction, limit) = (filter.checked()?, page.number_direction()?, page.limit()?);
    let found = store::list(&pool.get().await?, &filter, &direction, limit + 1).await?;
    let page = Page::around(found, limit, &direction, |dead_letter| dead_letter.id.to_string());
    Ok(masking::for_role(page, role))
}

/// Dead letters in one state that failed for the same cause, the largest group first, as the role may see them.
pub(crate) async fn groups(
    pool: &Pool,
    filter: GroupFilter,
    limit: i64,
    role: Role,
) -> Result<Vec<DeadLetterGroup>, ServiceError> {
    let filter = GroupFilter {
        kind: paging::text("type", filter.kind)?,
        reason: paging::text("reason", filter.reason)?,
        ..filter
    };
    let groups = store::groups(&pool.get().await?, &filter, limit).await?;
    Ok(masking::for_role(groups, role))
}

/// One dead letter with the bytes as they were received, for who may see everything.
pub(crate) async fn show(pool: &Pool, id: i64) -> Result<(DeadLetter, Vec<u8>), ServiceError> {
    store::show(&pool.get().await?, id).await?.ok_or_else(|| not_found(id))
}

/// Marks a dead letter as not to be replayed.
pub(crate) async fn discard(
    pool: &Pool,
    id: i64,
    actor: &Actor,
    reason: &AuditReason,
) -> Result<(), ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let dead_letter = store::lock(&tx, id).await?.ok_or_else(|| not_found(id))?;
    if dead_letter.state != DeadLetterState::Open {
        let message = format!("dead letter {id} is {}: only an open one can be discarded", dead_letter.state);
        return Err(ServiceError::conflict("not_open", message));
    }
    store::set_state(&tx, id, DeadLetterState::Discarded, 0).await?;
    let subject = Subject::DeadLetter(id);
    audit::append(&tx, actor, AuditAction::DeadLetterDiscard, &subject, reason.as_str()).await?;
    tx.commit().await?;
    Ok(())
}

pub(super) fn not_found(id: i64) -> ServiceError {
    ServiceError::NotFound(format!("dead letter {id}"))
}
