//! The store, in memory: loads and saves as the SQL does, without a server.

use std::collections::{BTreeMap, BTreeSet};

use domain::aggregate::Aggregate;
use domain::charge::ChargeLink;
use domain::decide::{Decision, Prepared, decide};
use domain::effect::Effect;
use domain::handlers::{HANDLERS, Handler};
use domain::invoice::Invoice;
use domain::keys::Keys;
use domain::message::Message;
use domain::order::{Expected, Order};
use domain::origin::OrderKey;
use domain::payment::Payment;
use domain::rules::Rules;
use domain::state::{State, Table};
use domain::subscription::Subscription;
use simulator::histories::{History, RegisteredOrder};

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Rows {
    pub(crate) charges: BTreeMap<String, ChargeLink>,
    pub(crate) payments: BTreeMap<String, Payment>,
    pub(crate) orders: BTreeMap<OrderKey, Order>,
    pub(crate) invoices: BTreeMap<String, Invoice>,
    pub(crate) subscriptions: BTreeMap<String, Subscription>,
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
    claimed: BTreeSet<String>,
}

impl Memory {
    /// One batch, as one transaction would run it.
    pub(crate) fn deliver(&mut self, batch: &[&Prepared]) {
        let fresh: Vec<_> = batch.iter().filter(|one| self.claimed.insert(one.event.id.clone())).collect();
        let mut keys = Keys::default();
        fresh.iter().for_each(|one| keys.extend(&one.keys()));
        let mut state = self.load(&keys);
        for one in fresh {
            let (decision, effects) = decide(one, &mut state, &self.rules);
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
        save(&state.charges, &mut self.rows.charges);
        save(&state.payments, &mut self.rows.payments);
        save(&state.orders, &mut self.rows.orders);
        save(&state.invoices, &mut self.rows.invoices);
        save(&state.subscriptions, &mut self.rows.subscriptions);
        // A stored row forgets which changes were sent.
        self.rows.subscriptions.values_mut().for_each(|subscription| subscription.changes.clear());
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

    fn registered(&self, key: &OrderKey) -> Option<Order> {
        let expected = self.expected.get(&key.id)?.clone();
        Some(Order { expected: Some(expected), ..Order::default() })
    }

    fn load(&self, keys: &Keys) -> State {
        let mut keys = keys.clone();
        let mut state = State::default();
        load(&mut state.charges, &self.rows.charges, &mut keys);
        load(&mut state.invoices, &self.rows.invoices, &mut keys);
        let known = keys.payments_if_known.iter().filter(|id| self.rows.payments.contains_key(*id));
        keys.payments.extend(known.cloned());
        for id in &keys.unplaced {
            let holds =
                |payment: &Payment| payment.refunds.contains_key(id) || payment.disputes.contains_key(id);
            let holder = self.rows.payments.iter().find(|(_, payment)| holds(payment));
            state.placed.extend(holder.map(|(payment, _)| (id.clone(), payment.clone())));
        }
        keys.payments.extend(state.placed.values().cloned());
        load(&mut state.payments, &self.rows.payments, &mut keys);
        for id in Order::wanted(&keys) {
            let order = self.rows.orders.get(&id).cloned().or_else(|| self.registered(&id));
            state.orders.add(id.clone(), order);
        }
        load(&mut state.subscriptions, &self.rows.subscriptions, &mut keys);
        state
    }
}

fn load<T: Aggregate>(table: &mut Table<T>, rows: &BTreeMap<T::Key, T>, keys: &mut Keys) {
    for key in T::wanted(keys) {
        let loaded = rows.get(&key).cloned();
        loaded.clone().unwrap_or_default().joined(&key, keys);
        table.add(key, loaded);
    }
}

fn save<T: Aggregate>(from: &Table<T>, to: &mut BTreeMap<T::Key, T>) {
    for (key, row) in from.rows() {
        if row.now.is_empty() {
            to.remove(key);
        } else {
            to.insert(key.clone(), row.now.clone());
        }
    }
}

/// The topics of an event's messages, each with the handler that emitted it.
///
/// # Panics
/// When the handler of the event does not list one of them.
fn emitted(kind: &str, effects: &[Effect]) -> Vec<(&'static str, &'static str)> {
    let keys = effects.iter().filter_map(|effect| effect.change["messages"].as_array()).flatten();
    keys.map(|key| {
        let name = key.as_str().unwrap().split('/').next().unwrap();
        let handler = handler_of(kind);
        let topic = handler.topics().find(|topic| topic.name == name);
        let topic =
            topic.unwrap_or_else(|| panic!("{} does not list {name}, which {kind} sent", handler.file));
        (handler.file, topic.name)
    })
    .collect()
}

fn handler_of(kind: &str) -> &'static Handler {
    HANDLERS.iter().find(|handler| handler.types.iter().any(|(listed, _)| *listed == kind)).unwrap()
}
