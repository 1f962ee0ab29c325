//! What a case means to support staff, and what they can do about it. Pure.

use super::state::HeldReason;
use crate::dead_letters::advice::Advice;

/// What the reason means and what to do about it.
pub(crate) const fn of(reason: HeldReason) -> Advice {
    let (meaning, remedy) = match reason {
        HeldReason::OrderNotFound => (
            "The payment names an order that nobody has registered, and orders are not adopted from payments here.",
            "Register the order (sluicegate orders create, or the shop's backend): the payment counts at once. Or refund it in Stripe.",
        ),
        HeldReason::AmountMismatch => (
            "The customer paid another amount than the order says, and no discount, tax or shipping explains it.",
            "Compare the order with the payment in Stripe. Correct the order (sluicegate orders correct) if it is wrong, accept the payment as it is, or refund it in Stripe.",
        ),
        HeldReason::CurrencyMismatch => (
            "The customer paid in another currency than the order says.",
            "Correct the order (sluicegate orders correct), accept the payment as it is, or refund it in Stripe.",
        ),
        HeldReason::CustomerMismatch => (
            "The payment was made by another customer than the order was registered for.",
            "Find out whose payment it is before anything is shipped. Correct the order's customer, accept the payment, or refund it in Stripe.",
        ),
        HeldReason::ReferenceCodeMismatch => (
            "The payment's reference code is missing or is not the order's. The payment may have been made by hand or tampered with.",
            "Check in Stripe how the payment was made. Do not accept it before you know.",
        ),
    };
    Advice { meaning, remedy }
}
