//! The subscription: its status, what was bought, how long it is paid for, and whether the customer has
//! access.
//!
//! It must never call a subscription paid because a checkout was completed: only its invoices say so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use stripe::objects::{CheckoutSession, Subscription as Version};

use super::aggregate::Aggregate;
use super::invoice;
use super::keys::Keys;
use super::message::{self, Message};
use super::origin::Origin;
use super::rules::Rules;
use super::version::Versioned;

/// Everything that is known of one subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subscription {
    /// The account and mode.
    pub origin: Origin,
    /// The newest version, with what its event changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<Versioned<Snapshot>>,
    /// The checkout session that began it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Versioned<CheckoutSession>>,
    /// Its invoices by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub invoices: BTreeMap<String, invoice::Summary>,
    /// It was active or trialing at some time.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub was_active: bool,
    /// `customer.subscription.deleted` was seen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    /// When it last became past due, unix seconds of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub past_due_since: Option<i64>,
    /// The grace period that is over, by when it began, unix seconds. It may be an earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_over: Option<i64>,
    /// When access was last left, unix seconds: the newest event that says it was active or trialing before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_at: Option<i64>,
    /// When access last ended, unix seconds: the newest event that says that it was there, or in its grace
    /// period, and shows that it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_at: Option<i64>,
    /// The newest `customer.subscription.trial_will_end`: its time and the end of the trial, unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial_ending: Option<(i64, i64)>,
}

/// A version and what its event says was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The version.
    pub version: Version,
    /// What differs from before, by the event's `previous_attributes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// What an event changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The fields as they were.
    pub from: Map<String, Value>,
    /// The fields as they are.
    pub to: Map<String, Value>,
}

impl Change {
    /// What differs between two versions in what people look at; `None` where nothing does.
    #[must_use]
    pub fn between(before: &Version, now: &Version) -> Option<Self> {
        let (Value::Object(mut from), Value::Object(mut to)) = (visible(before), visible(now)) else {
            return None;
        };
        to.retain(|field, value| from.get(field) != Some(value));
        from.retain(|field, _| to.contains_key(field));
        (!to.is_empty()).then_some(Self { from, to })
    }
}

fn visible(version: &Version) -> Value {
    json!({
        "status": version.status, "items": version.items,
        "cancel_at_period_end": version.cancel_at_period_end, "cancel_at": version.cancel_at,
        "trial_end": version.trial_end, "collection_paused": version.collection_paused,
    })
}

/// Whether the customer may use what was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Yes.
    Granted,
    /// Until this time, unix seconds: it is past due.
    Until(i64),
    /// No.
    Denied,
}

/// Invoices that a subscription remembers: so many paid ones, and so many others.
const INVOICES: usize = 24;

impl Subscription {
    /// Takes in an invoice. Of the paid ones and of the others the newest are kept: only the newest paid one says
    /// through when the subscription is paid.
    pub fn record_invoice(&mut self, id: &str, summary: invoice::Summary) {
        self.invoices.insert(id.to_owned(), summary);
        if self.invoices.len() <= INVOICES {
            return;
        }
        for paid in [true, false] {
            let of_kind = self.invoices.iter().filter(|(_, invoice)| invoice.paid == paid);
            let mut ranked: Vec<_> = of_kind.map(|(id, i)| (i.created, i.period, id.clone())).collect();
            ranked.sort_unstable();
            for (.., id) in ranked.drain(..ranked.len().saturating_sub(INVOICES)) {
                self.invoices.remove(&id);
            }
        }
    }

    /// The newest version, once one is known.
    #[must_use]
    pub fn version(&self) -> Option<&Version> {
        self.versions.as_ref().map(|object| &object.latest().version)
    }

