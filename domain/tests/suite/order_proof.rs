//! Any permutation with repeats of any history ends in the same rows and the same lasting messages, and
//! sends no notice that the original order would not have sent.

use std::collections::BTreeSet;

use domain::decide::Prepared;
use domain::event::Event;
use domain::rules::KeptParts;
use histories::{ExpectedPayment, History, Kind, Rng, delivery, write};
use serde_json::Value;

use crate::expected_state::{self, Tally};
use crate::memory::Memory;
use crate::permutations::scaled;
use crate::reference;

/// Permutations of each history.
const EACH: u64 = 10;

#[test]
fn every_order_of_arrival_of_a_purchase_ends_in_the_same_rows_and_lasting_messages() {
    every_order_ends_alike(7, Kind::PURCHASES, 12_000);
}

#[test]
fn every_order_of_arrival_of_refunds_and_disputes_ends_in_the_same_rows_and_lasting_messages() {
    every_order_ends_alike(8, Kind::MONEY, 16_000);
}

#[test]
fn every_order_of_arrival_of_a_subscription_ends_in_the_same_rows_and_lasting_messages() {
    every_order_ends_alike(9, Kind::SUBSCRIPTIONS, 7_000);
}

#[test]
fn every_order_of_arrival_of_an_edge_case_ends_in_the_same_rows_and_lasting_messages() {
    every_order_ends_alike(10, Kind::EDGE_CASES, 17_000);
}

fn every_order_ends_alike(seed: u64, kinds: &[Kind], cases: u64) {
    let cases = scaled(cases, EACH);
    let mut tally = Tally::default();
    for index in 0..cases / EACH {
        let history = write(seed, index, kinds);
        let events = prepared(&history);
        let original_end = in_original_order(&history, &events, &mut tally);
        for round in 0..EACH {
            permuted(&history, &events, &original_end, index * EACH + round);
        }
    }
    let share = 100.0 * tally.ambiguous as f64 / (tally.certain + tally.ambiguous) as f64;
    println!("{tally:?}: {share:.2}% ambiguous; {cases} permutations of {} histories", cases / EACH);
}

pub(crate) fn prepared(history: &History) -> Vec<Prepared> {
    history.events.iter().map(|event| Prepared::new(Event::parse(&event.body).unwrap())).collect()
}

/// Delivers the events one by one in the true order and checks the end against the expected state.
fn in_original_order(history: &History, events: &[Prepared], tally: &mut Tally) -> Memory {
    let mut memory = Memory::of(history);
    for event in events {
        memory.deliver(&[event]);
    }
    assert!(memory.rejected.is_empty(), "{}: {:?}", history.name, memory.rejected);
    tally.add(&expected_state::check(history, &memory));
    reference::compare(history, &memory);
    memory
}

fn permuted(history: &History, events: &[Prepared], original_end: &Memory, seed: u64) {
    let mut rng = Rng::new(seed);
    let mut order: Vec<usize> = (0..events.len()).collect();
    let repeats = *rng.pick(&[0, 30, 100]);
    order = delivery::duplicate(order, repeats, &mut rng);
    match rng.below(10) {
        // As Stripe delivers when all goes well, the newest first, and mixed up a little.
        0 => {}
        1 => order.reverse(),
        2 => order = delivery::reorder(order, 3, &mut rng),
        _ => delivery::shuffle(&mut order, &mut rng),
    }
    // Batches cut anywhere: of one event, of a few, of everything.
    let largest = *rng.pick(&[1, 4, order.len()]);
    let mut memory = Memory::of(history);
    // Documents that hold one part of each kind, so that all others are in rows: what is derived is the same.
    let in_rows = rng.below(3) == 0;
    if in_rows {
        memory.rules.kept_parts = KeptParts(1);
    }
    for burst in delivery::bursts(order.clone(), largest, &mut rng) {
        let batch: Vec<&Prepared> = burst.iter().map(|&at| &events[at]).collect();
        memory.deliver(&batch);
    }
    let what = || {
        let arrived: Vec<_> = order.iter().map(|&at| history.events[at].kind.as_str()).collect();
        format!(
            "{} {arrived:?} (original order {:?})",
            history.name,
            history.events.iter().map(|e| &e.kind).collect::<Vec<_>>()
        )
    };
    assert!(memory.rejected.is_empty(), "{:?} in {}", memory.rejected, what());
    if in_rows {
        assert_eq!(memory.derived(), original_end.derived(), "derived rows of {}", what());
    } else {
        assert_eq!(memory.rows, original_end.rows, "rows of {}", what());
    }
    assert_eq!(memory.lasting, original_end.lasting, "lasting messages of {}", what());
    expected_state::ledger(history, &memory);
    let extra: Vec<_> = memory
        .notices
        .difference(&original_end.notices)
        // A sum that the charge itself showed, a refund in it having failed before, is true to the charge.
        .filter(|key| !key.starts_with("order.partially_refunded/") || !shown_by_a_charge(key, history))
        // What is true of one payment of an order need not be true once the others are known.
        .filter(|key| !is_of_several_payments(key, history))
        // An attempt that the customer must confirm is one notice, of whichever of its two events comes first.
        .filter(|key| !other_notice_of_the_attempt(key, &original_end.notices))
        .collect();
    assert!(extra.is_empty(), "notices {extra:?} that the original order does not send: {}", what());
}

fn shown_by_a_charge(key: &str, history: &History) -> bool {
    let sum = key.rsplit('/').next().and_then(|sum| sum.parse::<i64>().ok());
    let bodies = history.events.iter().map(|event| serde_json::from_slice::<Value>(&event.body).unwrap());
    bodies.into_iter().any(|body| sum.is_some() && body["data"]["object"]["amount_refunded"].as_i64() == sum)
}

fn is_of_several_payments(key: &str, history: &History) -> bool {
    let of_order = key.starts_with("order.") || key.starts_with("payment.");
    of_order
        && history.expected_state.orders.iter().any(|order| {
            let of_this = |found: &&ExpectedPayment| {
                found.account == order.account && found.order.as_ref() == Some(&order.id)
            };
            history.expected_state.payments.iter().filter(of_this).count() > 1
        })
}

fn other_notice_of_the_attempt(key: &str, sent: &BTreeSet<String>) -> bool {
    let (failed, required) = ("subscription.payment_failed/", "subscription.payment_action_required/");
    let invoice = |key: &str| key.split('/').nth(1).map(str::to_owned);
    let topic = if key.starts_with(required) { failed } else { required };
    (key.starts_with(required) || key.starts_with(failed))
        && sent.iter().any(|sent| sent.starts_with(topic) && invoice(sent) == invoice(key))
}
