//! Where the payments of an order are kept makes no difference to what they amount to.

use std::collections::BTreeMap;

use histories::Rng;

use super::*;
use crate::order::{Expected, Totals};
use crate::payment::{DisputeState, Status};
use crate::rules::KeptParts;

/// Random lives of an order, and the changes in each.
const LIVES: u64 = 150;
const CHANGES: usize = 25;

fn payment(rng: &mut Rng) -> Summary {
    let asked = *rng.pick(&[250, 250, 500, 1000, 1000]);
    let status = *rng.pick(&[Status::Paid, Status::Paid, Status::Paid, Status::Authorized, Status::Failed]);
    let paid = if status == Status::Paid { *rng.pick(&[asked, asked, asked, asked - 1]) } else { 0 };
    let dispute = *rng.pick(&[None, None, None, Some(DisputeState::Open), Some(DisputeState::Lost)]);
    Summary {
        status,
        amount: Some(asked),
        currency: Some((*rng.pick(&["usd", "usd", "usd", "usd", "eur"])).to_owned()),
        paid,
        refunded: *rng.pick(&[0, 0, 0, 1, paid]),
        disputed: if dispute == Some(DisputeState::Open) { 5 } else { 0 },
        lost: if dispute == Some(DisputeState::Lost) { 5 } else { 0 },
        dispute,
        created: Some(rng.range(0, 40)),
        customers: [(*rng.pick(&["42", "42", "42", "43"])).to_owned()].into(),
        provisional: rng.chance(20),
        refunded_confirmed: rng.chance(80),
        ..Summary::default()
    }
}

fn registered(rng: &mut Rng) -> Option<Expected> {
    let customer = *rng.pick(&[None, None, Some("42")]);
    let expected = Expected {
        customer: customer.map(str::to_owned),
        amount: *rng.pick(&[250, 1000, 1000, 1000, 3000]),
        currency: (*rng.pick(&["usd", "usd", "eur"])).to_owned(),
        reference_code: None,
    };
    rng.chance(70).then_some(expected)
}

/// Why each payment is held, the money, and how many are held and paid for certain.
type Result = (BTreeMap<String, Option<HeldReason>>, Totals, u64, bool);

fn result(order: &Order) -> Result {
    let held = order.known_payments().map(|(id, _, held)| (id.to_owned(), held)).collect();
    let money = order.money(order.leading().as_deref());
    (held, order.totals(), order.held_payments(), order.is_settled_for_certain(&money))
}

/// One change of an order, and what follows on it as in `link::order_changed`.
fn change(order: &mut Order, what: &Changed, rules: &Rules) {
    match what {
        Changed::Payment(id, payment) => order.record(id, payment.as_ref().clone()),
        Changed::Removed(id) => order.remove(id),
        Changed::Registered(expected) => order.expected.clone_from(expected),
        Changed::Accepted(id) => order.accept(id),
        Changed::Rules => {}
    }
    order.forget_idle_payments();
    order.decide_held("o1", rules);
    order.move_to_rows("o1", rules);
}

enum Changed {
    Payment(String, Box<Summary>),
    Removed(String),
    Registered(Option<Expected>),
    Accepted(String),
    Rules,
}

impl Changed {
    fn pick(rng: &mut Rng) -> Self {
        let id = format!("pi_{:02}", rng.below(18));
        match rng.below(20) {
            0 => Self::Removed(id),
            1 => Self::Registered(registered(rng)),
            2 => Self::Accepted(id),
            3 => Self::Rules,
            _ => Self::Payment(id, Box::new(payment(rng))),
        }
    }
}

#[test]
fn an_order_amounts_to_the_same_however_many_of_its_payments_are_in_rows() {
    for seed in 0..LIVES {
        let mut rng = Rng::new(seed);
        let whole = Rules { kept_parts: KeptParts(100), ..Rules::default() };
        let mut orders = [100, 1, 3].map(|kept| (kept, Order::default()));
        let mut policy = OrdersPolicy::Adopt;
        let expected = registered(&mut rng);
        orders.iter_mut().for_each(|(_, order)| order.expected.clone_from(&expected));
        for step in 0..CHANGES {
            let changed = Changed::pick(&mut rng);
            if matches!(changed, Changed::Rules) {
                policy = *rng.pick(&[OrdersPolicy::Adopt, OrdersPolicy::Require]);
            }
            for (kept, order) in &mut orders {
                let rules = Rules { kept_parts: KeptParts(*kept), orders: policy, ..whole.clone() };
                change(order, &changed, &rules);
            }
            let [(_, document), rows @ ..] = &orders;
            let expected = result(document);
            for (kept, order) in rows {
                assert_eq!(result(order), expected, "life {seed}, step {step}, {kept} kept");
            }
        }
    }
}

#[test]
fn beyond_a_number_payments_with_money_are_in_rows_and_the_first_stay() {
    let rules = Rules { kept_parts: KeptParts(2), ..Rules::default() };
    let paid = |created: i64| Summary {
        status: Status::Paid,
        amount: Some(5),
        paid: 5,
        currency: Some("usd".into()),
        created: Some(created),
        ..Summary::default()
    };
    let mut order = Order::default();
    let failed = Summary { status: Status::Failed, created: Some(1), ..Summary::default() };
    order.record("pi_failed", failed);
    for (id, created) in [("pi_a", 30), ("pi_b", 20)] {
        order.record(id, paid(created));
    }
    order.decide_held("o1", &rules);
    order.move_to_rows("o1", &rules);
    assert_eq!((order.payments.len(), order.payments.in_rows()), (3, false), "no more than the number");
    order.record("pi_c", paid(10));
    order.record("pi_euro", Summary { currency: Some("eur".into()), ..paid(25) });
    order.record("pi_accepted", paid(90));
    order.accept("pi_accepted");
    order.decide_held("o1", &rules);
    order.move_to_rows("o1", &rules);
    let kept: Vec<_> = order.payments.keys().map(String::as_str).collect();
    assert_eq!(kept, ["pi_accepted", "pi_b", "pi_c", "pi_failed"]);
    let rows: Vec<_> = order.payments.rows().map(|(id, _)| id).collect();
    assert_eq!(rows, ["pi_a", "pi_euro"]);
    // One that changes comes back to the document, and another takes its place.
    order.record("pi_a", paid(5));
    order.decide_held("o1", &rules);
    order.move_to_rows("o1", &rules);
    let rows: Vec<_> = order.payments.rows().map(|(id, _)| id).collect();
    assert_eq!(rows, ["pi_b", "pi_euro"]);
}

#[test]
fn the_first_payment_that_no_event_can_move_to_another_order_says_what_the_order_costs_for_certain() {
    // An edited charge alone names the first payment; the second pays by itself; a declined card asked for more.
    let rules = Rules { kept_parts: KeptParts(1), ..Rules::default() };
    let of = |status: Status, amount: i64, created: i64, provisional: bool| Summary {
        status,
        amount: Some(amount),
        paid: if status == Status::Paid { amount } else { 0 },
        currency: Some("usd".into()),
        created: Some(created),
        provisional,
        ..Summary::default()
    };
    let mut order = Order::default();
    order.record("pi_edited", of(Status::Paid, 250, 10, true));
    order.record("pi_paid", of(Status::Paid, 1000, 20, false));
    order.record("pi_later", of(Status::Paid, 300, 30, false));
    order.record("pi_declined", of(Status::Failed, 5000, 1, false));
    order.decide_held("o1", &rules);
    order.move_to_rows("o1", &rules);
    assert!(order.payments.in_rows());
    let money = order.money(order.leading().as_deref());
    assert!(order.is_settled_for_certain(&money));
}
