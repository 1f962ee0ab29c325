//! Does a payment match its order?

use secrecy::ExposeSecret;
use stripe::objects::Reference;
use subtle::ConstantTimeEq;

use super::{Expected, Order};
use crate::payment::{Status, Summary};
use crate::rejection::{Reason, Rejection};
use crate::rules::{OrdersPolicy, Rules, reference_code};

/// What one event says about the order that it pays.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// The metadata of the event's own object.
    pub reference: Reference,
    /// The object names the order itself, rather than being joined to it over the payment intent.
    pub names_order: bool,
}

impl Order {
    /// Checks a payment against what was registered. A payment that does not match must not touch the
    /// order at all: not its status, not its sums.
    ///
    /// # Errors
    /// [`Rejection`] with the reason in words.
    pub fn check(&self, id: &str, payment: &Summary, claim: &Claim, rules: &Rules) -> Result<(), Rejection> {
        let Some(expected) = &self.expected else {
            return match rules.orders {
                OrdersPolicy::Adopt => check_code(id, None, payment, claim, rules),
                OrdersPolicy::Require => Err(Rejection::retry(
                    Reason::OrderNotFound,
                    format!("order {id} is not registered and ORDERS_POLICY is require"),
                )),
            };
        };
        if !matters(payment) {
            return Ok(());
        }
        check_money(expected, payment)?;
        check_customer(expected, payment)?;
        check_code(id, Some(expected), payment, claim, rules)
    }
}

/// Whether it changes what its order comes to: money is taken or about to be, was given back, or is disputed. The
/// refund of a payment that never matched is none of the order's business.
const fn matters(payment: &Summary) -> bool {
    let taken = matches!(payment.status, Status::Paid | Status::Authorized | Status::Processing);
    taken || payment.refunded != 0 || payment.dispute.is_some()
}

fn check_money(expected: &Expected, payment: &Summary) -> Result<(), Rejection> {
    // Once taken, what was taken counts: a partial capture is not the order's amount.
    let taken = (payment.status == Status::Paid).then_some(payment.paid).or(payment.amount);
    let (Some(amount), currency) = (taken, payment.currency.as_deref().unwrap_or_default()) else {
        return Ok(());
    };
    let words = format!("order {} {}, payment {amount} {currency}", expected.amount, expected.currency);
    if !currency.is_empty() && currency != expected.currency {
        return Err(Rejection::permanent(Reason::CurrencyMismatch, words));
    }
    if amount != expected.amount {
        return Err(Rejection::permanent(Reason::AmountMismatch, words));
    }
    Ok(())
}

/// Compares like with like: the company's own customer ids with each other, and Stripe's (`cus_…`) with each
/// other. A payment that names none of the order's kind (a guest's, say) passes.
fn check_customer(expected: &Expected, payment: &Summary) -> Result<(), Rejection> {
    let Some(customer) = &expected.customer else { return Ok(()) };
    let of_stripe = |id: &str| id.starts_with("cus_");
    let named: Vec<&str> = payment
        .customers
        .iter()
        .map(String::as_str)
        .filter(|named| of_stripe(named) == of_stripe(customer))
        .collect();
    if named.is_empty() || named.contains(&customer.as_str()) {
        return Ok(());
    }
    let words = format!("order of customer {customer}, payment of {}", named.join(", "));
    Err(Rejection::permanent(Reason::CustomerMismatch, words))
}

/// Without `REFERENCE_SECRET` a code is only compared where both sides have one. With it, the object that
/// names the order must carry the right one, and an object that names none belongs to a payment that does.
fn check_code(
    id: &str,
    expected: Option<&Expected>,
    payment: &Summary,
    claim: &Claim,
    rules: &Rules,
) -> Result<(), Rejection> {
    if !matters(payment) {
        return Ok(());
    }
    let mismatch = |words: String| Err(Rejection::permanent(Reason::ReferenceCodeMismatch, words));
    let carried = claim.reference.code.as_deref().or(payment.code.as_deref());
    if let (Some(registered), Some(carried)) = (expected.and_then(|e| e.reference_code.as_deref()), carried)
        && !same(registered, carried)
    {
        return mismatch(format!("the payment's reference code is not that of order {id}"));
    }
    let Some(secret) = &rules.reference_secret else { return Ok(()) };
    let (Some(amount), Some(currency)) = (payment.amount, payment.currency.as_deref()) else {
        return mismatch(format!(
            "order {id}: the payment has no amount to check its reference code against"
        ));
    };
    debug_assert!(!secret.expose_secret().is_empty(), "settings refuse an empty secret");
    let code = if claim.names_order { &claim.reference.code } else { &payment.code };
    match code {
        None => mismatch(format!("order {id}: the payment carries no reference code")),
        Some(code) if same(code, &reference_code(secret, id, amount, currency)) => Ok(()),
        Some(_) => mismatch(format!("the payment's reference code is not that of order {id}")),
    }
}

fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
