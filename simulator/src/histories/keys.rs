//! Which lasting outgoing messages the facts of a history call for: the only place that knows the keys.

use super::truth::Truth;

/// The keys of the lasting messages for these facts, sorted.
pub(crate) fn lasting(truth: &Truth) -> Vec<String> {
    let mut keys: Vec<String> = truth
        .orders
        .iter()
        .filter(|order| order.was_paid)
        .map(|order| format!("order.paid/{}", order.id))
        .collect();
    keys.sort_unstable();
    keys
}
