//! Every object of the histories, with each of its states and when it began.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::collections::{ACCOUNT, EVENT, THIN_EVENT};

/// Stripe lists events for 30 days.
const EVENTS_KEPT: i64 = 30 * 86_400;

/// One object over time.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) account: String,
    pub(super) livemode: bool,
    /// When the object was made, unix seconds.
    pub(super) created: i64,
    /// In which order objects became known: newest first within one second.
    pub(super) sequence: usize,
    /// Each state and since when (unix seconds) it is; none where the object was deleted.
    pub(super) states: Vec<(i64, Option<Value>)>,
}

/// When somebody looks, and how.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct View<'a> {
    /// Unix seconds; none: after all that ever happens.
    pub(super) now: Option<i64>,
    /// The state before the newest one, as a replica that lags shows it.
    pub(super) stale: bool,
    pub(super) account: &'a str,
    pub(super) livemode: bool,
}

impl Entry {
    /// The states that have begun, each with its beginning.
    pub(super) fn seen(&self, view: &View<'_>) -> impl Iterator<Item = (i64, &Value)> {
        let now = view.now;
        let begun = self.states.iter().take_while(move |(since, _)| now.is_none_or(|now| *since <= now));
        begun.filter_map(|(since, state)| Some((*since, state.as_ref()?)))
    }

    pub(super) fn state(&self, view: &View<'_>) -> Option<&Value> {
        let begun = |since: &i64| view.now.is_none_or(|now| *since <= now);
        let known = self.states.iter().take_while(|(since, _)| begun(since)).count();
        let index = known.checked_sub(if view.stale && known > 1 { 2 } else { 1 })?;
        self.states[index].1.as_ref()
    }
}

/// All objects by kind and id.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    pub(super) objects: BTreeMap<String, BTreeMap<String, Entry>>,
    /// Lines of invoices beyond those that their events show.
    pub(super) more_lines: BTreeMap<String, Vec<Value>>,
    /// When the last change happened, unix seconds.
    pub(super) newest: i64,
    sequence: usize,
}

impl Catalog {
    /// Takes in an event and the state that it shows. `listed` is whether the list of events has it: Stripe may have
    /// failed to make it.
    pub(super) fn add_event(&mut self, body: &[u8], listed: bool) {
        let Ok(event) = serde_json::from_slice::<Value>(body) else { return };
        let account = event["account"].as_str().unwrap_or_default().to_owned();
        let created = event["created"].as_i64().unwrap_or_default();
        if event["object"] == THIN_EVENT {
            return self.put(&account, &event, created);
        }
        let mut object = event["data"]["object"].clone();
        // The events carry the mode; an object of a history may lack it.
        object["livemode"] = event["livemode"].clone();
        if event["type"] == "invoice.deleted" {
            self.remove(&object, created);
        } else if event["type"] != "invoice.upcoming" {
            self.put(&account, &object, created);
        }
        if !account.is_empty() {
            self.put("", &json!({"id": account, "object": ACCOUNT, "created": 0, "livemode": false}), 0);
        }
        if listed {
            self.put(&account, &event, created);
        }
    }

    /// Takes in an object as it is since a moment.
    pub(super) fn put(&mut self, account: &str, object: &Value, since: i64) {
        let (Some(kind), Some(id)) = (object["object"].as_str(), object["id"].as_str()) else { return };
        self.sequence += 1;
        self.newest = self.newest.max(since);
        let entry = Entry {
            account: account.to_owned(),
            livemode: object["livemode"].as_bool().unwrap_or_default(),
            created: object["created"].as_i64().unwrap_or(since),
            sequence: self.sequence,
            states: Vec::new(),
        };
        let known = self.objects.entry(kind.to_owned()).or_default().entry(id.to_owned()).or_insert(entry);
        known.states.push((since, Some(object.clone())));
        known.states.sort_by_key(|(since, _)| *since);
    }

    fn remove(&mut self, object: &Value, since: i64) {
        let (Some(kind), Some(id)) = (object["object"].as_str(), object["id"].as_str()) else { return };
        if let Some(entry) = self.objects.get_mut(kind).and_then(|entries| entries.get_mut(id)) {
            entry.states.push((since, None));
        }
    }

    /// The object as `view` sees it.
    pub(super) fn get(&self, kind: &str, id: &str, view: &View<'_>) -> Option<&Value> {
        let entry = self.objects.get(kind)?.get(id)?;
        visible(kind, entry, view).then(|| entry.state(view)).flatten()
    }

    /// The objects of a kind, newest first.
    pub(super) fn list(&self, kind: &str, view: &View<'_>) -> Vec<&Value> {
        let entries = self.objects.get(kind).into_iter().flat_map(BTreeMap::values);
        let mut found: Vec<&Entry> = entries.filter(|entry| visible(kind, entry, view)).collect();
        found.sort_by_key(|entry| std::cmp::Reverse((entry.created, entry.sequence)));
        found.into_iter().filter_map(|entry| entry.state(view)).collect()
    }
}

fn visible(kind: &str, entry: &Entry, view: &View<'_>) -> bool {
    let kept = kind != EVENT || view.now.is_none_or(|now| entry.created >= now - EVENTS_KEPT);
    let mine = entry.account == view.account && (entry.livemode == view.livemode || kind == ACCOUNT);
    kept && mine && view.now.is_none_or(|now| entry.created <= now)
}
