//! The aggregates that a batch works on: loaded under lock, changed event by event, then saved.
//!
//! Owns the undoing of a rejected event: [`State::begin`] starts one, [`State::rollback`] leaves no trace
//! of it. It must never be asked for an aggregate that was not locked.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::aggregate::Aggregate;
use super::invoice::Invoice;
use super::message::Message;
use super::order::Order;
use super::origin::OrderKey;
use super::payment::Payment;
use super::rules::Rules;
use super::subscription::Subscription;

/// The ids that an event touches, known before anything is loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// Charges, to learn which payment they belong to; true where an event names no payment intent, so
    /// that the charge itself may have to stand for the payment.
    pub charges: BTreeMap<String, bool>,
    /// Payments, by payment intent id or what stands in for it.
    pub payments: BTreeSet<String>,
    /// Payments that are locked where they exist and not created: what a refund or dispute was kept under before
    /// its charge was known.
    pub payments_if_known: BTreeSet<String>,
    /// Orders that the event itself names.
    pub orders: BTreeSet<OrderKey>,
    /// Invoices that the event touches, by id.
    pub invoices: BTreeSet<String>,
    /// Subscriptions that the event touches, by id.
    pub subscriptions: BTreeSet<String>,
}

impl Keys {
    /// Adds the keys of another event.
    pub fn extend(&mut self, other: &Self) {
        for (charge, alone) in &other.charges {
            *self.charges.entry(charge.clone()).or_default() |= alone;
        }
        self.payments.extend(other.payments.iter().cloned());
        self.payments_if_known.extend(other.payments_if_known.iter().cloned());
        self.orders.extend(other.orders.iter().cloned());
        self.invoices.extend(other.invoices.iter().cloned());
        self.subscriptions.extend(other.subscriptions.iter().cloned());
    }
}

/// The ids of everything that a batch locked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// The ids of the payments.
    pub payments: Vec<String>,
    /// The keys of the orders, with account and mode.
    pub orders: Vec<OrderKey>,
    /// The ids of the invoices.
    pub invoices: Vec<String>,
    /// The ids of the subscriptions.
    pub subscriptions: Vec<String>,
}

/// Which payment a charge belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChargeLink {
    /// The payment's id; the charge's own while its payment intent is unknown.
    pub payment: Option<String>,
}

/// An aggregate as it was loaded and as it is now.
#[derive(Debug, Clone)]
pub struct Row<T> {
    /// As the database has it; `None` when the batch created it.
    pub loaded: Option<T>,
    /// As the events so far have left it.
    pub now: T,
}

/// The locked rows of one table.
#[derive(Debug, Clone)]
pub struct Table<T, K = String> {
    name: &'static str,
    rows: BTreeMap<K, Row<T>>,
    undo: BTreeMap<K, T>,
}

impl<T: Clone + Default + PartialEq, K: Ord + Clone> Table<T, K> {
    const fn new(name: &'static str) -> Self {
        Self { name, rows: BTreeMap::new(), undo: BTreeMap::new() }
    }

    /// Adds a row under lock: as loaded, or new.
    pub fn add(&mut self, id: K, loaded: Option<T>) {
        let now = loaded.clone().unwrap_or_default();
        self.rows.insert(id, Row { loaded, now });
    }

    /// Whether the row is locked.
    #[must_use]
    pub fn has<Q: Ord + ?Sized>(&self, id: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.rows.contains_key(id)
    }

    /// The row as it is now.
    ///
    /// # Panics
    /// When it was not locked: the event's keys and its handler disagree, which is a bug of the handler
    /// and ends as `handler_panic`.
    #[must_use]
    pub fn get<Q: Ord + Display + ?Sized>(&self, id: &Q) -> &T
    where
        K: Borrow<Q>,
    {
        &self.rows.get(id).unwrap_or_else(|| panic!("{} {id} was not locked", self.name)).now
    }

    /// The row, to be changed by the event in hand.
    ///
    /// # Panics
    /// As [`Table::get`].
    pub fn touch<Q: Ord + Display + ToOwned<Owned = K> + ?Sized>(&mut self, id: &Q) -> &mut T
    where
        K: Borrow<Q>,
    {
        let row = self.rows.get_mut(id).unwrap_or_else(|| panic!("{} {id} was not locked", self.name));
        if !self.undo.contains_key(id) {
            self.undo.insert(id.to_owned(), row.now.clone());
        }
        &mut row.now
    }

