//! Every object of the histories, with each of its states and when it began.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::books::KeptBooks;
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
    /// In the order in which they began; nothing comes after the end of a subscription, which may be dated before the
    /// request that ended it.
    fn sort_states(&mut self) {
        let is_ended = |state: &Option<Value>| state.as_ref().is_some_and(|state| state["ended_at"].is_i64());
        let ended = self.states.iter().find(|(_, state)| is_ended(state)).map(|(since, _)| *since);
        if let Some(ended) = ended {
            self.states.iter_mut().for_each(|(since, _)| *since = ended.min(*since));
        }
        self.states.sort_by_key(|(since, state)| (*since, is_ended(state)));
    }

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
    kinds: BTreeMap<String, Kind>,
    /// Lines of invoices beyond those that their events show.
    pub(super) more_lines: BTreeMap<String, Vec<Value>>,
    /// When the last change happened, unix seconds.
    pub(super) newest: i64,
    /// The balance as it was last asked for; forgotten with every change.
    pub(super) books: KeptBooks,
    sequence: usize,
}

/// The objects of one kind. A list is read page by page, so that its order is kept and not made for each page.
#[derive(Debug, Default)]
struct Kind {
    entries: Vec<Entry>,
    by_id: HashMap<String, usize>,
    newest_first: Vec<usize>,
}

impl Kind {
    fn get(&self, id: &str) -> Option<&Entry> {
        Some(&self.entries[*self.by_id.get(id)?])
    }

    fn get_or_insert(&mut self, id: &str, entry: impl FnOnce() -> Entry) -> &mut Entry {
        let at = match self.by_id.get(id) {
            Some(at) => *at,
            None => self.insert(id, entry()),
        };
        &mut self.entries[at]
    }

    fn insert(&mut self, id: &str, entry: Entry) -> usize {
        let key = |entry: &Entry| Reverse((entry.created, entry.sequence));
        let place = self.newest_first.partition_point(|at| key(&self.entries[*at]) < key(&entry));
        self.entries.push(entry);
        let at = self.entries.len() - 1;
        self.newest_first.insert(place, at);
        self.by_id.insert(id.to_owned(), at);
        at
    }
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
        self.books.forget();
        let sequence = self.sequence;
        let known = self.kinds.entry(kind.to_owned()).or_default().get_or_insert(id, || Entry {
            account: account.to_owned(),
            livemode: object["livemode"].as_bool().unwrap_or_default(),
            created: object["created"].as_i64().unwrap_or(since),
            sequence,
            states: Vec::new(),
        });
        known.states.push((since, Some(object.clone())));
        known.sort_states();
    }

    fn remove(&mut self, object: &Value, since: i64) {
        let (Some(kind), Some(id)) = (object["object"].as_str(), object["id"].as_str()) else { return };
        self.books.forget();
        let Some(of) = self.kinds.get_mut(kind) else { return };
        if let Some(at) = of.by_id.get(id) {
            of.entries[*at].states.push((since, None));
        }
    }

    /// The object as `view` sees it.
    pub(super) fn get(&self, kind: &str, id: &str, view: &View<'_>) -> Option<&Value> {
        let entry = self.kinds.get(kind)?.get(id)?;
        visible(kind, entry, view).then(|| entry.state(view)).flatten()
    }

    /// An object over time, whoever looks.
    pub(super) fn entry(&self, kind: &str, id: &str) -> Option<&Entry> {
        self.kinds.get(kind)?.get(id)
    }

    /// All objects of a kind, in the order in which they became known.
    pub(super) fn entries(&self, kind: &str) -> impl Iterator<Item = &Entry> {
        self.kinds.get(kind).into_iter().flat_map(|of| &of.entries)
    }

    /// The objects of a kind, newest first.
    pub(super) fn list(&self, kind: &str, view: &View<'_>) -> Vec<&Value> {
        let Some(of) = self.kinds.get(kind) else { return Vec::new() };
        let entries = of.newest_first.iter().map(|at| &of.entries[*at]);
        entries.filter(|entry| visible(kind, entry, view)).filter_map(|entry| entry.state(view)).collect()
    }
}

fn visible(kind: &str, entry: &Entry, view: &View<'_>) -> bool {
    let kept = kind != EVENT || view.now.is_none_or(|now| entry.created >= now - EVENTS_KEPT);
    let mine = entry.account == view.account && (entry.livemode == view.livemode || kind == ACCOUNT);
    kept && mine && view.now.is_none_or(|now| entry.created <= now)
}
