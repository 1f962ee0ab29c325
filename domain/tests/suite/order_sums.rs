//! Where an order stands by its money: simple sums, at their edges.

use domain::order::{Expected, Order, Status};
use domain::payment::{DisputeState, Status as PaymentStatus, Summary};
use domain::rules::Rules;

fn paid(amount: i64, created: i64) -> Summary {
    Summary {
        status: PaymentStatus::Paid,
        amount: Some(amount),
        currency: Some("usd".into()),
        paid: amount,
        created: Some(created),
        refunded_confirmed: true,
        ..Summary::default()
    }
}

fn of(price: Option<i64>, payments: &[Summary]) -> Status {
    let expected = |amount| Expected { customer: None, amount, currency: "usd".into(), reference_code: None };
    let mut order = Order { expected: price.map(expected), ..Order::default() };
    for (at, payment) in payments.iter().enumerate() {
        order.payments.insert(format!("pi_{at}"), payment.clone());
    }
    order.decide_held("o1", &Rules::default());
    order.totals().status
}

fn open(status: PaymentStatus) -> Summary {
    Summary {
        status,
        amount: Some(1000),
        currency: Some("usd".into()),
        created: Some(1),
        ..Summary::default()
    }
}

#[test]
fn an_order_without_money_stands_where_its_payments_stand() {
    for (payment, order) in [
        (PaymentStatus::Pending, Status::Pending),
        (PaymentStatus::Processing, Status::Processing),
        (PaymentStatus::Authorized, Status::Processing),
        (PaymentStatus::Failed, Status::PaymentFailed),
        (PaymentStatus::Canceled, Status::Canceled),
        (PaymentStatus::Expired, Status::Expired),
    ] {
        assert_eq!(of(Some(1000), &[open(payment)]), order, "{payment:?}");
    }
    assert_eq!(of(Some(1000), &[]), Status::Pending);
    let all =
        [PaymentStatus::Expired, PaymentStatus::Canceled, PaymentStatus::Failed, PaymentStatus::Processing];
    assert_eq!(of(Some(1000), &all.map(open)), Status::Processing);
    assert_eq!(of(Some(1000), &all[..3].iter().map(|s| open(*s)).collect::<Vec<_>>()), Status::PaymentFailed);
    assert_eq!(of(Some(1000), &all[..2].iter().map(|s| open(*s)).collect::<Vec<_>>()), Status::Canceled);
}

#[test]
fn a_price_is_paid_to_the_cent_and_more_is_overpaid() {
    assert_eq!(of(Some(1000), &[paid(1000, 1)]), Status::Paid);
    assert_eq!(of(Some(1000), &[paid(1000, 1), paid(1000, 2)]), Status::Overpaid);
    assert_eq!(of(None, &[paid(1000, 1)]), Status::Paid);
    assert_eq!(of(None, &[paid(1000, 1), paid(1, 2)]), Status::Overpaid);
    // A part of what was asked for.
    let part = Summary { amount: Some(1000), ..paid(999, 1) };
    assert_eq!(of(Some(1000), &[part]), Status::Processing);
    assert_eq!(of(Some(0), &[paid(0, 1)]), Status::Paid, "free");
    assert_eq!(of(Some(0), &[]), Status::Pending, "free, and nobody has bought it");
}

#[test]
fn a_discount_that_stripe_explains_covers_the_price() {
    let discounted = |paid_amount: i64| Summary { subtotal: Some(1000), ..paid(paid_amount, 1) };
    assert_eq!(of(Some(1000), &[discounted(800)]), Status::Paid);
    assert_eq!(of(Some(1000), &[discounted(1200)]), Status::Paid, "tax and shipping are no overpayment");
    let refunded = |refunded: i64| Summary { refunded, ..discounted(800) };
    assert_eq!(of(Some(1000), &[refunded(799)]), Status::PartiallyRefunded);
    assert_eq!(of(Some(1000), &[refunded(800)]), Status::Refunded);
    // Two of them: the second is too much by the whole price.
    assert_eq!(of(Some(1000), &[discounted(800), discounted(800)]), Status::Overpaid);
}

#[test]
fn refunds_show_unless_other_money_covers_the_order() {
    let refunded = |amount: i64, refunded: i64, at: i64| Summary { refunded, ..paid(amount, at) };
    assert_eq!(of(Some(1000), &[refunded(1000, 1, 1)]), Status::PartiallyRefunded);
    assert_eq!(of(Some(1000), &[refunded(1000, 999, 1)]), Status::PartiallyRefunded);
    assert_eq!(of(Some(1000), &[refunded(1000, 1000, 1)]), Status::Refunded);
    assert_eq!(
        of(Some(1000), &[refunded(1000, 1000, 1), paid(1000, 2)]),
        Status::Paid,
        "paid twice, refunded once"
    );
    assert_eq!(
        of(Some(1000), &[refunded(1000, 500, 1), paid(1000, 2)]),
        Status::Overpaid,
        "500 too much are left"
    );
    // Nobody registered it: a part of one payment shows, whatever the other is.
    assert_eq!(of(None, &[refunded(1000, 500, 1), paid(1000, 2)]), Status::PartiallyRefunded);
    assert_eq!(of(None, &[paid(1000, 1), refunded(1000, 1000, 2)]), Status::Paid);
    assert_eq!(of(None, &[refunded(1000, 1000, 1)]), Status::Refunded);
    // A refund that is known before its payment.
    let early = Summary { refunded: 300, currency: Some("usd".into()), ..Summary::default() };
    assert_eq!(of(Some(1000), std::slice::from_ref(&early)), Status::PartiallyRefunded);
    assert_eq!(of(Some(1000), &[Summary { refunded: 1000, ..early }]), Status::Refunded);
    // All that was captured of a registered order, and less than its price.
    let part = Summary { amount: Some(1000), refunded: 400, ..paid(400, 1) };
    assert_eq!(of(Some(1000), &[part]), Status::Refunded);
}

