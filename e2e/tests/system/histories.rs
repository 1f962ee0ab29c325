//! Simulated histories for the other tests: as they are delivered, and what must come of them.

use e2e::System;
use simulator::histories::{self, History, Kind, Rng, delivery};
use simulator::verify;

/// Some histories of every kind, the same for a seed.
pub(crate) fn of_all_kinds(seed: u64, count: u64) -> Vec<History> {
    (0..count).map(|index| histories::write(seed, index, Kind::ALL)).collect()
}

/// Some histories that one worker can bring to their end: all their events go to the queue `fulfillment`.
pub(crate) fn purchases(seed: u64, count: usize) -> Vec<History> {
    let written = (0..).map(|index| histories::write(seed, index, Kind::PURCHASES));
    written
        .filter(|history| history.events.iter().all(|event| is_fulfillment(&event.kind)))
        .take(count)
        .collect()
}

/// As the exchange's bindings have it.
fn is_fulfillment(kind: &str) -> bool {
    let elsewhere = ["customer.subscription.", "invoice", "charge.refund", "refund.", "charge.dispute."];
    !elsewhere.iter().any(|start| kind.starts_with(start))
}

/// Their events, some twice, in any order.
pub(crate) fn shuffled(histories: &[History], seed: u64) -> Vec<Vec<u8>> {
    let mut rng = Rng::new(seed);
    let bodies =
        histories.iter().flat_map(|history| &history.events).map(|event| event.body.clone()).collect();
    let mut bodies = delivery::duplicate(bodies, 20, &mut rng);
    delivery::shuffle(&mut bodies, &mut rng);
    bodies
}

/// How many events they are.
pub(crate) fn count(histories: &[History]) -> usize {
    histories.iter().map(|history| history.events.len()).sum()
}

/// Panics unless the database holds exactly what the histories must have come to, outgoing messages included.
pub(crate) async fn must_be_as_expected(system: &System, histories: &[History]) {
    let client = system.database.connect().await.expect("the database answers");
    let expected_states: Vec<_> =
        histories.iter().map(|history| (history.name, &history.expected_state)).collect();
    let differences = verify::differences(&client, &expected_states).await.expect("compares");
    assert!(
        differences.is_empty(),
        "{} differences, the first of them {:#?}",
        differences.len(),
        differences.first()
    );
}
