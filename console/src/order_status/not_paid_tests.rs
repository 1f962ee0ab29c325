use jiff::Timestamp;

use super::{NotPaidCode, why};
use crate::cases::state::{CaseState, HeldReason};
use crate::cases::store::Case;
use crate::common::text_enum::TextEnum;
use crate::orders::payments::PaymentRow;
use crate::orders::status::{OrderStatus, PaymentStatus};
use crate::orders::store::OrderRow;

fn order(status: OrderStatus, amount_paid: i64) -> OrderRow {
    OrderRow {
        id: "A-1".to_owned(),
        account: String::new(),
        livemode: Some(true),
        customer: None,
        amount: Some(1999),
        currency: Some("usd".to_owned()),
        reference_code: None,
        registered: true,
        status,
        status_since: Timestamp::UNIX_EPOCH,
        amount_paid,
        amount_refunded: 0,
        amount_disputed: 0,
        payment_intent: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

fn payment(status: PaymentStatus, held_reason: Option<HeldReason>) -> PaymentRow {
    PaymentRow {
        id: "pi_1".to_owned(),
        order_id: Some("A-1".to_owned()),
        customer: None,
        currency: Some("usd".to_owned()),
        amount: Some(999),
        amount_paid: 0,
        amount_refunded: 0,
        held_reason: held_reason.map(|reason| reason.to_string()),
        status,
        dispute: None,
        ambiguous: false,
    }
}

fn case(reason: HeldReason) -> Case {
    Case {
        id: 1,
        payment_id: "pi_1".to_owned(),
        account: String::new(),
        livemode: true,
        order_id: "A-1".to_owned(),
        reason,
        customer: Some("cus_1".to_owned()),
        amount: Some(999),
        currency: Some("usd".to_owned()),
        order_amount: Some(1999),
        order_currency: Some("usd".to_owned()),
        state: CaseState::Open,
        resolution: None,
        opened_at: Timestamp::UNIX_EPOCH,
        closed_at: None,
    }
}

#[test]
fn an_order_that_was_paid_has_no_reason_not_to_be() {
    use OrderStatus::{ChargedBack, Disputed, Overpaid, Paid, PartiallyRefunded, Refunded};
    for status in [Paid, Overpaid, PartiallyRefunded, Refunded, Disputed, ChargedBack] {
        let held = case(HeldReason::AmountMismatch);
        assert_eq!(why(&order(status, 1999), &[payment(PaymentStatus::Paid, None)], Some(&held)), None);
    }
}

#[test]
fn every_status_before_that_has_a_reason_of_its_own() {
    let code =
        |status, paid, payments: &[PaymentRow]| why(&order(status, paid), payments, None).unwrap().code;
    assert_eq!(code(OrderStatus::Pending, 0, &[]), NotPaidCode::NoPayment);
    let begun = [payment(PaymentStatus::Pending, None)];
    assert_eq!(code(OrderStatus::Pending, 0, &begun), NotPaidCode::PaymentStarted);
    let delayed = [payment(PaymentStatus::Processing, None)];
    assert_eq!(code(OrderStatus::Processing, 0, &delayed), NotPaidCode::PaymentProcessing);
    let authorized = [payment(PaymentStatus::Authorized, None)];
    assert_eq!(code(OrderStatus::Processing, 0, &authorized), NotPaidCode::PaymentAuthorized);
    let part = [payment(PaymentStatus::Paid, None)];
    let partly = why(&order(OrderStatus::Processing, 999), &part, None).unwrap();
    assert_eq!(partly.code, NotPaidCode::PartlyPaid);
    assert_eq!(partly.message, "9.99 USD of 19.99 USD is paid.");
    assert_eq!(code(OrderStatus::PaymentFailed, 0, &begun), NotPaidCode::PaymentFailed);
    assert_eq!(code(OrderStatus::Canceled, 0, &begun), NotPaidCode::PaymentCanceled);
    assert_eq!(code(OrderStatus::Expired, 0, &begun), NotPaidCode::CheckoutExpired);
}

#[test]
fn a_held_payment_is_the_reason_and_names_no_customer() {
    for reason in HeldReason::ALL {
        let held = [payment(PaymentStatus::Paid, Some(*reason))];
        let found = why(&order(OrderStatus::Pending, 0), &held, Some(&case(*reason))).unwrap();
        assert_eq!(found.code.as_str(), reason.as_str());
        assert!(!found.message.contains("cus_1"), "{}", found.message);
    }
    let amount = why(&order(OrderStatus::Pending, 0), &[], Some(&case(HeldReason::AmountMismatch))).unwrap();
    assert_eq!(
        amount.message,
        "The payment is of 9.99 USD, and the order costs 19.99 USD: staff must decide."
    );
    // A payment that counts is under way beside it.
    let both = [
        payment(PaymentStatus::Paid, Some(HeldReason::AmountMismatch)),
        payment(PaymentStatus::Processing, None),
    ];
    let found =
        why(&order(OrderStatus::Processing, 0), &both, Some(&case(HeldReason::AmountMismatch))).unwrap();
    assert_eq!(found.code, NotPaidCode::PaymentProcessing);
}
