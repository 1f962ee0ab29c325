//! Which version of a Stripe object is the newest, proved by the events alone.
//!
//! Stripe promises no order, and `created` of an event has whole seconds. So the newest second that was
//! seen decides, and within it what the events prove about each other:
//!
//! - An update says what the object was (`data.object` with `previous_attributes` merged back in) and
//!   what it is now. The updates of one second are the steps of a trail from state to state. Its end is
//!   the state with one more arrival than departures; where all are balanced the trail is a round and
//!   ends where it began, in the state that the second before left behind.
//! - `….created` is an arrival from nowhere.
//! - An event without `previous_attributes` proves only that its state was visited. A state that no step
//!   touches takes its place by [`Rank`]: where its status stands in the object's life.
//! - A final status ends the trail, whatever the clock says: nothing comes after it.
//!
//! Two Event objects may describe one change: `charge.refund.updated` and `refund.updated` do so always
//! (hence a change counts as often as its most frequent type), and twice the same type with
//! the same `request` is one change too. Where the request is unknown both readings are tried.
//!
//! - An *observation* is what Stripe's API showed at some moment. It holds every change up to the end of the second that it
//!   is dated by, so that it stands above the events of that second and of those before, and below all later ones.
//!   Where it shows the state that the newest event led to, or that event's status is final, the event speaks:
//!   it knows when it was. A state that an event of the minute before has left is an answer from before that event.
//!
//! Limits: while steps of the newest second are missing the trail has several ends, and a round whose
//! beginning is unknown has none. The likeliest version then stands, marked ambiguous, until the missing event
//! comes. Everything here is a function of the *set* of events seen, never of their order of arrival;
//! that is why the steps of the two newest seconds are kept, and why nothing else may be.

mod trail;

mod observation;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// A short hash of an object's whole state, the same however its keys are ordered.
pub type Digest = String;

/// Hashes a state. `serde_json` keeps the keys of its maps sorted, so equal states hash equally. A key
/// that is null and one that is absent are the same: `previous_attributes` shows null for what was not there.
#[must_use]
pub fn digest(state: &Value) -> Digest {
    let mut hasher = Sha256::new();
    hash(state, &mut hasher);
    hex::encode(&hasher.finalize()[..8])
}

fn hash(state: &Value, hasher: &mut Sha256) {
    match state {
        Value::Object(fields) => {
            hasher.update(b"{");
            for (key, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                hash_text(key, hasher);
                hash(value, hasher);
            }
            hasher.update(b"}");
        }
        Value::Array(entries) => {
            hasher.update(b"[");
            entries.iter().for_each(|entry| hash(entry, hasher));
            hasher.update(b"]");
        }
        Value::String(text) => hash_text(text, hasher),
        Value::Number(number) => hasher.update(format!("{number},")),
        Value::Bool(flag) => hasher.update(if *flag { b"t" } else { b"f" }),
        Value::Null => hasher.update(b"n"),
    }
}

/// With its length first, so that no two sequences of texts look alike.
fn hash_text(text: &str, hasher: &mut Sha256) {
    hasher.update(text.len().to_le_bytes());
    hasher.update(text);
}

/// The state before an update: `previous_attributes` put back over `data.object`, objects deep and
/// arrays whole, as Stripe writes them.
#[must_use]
pub fn before(object: &Value, previous: &Map<String, Value>) -> Value {
    let mut state = object.clone();
    restore(&mut state, previous);
    state
}

fn restore(state: &mut Value, previous: &Map<String, Value>) {
    let Value::Object(fields) = state else { return };
    for (key, old) in previous {
        match (fields.get_mut(key), old) {
            (Some(now @ Value::Object(_)), Value::Object(inner)) => restore(now, inner),
            _ => {
                fields.insert(key.clone(), old.clone());
            }
        }
    }
}

/// Where a state stands in its object's life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rank {
    /// A higher one certainly comes later; equal ones cannot be distinguished.
    pub certain: i64,
    /// Breaks ties where nothing proves anything; such a version is marked ambiguous.
    pub tiebreak: i64,
}

