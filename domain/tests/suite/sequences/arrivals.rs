//! The orders in which the events of a sequence arrive.

use domain::rules::KeptParts;
use histories::{Rng, delivery};

use crate::permutations::scaled;

/// Random orders of arrival of each sequence.
const RANDOM: u64 = 60;
const LEAST: u64 = 10;

/// How the events of a sequence arrive.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) order: Vec<usize>,
    /// Events in one batch.
    pub(super) largest: usize,
    /// Parts of each kind that a document holds.
    pub(super) kept: KeptParts,
}

impl Arrival {
    /// One by one.
    pub(super) fn of(order: Vec<usize>) -> Self {
        Self { order, largest: 1, kept: KeptParts::default() }
    }
}

/// Reversed, doubled, all at once and at random; a half of the random ones with documents that hold one part of each
/// kind, so that all others are in rows.
pub(super) fn arrivals(length: usize) -> Vec<Arrival> {
    let order: Vec<usize> = (0..length).collect();
    let reversed: Vec<usize> = order.iter().rev().copied().collect();
    let doubled: Vec<usize> = order.iter().flat_map(|at| [*at, *at]).chain(order.clone()).collect();
    let of = |order: Vec<usize>, largest: usize| Arrival { largest, ..Arrival::of(order) };
    let mut all =
        vec![of(reversed.clone(), 1), of(reversed, length), of(doubled, 2), of(order.clone(), length)];
    all.push(Arrival { kept: KeptParts(1), ..Arrival::of(order.clone()) });
    for seed in 0..scaled(RANDOM, LEAST) {
        let mut rng = Rng::new(seed);
        let mut shuffled = delivery::duplicate(order.clone(), 30, &mut rng);
        delivery::shuffle(&mut shuffled, &mut rng);
        let largest = *rng.pick(&[1, 1, 2, 3]);
        let kept = if seed % 2 == 0 { KeptParts::default() } else { KeptParts(1) };
        all.push(Arrival { order: shuffled, largest, kept });
    }
    all
}
