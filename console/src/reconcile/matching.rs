//! Balance transactions beside the ledger. Pure.
//!
//! What is about the same movement forms a group, and a group is explained when both sides add up to the same money. Most
//! groups are one transaction and one row. A payment that was captured in parts has several transactions and one row; the
//! refunds of a charge of which only the sum is known have several of each.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::amounts::converts_to;
use super::month::Month;
use super::transaction::{Class, Movement, Transaction};
use crate::common::text_enum::text_enum;

text_enum! {
    /// Why a group is not explained.
    pub(crate) enum Problem {
        /// The balance moved, and the ledger has no row.
        NoLedgerRow = "no_ledger_row",
        /// The ledger has a row, and the balance did not move.
        NoTransaction = "no_transaction",
        /// Both have it, with other amounts.
        AmountDiffers = "amount_differs",
    }
}

/// Where the source of a transaction belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The payment.
    pub(crate) payment: Option<String>,
    /// The charge, of a refund or dispute.
    pub(crate) charge: Option<String>,
}

/// Both sides.
#[derive(Debug, Clone, Default)]
pub(crate) struct Books {
    /// Those of the month, and others that are about the same movements.
    pub(crate) transactions: Vec<Transaction>,
    /// Those of the month, and others of the same payments.
    pub(crate) movements: Vec<Movement>,
    /// Where sources belong, by their ids.
    pub(crate) places: HashMap<String, Place>,
}

/// What both sides have of one movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group<'a> {
    pub(crate) class: Class,
    /// The object that the ledger's rows or the transactions are about.
    pub(crate) about: String,
    pub(crate) transactions: Vec<&'a Transaction>,
    pub(crate) movements: Vec<&'a Movement>,
    /// None: explained.
    pub(crate) problem: Option<Problem>,
}

/// A group that is not explained, as it is reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Unexplained {
    pub(crate) problem: Problem,
    pub(crate) about: String,
    /// Stripe's reporting category, or the ledger's kind where there is no transaction.
    pub(crate) kind: String,
    /// The balance transactions.
    pub(crate) transactions: Vec<String>,
    /// The keys of the ledger's rows.
    pub(crate) movements: Vec<String>,
    /// Minor units by the balance and their currency; none where it has nothing.
    pub(crate) amount: Option<i64>,
    pub(crate) currency: Option<String>,
    /// Minor units by the ledger and their currency; none where it has nothing.
    pub(crate) ledger_amount: Option<i64>,
    pub(crate) ledger_currency: Option<String>,
}

/// The groups that something of the month is in; transactions that explain themselves are in none.
pub(crate) fn groups(books: &Books, month: Month) -> Vec<Group<'_>> {
    let of_movements = Anchors::of(&books.movements);
    let mut groups: BTreeMap<(Class, String), Group<'_>> = BTreeMap::new();
    let new = |class, about: String| Group {
        class,
        about,
        transactions: Vec::new(),
        movements: Vec::new(),
        problem: None,
    };
    for movement in &books.movements {
        let (class, about) = anchor(movement);
        let group = groups.entry((class, about.to_owned())).or_insert_with(|| new(class, about.to_owned()));
        group.movements.push(movement);
    }
    for transaction in &books.transactions {
        let Some(class) = transaction.class() else { continue };
        let about = of_movements.of_transaction(class, transaction, &books.places);
        let group = groups.entry((class, about.clone())).or_insert_with(|| new(class, about));
        group.transactions.push(transaction);
    }
    let in_month = |group: &Group<'_>| {
        group.transactions.iter().any(|transaction| month.holds(transaction.created))
            || group.movements.iter().any(|movement| month.holds(movement.at))
    };
    groups.into_values().filter(in_month).map(Group::judged).collect()
}

