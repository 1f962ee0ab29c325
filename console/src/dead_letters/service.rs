//! Finding and discarding dead letters.

use bytes::Bytes;
use deadpool_postgres::Pool;
use futures_util::{Stream, stream};

use super::filter::DeadLetterFilter;
use super::reason::DeadLetterReason;
use super::state::DeadLetterState;
use super::store::{self, DeadLetter, DeadLetterGroup, GroupFilter};
use crate::audit::action::{AuditAction, Subject};
use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::paging::{self, Direction, Page, PageRequest};
use crate::common::role::Role;
use crate::common::text_enum::TextEnum;
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

/// A body is read in parts of this size.
const PART_BYTES: i32 = 1024 * 1024;

/// The body of a dead letter as it was received, part by part: it need not fit into memory.
pub(crate) fn body(pool: Pool, id: i64) -> impl Stream<Item = Result<Bytes, ServiceError>> {
    stream::try_unfold(Some(0), move |skipped| {
        let pool = pool.clone();
        async move {
            let Some(skipped) = skipped else { return Ok(None) };
            let part = store::body_part(&pool.get().await?, id, skipped, PART_BYTES).await?;
            let part = part.ok_or_else(|| not_found(id))?;
            let whole = i32::try_from(part.len()).is_ok_and(|length| length == PART_BYTES);
            Ok(Some((Bytes::from(part), whole.then(|| skipped.saturating_add(PART_BYTES)))))
        }
    })
}

/// A body that came under the same event's id before, by its hash.
pub(crate) async fn former_body(pool: &Pool, id: i64, hash: &str) -> Result<Vec<u8>, ServiceError> {
    let found = store::former_body(&pool.get().await?, id, hash).await?;
    found.ok_or_else(|| ServiceError::NotFound(format!("an earlier body {hash} of dead letter {id}")))
}

/// Refuses a reason to filter by that nothing has and this version does not know: it is misspelt.
pub(crate) async fn known_reason(pool: &Pool, reason: Option<&str>) -> Result<(), ServiceError> {
    let Some(reason) = reason.map(str::trim).filter(|r| DeadLetterReason::parse(r).is_none()) else {
        return Ok(());
    };
    let filter = DeadLetterFilter { reason: Some(reason.to_owned()), ..DeadLetterFilter::default() };
    let client = pool.get().await?;
    if !store::list(&client, &filter.checked()?, &Direction::Older(None), 1).await?.is_empty() {
        return Ok(());
    }
    let known: Vec<&str> = DeadLetterReason::ALL.iter().map(|known| known.as_str()).collect();
    let message = format!("no dead letter has the reason {reason}; known are {}", known.join(", "));
    Err(ServiceError::invalid("unknown_reason", message))
}

/// One dead letter without its body.
pub(crate) async fn show_head(pool: &Pool, id: i64) -> Result<DeadLetter, ServiceError> {
    let found = store::show_up_to(&pool.get().await?, id, -1).await?;
    found.map(|(dead_letter, ..)| dead_letter).ok_or_else(|| not_found(id))
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
