//! Why an order is not paid: one reason as a code, and a sentence for people. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use crate::cases::state::HeldReason;
use crate::cases::store::Case;
use crate::common::money;
use crate::common::text_enum::text_enum;
use crate::orders::payments::PaymentRow;
use crate::orders::status::{OrderStatus, PaymentStatus};
use crate::orders::store::OrderRow;

text_enum! {
    /// Why an order is not paid.
    pub(crate) enum NotPaidCode {
        /// No payment for it is known yet.
        NoPayment = "no_payment",
        /// The customer has begun to pay and has not finished.
        PaymentStarted = "payment_started",
        /// A delayed method: the money is under way.
        PaymentProcessing = "payment_processing",
        /// The money is authorized and not captured yet.
        PaymentAuthorized = "payment_authorized",
        /// A part of it is paid.
        PartlyPaid = "partly_paid",
        /// The last attempt to pay failed.
        PaymentFailed = "payment_failed",
        PaymentCanceled = "payment_canceled",
        CheckoutExpired = "checkout_expired",
        /// Held: the order is not registered.
        OrderNotFound = "order_not_found",
        /// Held: the payment's amount is not the order's.
        AmountMismatch = "amount_mismatch",
        /// Held: the payment's currency is not the order's.
        CurrencyMismatch = "currency_mismatch",
        /// Held: the payment's customer is not the order's.
        CustomerMismatch = "customer_mismatch",
        /// Held: the reference code is missing or is not the order's.
        ReferenceCodeMismatch = "reference_code_mismatch",
    }
}

/// Why an order is not paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct NotPaid {
    /// For programs.
    pub(crate) code: NotPaidCode,
    /// The same for people. It names no customer.
    pub(crate) message: String,
}

/// Why the order is not paid; none where it is, or was before it was refunded or disputed. A case that waits for a
/// decision comes first, unless a payment that counts is under way.
pub(crate) fn why(order: &OrderRow, payments: &[PaymentRow], open_case: Option<&Case>) -> Option<NotPaid> {
    if !order.status.is_unpaid() {
        return None;
    }
    let reason = match (order.status, open_case) {
        (OrderStatus::Processing, _) => NotPaid::new(order, under_way(order, payments)),
        (_, Some(case)) => NotPaid::held(case),
        (OrderStatus::PaymentFailed, None) => NotPaid::new(order, NotPaidCode::PaymentFailed),
        (OrderStatus::Canceled, None) => NotPaid::new(order, NotPaidCode::PaymentCanceled),
        (OrderStatus::Expired, None) => NotPaid::new(order, NotPaidCode::CheckoutExpired),
        _ if payments.is_empty() => NotPaid::new(order, NotPaidCode::NoPayment),
        _ => NotPaid::new(order, NotPaidCode::PaymentStarted),
    };
    Some(reason)
}

fn under_way(order: &OrderRow, payments: &[PaymentRow]) -> NotPaidCode {
    let any = |status| payments.iter().any(|p| p.held_reason.is_none() && p.status == status);
    if any(PaymentStatus::Processing) {
        NotPaidCode::PaymentProcessing
    } else if order.amount_paid > 0 {
        NotPaidCode::PartlyPaid
    } else {
        NotPaidCode::PaymentAuthorized
    }
}

impl NotPaid {
    fn new(order: &OrderRow, code: NotPaidCode) -> NotPaid {
        let message = match code {
            NotPaidCode::NoPayment => "No payment for this order is known yet.",
            NotPaidCode::PaymentStarted => "The customer has begun to pay and has not finished.",
            NotPaidCode::PaymentProcessing => {
                "The payment is under way: this method takes hours or days until the money is there."
            }
            NotPaidCode::PaymentAuthorized => "The money is authorized and not captured yet.",
            NotPaidCode::PaymentFailed => "The last attempt to pay failed; the customer can try again.",
            NotPaidCode::PaymentCanceled => "The payment was canceled.",
            NotPaidCode::CheckoutExpired => "The checkout expired before anything was paid.",
            _ => return NotPaid { code, message: partly(order) },
        };
        NotPaid { code, message: message.to_owned() }
    }

    fn held(case: &Case) -> NotPaid {
        let (paid, expected) = (case.paid(), case.expected());
        let (code, message) = match case.reason {
            HeldReason::OrderNotFound => {
                (NotPaidCode::OrderNotFound, format!("{paid} was paid, but the order is not registered."))
            }
            HeldReason::AmountMismatch => (
                NotPaidCode::AmountMismatch,
                format!("The payment is of {paid}, and the order costs {expected}: staff must decide."),
            ),
            HeldReason::CurrencyMismatch => (
                NotPaidCode::CurrencyMismatch,
                format!("The payment is of {paid}, and the order costs {expected}: staff must decide."),
            ),
            HeldReason::CustomerMismatch => (
                NotPaidCode::CustomerMismatch,
                "Another customer paid than the order is for: staff must decide.".to_owned(),
            ),
            HeldReason::ReferenceCodeMismatch => (
                NotPaidCode::ReferenceCodeMismatch,
                "The payment's reference code is missing or is not the order's: staff must decide."
                    .to_owned(),
            ),
        };
        NotPaid { code, message }
    }
}

fn partly(order: &OrderRow) -> String {
    let show = |amount| money::show(amount, order.currency.as_deref().unwrap_or_default());
    match order.amount {
        Some(amount) => format!("{} of {} is paid.", show(order.amount_paid), show(amount)),
        None => format!("{} is paid.", show(order.amount_paid)),
    }
}

#[cfg(test)]
#[path = "not_paid_tests.rs"]
mod tests;
