//! What a month comes to, by currency. Pure.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::matching::Group;
use super::month::Month;
use super::transaction::Transaction;

/// Stripe's reporting category of what is paid out to the bank.
const PAYOUT: &str = "payout";

/// The transactions of one month and currency. Amounts are minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct CurrencyTotals {
    /// Transactions that are explained.
    pub(crate) explained: Sum,
    /// Transactions that are not.
    pub(crate) unexplained: Sum,
    /// Rows of the ledger without a transaction.
    pub(crate) only_in_ledger: Sum,
    /// What Stripe took of the transactions.
    pub(crate) fees: i64,
    /// All that the balance changed by, payouts included.
    pub(crate) net: i64,
    /// What was paid out to the bank, less what came back.
    pub(crate) payouts: i64,
    /// The explained ones by Stripe's reporting category.
    pub(crate) categories: BTreeMap<String, Sum>,
}

/// How many, and what they add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Sum {
    pub(crate) count: u64,
    pub(crate) amount: i64,
}

impl Sum {
    fn add(&mut self, amount: i64) {
        self.count += 1;
        self.amount += amount;
    }
}

/// Adds up the transactions of the month, and the rows that only the ledger has.
pub(crate) fn totals(
    transactions: &[Transaction],
    groups: &[Group<'_>],
    month: Month,
) -> BTreeMap<String, CurrencyTotals> {
    let open = groups.iter().filter(|group| group.problem.is_some());
    let unexplained: HashSet<&str> =
        open.clone().flat_map(|group| &group.transactions).map(|txn| txn.id.as_str()).collect();
    let mut all: BTreeMap<String, CurrencyTotals> = BTreeMap::new();
    for txn in transactions.iter().filter(|txn| month.holds(txn.created)) {
        let of = all.entry(txn.currency.clone()).or_default();
        of.fees += txn.fee;
        of.net += txn.net;
        if txn.category.starts_with(PAYOUT) {
            of.payouts -= txn.amount;
        }
        if unexplained.contains(txn.id.as_str()) {
            of.unexplained.add(txn.amount);
        } else {
            of.explained.add(txn.amount);
            of.categories.entry(txn.category.clone()).or_default().add(txn.amount);
        }
    }
    for movement in open.filter(|group| group.transactions.is_empty()).flat_map(|group| &group.movements) {
        all.entry(movement.currency.clone()).or_default().only_in_ledger.add(movement.amount);
    }
    all
}
