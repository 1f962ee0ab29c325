//! What Stripe's API showed at some moments, among the events of a history: whatever comes when, the end is the same.

use std::collections::BTreeMap;

use domain::decide::Prepared;
use domain::event::Event;
use domain::fetched::{Fetched, Source};
use domain::origin::Origin;
use histories::{History, Kind, Rng, delivery, write};
use serde_json::Value;

use crate::expected_state;
use crate::memory::Memory;
use crate::order_proof::prepared;

/// An object that is there at the end of a second, as its events of until then show it.
fn states(history: &History, as_of: i64) -> Vec<(Value, Origin)> {
    let mut states = BTreeMap::new();
    for event in history.events.iter().filter(|event| event.created <= as_of) {
        let event = Event::parse(&event.body).unwrap();
        if let Some(id) = event.object_id() {
            states.insert(id.to_owned(), (event.object.clone(), event.origin()));
        }
    }
    states.into_values().collect()
}

fn fetched(object: &Value, origin: &Origin, history: &History, as_of: i64) -> Option<Prepared> {
    let fetched = Fetched { object, origin, version: history.version.0, as_of, source: Source::Doubt };
    Some(Prepared::new(Event::parse(&fetched.event()?.body).unwrap()))
}

/// Some objects, at moments of the history and after it.
fn some(history: &History, rng: &mut Rng) -> Vec<Prepared> {
    let mut all = Vec::new();
    for _ in 0..1 + rng.below(3) {
        let moment = history.events[rng.below(history.events.len())].created + rng.range(0, 100);
        let seen = states(history, moment);
        let picked = seen.into_iter().filter(|_| rng.chance(60));
        let picked: Vec<_> = picked.collect();
        all.extend(picked.iter().filter_map(|(object, origin)| fetched(object, origin, history, moment)));
    }
    all
}

fn every_order_ends_as_expected(seed: u64, kinds: &[Kind], histories: u64) {
    for index in 0..histories {
        let history = write(seed, index, kinds);
        let mut original = Memory::of(&history);
        let events = prepared(&history);
        events.iter().for_each(|event| original.deliver(&[event]));
        for round in 0..5 {
            let mut rng = Rng::of(seed, index * 100 + round);
            let seen = some(&history, &mut rng);
            let mut order: Vec<&Prepared> = events.iter().chain(&seen).collect();
            delivery::shuffle(&mut order, &mut rng);
            let mut memory = Memory::of(&history);
            for burst in delivery::bursts(order.clone(), 3, &mut rng) {
                memory.deliver(&burst);
            }
            let arrived: Vec<_> =
                order.iter().map(|one| format!("{}@{}", one.event.kind, one.event.created)).collect();
            println!("{} {index} {round}: {arrived:?}", history.name);
            assert!(memory.rejected.is_empty(), "{:?}", memory.rejected);
            expected_state::check(&history, &memory);
            expected_state::ledger(&history, &memory);
            assert_eq!(memory.lasting, original.lasting);
        }
    }
}

#[test]
fn observations_change_no_end_of_a_purchase() {
    every_order_ends_as_expected(31, Kind::PURCHASES, 40);
}

#[test]
fn observations_change_no_end_of_refunds_and_disputes() {
    every_order_ends_as_expected(32, Kind::MONEY, 60);
}

#[test]
fn observations_change_no_end_of_a_subscription() {
    every_order_ends_as_expected(33, Kind::SUBSCRIPTIONS, 30);
}

#[test]
fn a_purchase_whose_events_are_missing_is_known_from_what_stripe_shows_at_last() {
    for index in 0..150 {
        let history = write(34, index, Kind::PURCHASES);
        let mut rng = Rng::of(34, index);
        let share = *rng.pick(&[0, 30, 70]);
        let mut arriving = prepared(&history);
        arriving.retain(|_| rng.chance(share));
        let end = history.events.iter().map(|event| event.created).max().unwrap_or_default() + 100;
        let seen = states(&history, end);
        arriving.extend(seen.iter().filter_map(|(object, origin)| fetched(object, origin, &history, end)));
        delivery::shuffle(&mut arriving, &mut rng);
        let mut memory = Memory::of(&history);
        arriving.iter().for_each(|one| memory.deliver(&[one]));
        println!(
            "{} {index}: {:?}",
            history.name,
            arriving.iter().map(|one| &one.event.kind).collect::<Vec<_>>()
        );
        expected_state::check(&history, &memory);
    }
}

/// Lists are read one after the other: what one shows may be minutes older than what another does.
#[test]
fn what_is_known_from_stripe_alone_does_not_depend_on_which_list_was_read_first() {
    for index in 0..150 {
        let history = write(36, index, Kind::PURCHASES);
        let mut rng = Rng::of(36, index);
        let end = history.events.iter().map(|event| event.created).max().unwrap_or_default() + 100;
        let mut seen: Vec<Prepared> = states(&history, end)
            .iter()
            .filter_map(|(object, origin)| fetched(object, origin, &history, end + rng.range(0, 600)))
            .collect();
        delivery::shuffle(&mut seen, &mut rng);
        let mut memory = Memory::of(&history);
        seen.iter().for_each(|one| memory.deliver(&[one]));
        println!(
            "{} {index}: {:?}",
            history.name,
            seen.iter().map(|one| (&one.event.kind, one.event.created)).collect::<Vec<_>>()
        );
        expected_state::check(&history, &memory);
    }
}

#[test]
fn what_stripe_shows_in_the_end_moves_no_money_that_events_have_explained() {
    for index in 0..300 {
        let history = write(35, index, Kind::MONEY);
        let end = history.events.iter().map(|event| event.created).max().unwrap_or_default() + 100;
        let mut memory = Memory::of(&history);
        prepared(&history).iter().for_each(|event| memory.deliver(&[event]));
        for (object, origin) in states(&history, end) {
            let Some(seen) = fetched(&object, &origin, &history, end) else { continue };
            memory.deliver(&[&seen]);
            println!("{} {index}: {}", history.name, seen.event.kind);
            expected_state::check(&history, &memory);
            expected_state::ledger(&history, &memory);
        }
    }
}
