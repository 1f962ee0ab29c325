//! Histories as a company would see them from Stripe, each with the state it must end in.
//!
//! Pure and seeded: the same seed gives the same bytes on every machine and every day. Nothing here
//! opens a connection, reads a clock or knows how events are delivered or handled.
#![allow(missing_docs, reason = "the library exists for tests and for the simulator's programs")]

mod aftermath;
mod company;
pub mod delivery;
mod edge_cases;
mod expected_state;
mod ids;
mod keys;
mod kind;
mod money;
mod object;
mod objects;
mod pretty;
mod purchase;
mod rng;
mod subscription;
mod trail;
mod version;

#[cfg(test)]
mod tests;

pub use expected_state::{
    ExpectedDispute, ExpectedInvoice, ExpectedItem, ExpectedOrder, ExpectedPayment, ExpectedRefund,
    ExpectedState, ExpectedSubscription, RegisteredOrder,
};
pub use kind::Kind;
pub use rng::Rng;
pub use version::Version;

use std::collections::BTreeMap;

use company::{Company, Lived};
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimEvent {
    pub id: String,
    pub kind: String,
    /// In unix seconds.
    pub created: i64,
    /// The JSON as Stripe posts it.
    pub body: Vec<u8>,
}

/// One history: its events in their original order, and the state they must end in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    pub name: &'static str,
    /// The API version of its events.
    pub version: Version,
    /// In the original order.
    pub events: Vec<SimEvent>,
    pub expected_state: ExpectedState,
    /// Lines of invoices that their bodies leave out, by the invoice: only Stripe's API shows them.
    pub hidden_lines: BTreeMap<String, Vec<Value>>,
    /// Whether an object came back to a state that it had before within the same second: then the events
    /// of that second alone do not always prove where it ends.
    pub revisits: bool,
    /// Whether two Event objects describe one change.
    pub twins: bool,
}

/// How a history is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// The API version; any when not given.
    pub version: Option<Version>,
    /// In how many of 100 cases an event shares the second of the one before, where nobody has to act
    /// in between.
    pub same_second: u8,
    /// How many events share one second whatever happens between them. Payments themselves
    /// are left alone; what comes after them is not, and so are subscriptions.
    pub burst: Option<usize>,
    /// For how many of 100 events Stripe makes a second Event object.
    pub twins: u8,
}

/// How history number `index` of a seed is written by default.
#[must_use]
pub fn usual(seed: u64, index: u64) -> Options {
    let mut rng = Rng::of(seed ^ 0x0051_1ce6_a7e0, index);
    Options {
        version: None,
        same_second: *rng.pick(&[0, 40, 80, 100]),
        burst: *rng.pick(&[None, None, Some(3), Some(8), Some(1000)]),
        twins: *rng.pick(&[0, 0, 0, 10]),
    }
}

/// History number `index` of a seed, of one of the kinds (any when none is given).
///
/// Histories of different seeds or indexes share no id.
#[must_use]
pub fn write(seed: u64, index: u64, kinds: &[Kind]) -> History {
    write_with(seed, index, kinds, usual(seed, index))
}

/// History number `index` of a seed, of one of the kinds, written as the options say.
#[must_use]
pub fn write_with(seed: u64, index: u64, kinds: &[Kind], options: Options) -> History {
    let mut company = Company::new(seed, index, options);
    let kind = if kinds.is_empty() { *company.rng.pick(Kind::ALL) } else { *company.rng.pick(kinds) };
    if Kind::MONEY.contains(&kind) {
        aftermath::live(&mut company, kind);
    } else if Kind::SUBSCRIPTIONS.contains(&kind) {
        subscription::live(&mut company, kind);
    } else if Kind::EDGE_CASES.contains(&kind) {
        edge_cases::live(&mut company, kind);
    } else {
        purchase::live(&mut company, kind);
    }
    let version = company.version;
    let Lived { events, mut expected_state, hidden_lines, revisits, twins } = company.finish();
    expected_state.lasting = keys::lasting(&expected_state);
    History { name: kind.name(), version, events, expected_state, hidden_lines, revisits, twins }
}

/// The first `count` histories of a seed, of every kind.
#[must_use]
pub fn many(seed: u64, count: usize) -> Vec<History> {
    (0..count as u64).map(|index| write(seed, index, Kind::ALL)).collect()
}

/// Event ids for bodies that come from elsewhere; no history has them.
pub fn fresh_ids(seed: u64) -> impl FnMut() -> String {
    let mut ids = ids::Ids::new(seed, u64::from(u32::MAX));
    move || ids.next("evt_1")
}
