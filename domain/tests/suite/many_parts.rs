//! Orders with more payments than their document holds, and payments with more refunds and disputes: paid, refunded,
//! disputed, moved to another order, in any order of arrival, compared with simple sums.

use std::collections::BTreeMap;

use domain::decide::Prepared;
use domain::order::Expected;
use domain::rules::KeptParts;
use histories::{Rng, delivery};
use serde_json::{Value, json};

use crate::edges::event;
use crate::memory::Memory;
use crate::permutations::scaled;

/// Histories, each in several orders of arrival.
const HISTORIES: u64 = 40;
const LEAST: u64 = 5;
const ARRIVALS: u64 = 4;
/// What the registered order costs.
const PRICE: i64 = 1000;

/// What each of several payments pays of it.
const PART: i64 = 250;

/// One payment, as it truly went.
struct Purchase {
    id: usize,
    created: i64,
    amount: i64,
    currency: &'static str,
    order: &'static str,
    /// The order that its metadata named before it was paid.
    named_first: &'static str,
    refunds: Vec<i64>,
    /// Minor units, and whether it was lost.
    disputes: Vec<(i64, bool)>,
}

impl Purchase {
    fn write(id: usize, registered: bool, rng: &mut Rng) -> Self {
        let (order, named_first) = *rng.pick(&[("o1", "o1"), ("o1", "o1"), ("o1", "o2"), ("o2", "o1")]);
        let amount = if registered { *rng.pick(&[PRICE, PART, PART]) } else { 500 + rng.below(5) as i64 };
        let refunds = (0..*rng.pick(&[0, 0, 1, 3])).map(|_| 1 + rng.below(9) as i64).collect();
        let disputes = (0..*rng.pick(&[0, 0, 0, 2])).map(|_| (10, rng.below(2) == 0)).collect();
        let currency = *rng.pick(&["usd", "usd", "usd", "usd", "eur"]);
        let created = 1_000 + (rng.below(400)) as i64;
        Self { id, created, amount, currency, order, named_first, refunds, disputes }
    }

    fn intent(&self, status: &str, order: &str) -> Value {
        json!({
            "id": format!("pi_{}", self.id), "object": "payment_intent", "status": status, "amount": self.amount,
            "amount_received": if status == "succeeded" { self.amount } else { 0 }, "currency": self.currency,
            "created": self.created, "metadata": { "orderId": order }, "latest_charge": format!("ch_{}", self.id),
        })
    }

    fn charge(&self, refunded: i64) -> Value {
        json!({
            "id": format!("ch_{}", self.id), "object": "charge", "status": "succeeded", "paid": true, "captured": true,
            "amount": self.amount, "amount_captured": self.amount, "amount_refunded": refunded,
            "refunded": refunded == self.amount, "currency": self.currency, "created": self.created,
            "payment_intent": format!("pi_{}", self.id), "metadata": { "orderId": self.order },
        })
    }

    fn refunded(&self) -> i64 {
        self.refunds.iter().sum()
    }

    fn disputed(&self) -> i64 {
        self.disputes.iter().map(|(amount, _)| amount).sum()
    }

    fn events(&self) -> Vec<Prepared> {
        let (id, mut at) = (self.id, self.created);
        let mut events = Vec::new();
        let mut push = |kind: &str, object: Value, previous: Option<Value>| {
            at += 1;
            events.push(event(&format!("evt_{id}_{at}"), kind, at, object, previous));
        };
        push("payment_intent.created", self.intent("requires_payment_method", self.named_first), None);
        push("charge.succeeded", self.charge(0), None);
        push("payment_intent.succeeded", self.intent("succeeded", self.order), None);
        let mut sum = 0;
        for (n, amount) in self.refunds.iter().enumerate() {
            let created = self.created + 4 + 2 * n as i64;
            let refund = json!({
                "id": format!("re_{id}_{n}"), "object": "refund", "status": "succeeded", "amount": amount,
                "currency": self.currency, "charge": format!("ch_{id}"), "payment_intent": format!("pi_{id}"),
                "created": created,
            });
            push("refund.created", refund, None);
            sum += amount;
            push("charge.refunded", self.charge(sum), Some(json!({ "amount_refunded": sum - amount })));
        }
        for (n, (amount, lost)) in self.disputes.iter().enumerate() {
            let dispute = |status: &str| {
                json!({
                    "id": format!("dp_{id}_{n}"), "object": "dispute", "status": status, "amount": amount,
                    "currency": self.currency, "charge": format!("ch_{id}"), "payment_intent": format!("pi_{id}"),
                    "balance_transactions": [
                        { "id": format!("txn_{id}_{n}"), "amount": -amount, "currency": self.currency }
                    ],
                })
            };
            push("charge.dispute.created", dispute("needs_response"), None);
            if *lost {
                push("charge.dispute.closed", dispute("lost"), None);
            }
        }
        events
    }
}

/// Minor units of an order, by adding up: captured, refunded, disputed.
type Sums = (i64, i64, i64);

