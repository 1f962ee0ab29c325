//! Correcting an order that was registered wrongly, before anything was paid for it. Afterwards what was paid was
//! checked against the old values, and stands.

use deadpool_postgres::{Pool, Transaction};
use domain::rules::Rules;

use super::address::OrderAddress;
use super::service::{checked, decide, reference_code};
use crate::audit::action::{AuditAction, Subject};
use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::money;
use crate::orders::store::{self as store, OrderRow};

/// What was registered wrongly; what is not given stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Correction {
    pub(crate) customer: Option<String>,
    /// The amount, in minor units.
    pub(crate) amount: Option<i64>,
    pub(crate) currency: Option<String>,
}

/// Corrects an order and says so in the audit. Its reference code changes where it is bound to what is corrected.
pub(crate) async fn correct(
    pool: &Pool,
    actor: &Actor,
    address: &OrderAddress,
    correction: Correction,
    reason: &AuditReason,
    rules: &Rules,
) -> Result<OrderRow, ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let order = correct_in(&tx, actor, address, correction, reason.as_str(), rules).await?;
    tx.commit().await?;
    Ok(order)
}

/// The same in the caller's transaction.
pub(crate) async fn correct_in(
    tx: &Transaction<'_>,
    actor: &Actor,
    address: &OrderAddress,
    correction: Correction,
    reason: &str,
    rules: &Rules,
) -> Result<OrderRow, ServiceError> {
    // Locked before it is looked at: a worker may be about to mark it paid.
    let locked = store::lock(tx, address).await?.ok_or_else(|| address.not_found())?;
    let found = store::show(tx, address).await?.ok_or_else(|| address.not_found())?;
    let id = address.id.as_str();
    let (Some(amount), Some(currency), true) = (locked.amount, &locked.currency, locked.registered) else {
        let message =
            format!("order {id} was adopted from a payment and not registered: register it instead");
        return Err(ServiceError::conflict("order_not_registered", message));
    };
    // A free order is paid without an amount.
    if found.amount_paid > 0 || !found.status.is_unpaid() {
        let message = format!("order {id} is {} already: what was paid was checked and stands", found.status);
        return Err(ServiceError::conflict("order_paid", message));
    }
    let customer = correction.customer.as_deref().or(locked.customer.as_deref());
    let wanted = checked(
        address.clone(),
        customer,
        correction.amount.unwrap_or(amount),
        correction.currency.as_deref().unwrap_or(currency),
    )?;
    if (wanted.amount, &wanted.currency, &wanted.customer) == (amount, currency, &locked.customer) {
        return Ok(found);
    }
    let code = match (rules.reference_secret.as_ref(), locked.reference_code) {
        (None, Some(code)) => code,
        (secret, _) => reference_code(secret, &wanted),
    };
    store::correct(tx, &wanted, locked.livemode, &code).await?;
    decide(tx, address, locked.livemode, rules).await?;
    let before = describe(amount, currency, locked.customer.as_deref());
    let after = describe(wanted.amount, &wanted.currency, wanted.customer.as_deref());
    let summary = format!("{before} → {after}{}: {}", address.described(), reason);
    audit::append(tx, actor, AuditAction::OrderCorrect, &Subject::Order(id), &summary).await?;
    store::show(tx, address).await?.ok_or_else(|| ServiceError::Internal("the order vanished".to_owned()))
}

fn describe(amount: i64, currency: &str, customer: Option<&str>) -> String {
    format!("{} of customer {}", money::show(amount, currency), customer.unwrap_or("none"))
}
