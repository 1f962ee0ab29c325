//! Lives with many changes inside one second, where Stripe's clock says nothing: how often the events alone
//! prove the real end, how often the end is marked ambiguous, and that none is wrong and unmarked.

use histories::{Kind, Options, Rng, delivery, write_with};

use crate::expected_state::{self, Tally};
use crate::memory::Memory;
use crate::order_proof::prepared;
use crate::permutations::scaled;

/// The number of lives, each in an order of arrival of its own.
const LIVES: u64 = 3_000;
const LEAST: u64 = 200;

#[test]
fn the_end_of_many_changes_in_one_second_is_proved_or_marked_ambiguous() {
    let kinds = [Kind::SUBSCRIPTIONS, Kind::MONEY].concat();
    let mut tally = Tally::default();
    for index in 0..scaled(LIVES, LEAST) {
        let mut rng = Rng::of(17, index);
        let burst = Some(*rng.pick(&[3, 8, 1_000]));
        let twins = *rng.pick(&[0, 10]);
        let history =
            write_with(17, index, &kinds, Options { burst, twins, same_second: 100, version: None });
        let events = prepared(&history);
        let mut order: Vec<_> = delivery::duplicate(events.iter().collect(), 30, &mut rng);
        delivery::shuffle(&mut order, &mut rng);
        let mut memory = Memory::default();
        for event in order {
            memory.deliver(&[event]);
        }
        // Fails on an object that is wrong and not marked.
        tally.add(&expected_state::check(&history, &memory));
    }
    let objects = tally.certain + tally.ambiguous;
    let percent = |count: u64| 100.0 * count as f64 / objects as f64;
    println!(
        "{objects} objects with several changes in one second: {:.2}% end true without a fetch, \
         {:.2}% are marked ambiguous, 0 are wrong and unmarked",
        percent(tally.certain),
        percent(tally.ambiguous)
    );
    assert!(percent(tally.certain) >= 95.0);
}
