//! `customer.subscription.*`: what was bought, and where it stands.

use stripe::objects::Subscription;

use super::{Change as _, FETCHED, Handler};
use crate::event::Event;
use crate::keys::Keys;
use crate::message;
use crate::rejection::Rejection;
use crate::rules::Rules;
use crate::state::State;
use crate::subscription::Change;
use crate::version::{Rank, Versioned, before};

pub(super) const HANDLER: Handler = Handler {
    file: "subscription",
    types: &[
        ("customer.subscription.created", "the subscription exists"),
        ("customer.subscription.updated", "status, items, trial, pause or planned end changed"),
        ("customer.subscription.deleted", "the subscription ended"),
        ("customer.subscription.fetched", FETCHED),
        ("customer.subscription.paused", "paused: no access"),
        ("customer.subscription.resumed", "resumed"),
        ("customer.subscription.trial_will_end", "the trial ends in three days"),
        ("customer.subscription.pending_update_applied", "a change that waited for its payment took effect"),
        ("customer.subscription.pending_update_expired", "a change that waited for its payment lapsed"),
    ],
    emits: &[&[
        &message::SUBSCRIPTION_ACTIVATED.topic,
        &message::SUBSCRIPTION_CHANGED.topic,
        &message::SUBSCRIPTION_TRIAL_WILL_END.topic,
        &message::SUBSCRIPTION_CANCELED.topic,
        &message::SUBSCRIPTION_ACCESS_LOST.topic,
        &message::SUBSCRIPTION_ACCESS_RESTORED.topic,
    ]],
    read: |event| Ok(OneSubscription(Subscription::read(&event.object)?).into_intent()),
};

struct OneSubscription(Subscription);

impl super::Change for OneSubscription {
    fn keys(&self, _event: &Event, keys: &mut Keys) {
        keys.subscriptions.insert(self.0.id.clone());
    }

    fn apply(&self, event: &Event, state: &mut State, _rules: &Rules) -> Result<(), Rejection> {
        let version = &self.0;
        let old = event.previous.as_ref().map(|previous| before(&event.object, previous));
        // A previous state that cannot be read yields no change; the state now could be read.
        let old = old.and_then(|object| Subscription::read(&object).ok());
        // What an object that was fetched had been is what is known of it.
        let known = || state.subscriptions.get(&version.id).version().cloned();
        let old = if event.observed { known() } else { old };
        // The event that was missed may come yet, and says itself what it changed.
        let change = old.as_ref().filter(|_| !event.kind.ends_with(".fetched"));
        let change = change.and_then(|old| Change::between(old, version));
        let is_terminal = matches!(version.status.as_str(), "canceled" | "incomplete_expired");
        let step = event.delta(version.clone(), rank(version), is_terminal);
        let subscription = state.subscriptions.touch(&version.id);
        subscription.changes.extend(change.map(|change| ((step.created, step.after.clone()), change)));
        subscription.origin = event.origin();
        subscription.was_active |= active(&version.status);
        subscription.ended |= event.kind == "customer.subscription.deleted";
        let left = event.kind == "customer.subscription.paused"
            || old.as_ref().is_some_and(|old| active(&old.status) && !active(&version.status));
        if left {
            subscription.left_at = subscription.left_at.max(Some(event.created));
        }
        let had_access = |status: &str| active(status) || status == "past_due";
        if !had_access(&version.status) && old.as_ref().is_some_and(|old| had_access(&old.status)) {
            subscription.lost_at = subscription.lost_at.max(Some(event.created));
        }
        if version.status == "active" && old.as_ref().is_some_and(|old| old.status == "past_due") {
            subscription.recovered_at = subscription.recovered_at.max(Some(event.created));
        }
        if version.status == "past_due" && old.is_some_and(|old| old.status != "past_due") {
            subscription.past_due_since = subscription.past_due_since.max(Some(event.created));
        }
        if event.kind == "customer.subscription.trial_will_end" {
            let announced = (event.created, version.trial_end.unwrap_or(0));
            subscription.trial_ending = subscription.trial_ending.max(Some(announced));
        }
        match &mut subscription.versions {
            Some(object) => object.apply(step),
            none => *none = Some(Versioned::new(step)),
        }
        Ok(())
    }
}

fn active(status: &str) -> bool {
    matches!(status, "active" | "trialing")
}

/// After its first payment a subscription goes round between its statuses until it ends.
fn rank(version: &Subscription) -> Rank {
    let tiebreak = match version.status.as_str() {
        "incomplete" => return Rank { certain: 0, tiebreak: 0 },
        "trialing" => 0,
        "active" => 1,
        "past_due" => 2,
        "unpaid" => 3,
        _ => 4,
    };
    Rank { certain: 1, tiebreak }
}
