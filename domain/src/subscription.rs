//! The subscription: its status, what was bought, how long it is paid for, and whether the customer has
//! access.
//!
//! It must never call a subscription paid because a checkout was completed: only its invoices say so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stripe::objects::{CheckoutSession, Subscription as Version};

use super::aggregate::Aggregate;
use super::doubt::Doubt;
use super::invoice;
use super::keys::Keys;
use super::message::{self, ItemData, Message, SubscriptionData};
use super::origin::Origin;
use super::rules::Rules;
use super::version::{Digest, Versioned};

mod change;
mod paid;

pub use change::Change;
pub use paid::{InvoiceRefund, Refunded};

/// Everything that is known of one subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subscription {
    /// The account and mode.
    pub origin: Origin,
    /// The newest version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<Versioned<Version>>,
    /// What the events since it was loaded say was changed, whichever of them are the newest; each is sent once and
    /// then forgotten.
    #[serde(skip)]
    pub changes: BTreeMap<(i64, Digest), Change>,
    /// The checkout session that began it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Versioned<CheckoutSession>>,
    /// Its invoices by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub invoices: BTreeMap<String, invoice::Summary>,
    /// What was refunded or lost of the payments of its invoices, by payment; only those of which some was.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub refunds: BTreeMap<String, InvoiceRefund>,
    /// It was active or trialing at some time.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub was_active: bool,
    /// Whether a `customer.subscription.deleted` was seen.
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
    /// When it was last active again after it had been past due, unix seconds of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovered_at: Option<i64>,
    /// The newest `customer.subscription.trial_will_end`: its time and the end of the trial, unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial_ending: Option<(i64, i64)>,
}

/// Whether the customer may use what was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The customer may use what was bought.
    Granted,
    /// Until this time, unix seconds: it is past due.
    Until(i64),
    /// The customer may not use what was bought.
    Denied,
}

/// Invoices that a subscription remembers: so many paid ones, and so many others.
const INVOICES: usize = 24;

impl Subscription {
    /// Takes in an invoice. Of the paid ones and of the others the newest are kept: only the newest paid one says
    /// through when the subscription is paid.
    pub fn record_invoice(&mut self, id: &str, summary: invoice::Summary) {
        self.invoices.insert(id.to_owned(), summary);
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
        self.versions.as_ref().map(Versioned::latest)
    }

    /// The status as Stripe spells it; none while only invoices are known.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        self.version().map(|version| version.status.as_str())
    }

    /// Stripe's id of the customer, `cus_…`.
    #[must_use]
    pub fn customer(&self) -> Option<&str> {
        let invoiced = || self.invoices.values().find_map(|invoice| invoice.customer.as_deref());
        let bought = || self.session.as_ref().and_then(|session| session.latest().customer.as_deref());
        self.version().map(|version| version.customer.as_str()).or_else(invoiced).or_else(bought)
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

    /// When the trial ends, unix seconds, once Stripe has announced that it ends soon. One that has been moved nearer
    /// since ends even sooner; one that has been extended is announced again.
    fn trial_ends_soon(&self) -> Option<i64> {
        let (_, announced) = self.trial_ending?;
        let version = self.version().filter(|version| version.status == "trialing")?;
        version.trial_end.filter(|end| *end <= announced)
    }

    fn data(&self, id: &str) -> SubscriptionData {
        let version = self.version();
        SubscriptionData {
            subscription: id.to_owned(),
            customer: self.customer().map(str::to_owned),
            status: self.status().map(str::to_owned),
            items: version.map(|v| v.items.iter().map(ItemData::from).collect()),
            paid_through: self.paid_through(),
            current_period_end: version.and_then(|v| v.current_period_end),
            cancel_at_period_end: version.map(|v| v.cancel_at_period_end),
            cancel_at: version.and_then(|v| v.cancel_at),
            trial_end: version.and_then(|v| v.trial_end),
            ended_at: version.and_then(|v| v.ended_at),
            order: version.and_then(|v| v.reference.order.clone()),
        }
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
        Some(Message::new(&message::SUBSCRIPTION_ACCESS_LOST, &format!("{id}/{loss}"), &self.data(id)))
    }

    /// When access was last lost because a grace period had run out before the subscription was paid again, unix
    /// seconds at which it became past due.
    fn lost_by_grace(&self, rules: &Rules) -> Option<i64> {
        let (since, recovered) = (self.past_due_since?, self.recovered_at?);
        let grace = i64::try_from(rules.grace.as_secs()).unwrap_or(i64::MAX);
        (recovered > since && recovered >= since.saturating_add(grace)).then_some(since)
    }

    /// The customer has access again after a loss.
    fn access_restored(&self, id: &str, rules: &Rules) -> Option<Message> {
        let versions = self.versions.as_ref().filter(|versions| !versions.ambiguous())?;
        let lost_at = self.lost_at.filter(|lost| versions.latest_delta().created > *lost);
        let lost_at = lost_at.max(self.lost_by_grace(rules))?;
        let about = format!("{id}/{lost_at}");
        let granted = self.access(rules) == Access::Granted;
        granted.then(|| Message::new(&message::SUBSCRIPTION_ACCESS_RESTORED, &about, &self.data(id)))
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

    fn doubts(&self, id: &String) -> Vec<Doubt> {
        self.ambiguous().then(|| Doubt::new("subscription", id)).into_iter().collect()
    }

    fn messages(&self, id: &String, rules: &Rules) -> Vec<Message> {
        let mut messages = Vec::new();
        if self.was_active {
            messages.push(Message::new(&message::SUBSCRIPTION_ACTIVATED, id, &self.data(id)));
        }
        if self.ended || self.status() == Some("canceled") {
            messages.push(Message::new(&message::SUBSCRIPTION_CANCELED, id, &self.data(id)));
        }
        if let Some(trial_end) = self.trial_ends_soon() {
            let about = format!("{id}/{trial_end}");
            messages.push(Message::new(&message::SUBSCRIPTION_TRIAL_WILL_END, &about, &self.data(id)));
        }
        messages.extend(self.access_lost(id, rules));
        messages.extend(self.access_restored(id, rules));
        messages
    }

    /// Every change is sent once, also one that was known only after a newer one: what changed then stays true.
    fn transitions(&self, before: &Self, id: &String, _rules: &Rules) -> Vec<Message> {
        let new = self.changes.iter().filter(|(key, _)| !before.changes.contains_key(*key));
        new.map(|((at, after), change)| self.changed(id, *at, after, change)).collect()
    }

    fn describe(&self, rules: &Rules) -> Value {
        let version = self.version();
        json!({
            "status": self.status(), "access": self.access(rules) != Access::Denied,
            "paid_through": self.paid_through(), "items": version.map(|v| &v.items),
            "cancel_at_period_end": version.map(|v| v.cancel_at_period_end), "ambiguous": self.ambiguous(),
            "amount_refunded": self.refunded().amount, "refunded": self.refunded().in_full,
        })
    }
}
