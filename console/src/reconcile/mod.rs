//! Whether every movement of a Stripe account's balance is explained: each balance transaction of a month is matched with
//! the ledger, and each row of the ledger with a transaction.
//! Must never change the ledger: it is derived by the workers.

pub(crate) mod amounts;
pub(crate) mod matching;
pub(crate) mod month;
pub(crate) mod read;
pub(crate) mod service;
pub(crate) mod store;
pub(crate) mod totals;
pub(crate) mod transaction;

#[cfg(test)]
mod matching_tests;
