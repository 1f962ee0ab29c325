//! What an event says was changed of a subscription.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use stripe::objects::Subscription as Version;

use super::Subscription;
use crate::message::{self, Message, SubscriptionChangeData};

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

impl Subscription {
    /// What an event changed.
    pub(super) fn changed(&self, id: &str, at: i64, after: &str, change: &Change) -> Message {
        let data = SubscriptionChangeData {
            subscription: self.data(id),
            changed_at: at,
            what: change.to.keys().cloned().collect(),
            from: change.from.clone(),
            to: change.to.clone(),
        };
        Message::new(&message::SUBSCRIPTION_CHANGED, &format!("{id}/{at}/{after}"), &data)
    }
}
