//! What delivery does to events on their way: repeats them, mixes them up, bunches them.
//!
//! Generic, so that a test can put indexes or references through it instead of whole bodies.

use super::rng::Rng;

/// Repeats `percent` of the events once more, somewhere after themselves.
#[must_use]
pub fn duplicate<T: Clone>(events: Vec<T>, percent: u8, rng: &mut Rng) -> Vec<T> {
    let count = events.len();
    let mut placed = Vec::with_capacity(count * 2);
    for (at, event) in events.into_iter().enumerate() {
        if rng.chance(percent) {
            let later = at + rng.below(count - at);
            placed.push((later, 1, event.clone()));
        }
        placed.push((at, 0, event));
    }
    placed.sort_by_key(|&(at, copy, _)| (at, copy));
    placed.into_iter().map(|(_, _, event)| event).collect()
}

/// Puts the events in any order.
pub fn shuffle<T>(events: &mut [T], rng: &mut Rng) {
    for at in (1..events.len()).rev() {
        events.swap(at, rng.below(at + 1));
    }
}

/// Moves each event at most about `reach` places: how a real queue mixes them up.
#[must_use]
pub fn reorder<T>(events: Vec<T>, reach: usize, rng: &mut Rng) -> Vec<T> {
    let mut placed: Vec<_> =
        events.into_iter().enumerate().map(|(at, event)| (at + rng.below(reach + 1), event)).collect();
    placed.sort_by_key(|(at, _)| *at);
    placed.into_iter().map(|(_, event)| event).collect()
}

/// Cuts the events into bursts of 1 to `largest`.
#[must_use]
pub fn bursts<T>(events: Vec<T>, largest: usize, rng: &mut Rng) -> Vec<Vec<T>> {
    let mut bursts = Vec::new();
    let mut rest = events.into_iter();
    loop {
        let size = 1 + rng.below(largest.max(1));
        let burst: Vec<T> = rest.by_ref().take(size).collect();
        if burst.is_empty() {
            return bursts;
        }
        bursts.push(burst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duplicate_comes_after_its_original() {
        let sent = duplicate((0..500).collect(), 30, &mut Rng::new(1));
        assert!(sent.len() > 600 && sent.len() < 700, "{}", sent.len());
        let firsts: Vec<_> = (0..500).map(|event| sent.iter().position(|sent| *sent == event)).collect();
        assert!(firsts.windows(2).all(|pair| pair[0] < pair[1]), "the originals stay in order");
    }

    #[test]
    fn shuffling_jostling_and_bursting_lose_nothing() {
        let mut rng = Rng::new(2);
        let mut events: Vec<u32> = (0..300).collect();
        shuffle(&mut events, &mut rng);
        assert_ne!(events, (0..300).collect::<Vec<_>>());
        let bursts = bursts(reorder(events, 5, &mut rng), 7, &mut rng);
        assert!(bursts.iter().all(|burst| (1..=7).contains(&burst.len())));
        let mut events: Vec<u32> = bursts.into_iter().flatten().collect();
        events.sort_unstable();
        assert_eq!(events, (0..300).collect::<Vec<_>>());
    }
}