    /// Stripe's status.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        self.version().map(|version| version.status.as_str())
    }

    /// Stripe's customer id.
    #[must_use]
    pub fn customer(&self) -> Option<&str> {
        let invoiced = || self.invoices.values().find_map(|invoice| invoice.customer.as_deref());
        let bought = || self.session.as_ref().and_then(|session| session.latest().customer.as_deref());
        self.version().map(|version| version.customer.as_str()).or_else(invoiced).or_else(bought)
    }

    /// Unix seconds: the end of the period that its newest paid invoice paid for. It is never beyond the current
    /// period's end, unless what is known of that period ended before the paid one began (the update that would say
    /// so has not come).
    #[must_use]
    pub fn paid_through(&self) -> Option<i64> {
        let paid = self.invoices.iter().filter(|(_, invoice)| invoice.paid);
        let (_, newest) = paid
            .filter(|(_, invoice)| invoice.period.is_some() || invoice.period_unknown)
            .max_by_key(|(id, invoice)| (invoice.created, invoice.period, *id))?;
        let current = self.version().and_then(|version| version.current_period_end);
        match newest.period {
            Some(period) => {
                Some(current.filter(|end| *end > period.start).unwrap_or(period.end).min(period.end))
            }
            None => current,
        }
    }

    /// Whether the customer may use what was bought.
    #[must_use]
    pub fn access(&self, rules: &Rules) -> Access {
        match self.status() {
            Some("active" | "trialing") => Access::Granted,
            Some("past_due") if !rules.grace.is_zero() && !self.is_grace_over() => {
                let grace = i64::try_from(rules.grace.as_secs()).unwrap_or(i64::MAX);
                Access::Until(self.past_due_from().saturating_add(grace))
            }
            _ => Access::Denied,
        }
    }

    /// Records that its grace period is over: no event says so. A subscription that becomes past due again begins
    /// another.
    pub fn end_grace(&mut self) {
        self.grace_over = Some(self.past_due_from());
    }

    fn is_grace_over(&self) -> bool {
        self.status() == Some("past_due") && self.grace_over == Some(self.past_due_from())
    }

    /// Since when it is past due, unix seconds, as far as is known.
    fn past_due_from(&self) -> i64 {
        let changed = self.versions.as_ref().map(|object| object.latest_delta().created);
        self.past_due_since.or(changed).unwrap_or(0)
    }

    /// Whether its newest version is uncertain.
    #[must_use]
    pub fn ambiguous(&self) -> bool {
        self.versions.as_ref().is_some_and(Versioned::ambiguous)
    }

    fn data(&self, id: &str) -> Value {
        let version = self.version();
        json!({
            "subscription": id, "customer": self.customer(), "status": self.status(),
            "items": version.map(|v| &v.items), "paid_through": self.paid_through(),
            "current_period_end": version.and_then(|v| v.current_period_end),
            "cancel_at_period_end": version.map(|v| v.cancel_at_period_end),
            "trial_end": version.and_then(|v| v.trial_end), "ended_at": version.and_then(|v| v.ended_at),
            "order": version.and_then(|v| v.reference.order.as_deref()),
        })
    }

    /// Sent once for each loss: access is gone although it was there. A loss is named by when access was left, the
    /// end by itself, whatever came before it. Nothing is sent while its version is uncertain.
    fn access_lost(&self, id: &str, rules: &Rules) -> Option<Message> {
        let version = self.version().filter(|_| !self.ambiguous())?;
        let had_access = self.was_active || self.left_at.is_some() || self.is_grace_over();
        if !had_access || self.access(rules) != Access::Denied {
            return None;
        }
        let loss = match version.status.as_str() {
            "canceled" | "incomplete_expired" => "ended".to_owned(),
            _ if self.is_grace_over() => self.left_at.unwrap_or_else(|| self.past_due_from()).to_string(),
            _ => self.left_at?.to_string(),
        };
        Some(Message::new(&message::SUBSCRIPTION_ACCESS_LOST, &format!("{id}/{loss}"), self.data(id)))
    }

    /// The customer has access again after a loss.
    fn access_restored(&self, id: &str, rules: &Rules) -> Option<Message> {
        let versions = self.versions.as_ref().filter(|versions| !versions.ambiguous())?;
        let lost_at = self.lost_at.filter(|lost| versions.latest_delta().created > *lost)?;
        let about = format!("{id}/{lost_at}");
        let granted = self.access(rules) == Access::Granted;
        granted.then(|| Message::new(&message::SUBSCRIPTION_ACCESS_RESTORED, &about, self.data(id)))
    }

    /// What the newest event changed; nothing while its version is uncertain.
    fn changed(&self, id: &str) -> Option<Message> {
        let object = self.versions.as_ref().filter(|object| !object.ambiguous())?;
        let change = object.latest().change.as_ref()?;
        let step = object.latest_delta();
        let mut data = self.data(id);
        data["what"] = change.to.keys().cloned().collect();
        data["from"] = Value::Object(change.from.clone());
        data["to"] = Value::Object(change.to.clone());
        Some(Message::new(
            &message::SUBSCRIPTION_CHANGED,
            &format!("{id}/{}/{}", step.created, step.after),
            data,
        ))
    }
}

impl Aggregate for Subscription {
    type Key = String;
    const NAME: &'static str = "subscription";

    fn wanted(keys: &Keys) -> Vec<String> {
        keys.subscriptions.iter().cloned().collect()
    }

    fn origin(&self, _id: &String) -> Origin {
        self.origin.clone()
    }

    fn messages(&self, id: &String, rules: &Rules) -> Vec<Message> {
        let mut messages = Vec::new();
        if self.was_active {
            messages.push(Message::new(&message::SUBSCRIPTION_ACTIVATED, id, self.data(id)));
        }
        if self.ended || self.status() == Some("canceled") {
            messages.push(Message::new(&message::SUBSCRIPTION_CANCELED, id, self.data(id)));
        }
        if let Some((_, trial_end)) = self.trial_ending.filter(|_| self.status() == Some("trialing")) {
            let about = format!("{id}/{trial_end}");
            messages.push(Message::new(&message::SUBSCRIPTION_TRIAL_WILL_END, &about, self.data(id)));
        }
        messages.extend(self.changed(id));
        messages.extend(self.access_lost(id, rules));
        messages.extend(self.access_restored(id, rules));
        messages
    }

    fn describe(&self, rules: &Rules) -> Value {
        let version = self.version();
        json!({
            "status": self.status(), "access": self.access(rules) != Access::Denied,
            "paid_through": self.paid_through(), "items": version.map(|v| &v.items),
            "cancel_at_period_end": version.map(|v| v.cancel_at_period_end), "ambiguous": self.ambiguous(),
        })
    }
}
