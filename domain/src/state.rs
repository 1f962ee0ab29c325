//! The aggregates that a batch works on: loaded under lock, changed event by event, then saved.
//!
//! Owns the undoing of a rejected event: [`State::begin`] starts one, [`State::rollback`] leaves no trace
//! of it. It must never be asked for an aggregate that was not locked.

mod table;

use std::collections::{BTreeMap, BTreeSet};

use super::charge::ChargeLink;
use super::doubt::Doubt;
use super::effect::Effect;
use super::invoice::Invoice;
use super::keys::Keys;
use super::message::Message;
use super::order::Order;
use super::origin::Origin;
use super::payment::Payment;
use super::rules::Rules;
use super::subscription::Subscription;

use table::AnyTable;
pub use table::{Row, Table};

/// Declares the tables of [`State`], in the order in which their rows are locked.
macro_rules! state {
    ($($(#[$doc:meta])* $table:ident: $aggregate:ty,)*) => {
        /// Everything that a batch works on.
        #[derive(Debug, Clone, Default)]
        pub struct State {
            $($(#[$doc])* pub $table: Table<$aggregate>,)*
            /// The payments of refunds and disputes, by their ids: of those that were looked up, and of those that an
            /// event of the batch named.
            pub placed: BTreeMap<String, String>,
            incomplete: Keys,
        }

        impl State {
            fn tables(&self) -> Vec<&dyn AnyTable> {
                vec![$(&self.$table),*]
            }

            fn tables_mut(&mut self) -> Vec<&mut dyn AnyTable> {
                vec![$(&mut self.$table),*]
            }
        }
    };
}

state! {
    /// Which payment each charge belongs to.
    charges: ChargeLink,
    /// Invoices.
    invoices: Invoice,
    /// Payments.
    payments: Payment,
    /// Orders.
    orders: Order,
    /// Subscriptions.
    subscriptions: Subscription,
}

impl State {
    /// Begins the next event.
    pub fn begin(&mut self) {
        self.tables_mut().into_iter().for_each(AnyTable::begin);
    }

    /// Undoes the event in hand.
    pub fn rollback(&mut self) {
        self.tables_mut().into_iter().for_each(AnyTable::rollback);
    }

    /// Notes which aggregates the event in hand could not be decided on without parts that were not loaded.
    pub(crate) fn note_incomplete(&mut self) {
        let mut incomplete = std::mem::take(&mut self.incomplete);
        self.tables().into_iter().for_each(|table| table.missing(&mut incomplete));
        self.incomplete = incomplete;
    }

    /// The aggregates that are needed whole and were not loaded so. Where there are any, all that was decided is to be
    /// discarded and decided again on a state that was loaded with them.
    #[must_use]
    pub fn incomplete(&self) -> Option<&Keys> {
        (self.incomplete != Keys::default()).then_some(&self.incomplete)
    }

    /// What the event in hand did, for each aggregate that it touched.
    #[must_use]
    pub fn effects(&self, rules: &Rules) -> Vec<Effect> {
        self.tables().into_iter().flat_map(|table| table.effects(rules)).collect()
    }

    /// The objects of changed aggregates that are worth fetching, with the accounts and modes that they are in.
    #[must_use]
    pub fn doubts(&self) -> BTreeSet<(Origin, Doubt)> {
        self.tables().into_iter().flat_map(AnyTable::doubts).collect()
    }

    /// The messages that the state as it is now calls for, and the state as it was loaded did not.
    #[must_use]
    pub fn messages(&self, rules: &Rules) -> Vec<Message> {
        self.tables().into_iter().flat_map(|table| table.messages(rules)).collect()
    }
}
