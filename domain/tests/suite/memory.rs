//! The store, in memory: loads and saves as the SQL does, without a server.

use std::collections::{BTreeMap, BTreeSet};

use domain::aggregate::Aggregate;
use domain::charge::ChargeLink;
use domain::decide::{Decision, Prepared, decide};
use domain::invoice::Invoice;
use domain::keys::Keys;
use domain::message::Message;
use domain::order::{Expected, Order, Totals};
use domain::origin::OrderKey;
use domain::payment::{HeldReason, Payment, Summary};
use domain::rules::Rules;
use domain::state::{State, Table};
use domain::subscription::Subscription;
use histories::{History, RegisteredOrder};

use crate::memory_emitted::emitted;
use crate::memory_parts::Parts;

/// All rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Rows {
    pub(crate) charges: BTreeMap<String, ChargeLink>,
    pub(crate) payments: BTreeMap<String, Payment>,
    pub(crate) orders: BTreeMap<OrderKey, Order>,
    pub(crate) invoices: BTreeMap<String, Invoice>,
    pub(crate) subscriptions: BTreeMap<String, Subscription>,
    /// Parts in rows of their own, each with what it belongs to.
    pub(crate) parts: Parts,
}

/// Rows, outbox and claims.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    pub(crate) rows: Rows,
    pub(crate) lasting: BTreeSet<String>,
    pub(crate) notices: BTreeSet<String>,
    pub(crate) rejected: BTreeMap<String, String>,
    /// Which handlers emitted which topics.
    pub(crate) emitted: BTreeSet<(&'static str, &'static str)>,
    pub(crate) rules: Rules,
    /// What is registered, by order id, for both modes.
    pub(crate) expected: BTreeMap<String, Expected>,
    /// How often a batch was decided again with all parts of an aggregate.
    pub(crate) whole_loads: usize,
    /// Rows of parts that were written.
    pub(crate) part_writes: usize,
    claimed: BTreeSet<String>,
}

impl Memory {
    /// One batch, as one transaction would run it.
    pub(crate) fn deliver(&mut self, batch: &[&Prepared]) {
        let fresh: Vec<_> = batch.iter().filter(|one| self.claimed.insert(one.event.id.clone())).collect();
        let mut keys = Keys::default();
        fresh.iter().for_each(|one| keys.extend(&one.keys()));
        let (state, decided) = loop {
            let mut state = self.load(&keys);
            let decided: Vec<_> = fresh.iter().map(|one| decide(one, &mut state, &self.rules)).collect();
            let Some(missing) = state.incomplete() else { break (state, decided) };
            assert!(!keys.wants_whole(missing), "{missing:?}");
            keys.extend(missing);
            self.whole_loads += 1;
        };
        for (one, (decision, effects)) in fresh.iter().zip(decided) {
            if let Decision::Rejected(rejection) = decision {
                self.rejected.insert(one.event.id.clone(), rejection.to_string());
            }
            self.emitted.extend(emitted(&one.event.kind, &effects));
        }
        for Message { key, topic, origin, .. } in state.messages(&self.rules) {
            // A key is unique within an account.
            let key = if origin.account.is_empty() { key } else { format!("{} {key}", origin.account) };
            if topic.lasting { &mut self.lasting } else { &mut self.notices }.insert(key);
        }
        self.part_writes += self.rows.parts.save(&state);
        save(&state.charges, &mut self.rows.charges);
        save(&state.payments, &mut self.rows.payments);
        save(&state.orders, &mut self.rows.orders);
        self.note_held(&state);
        save(&state.invoices, &mut self.rows.invoices);
        save(&state.subscriptions, &mut self.rows.subscriptions);
        // A stored row forgets which changes were sent.
        self.rows.subscriptions.values_mut().for_each(|subscription| subscription.changes.clear());
    }

    /// Which payments of a changed order are held is noted in their own rows, also in those that were not locked.
    fn note_held(&mut self, state: &State) {
        for (id, _, held) in state.orders.changed().flat_map(|(_, row)| row.now.known_payments()) {
            if let Some(payment) = self.rows.payments.get_mut(id) {
                payment.held = held;
            }
        }
    }

    /// An empty store in which the orders of a history are registered.
    pub(crate) fn of(history: &History) -> Self {
        let expected = |order: &RegisteredOrder| Expected {
            customer: order.customer.clone(),
            amount: order.amount,
            currency: order.currency.to_owned(),
            reference_code: None,
        };
        let registered = history.expected_state.registered.iter();
        let expected = registered.map(|order| (order.id.clone(), expected(order))).collect();
        Self { expected, ..Self::default() }
    }

    /// An order of an account (empty is the company's own), of whichever mode.
    pub(crate) fn order(&self, account: &str, id: &str) -> Option<&Order> {
        let mut orders = self.rows.orders.iter();
        orders.find(|(key, _)| key.origin.account == account && key.id == id).map(|(_, order)| order)
    }

