//! Keeps a panic with the event that caused it: reading an event, asking it for its keys, and the whole
//! transaction (`row.get` panics on a value it did not expect). `domain::decide` does the same for applying.

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::decide::Prepared;
use domain::event::Event;
use domain::handlers::Intent;
use domain::keys::Keys;
use domain::rejection::{Reason, Rejection};
use domain::rules::Rules;
use futures_util::FutureExt;

use crate::store::StoreError;

/// Reads an event. One whose handler panics is there, and rejected.
pub(crate) fn prepare(body: &[u8], rules: &Rules) -> Result<Prepared, Rejection> {
    prepare_with(body, |event| Prepared::under(rules, event))
}

fn prepare_with(body: &[u8], prepare: impl FnOnce(Event) -> Prepared) -> Result<Prepared, Rejection> {
    let event = Event::parse(body)?;
    if let Ok(prepared) = catch_unwind(AssertUnwindSafe(|| prepare(event))) {
        return Ok(prepared);
    }
    // The panic consumed the event: reading it again is cheaper than keeping a copy of each.
    let event = Event::parse(body)?;
    let intent = Intent::Reject(handler_panic(&event.kind));
    Ok(Prepared { event, intent })
}

/// The keys of an event, or the rejection of one whose handler panics.
pub(crate) fn keys(prepared: &Prepared) -> Result<Keys, Rejection> {
    catch_unwind(AssertUnwindSafe(|| prepared.keys())).map_err(|_| handler_panic(&prepared.event.kind))
}

/// Runs the statements of a transaction; a panic among them is an error of that transaction.
pub(crate) async fn transaction<T>(
    statements: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    AssertUnwindSafe(statements).catch_unwind().await.unwrap_or(Err(StoreError::Panicked))
}

fn handler_panic(kind: &str) -> Rejection {
    let detail = format!("the handler of {kind} panicked; the log of the worker says where");
    Rejection::permanent(Reason::HandlerPanic, detail)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn an_event_whose_reading_panics_is_rejected_and_keeps_its_id() {
        let body = br#"{"id":"evt_1","object":"event","type":"refund.created","created":1,"livemode":false,
            "api_version":"2025-09-30.clover","data":{"object":{"object":"refund","id":"re_1"}}}"#;
        let prepared = prepare_with(body, |_| panic!("read")).unwrap();
        assert_eq!(prepared.event.id, "evt_1");
        let Intent::Reject(rejection) = prepared.intent else { panic!("not rejected") };
        assert_eq!(rejection.reason(), Reason::HandlerPanic);
    }
}
