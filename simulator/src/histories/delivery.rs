//! What delivery does to events on their way: repeats them, mixes them up, bunches them.
//!
//! Generic, so that a test can put indexes or references through it instead of whole bodies.

use super::dice::Dice;

/// Repeats `percent` of the events once more, somewhere after themselves.
#[must_use]
pub fn duplicate<T: Clone>(events: Vec<T>, percent: u8, dice: &mut Dice) -> Vec<T> {
    let count = events.len();
    let mut placed = Vec::with_capacity(count * 2);
    for (at, event) in events.into_iter().enumerate() {
        if dice.chance(percent) {
            let later = at + dice.below(count - at);
            placed.push((later, 1, event.clone()));
        }
        placed.push((at, 0, event));
    }
    placed.sort_by_key(|&(at, copy, _)| (at, copy));
    placed.into_iter().map(|(_, _, event)| event).collect()
}

/// Puts the events in any order.
pub fn shuffle<T>(events: &mut [T], dice: &mut Dice) {
    for at in (1..events.len()).rev() {
        events.swap(at, dice.below(at + 1));
    }
}

/// Moves each event at most about `reach` places: how a real queue mixes them up.
#[must_use]
pub fn jostle<T>(events: Vec<T>, reach: usize, dice: &mut Dice) -> Vec<T> {
    let mut placed: Vec<_> =
        events.into_iter().enumerate().map(|(at, event)| (at + dice.below(reach + 1), event)).collect();
    placed.sort_by_key(|(at, _)| *at);
    placed.into_iter().map(|(_, event)| event).collect()
}

/// Cuts the events into bursts of 1 to `largest`.
#[must_use]
pub fn bursts<T>(events: Vec<T>, largest: usize, dice: &mut Dice) -> Vec<Vec<T>> {
    let mut bursts = Vec::new();
    let mut rest = events.into_iter();
    loop {
        let size = 1 + dice.below(largest.max(1));
        let burst: Vec<T> = rest.by_ref().take(size).collect();
        if burst.is_empty() {
            return bursts;
        }
        bursts.push(burst);
    }
}
