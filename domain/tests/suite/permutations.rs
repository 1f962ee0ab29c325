//! How many histories, and how many orders of arrival of each, the tests try.

/// Permutations of `order_proof` in `make test`; every other number of this folder is stated for as many.
const FULL: u64 = 52_000;
/// The default of `ORDER_PROOF_PERMUTATIONS`: `cargo test -p domain` takes seconds.
const QUICK: u64 = 2_600;

/// The share of `full` that `ORDER_PROOF_PERMUTATIONS` asks for, and at least `least`.
pub(crate) fn scaled(full: u64, least: u64) -> u64 {
    let asked = std::env::var("ORDER_PROOF_PERMUTATIONS").ok();
    let asked = asked.map(|count| count.parse::<u64>().expect("ORDER_PROOF_PERMUTATIONS is a number"));
    (full * asked.unwrap_or(QUICK) / FULL).max(least)
}