/// What a row of the ledger is about: the balance transaction that its key names, else its object.
fn anchor(movement: &Movement) -> (Class, &str) {
    let class = Class::of_movement(&movement.kind);
    let about = match class {
        Class::Payment => movement.payment.as_str(),
        Class::Refund => movement.object.as_str(),
        Class::Dispute => movement.key.split_once('/').map_or(movement.key.as_str(), |(_, about)| about),
    };
    (class, about)
}

/// What the rows of the ledger are about.
struct Anchors<'a>(HashSet<(Class, &'a str)>);

impl<'a> Anchors<'a> {
    fn of(movements: &'a [Movement]) -> Self {
        Self(movements.iter().map(anchor).collect())
    }

    /// What a transaction is about: of what it may be, the first that the ledger has a row about.
    fn of_transaction(
        &self,
        class: Class,
        transaction: &Transaction,
        places: &HashMap<String, Place>,
    ) -> String {
        let source = transaction.source.as_deref();
        let place = source.and_then(|source| places.get(source));
        let payment = place.and_then(|place| place.payment.as_deref());
        let charge = place.and_then(|place| place.charge.as_deref());
        let candidates = match class {
            Class::Payment => [payment, source, None],
            Class::Refund => [source, charge, payment],
            Class::Dispute => [Some(transaction.id.as_str()), source, None],
        };
        let known = candidates.into_iter().flatten().find(|about| self.0.contains(&(class, *about)));
        known.or(source).unwrap_or(&transaction.id).to_owned()
    }
}

impl Group<'_> {
    fn judged(mut self) -> Self {
        let undone = || self.movements.iter().map(|movement| movement.amount).sum::<i64>() == 0;
        self.problem = match (self.transactions.as_slice(), self.movements.as_slice()) {
            (_, []) => Some(Problem::NoLedgerRow),
            // A refund that was canceled before any money moved.
            ([], _) if undone() => None,
            ([], _) => Some(Problem::NoTransaction),
            _ => (!self.adds_up()).then_some(Problem::AmountDiffers),
        };
        self
    }

    /// A payment's parts add up. What went out and what came back of a refund or dispute do so each by itself.
    fn adds_up(&self) -> bool {
        match self.class {
            Class::Payment => self.same(|_| true),
            Class::Refund | Class::Dispute => {
                self.same(|amount| amount < 0) && self.same(|amount| amount > 0)
            }
        }
    }

    /// Whether the amounts that `of` takes are the same money on both sides.
    fn same(&self, of: impl Fn(i64) -> bool) -> bool {
        let ledger: i64 = self.movements.iter().map(|m| m.amount).filter(|amount| of(*amount)).sum();
        let taken: Vec<_> = self.transactions.iter().filter(|txn| of(txn.amount)).collect();
        let balance: i64 = taken.iter().map(|txn| txn.amount).sum();
        let currency = self.movements[0].currency.as_str();
        if taken.iter().all(|txn| txn.currency == currency) {
            return ledger == balance;
        }
        let rate = taken.iter().find_map(|txn| txn.exchange_rate.as_deref());
        rate.and_then(|rate| converts_to(ledger, rate, balance, taken.len())).unwrap_or(false)
    }

    /// As it is reported; none where it is explained.
    pub(crate) fn unexplained(&self) -> Option<Unexplained> {
        let (transaction, movement) = (self.transactions.first(), self.movements.first());
        let kind = transaction.map(|txn| &txn.category).or(movement.map(|movement| &movement.kind));
        Some(Unexplained {
            problem: self.problem?,
            about: self.about.clone(),
            kind: kind.cloned().unwrap_or_default(),
            transactions: self.transactions.iter().map(|txn| txn.id.clone()).collect(),
            movements: self.movements.iter().map(|movement| movement.key.clone()).collect(),
            amount: transaction.map(|_| self.transactions.iter().map(|txn| txn.amount).sum()),
            currency: transaction.map(|txn| txn.currency.clone()),
            ledger_amount: movement.map(|_| self.movements.iter().map(|movement| movement.amount).sum()),
            ledger_currency: movement.map(|movement| movement.currency.clone()),
        })
    }
}
