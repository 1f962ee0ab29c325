//! Why a payment is not good, as a closed list. Pure.

use domain::payment::HeldReason;

use super::store::Standing;
use crate::common::text_enum::text_enum;
use crate::orders::status::PaymentStatus;

text_enum! {
    /// Why a payment is not verified.
    pub(crate) enum Reason {
        /// The customer has not finished to pay.
        NotPaid = "not_paid",
        /// A delayed method: the money is under way.
        PaymentProcessing = "payment_processing",
        /// Authorized, and not captured yet.
        PaymentAuthorized = "payment_authorized",
        /// The last attempt failed.
        PaymentFailed = "payment_failed",
        PaymentCanceled = "payment_canceled",
        CheckoutExpired = "checkout_expired",
        /// All of it was refunded.
        Refunded = "refunded",
        /// The customer's bank disputes it.
        Disputed = "disputed",
        /// A dispute was lost.
        ChargedBack = "charged_back",
        /// It names another order than the one asked for, or none.
        OrderMismatch = "order_mismatch",
        /// The order is not registered, and must be.
        OrderNotFound = "order_not_found",
        /// Its amount is not the order's.
        AmountMismatch = "amount_mismatch",
        /// Its currency is not the order's.
        CurrencyMismatch = "currency_mismatch",
        /// Another customer paid than the order is for.
        CustomerMismatch = "customer_mismatch",
        /// The reference code is missing or is not the order's.
        ReferenceCodeMismatch = "reference_code_mismatch",
        /// It is of the other mode (live or test) than what is processed, or than the order is registered for.
        ModeMismatch = "mode_mismatch",
        /// The order is registered for another account.
        AccountMismatch = "account_mismatch",
    }
}

/// Where the order that was asked for is registered: accounts and modes, none standing for either mode.
pub(super) type Registered = [(String, Option<bool>)];

/// Everything that speaks against a payment; nothing: it is good.
pub(super) fn reasons(payment: &Standing, order: Option<&str>, registered: &Registered) -> Vec<Reason> {
    let mut reasons = Vec::new();
    reasons.extend(unpaid(payment.status));
    let whole = payment.amount_paid > 0 && payment.amount_refunded >= payment.amount_paid;
    reasons.extend(whole.then_some(Reason::Refunded));
    reasons.extend(match payment.dispute.as_deref() {
        Some("open") => Some(Reason::Disputed),
        Some("lost") => Some(Reason::ChargedBack),
        _ => None,
    });
    if order.is_some_and(|order| payment.order_id.as_deref() != Some(order)) {
        reasons.push(Reason::OrderMismatch);
    }
    reasons.extend(payment.held_reason.map(held));
    reasons.extend(elsewhere(payment, registered));
    reasons
}

const fn unpaid(status: PaymentStatus) -> Option<Reason> {
    Some(match status {
        PaymentStatus::Paid => return None,
        PaymentStatus::Pending => Reason::NotPaid,
        PaymentStatus::Processing => Reason::PaymentProcessing,
        PaymentStatus::Authorized => Reason::PaymentAuthorized,
        PaymentStatus::Failed => Reason::PaymentFailed,
        PaymentStatus::Canceled => Reason::PaymentCanceled,
        PaymentStatus::Expired => Reason::CheckoutExpired,
    })
}

const fn held(reason: HeldReason) -> Reason {
    match reason {
        HeldReason::OrderNotFound => Reason::OrderNotFound,
        HeldReason::AmountMismatch => Reason::AmountMismatch,
        HeldReason::CurrencyMismatch => Reason::CurrencyMismatch,
        HeldReason::CustomerMismatch => Reason::CustomerMismatch,
        HeldReason::ReferenceCodeMismatch => Reason::ReferenceCodeMismatch,
    }
}

/// An order of the same id that is registered only for another account or mode is not the one that was paid.
fn elsewhere(payment: &Standing, registered: &Registered) -> Option<Reason> {
    let in_account = || registered.iter().filter(|(account, _)| *account == payment.account);
    if registered.is_empty() {
        None
    } else if in_account().next().is_none() {
        Some(Reason::AccountMismatch)
    } else {
        let in_mode = in_account().any(|(_, mode)| mode.is_none_or(|mode| mode == payment.livemode));
        (!in_mode).then_some(Reason::ModeMismatch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid() -> Standing {
        Standing {
            id: "pi_1".to_owned(),
            account: String::new(),
            livemode: true,
            order_id: Some("A-1".to_owned()),
            order_status: None,
            customer: None,
            currency: Some("usd".to_owned()),
            amount: Some(1999),
            amount_paid: 1999,
            amount_refunded: 0,
            amount_disputed: 0,
            status: PaymentStatus::Paid,
            held_reason: None,
            dispute: None,
        }
    }

    #[test]
    fn a_payment_that_is_paid_and_counts_is_good_and_a_part_refunded_does_not_change_that() {
        assert_eq!(reasons(&paid(), Some("A-1"), &[]), []);
        assert_eq!(reasons(&paid(), None, &[]), []);
        let partly = Standing { amount_refunded: 500, dispute: Some("won".to_owned()), ..paid() };
        assert_eq!(reasons(&partly, Some("A-1"), &[]), []);
    }

    #[test]
    fn everything_that_speaks_against_it_is_named() {
        let bad = Standing {
            amount_refunded: 1999,
            dispute: Some("lost".to_owned()),
            held_reason: Some(HeldReason::CustomerMismatch),
            ..paid()
        };
        let expected =
            [Reason::Refunded, Reason::ChargedBack, Reason::OrderMismatch, Reason::CustomerMismatch];
        assert_eq!(reasons(&bad, Some("A-2"), &[]), expected);
    }

    #[test]
    fn an_order_that_is_registered_elsewhere_is_another_one() {
        let at = |account: &str, mode| [(account.to_owned(), mode)];
        assert_eq!(reasons(&paid(), Some("A-1"), &at("", Some(true))), []);
        assert_eq!(reasons(&paid(), Some("A-1"), &at("", None)), []);
        assert_eq!(reasons(&paid(), Some("A-1"), &at("", Some(false))), [Reason::ModeMismatch]);
        assert_eq!(reasons(&paid(), Some("A-1"), &at("acct_1", None)), [Reason::AccountMismatch]);
    }
}
