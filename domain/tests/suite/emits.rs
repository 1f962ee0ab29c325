//! What each handler says that it emits, against what its events really send.
//!
//! That nothing unlisted is sent is checked on every event of every test in memory (`memory::emitted`); here, that what is
//! listed is sent.

use std::collections::BTreeSet;

use domain::handlers::HANDLERS;
use domain::order::Expected;
use histories::{History, Kind, Rng, delivery, write};

use crate::memory::Memory;
use crate::order_proof::prepared;

/// Histories, each delivered in its original order and in another; fewer where every topic is sent before.
const HISTORIES: u64 = 1_500;

/// Topics that none of these histories sends.
const NOT_IN_HISTORIES: &[&str] = &[
    "invoice.finalization_failed",
    // Two payments of one order that are both captured.
    "order.overpaid",
];

#[test]
fn every_topic_that_a_handler_lists_is_sent_by_one_that_lists_it() {
    let kinds = [Kind::PURCHASES, Kind::MONEY, Kind::SUBSCRIPTIONS].concat();
    let listed: BTreeSet<_> =
        HANDLERS.iter().flat_map(|handler| handler.topics()).map(|topic| topic.name).collect();
    let mut sent = BTreeSet::new();
    for index in 0..HISTORIES {
        let history = write(29, index, &kinds);
        let mut rng = Rng::new(index);
        let mut order: Vec<usize> = (0..history.events.len()).collect();
        deliver(&history, &order, &mut rng, &mut sent);
        delivery::shuffle(&mut order, &mut rng);
        deliver(&history, &order, &mut rng, &mut sent);
        if sent.len() + NOT_IN_HISTORIES.len() == listed.len() {
            break;
        }
    }
    let never: Vec<_> = listed.difference(&sent).copied().collect();
    assert_eq!(never, NOT_IN_HISTORIES, "listed by a handler and never sent");
}

/// Delivers events one by one to a worker to which the orders were registered: as they will be paid, or otherwise.
fn deliver(history: &History, order: &[usize], rng: &mut Rng, sent: &mut BTreeSet<&'static str>) {
    let mut memory = Memory::default();
    let difference = *rng.pick(&[None, Some(0), Some(500)]);
    if let Some(difference) = difference {
        for order in &history.expected_state.orders {
            let expected = Expected {
                customer: None,
                amount: order.amount + difference,
                currency: order.currency.to_owned(),
                reference_code: None,
            };
            memory.expected.insert(order.id.clone(), expected);
        }
    }
    let events = prepared(history);
    order.iter().for_each(|&at| memory.deliver(&[&events[at]]));
    sent.extend(memory.emitted.into_iter().map(|(_, topic)| topic));
}