    /// A payment with every refund and dispute.
    pub(crate) fn whole_payment(&self, id: &str) -> Payment {
        let keys = Keys {
            payments: [id.to_owned()].into(),
            whole_payments: [id.to_owned()].into(),
            ..Keys::default()
        };
        self.load(&keys).payments.get(id).clone()
    }

    /// An order with every payment.
    pub(crate) fn whole_order(&self, key: &OrderKey) -> Order {
        let keys =
            Keys { orders: [key.clone()].into(), whole_orders: [key.clone()].into(), ..Keys::default() };
        self.load(&keys).orders.get(key).clone()
    }

    /// What the rows of payments and orders say, wherever their parts are.
    pub(crate) fn derived(&self) -> Derived {
        let payment = |id: &String| {
            let payment = self.whole_payment(id);
            (payment.summary(), payment.linked.clone(), payment.ambiguous(), movements(&payment, id))
        };
        let order = |key: &OrderKey| {
            let order = self.whole_order(key);
            let held = |(id, _, held): (&str, &Summary, Option<HeldReason>)| Some((id.to_owned(), held?));
            (order.totals(), order.known_payments().filter_map(held).collect())
        };
        Derived {
            payments: self.rows.payments.keys().map(|id| (id.clone(), payment(id))).collect(),
            orders: self.rows.orders.keys().map(|key| (key.clone(), order(key))).collect(),
        }
    }

    fn registered(&self, key: &OrderKey) -> Option<Order> {
        let expected = self.expected.get(&key.id)?.clone();
        Some(Order { expected: Some(expected), ..Order::default() })
    }

    /// The rows that these keys name, locked.
    pub(crate) fn load(&self, keys: &Keys) -> State {
        let mut keys = keys.clone();
        let mut state = State::default();
        load(&mut state.charges, &self.rows.charges, &mut keys);
        load(&mut state.invoices, &self.rows.invoices, &mut keys);
        let known = keys.payments_if_known.iter().filter(|id| self.rows.payments.contains_key(*id));
        keys.payments.extend(known.cloned());
        for id in &keys.unplaced {
            let holds =
                |payment: &Payment| payment.refunds.contains_key(id) || payment.disputes.contains_key(id);
            let holder = self.rows.payments.iter().find(|(_, payment)| holds(payment)).map(|(id, _)| id);
            let holder = holder.or_else(|| self.rows.parts.payment_of(id));
            state.placed.extend(holder.map(|payment| (id.clone(), payment.clone())));
        }
        keys.payments.extend(state.placed.values().cloned());
        load(&mut state.payments, &self.rows.payments, &mut keys);
        self.rows.parts.load_refunds_and_disputes(&mut state, &keys);
        for id in Order::wanted(&keys) {
            let order = self.rows.orders.get(&id).cloned().or_else(|| self.registered(&id));
            state.orders.add(id.clone(), order);
        }
        self.rows.parts.load_order_payments(&mut state, &keys);
        load(&mut state.subscriptions, &self.rows.subscriptions, &mut keys);
        state
    }
}

/// A payment in short, its order, whether it is ambiguous, and its ledger.
type DerivedPayment = (Summary, Option<String>, bool, BTreeMap<String, i64>);

/// What is derived of each payment and each order.
#[derive(Debug, PartialEq)]
pub(crate) struct Derived {
    pub(crate) payments: BTreeMap<String, DerivedPayment>,
    pub(crate) orders: BTreeMap<OrderKey, (Totals, BTreeMap<String, HeldReason>)>,
}

/// The ledger of a payment: minor units by key.
fn movements(payment: &Payment, id: &str) -> BTreeMap<String, i64> {
    payment.movements(id).into_iter().map(|movement| (movement.key, movement.amount)).collect()
}

fn load<T: Aggregate>(table: &mut Table<T>, rows: &BTreeMap<T::Key, T>, keys: &mut Keys) {
    for key in T::wanted(keys) {
        let loaded = rows.get(&key).cloned();
        loaded.clone().unwrap_or_default().joined(&key, keys);
        table.add(key, loaded);
    }
}

fn save<T: Stored>(from: &Table<T>, to: &mut BTreeMap<T::Key, T>) {
    for (key, row) in from.rows() {
        if row.now.is_empty() {
            to.remove(key);
        } else {
            to.insert(key.clone(), row.now.clone().stored());
        }
    }
}

/// An aggregate as its document holds it.
trait Stored: Aggregate {
    fn stored(self) -> Self {
        self
    }
}

impl Stored for ChargeLink {}
impl Stored for Invoice {}
impl Stored for Subscription {}

impl Stored for Payment {
    fn stored(self) -> Self {
        let (refunds, disputes) = (self.refunds.without_rows(), self.disputes.without_rows());
        Self { refunds, disputes, ..self }
    }
}

impl Stored for Order {
    fn stored(self) -> Self {
        Self { payments: self.payments.without_rows(), ..self }
    }
}
