//! Looking at cases and accepting a held payment as it is.

use deadpool_postgres::{Pool, Transaction};
use domain::rules::Rules;

use super::state::{CaseResolution, CaseState};
use super::store::{self, Case, CaseFilter};
use crate::audit::action::{AuditAction, Subject};
use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::paging::{self, Page, PageRequest};
use crate::common::role::Role;
use crate::masking;

/// A page of cases, as the role may see them.
pub(crate) async fn list(
    pool: &Pool,
    filter: CaseFilter,
    page: &PageRequest,
    role: Role,
) -> Result<Page<Case>, ServiceError> {
    let filter = CaseFilter {
        order: paging::text("order", filter.order)?,
        payment: paging::text("payment", filter.payment)?,
        ..filter
    };
    let (limit, direction) = (page.limit()?, page.number_direction()?);
    let cases = store::list(&pool.get().await?, &filter, &direction, limit + 1).await?;
    Ok(masking::for_role(Page::around(cases, limit, &direction, |case| case.id.to_string()), role))
}

/// One case, as the role may see it.
pub(crate) async fn show(pool: &Pool, id: i64, role: Role) -> Result<Case, ServiceError> {
    let found = store::show(&pool.get().await?, id).await?;
    Ok(masking::for_role(found.ok_or_else(|| not_found(id))?, role))
}

/// Accepts the payment of an open case as it is: it counts for its order from now on, whatever comes later.
pub(crate) async fn accept(
    pool: &Pool,
    actor: &Actor,
    id: i64,
    reason: &AuditReason,
    rules: &Rules,
) -> Result<Case, ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let accepted = accept_in(&tx, actor, id, reason.as_str(), rules).await?;
    tx.commit().await?;
    Ok(accepted)
}

/// The same in the caller's transaction.
pub(crate) async fn accept_in(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    reason: &str,
    rules: &Rules,
) -> Result<Case, ServiceError> {
    let case = store::show(tx, id).await?.ok_or_else(|| not_found(id))?;
    let key = case.order().key(case.livemode);
    // Under the order's lock, so that a case that was closed meanwhile is seen as such afterwards.
    worker::orders::decide_order(tx, &key, Some(&case.payment_id), rules).await?;
    let accepted = store::show(tx, id).await?.ok_or_else(|| not_found(id))?;
    if case.state == CaseState::Closed || accepted.resolution != Some(CaseResolution::Accepted) {
        let how = case.resolution.or(accepted.resolution).map_or("open", CaseResolution::as_str);
        return Err(ServiceError::conflict("case_closed", format!("case {id} is closed already: {how}")));
    }
    let summary = format!(
        "payment {} of {} counts for order {}{}, which costs {}: {}",
        case.payment_id,
        case.paid(),
        case.order_id,
        case.order().described(),
        case.expected(),
        reason
    );
    audit::append(tx, actor, AuditAction::CaseAccept, &Subject::Case(id), &summary).await?;
    Ok(accepted)
}

fn not_found(id: i64) -> ServiceError {
    ServiceError::NotFound(format!("case {id}"))
}
