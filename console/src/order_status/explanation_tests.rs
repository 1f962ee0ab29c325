use jiff::Timestamp;

use super::sentence;
use crate::cases::state::{CaseState, HeldReason};
use crate::cases::store::Case;
use crate::order_status::attempts::{Attempt, AttemptResult};
use crate::order_status::not_paid;
use crate::order_status::view::OrderView;
use crate::orders::payments::PaymentRow;
use crate::orders::status::{OrderStatus, PaymentStatus};
use crate::orders::store::OrderRow;

fn at() -> Timestamp {
    "2026-11-25T14:05:09Z".parse().unwrap()
}

fn payment(status: PaymentStatus) -> PaymentRow {
    PaymentRow {
        id: "pi_1".to_owned(),
        order_id: Some("A-1".to_owned()),
        customer: None,
        currency: Some("usd".to_owned()),
        amount: Some(11_990),
        amount_paid: 0,
        amount_refunded: 0,
        held_reason: None,
        status,
        dispute: None,
        ambiguous: false,
    }
}

fn order(status: OrderStatus, payments: Vec<PaymentRow>, cases: Vec<Case>) -> OrderView {
    let order = OrderRow {
        id: "A-1".to_owned(),
        account: String::new(),
        livemode: Some(true),
        customer: None,
        amount: Some(4500),
        currency: Some("usd".to_owned()),
        reference_code: None,
        registered: true,
        status,
        status_since: at(),
        amount_paid: 0,
        amount_refunded: 0,
        amount_disputed: 0,
        payment_intent: None,
        created_at: at(),
        updated_at: at(),
    };
    let not_paid_because = not_paid::why(&order, &payments, cases.first());
    OrderView { order, not_paid_because, payments, refunds: Vec::new(), disputes: Vec::new(), cases }
}

fn attempt(result: AttemptResult, code: Option<&str>, method: &str, brand: Option<&str>) -> Attempt {
    Attempt {
        event_id: "evt_1".to_owned(),
        result,
        at: at(),
        code: code.map(str::to_owned),
        method: Some(method.to_owned()),
        brand: brand.map(str::to_owned),
        last4: brand.map(|_| "9995".to_owned()),
    }
}

#[test]
fn a_declined_attempt_is_explained_with_code_card_and_time() {
    let failed = attempt(AttemptResult::Failed, Some("insufficient_funds"), "card", Some("visa"));
    let view = order(OrderStatus::PaymentFailed, vec![payment(PaymentStatus::Failed)], Vec::new());
    assert_eq!(
        sentence(&view, &[failed]).unwrap(),
        "The last attempt with Visa ending in 9995 was declined on 2026-11-25 at 14:05 UTC: there was not enough money in \
         the account (insufficient_funds). The customer has not tried again."
    );
    // Nothing is known of the attempt but that it failed.
    assert_eq!(sentence(&view, &[]).unwrap(), "The last attempt to pay failed; the customer can try again.");
}

#[test]
fn a_held_payment_is_shown_as_money_with_its_case() {
    let case = Case {
        id: 7,
        payment_id: "pi_1".to_owned(),
        account: String::new(),
        livemode: true,
        order_id: "A-1".to_owned(),
        reason: HeldReason::AmountMismatch,
        customer: None,
        amount: Some(11_990),
        currency: Some("usd".to_owned()),
        order_amount: Some(4500),
        order_currency: Some("usd".to_owned()),
        state: CaseState::Open,
        resolution: None,
        opened_at: at(),
        closed_at: None,
    };
    let view = order(OrderStatus::Pending, vec![payment(PaymentStatus::Paid)], vec![case]);
    assert_eq!(
        sentence(&view, &[]).unwrap(),
        "119.90 USD was taken, and 45.00 USD expected: held (amount_mismatch), case 7."
    );
}

#[test]
fn a_debit_under_way_says_how_long_it_may_take() {
    let view = order(OrderStatus::Processing, vec![payment(PaymentStatus::Processing)], Vec::new());
    let debit = attempt(AttemptResult::Processing, None, "sepa_debit", None);
    assert_eq!(
        sentence(&view, &[debit]).unwrap(),
        "The SEPA debit has been under way since 2026-11-25 at 14:05 UTC: it takes up to 14 business days."
    );
}

#[test]
fn a_paid_order_has_nothing_to_explain() {
    assert_eq!(
        sentence(&order(OrderStatus::Paid, vec![payment(PaymentStatus::Paid)], Vec::new()), &[]),
        None
    );
}
