//! Which trace a message belongs to: that of the event that called for it.

use std::collections::HashMap;

use domain::effect::Effect;
use service::trace_parent::TraceParent;

use crate::store::Incoming;

/// The trace of each message of a batch, by its key. A message that several events called for belongs to the first; one
/// that no event called for (time passed, staff decided) belongs to none.
pub(crate) fn traces(batch: &[Incoming<'_>], effects: &[(&str, Effect)]) -> HashMap<String, TraceParent> {
    let traced =
        batch.iter().filter_map(|one| Some((one.prepared.event.id.as_str(), one.headers.traceparent?)));
    let events: HashMap<&str, TraceParent> = traced.collect();
    let mut traces = HashMap::new();
    if events.is_empty() {
        return traces;
    }
    for (event, effect) in effects {
        if let Some(trace) = events.get(event) {
            for key in &effect.messages {
                traces.entry(key.clone()).or_insert(*trace);
            }
        }
    }
    traces
}
