//! Any permutation with repeats of any history ends in the same rows and the same lasting messages, and
//! sends no notice that the true order would not have sent.

use std::time::Instant;

use simulator::histories::{Dice, History, Kind, delivery, write};
use worker::domain::decide::Prepared;
use worker::domain::event::Event;

use crate::memory::Memory;

/// Permutations tried, over all histories.
const CASES: u64 = 20_000;
/// Permutations of each history.
const EACH: u64 = 20;

fn prepared(history: &History) -> Vec<Prepared> {
    history.events.iter().map(|event| Prepared::new(Event::parse(&event.body).unwrap())).collect()
}

#[test]
fn every_order_of_arrival_of_a_purchase_ends_in_the_same_rows_and_lasting_messages() {
    let began = Instant::now();
    let mut cases = 0;
    for index in 0.. {
        if cases >= CASES {
            break;
        }
        let history = write(7, index, Kind::ALL);
        let events = prepared(&history);
        let in_truth = in_true_order(&history, &events);
        for round in 0..EACH {
            permuted(&history, &events, &in_truth, index * EACH + round);
            cases += 1;
        }
    }
    println!("{cases} permutations in {:?}", began.elapsed());
}

/// Delivers the events one by one in the true order and checks the end against the truth.
fn in_true_order(history: &History, events: &[Prepared]) -> Memory {
    let mut memory = Memory::default();
    for event in events {
        memory.deliver(&[event]);
    }
    let name = &history.name;
    assert!(memory.rejected.is_empty(), "{name}: {:?}", memory.rejected);
    for truth in &history.truth.orders {
        let totals = memory.rows.orders[&truth.id].totals();
        let found =
            (totals.status.word(), totals.amount, totals.paid, totals.refunded, totals.currency.as_deref());
        let expected = (
            truth.status,
            Some(truth.amount),
            truth.amount_paid,
            truth.amount_refunded,
            Some(truth.currency),
        );
        assert_eq!(found, expected, "{name}: order {}", truth.id);
        assert_eq!(totals.customer, truth.customer, "{name}: customer of order {}", truth.id);
    }
    for truth in &history.truth.payments {
        let payment = &memory.rows.payments[&truth.id];
        let summary = payment.summary();
        let found = (summary.status.word(), summary.amount, summary.paid, summary.refunded);
        let expected = (truth.status, Some(truth.amount), truth.amount_paid, truth.amount_refunded);
        assert_eq!(found, expected, "{name}: payment {}", truth.id);
        assert_eq!(payment.linked, truth.order, "{name}: order of payment {}", truth.id);
    }
    let lasting: Vec<_> = memory.lasting.iter().cloned().collect();
    assert_eq!(lasting, history.truth.lasting, "{name}: lasting messages");
    memory
}

fn permuted(history: &History, events: &[Prepared], in_truth: &Memory, seed: u64) {
    let mut dice = Dice::new(seed);
    let mut order: Vec<usize> = (0..events.len()).collect();
    order = delivery::duplicate(order, 30, &mut dice);
    delivery::shuffle(&mut order, &mut dice);
    let mut memory = Memory::default();
    for burst in delivery::bursts(order.clone(), 4, &mut dice) {
        let batch: Vec<&Prepared> = burst.iter().map(|&at| &events[at]).collect();
        memory.deliver(&batch);
    }
    let what = || {
        let told: Vec<_> = order.iter().map(|&at| history.events[at].kind.as_str()).collect();
        format!(
            "{} {told:?} (true order {:?})",
            history.name,
            history.events.iter().map(|e| &e.kind).collect::<Vec<_>>()
        )
    };
    assert!(memory.rejected.is_empty(), "{:?} in {}", memory.rejected, what());
    assert_eq!(memory.rows, in_truth.rows, "rows of {}", what());
    assert_eq!(memory.lasting, in_truth.lasting, "lasting messages of {}", what());
    let extra: Vec<_> = memory.notices.difference(&in_truth.notices).collect();
    assert!(extra.is_empty(), "notices {extra:?} that the true order does not send: {}", what());
}