/// What one event says about its object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta<T> {
    /// The id of the event that brought it.
    pub event: String,
    /// The event's type: one change may be reported once by each of several types.
    pub kind: String,
    /// The API request that caused the change, where Stripe names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// `created` of the event, unix seconds.
    pub created: i64,
    /// The state that was left; `None` where the event does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Digest>,
    /// The state that was reached.
    pub after: Digest,
    /// The event says that the object came into being.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_creation: bool,
    /// Nothing can come after this status.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_terminal: bool,
    /// The state is what Stripe's API showed, not what an event said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_observation: bool,
    /// Where the state stands in the object's life.
    pub rank: Rank,
    /// What the object looked like; dropped once a newer second is known.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub view: Option<T>,
}

/// The newest known version of one Stripe object, and what is needed to keep knowing it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versioned<T> {
    /// The steps of the two newest seconds, newest second first, then by event id.
    steps: Vec<Delta<T>>,
    newest: usize,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ambiguous: bool,
    /// The newest observation.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    observed: Option<Box<Delta<T>>>,
}

impl<T> Versioned<T> {
    /// The object as its first event, or the first observation, shows it.
    #[must_use]
    pub fn new(step: Delta<T>) -> Self {
        let mut object = Self { steps: Vec::new(), newest: 0, ambiguous: false, observed: None };
        object.apply(step);
        object
    }

    /// Takes an event in among the objects of its kind.
    pub fn record(objects: &mut BTreeMap<String, Self>, id: &str, step: Delta<T>) {
        match objects.get_mut(id) {
            Some(object) => object.apply(step),
            None => {
                objects.insert(id.to_owned(), Self::new(step));
            }
        }
    }

    /// Takes in another event about the same object. An event that was seen before changes nothing.
    pub fn apply(&mut self, step: Delta<T>) {
        if step.is_observation {
            return self.observe(step);
        }
        if self.steps.iter().any(|known| known.event == step.event) {
            return;
        }
        self.steps.push(step);
        self.steps.sort_by(|a, b| second(b).cmp(&second(a)).then_with(|| a.event.cmp(&b.event)));
        self.forget_older_seconds();
        let (now, earlier) = self.steps.split_at(self.in_newest_second());
        let base = (!earlier.is_empty()).then(|| earlier[trail::end(earlier, None).step].after.as_str());
        let end = trail::end(now, base);
        (self.newest, self.ambiguous) = (end.step, end.ambiguous);
    }

    /// Takes over everything that another object about the same object knows.
    pub fn merge(&mut self, other: Self) {
        for step in other.steps.into_iter().chain(other.observed.map(|observed| *observed)) {
            self.apply(step);
        }
    }

    /// The newest version that the events seen so far prove, or the likeliest.
    #[must_use]
    pub fn latest(&self) -> &T {
        #[expect(clippy::expect_used, reason = "views are dropped only from seconds before the newest")]
        self.latest_delta().view.as_ref().expect("the newest second keeps its views")
    }

    /// Every version that may still turn out to be the newest: those of the newest second.
    pub fn candidates(&self) -> impl Iterator<Item = &T> {
        self.steps.iter().chain(self.observed.as_deref()).filter_map(|step| step.view.as_ref())
    }

    /// The event, or the observation, of the newest version.
    #[must_use]
    pub fn latest_delta(&self) -> &Delta<T> {
        self.leading_observation().unwrap_or_else(|| &self.steps[self.newest])
    }

    /// Whether the newest version is uncertain. One that was observed after the events in question is not.
    #[must_use]
    pub fn ambiguous(&self) -> bool {
        self.ambiguous && !self.observation_stands()
    }

    fn in_newest_second(&self) -> usize {
        let newest = second(&self.steps[0]);
        self.steps.iter().take_while(|step| second(step) == newest).count()
    }

    fn forget_older_seconds(&mut self) {
        let newest = self.in_newest_second();
        if let Some(before) = self.steps.get(newest).map(second) {
            let kept = self.steps.iter().skip(newest).take_while(|step| second(step) == before).count();
            self.steps.truncate(newest + kept);
        }
        for step in &mut self.steps[newest..] {
            step.view = None;
        }
    }
}

/// A final status stands above every second, and nothing comes before a creation: its event may be stamped later than
/// the first change.
const fn second<T>(step: &Delta<T>) -> (bool, bool, i64) {
    (step.is_terminal, !step.is_creation, step.created)
}

#[cfg(test)]
mod tests;
