//! Registering an order: what is to be paid, by whom, and the code that its payment must carry.
//! Must never touch what the workers derive (status, amounts paid and refunded).

use deadpool_postgres::{Pool, Transaction};
use domain::rules::Rules;
use rand::RngExt;
use secrecy::SecretString;

use crate::audit::action::{AuditAction, Subject};
use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::money;
use crate::orders::address::OrderAddress;
use crate::orders::store::{self as store, NewOrder, OrderRow, OrderTerms};

const CODE_LENGTH: usize = 20;

/// Checks what the company says about an order and brings it into the form in which it is stored.
pub(crate) fn checked(
    address: OrderAddress,
    customer: Option<&str>,
    amount: i64,
    currency: &str,
) -> Result<NewOrder, ServiceError> {
    // A space around an id is no other order: Stripe's metadata is read the same way.
    let address = OrderAddress { id: checked_text("id", &address.id)?.trim().to_owned(), ..address };
    let customer = customer.map(|c| checked_text("customer", c)).transpose()?;
    if amount < 0 {
        return Err(ServiceError::invalid(
            "invalid_amount",
            "amount takes a whole number of minor units, 0 or more",
        ));
    }
    let currency = currency.to_ascii_lowercase();
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_lowercase()) {
        return Err(ServiceError::invalid("invalid_currency", "currency takes three letters, such as usd"));
    }
    Ok(NewOrder { address, customer, amount, currency })
}

fn checked_text(name: &'static str, text: &str) -> Result<String, ServiceError> {
    let good = !text.trim().is_empty() && text.chars().count() <= 255 && !text.chars().any(char::is_control);
    if good {
        Ok(text.to_owned())
    } else {
        Err(ServiceError::invalid(
            "invalid_order",
            format!("{name} takes 1 to 255 characters without control characters"),
        ))
    }
}

/// The code that the order's payment carries: bound to the order's values where a secret is set, else random.
pub(crate) fn reference_code(secret: Option<&SecretString>, order: &NewOrder) -> String {
    match secret {
        Some(secret) => {
            domain::rules::reference_code(secret, &order.address.id, order.amount, &order.currency)
        }
        None => hex::encode(rand::rng().random::<[u8; CODE_LENGTH / 2]>()),
    }
}

/// Registers an order. The same order again is returned as it is; false: it was there already.
pub(crate) async fn create(
    pool: &Pool,
    actor: &Actor,
    order: &NewOrder,
    rules: &Rules,
) -> Result<(OrderRow, bool), ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let registered = create_in(&tx, actor, order, rules).await?;
    tx.commit().await?;
    Ok(registered)
}

/// The same in the caller's transaction.
pub(crate) async fn create_in(
    tx: &Transaction<'_>,
    actor: &Actor,
    order: &NewOrder,
    rules: &Rules,
) -> Result<(OrderRow, bool), ServiceError> {
    let code = reference_code(rules.reference_secret.as_ref(), order);
    let mut existing = store::lock(tx, &order.address).await?;
    let mut created = existing.is_none() && store::insert(tx, order, &code).await?;
    if !created && existing.is_none() {
        existing = store::lock(tx, &order.address).await?;
    }
    if let Some(existing) = &existing
        && needs_registration(order, existing)?
    {
        let code = existing.reference_code.as_deref().unwrap_or(&code);
        store::register(tx, order, existing.livemode, code).await?;
        decide(tx, &order.address, existing.livemode, rules).await?;
        created = true;
    }
    if created {
        let what = money::show(order.amount, &order.currency) + &order.address.described();
        audit::append(tx, actor, AuditAction::OrderCreate, &Subject::Order(&order.address.id), &what).await?;
    }
    let row = store::show(tx, &order.address).await?;
    row.map(|row| (row, created)).ok_or_else(|| ServiceError::Internal("the order vanished".to_owned()))
}

/// Says in the audit why somebody registered an order, whose registration says only with what.
pub(crate) async fn note(
    tx: &Transaction<'_>,
    actor: &Actor,
    address: &OrderAddress,
    reason: &AuditReason,
) -> Result<(), ServiceError> {
    let subject = Subject::Order(&address.id);
    audit::append(tx, actor, AuditAction::OrderCreate, &subject, reason.as_str()).await
}

/// Decides anew which payments count, now that what the order expects is another: a held payment may match. An order
/// without a mode has no payments yet.
pub(super) async fn decide(
    tx: &Transaction<'_>,
    address: &OrderAddress,
    livemode: Option<bool>,
    rules: &Rules,
) -> Result<(), ServiceError> {
    if let Some(livemode) = livemode {
        worker::orders::decide_order(tx, &address.key(livemode), None, rules).await?;
    }
    Ok(())
}

/// Whether an order that exists is to be registered now; an error when it is another order than the one announced.
fn needs_registration(order: &NewOrder, existing: &OrderTerms) -> Result<bool, ServiceError> {
    let same_money = existing.amount.is_none_or(|a| a == order.amount)
        && existing.currency.as_ref().is_none_or(|c| *c == order.currency);
    let wanted = money::show(order.amount, &order.currency);
    let found = match (existing.amount, &existing.currency) {
        (Some(amount), Some(currency)) => money::show(amount, currency),
        _ => "an unknown amount".to_owned(),
    };
    if !existing.registered {
        let same_customer = match (&order.customer, &existing.customer) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => true,
        };
        return match (same_money, same_customer) {
            (true, true) => Ok(true),
            (false, _) => Err(ServiceError::conflict(
                "order_adopted",
                format!(
                    "order {} was already adopted from a payment of {found}, which is not the {wanted} announced: \
                     look at that payment before you register the order under another id",
                    order.address.id
                ),
            )),
            (true, false) => Err(ServiceError::conflict(
                "order_adopted",
                format!(
                    "order {} was already adopted from a payment by customer {}, not {}",
                    order.address.id,
                    existing.customer.as_deref().unwrap_or("unknown"),
                    order.customer.as_deref().unwrap_or("unknown")
                ),
            )),
        };
    }
    if same_money && existing.customer == order.customer {
        return Ok(false);
    }
    Err(ServiceError::conflict(
        "order_exists",
        format!(
            "order {} is already registered with {found} for customer {}, not with {wanted} for customer {}",
            order.address.id,
            existing.customer.as_deref().unwrap_or("none"),
            order.customer.as_deref().unwrap_or("none")
        ),
    ))
}
