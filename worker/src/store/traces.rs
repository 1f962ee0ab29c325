//! Which trace a message belongs to: that of the event that called for it.

use std::collections::HashMap;

use domain::effect::Effect;
use domain::message::Message;
use domain::origin::Origin;
use service::trace_parent::TraceParent;

use super::claims::Incoming;

/// The trace of each message of a batch. Two accounts, or the modes of one, may each have a message with the same key.
#[derive(Debug, Default)]
pub struct Traces(HashMap<Origin, HashMap<String, TraceParent>>);

impl Traces {
    /// Those of a batch. A message that several events called for belongs to the first; one that no event called for (time
    /// passed, staff decided) belongs to none.
    pub(crate) fn of(batch: &[Incoming<'_>], effects: &[(&str, Effect)]) -> Self {
        let traced = batch.iter().filter_map(|one| {
            let event = &one.prepared.event;
            Some((event.id.as_str(), (event.origin(), one.headers.traceparent?)))
        });
        let events: HashMap<&str, (Origin, TraceParent)> = traced.collect();
        let mut traces = Self::default();
        for (event, effect) in effects {
            if let Some((origin, trace)) = events.get(event) {
                let of_origin = traces.0.entry(origin.clone()).or_default();
                for key in &effect.messages {
                    of_origin.entry(key.clone()).or_insert(*trace);
                }
            }
        }
        traces
    }

    /// The trace of a message, if it belongs to one.
    pub(crate) fn get(&self, message: &Message) -> Option<TraceParent> {
        self.0.get(&message.origin)?.get(&message.key).copied()
    }
}