#[test]
fn a_dispute_counts_where_the_order_needs_its_money() {
    let disputed = |dispute, disputed: i64, lost: i64, at: i64| Summary {
        dispute: Some(dispute),
        disputed,
        lost,
        ..paid(1000, at)
    };
    let (asked, gone) = (disputed(DisputeState::Open, 1000, 0, 1), disputed(DisputeState::Lost, 0, 1000, 1));
    assert_eq!(of(Some(1000), std::slice::from_ref(&asked)), Status::Disputed);
    assert_eq!(of(Some(1000), &[asked, paid(1000, 2)]), Status::Overpaid, "another payment covers it");
    assert_eq!(of(Some(1000), std::slice::from_ref(&gone)), Status::ChargedBack);
    assert_eq!(of(Some(1000), &[gone.clone(), paid(1000, 2)]), Status::Paid, "what is left is the price");
    assert_eq!(of(Some(1000), &[gone.clone(), paid(1000, 2), paid(1000, 3)]), Status::Overpaid);
    // Lost by its word, and no money was moved.
    assert_eq!(of(Some(1000), &[disputed(DisputeState::Lost, 0, 0, 1)]), Status::Paid);
    // Won, and only a part of the money came back.
    assert_eq!(of(Some(1000), &[disputed(DisputeState::Won, 0, 10, 1)]), Status::ChargedBack);
    assert_eq!(of(Some(1000), &[disputed(DisputeState::Won, 0, 0, 1)]), Status::Paid);
    assert_eq!(of(Some(1000), &[disputed(DisputeState::Inquiry, 0, 0, 1)]), Status::Paid);
    // One is lost, and the other, which alone covers the order, disputed.
    let second = Summary { created: Some(2), ..disputed(DisputeState::Open, 1000, 0, 1) };
    assert_eq!(of(Some(1000), &[gone.clone(), second]), Status::Disputed);
    // Of two payments one is refunded and the other disputed: nothing covers the order.
    let refunded = Summary { refunded: 1000, ..paid(1000, 2) };
    let asked = disputed(DisputeState::Open, 1000, 0, 1);
    assert_eq!(of(Some(1000), &[asked, refunded.clone()]), Status::Disputed);
    assert_eq!(of(Some(1000), &[gone, refunded]), Status::ChargedBack);
}

#[test]
fn what_an_order_that_nobody_registered_costs_is_what_its_first_payment_captured() {
    let totals = |payments: &[(&str, Summary)]| {
        let mut order = Order::default();
        for (id, payment) in payments {
            order.payments.insert((*id).to_owned(), payment.clone());
        }
        order.decide_held("o1", &Rules::default());
        order.totals()
    };
    let captured = Summary { amount: Some(1000), ..paid(700, 5) };
    assert_eq!(totals(&[("pi_1", captured.clone())]).amount, Some(700), "the rest was released");
    assert_eq!(totals(&[("pi_1", open(PaymentStatus::Authorized))]).amount, Some(1000));
    let more_to_come = Summary { price: Some(1000), ..captured };
    let of_hold = totals(&[("pi_1", more_to_come)]);
    assert_eq!((of_hold.amount, of_hold.status), (Some(1000), Status::Processing));
    // A payment that was paid speaks before an earlier one that was not, and of two paid ones the first.
    let failed = Summary { amount: Some(5), ..open(PaymentStatus::Failed) };
    let of_two = totals(&[("pi_1", failed), ("pi_2", paid(900, 20)), ("pi_3", paid(800, 10))]);
    assert_eq!((of_two.amount, of_two.paid), (Some(800), 1700));
}

#[test]
fn a_payment_that_was_accepted_in_another_currency_covers_its_order_until_a_dispute_of_it_is_lost() {
    let status = |dispute: Option<DisputeState>, refunded: i64| {
        let expected =
            Expected { customer: None, amount: 1000, currency: "usd".into(), reference_code: None };
        let mut order = Order { expected: Some(expected), ..Order::default() };
        let euro = Summary { currency: Some("eur".into()), dispute, lost: 900, refunded, ..paid(900, 1) };
        order.payments.insert("pi_1".into(), euro);
        order.accept("pi_1");
        order.decide_held("o1", &Rules::default());
        let totals = order.totals();
        assert_eq!(
            (totals.paid, totals.refunded, totals.disputed),
            (0, 0, 0),
            "two currencies are never added"
        );
        totals.status
    };
    assert_eq!(status(None, 0), Status::Paid);
    assert_eq!(status(Some(DisputeState::Won), 0), Status::Paid);
    assert_eq!(status(Some(DisputeState::Open), 0), Status::Disputed);
    assert_eq!(status(Some(DisputeState::Lost), 0), Status::ChargedBack);
}
