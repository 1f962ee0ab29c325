//! The only source of chance in a history: SplitMix64, seeded.
//!
//! Written out rather than taken from a crate, because a seed printed today must give the same
//! history after every dependency update.

/// A seeded sequence of numbers.
#[derive(Debug, Clone)]
pub struct Rng(u64);

/// SplitMix64's finalizer: a bijection on 64 bits, so different inputs never meet.
pub(crate) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Rng {
    /// A generator for this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x5bd1_e995_9e37_79b9))
    }

    /// A generator for one history of a seed, independent of its neighbours.
    #[must_use]
    pub fn of(seed: u64, index: u64) -> Self {
        Self(mix(seed).wrapping_add(mix(index.wrapping_add(0x9e37_79b9))))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `n` (0 when `n` is 0).
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.bits() % n as u64) as usize }
    }

    /// A number from `low` to `high`, both included.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        low + (self.bits() % (high.saturating_sub(low).max(0) as u64 + 1)) as i64
    }

    /// True in `percent` of 100 throws.
    pub fn chance(&mut self, percent: u8) -> bool {
        self.bits() % 100 < u64::from(percent)
    }

    /// One of the choices, which must not be empty.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}
