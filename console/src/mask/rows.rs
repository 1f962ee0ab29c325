//! What is personal in the console's own rows: ids that a shop made of e-mail addresses, and words that quote them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{masked, text};
use crate::bulk::JobView;
use crate::find::{DeadLetterView, EventView};
use crate::paging::Page;
use crate::store::audit::Entry;
use crate::store::dead_letters::{DeadLetter, Group};
use crate::store::events::{Effect, Event};
use crate::store::job_items::Exception;
use crate::store::jobs::Job;
use crate::store::money::{Dispute, Payment, Refund};
use crate::store::orders::Order;
use crate::store::subscriptions::{Invoice, Subscription};
use crate::timeline::Timeline;

/// What can hide what is personal in it.
pub trait Masked {
    /// Hides it.
    fn mask(&mut self);
}

impl Masked for String {
    fn mask(&mut self) {
        *self = text(self);
    }
}

impl Masked for Value {
    fn mask(&mut self) {
        *self = masked(self);
    }
}

impl<T: Masked> Masked for Option<T> {
    fn mask(&mut self) {
        self.iter_mut().for_each(T::mask);
    }
}

impl<T: Masked> Masked for Vec<T> {
    fn mask(&mut self) {
        self.iter_mut().for_each(T::mask);
    }
}

impl<T: Masked> Masked for Page<T> {
    fn mask(&mut self) {
        self.items.mask();
    }
}

impl<T: Masked, U: Masked> Masked for (T, U) {
    fn mask(&mut self) {
        self.0.mask();
        self.1.mask();
    }
}

/// Each type with its members that may quote what a customer or a shop wrote.
macro_rules! masked_members {
    ($($row:ty: $($member:ident),+;)+) => {
        $(impl Masked for $row {
            fn mask(&mut self) {
                $(self.$member.mask();)+
            }
        })+
    };
}

masked_members! {
    Event: id, kind, account, object_id, endpoint, reason, last_error;
    Effect: aggregate_id, change;
    DeadLetter: event_id, kind, reason, error, endpoint;
    Group: kind, reason, error;
    Entry: subject, reason;
    Order: id, customer, reference_code, payment_intent;
    Payment: id, order_id, customer;
    Refund: id, reason, failure_reason;
    Dispute: id, reason;
    Subscription: id, customer, items, checkout_session;
    Invoice: id, subscription_id, customer, payment_intent;
    Job: filter, reason, note;
    Exception: note;
    JobView: job, exceptions;
    EventView: event, effects, dead_letter, replays, payload;
    DeadLetterView: letter, event, history, payload;
    Timeline: orders, payments, refunds, disputes, subscriptions, invoices, letters, events, messages;
}

impl Masked for BTreeMap<String, Option<jiff::Timestamp>> {
    /// Keys that look alike then: where one of them waits, all of them are said to.
    fn mask(&mut self) {
        let mut shown = BTreeMap::new();
        for (key, at) in std::mem::take(self) {
            let least = shown.entry(text(&key)).or_insert(at);
            *least = (*least).min(at);
        }
        *self = shown;
    }
}
