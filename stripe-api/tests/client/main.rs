//! The client against the simulator's API, with faults.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod failing;
mod reading;

use std::num::NonZeroU32;
use std::time::Duration;

use simulator::histories::{self, History, Kind};
use simulator::stripe_api::ApiServer;
use stripe_api::{ApiSettings, RetryPolicy, StripeApi};

/// A server with one history of a kind, and a client of it whose pauses are short.
async fn with_history(kind: Kind) -> (ApiServer, StripeApi, History) {
    let server = ApiServer::open().await.unwrap();
    let history = histories::write(11, 3, &[kind]);
    server.add_history(&history);
    let api = client(&server, Duration::from_secs(20));
    (server, api, history)
}

fn settings(server: &ApiServer, timeout: Duration) -> ApiSettings {
    ApiSettings {
        key: "sk_test_hunter2".into(),
        base: server.url().parse().unwrap(),
        rate: NonZeroU32::new(1000).unwrap(),
        timeout,
    }
}

fn client(server: &ApiServer, timeout: Duration) -> StripeApi {
    let quick = RetryPolicy { first_pause: Duration::from_millis(10), ..RetryPolicy::PATIENT };
    StripeApi::new(&settings(server, timeout)).unwrap().with_policy(quick)
}

/// The last state of an object of this kind (`"payment_intent"`), as the bodies of a history show it.
fn last(history: &History, object: &str) -> serde_json::Value {
    let bodies = history.events.iter().rev().map(|event| serde_json::from_slice(&event.body).unwrap());
    let mut objects = bodies.map(|event: serde_json::Value| event["data"]["object"].clone());
    objects.find(|found| found["object"] == object).unwrap()
}