    /// What the event in hand touched: id, before, now.
    pub fn touched(&self) -> impl Iterator<Item = (&K, &T, &T)> {
        self.undo.iter().map(|(id, before)| (id, before, &self.rows[id].now))
    }

    /// The locked rows of this table by key.
    pub fn rows(&self) -> impl Iterator<Item = (&K, &Row<T>)> {
        self.rows.iter()
    }

    fn ids(&self) -> Vec<K> {
        self.rows.keys().cloned().collect()
    }

    /// The rows that differ from what was loaded.
    pub fn changed(&self) -> impl Iterator<Item = (&K, &Row<T>)> {
        self.rows().filter(|(_, row)| row.loaded.as_ref() != Some(&row.now))
    }

    fn rollback(&mut self) {
        for (id, before) in std::mem::take(&mut self.undo) {
            if let Some(row) = self.rows.get_mut(&id) {
                row.now = before;
            }
        }
    }
}

/// Everything that a batch works on.
#[derive(Debug, Clone)]
pub struct State {
    /// Which payment each charge belongs to.
    pub charges: Table<ChargeLink>,
    /// The payments, by payment intent or what stands in for it.
    pub payments: Table<Payment>,
    /// The orders, by account, mode and id.
    pub orders: Table<Order, OrderKey>,
    /// The invoices, by Stripe's id.
    pub invoices: Table<Invoice>,
    /// The subscriptions, by Stripe's id.
    pub subscriptions: Table<Subscription>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            charges: Table::new("charge"),
            payments: Table::new("payment"),
            orders: Table::new("order"),
            invoices: Table::new("invoice"),
            subscriptions: Table::new("subscription"),
        }
    }
}

impl State {
    /// Begins the next event.
    pub fn begin(&mut self) {
        self.charges.undo.clear();
        self.payments.undo.clear();
        self.orders.undo.clear();
        self.invoices.undo.clear();
        self.subscriptions.undo.clear();
    }

    /// The messages that the state as it is now calls for, and the state as it was loaded did not.
    #[must_use]
    pub fn messages(&self, rules: &Rules) -> Vec<Message> {
        let mut messages = self.payments.messages(rules);
        messages.extend(self.orders.messages(rules));
        messages.extend(self.invoices.messages(rules));
        messages.extend(self.subscriptions.messages(rules));
        messages
    }

    /// The ids of everything locked.
    #[must_use]
    pub fn touched(&self) -> Touched {
        Touched {
            payments: self.payments.ids(),
            orders: self.orders.ids(),
            invoices: self.invoices.ids(),
            subscriptions: self.subscriptions.ids(),
        }
    }

    /// Undoes the event in hand.
    pub fn rollback(&mut self) {
        self.charges.rollback();
        self.payments.rollback();
        self.orders.rollback();
        self.invoices.rollback();
        self.subscriptions.rollback();
    }
}

impl<T: Aggregate> Table<T, T::Key> {
    /// What was called for before has been sent before: messages are a function of the state.
    fn messages(&self, rules: &Rules) -> Vec<Message> {
        self.changed()
            .flat_map(|(id, row)| {
                new_messages(id, row.loaded.as_ref().unwrap_or(&T::default()), &row.now, rules)
            })
            .collect()
    }
}

/// The messages that `now` calls for and `before` did not.
pub fn new_messages<T: Aggregate>(id: &T::Key, before: &T, now: &T, rules: &Rules) -> Vec<Message> {
    let mut messages = now.messages(id, rules);
    if !messages.is_empty() {
        let before = before.messages(id, rules);
        let was_sent = |key: &str| before.iter().any(|sent| sent.key == key);
        messages.retain(|message| {
            !was_sent(&message.key) && !message.instead_of.as_deref().is_some_and(was_sent)
        });
    }
    messages.extend(now.transitions(before, id, rules));
    let origin = now.origin(id);
    messages.into_iter().map(|message| message.of(origin.clone())).collect()
}
