//! Ids that look like Stripe's and never meet: seed, history and counter can be read back from each.

use super::rng::mix;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Odd, so that multiplying by it permutes the 48 bits it works on.
const SPREAD: u64 = 0x9e37_79b9_7f4b;

/// The ids of one history.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    seed: u64,
    index: u64,
    counter: u64,
}

impl Ids {
    /// Distinct for every seed and for every index below 2^32.
    pub(crate) fn new(seed: u64, index: u64) -> Self {
        Self { seed: mix(seed), index: index & 0xffff_ffff, counter: 0 }
    }

    /// The next id, such as `pi_3…` for the prefix `pi_3`.
    pub(crate) fn next(&mut self, prefix: &str) -> String {
        let number = (self.index << 16 | (self.counter & 0xffff)).wrapping_mul(SPREAD) & 0xffff_ffff_ffff;
        self.counter += 1;
        let mut id = String::with_capacity(prefix.len() + 20);
        id.push_str(prefix);
        push_digits(&mut id, number, 9);
        push_digits(&mut id, self.seed, 11);
        id
    }

    /// A checkout session's id, longer than the others.
    pub(crate) fn session(&mut self) -> String {
        let mut id = self.next("cs_test_a1");
        let tail = id[10..].chars().rev().collect::<String>();
        id.push_str(&tail);
        id.push_str(&tail[..18]);
        id
    }
}

fn push_digits(id: &mut String, mut number: u64, count: usize) {
    for _ in 0..count {
        id.push(char::from(DIGITS[(number % 62) as usize]));
        number /= 62;
    }
}