fn sums<'a>(purchases: impl Iterator<Item = &'a Purchase>) -> Sums {
    purchases.fold((0, 0, 0), |(paid, refunded, disputed), one| {
        (paid + one.amount, refunded + one.refunded(), disputed + one.disputed())
    })
}

/// Nobody registered the order: its currency is that of its first payment.
fn adopted(purchases: &[Purchase], order: &str) -> Option<(Option<i64>, Sums)> {
    let of_order = || purchases.iter().filter(|one| one.order == order);
    let first = of_order().min_by_key(|one| (one.created, format!("pi_{}", one.id)))?;
    Some((Some(first.amount), sums(of_order().filter(|one| one.currency == first.currency))))
}

/// Payments of the price count; of the others the first that come to it together.
fn registered(purchases: &[Purchase], order: &str) -> Option<(Option<i64>, Sums)> {
    let of_order = || purchases.iter().filter(|one| one.order == order && one.currency == "usd");
    let mut others: Vec<_> = of_order().filter(|one| one.amount == PART).collect();
    others.sort_by_key(|one| (one.created, format!("pi_{}", one.id)));
    let parts = (PRICE / PART) as usize;
    let parts = if others.len() < parts { &[] } else { &others[..parts] };
    let counts = of_order().filter(|one| one.amount == PRICE).chain(parts.iter().copied());
    Some((Some(PRICE), sums(counts)))
}

fn check(purchases: &[Purchase], memory: &Memory, expected: bool, what: &str) {
    assert!(memory.rejected.is_empty(), "{what}: {:?}", memory.rejected);
    let derived = memory.derived();
    for order in ["o1", "o2"] {
        let sums = if expected { registered(purchases, order) } else { adopted(purchases, order) };
        let found = derived.orders.iter().find(|(key, _)| key.id == order).map(|(_, (totals, _))| totals);
        let found = found.map(|totals| (totals.amount, (totals.paid, totals.refunded, totals.disputed)));
        let named = purchases.iter().any(|one| one.order == order);
        assert_eq!(found.filter(|_| named), sums.filter(|_| named), "{what}: order {order}");
    }
    for one in purchases {
        let (summary, linked, _, movements) = &derived.payments[&format!("pi_{}", one.id)];
        assert_eq!(linked.as_deref(), Some(one.order), "{what}: order of payment {}", one.id);
        let found = (summary.paid, summary.refunded, summary.disputed + summary.lost);
        assert_eq!(found, (one.amount, one.refunded(), one.disputed()), "{what}: payment {}", one.id);
        let balance = one.amount - one.refunded() - one.disputed();
        assert_eq!(movements.values().sum::<i64>(), balance, "{what}: ledger of {}: {movements:?}", one.id);
    }
}

fn every_arrival_adds_up(seed: u64, is_registered: bool) {
    for history in 0..scaled(HISTORIES, LEAST) {
        let mut rng = Rng::new(seed + history);
        let count = 3 + rng.below(25);
        let purchases: Vec<_> = (0..count).map(|id| Purchase::write(id, is_registered, &mut rng)).collect();
        let events: Vec<_> = purchases.iter().flat_map(Purchase::events).collect();
        let mut lasting: BTreeMap<u64, _> = BTreeMap::new();
        for arrival in 0..ARRIVALS {
            let mut order: Vec<usize> = (0..events.len()).collect();
            match arrival {
                0 => {}
                1 => order.reverse(),
                _ => {
                    order = delivery::duplicate(order, 30, &mut rng);
                    delivery::shuffle(&mut order, &mut rng);
                }
            }
            let mut memory = Memory::default();
            memory.rules.kept_parts = KeptParts(*rng.pick(&[1, 2, 8]));
            if is_registered {
                for order in ["o1", "o2"] {
                    let usd = "usd".to_owned();
                    let expected =
                        Expected { customer: None, amount: PRICE, currency: usd, reference_code: None };
                    memory.expected.insert(order.to_owned(), expected);
                }
            }
            for batch in delivery::bursts(order, *rng.pick(&[1, 5, 60]), &mut rng) {
                memory.deliver(&batch.iter().map(|&at| &events[at]).collect::<Vec<_>>());
            }
            let kept = memory.rules.kept_parts.0;
            let what = format!("history {history} of seed {seed}, arrival {arrival}, {kept} kept");
            check(&purchases, &memory, is_registered, &what);
            lasting.insert(arrival, memory.lasting);
            // Payments that come to the price of a registered order at one time need not do so in the end.
            if !is_registered {
                assert_eq!(lasting[&arrival], lasting[&0], "{what}: lasting messages");
            }
        }
    }
}

#[test]
fn the_payments_of_an_adopted_order_add_up_in_every_order_of_arrival_however_many_are_in_rows() {
    every_arrival_adds_up(100, false);
}

#[test]
fn the_payments_of_a_registered_order_add_up_in_every_order_of_arrival_however_many_are_in_rows() {
    every_arrival_adds_up(200, true);
}
