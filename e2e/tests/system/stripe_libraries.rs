//! Stripe's official libraries read from the simulator's API what is in its histories: what our own client is tested
//! against is no echo of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use simulator::histories::{self, History, Kind};
use simulator::stripe_api::{ApiServer, Fault};

use crate::example::repository;

/// Every kind of object, in histories that share a server.
const KINDS: [Kind; 4] = [Kind::Card, Kind::RefundSeveral, Kind::DisputeWon, Kind::Subscription];

fn histories() -> Vec<History> {
    let version = histories::Version::ALL.last().copied();
    let options = histories::Options { version, ..histories::Options::default() };
    (0..).zip(KINDS).map(|(index, kind)| histories::write_with(5, index, &[kind], options)).collect()
}

/// The last body of each object, in the order in which the objects came to be.
fn last_states(histories: &[History]) -> Vec<Value> {
    let mut states: BTreeMap<String, (usize, Value)> = BTreeMap::new();
    let events = histories.iter().flat_map(|history| &history.events);
    for (at, event) in events.enumerate() {
        let event: Value = serde_json::from_slice(&event.body).unwrap();
        let object = event["data"]["object"].clone();
        let id = object["id"].as_str().unwrap_or_default().to_owned();
        states.entry(id).or_insert((at, Value::Null)).1 = object;
    }
    let mut states: Vec<_> = states.into_values().collect();
    states.sort_by_key(|(at, _)| *at);
    states.into_iter().map(|(_, state)| state).collect()
}

fn ids<'a>(objects: impl IntoIterator<Item = &'a Value>) -> Vec<&'a str> {
    objects.into_iter().map(|object| object["id"].as_str().unwrap()).collect()
}

/// What a program of `e2e/clients` prints.
async fn read(program: PathBuf, script: &str, arguments: [&str; 3]) -> Value {
    let libraries = repository(".local/clients");
    assert!(libraries.join("stamp").is_file(), "run scripts/install-examples.sh first, or make test");
    // Beside node_modules, where node looks for them.
    let copy = libraries.join(script);
    std::fs::copy(repository("e2e/clients").join(script), &copy).unwrap();
    let mut command = tokio::process::Command::new(program);
    let output = command.arg(copy).args(arguments).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn reads_what_the_histories_hold(program: PathBuf, script: &str, refused: [&str; 2]) {
    let histories = histories();
    let server = ApiServer::open().await.unwrap();
    histories.iter().for_each(|history| server.add_history(history));
    let endpoint = json!({"id": "we_1", "object": "webhook_endpoint", "created": 1, "livemode": false, "status": "enabled",
        "url": "https://example.com/webhooks/stripe", "enabled_events": ["*"], "metadata": {}});
    server.put("", &endpoint, 1);
    let states = last_states(&histories);
    let of = |kind: &str| states.iter().filter(|state| state["object"] == kind).collect::<Vec<_>>();
    let retrieved =
        ["payment_intent", "charge", "checkout.session", "invoice", "subscription", "refund", "dispute"];
    let wanted: BTreeMap<&str, &str> =
        retrieved.iter().map(|kind| (*kind, of(kind)[0]["id"].as_str().unwrap())).collect();
    // A library calls again what failed so.
    server.fail_next(1, Fault::ServerError);
    server.fail_next(1, Fault::CutOff);

    let base = server.url();
    let got = read(program, script, [&base, &json!(wanted).to_string(), "5"]).await;

    for kind in retrieved {
        let (state, got) = (of(kind)[0], &got["objects"][kind]);
        for field in ["id", "object", "status", "created"] {
            assert_eq!(got[field], state[field], "{kind} {field}");
        }
    }
    let mut events: Vec<_> = histories.iter().flat_map(|history| &history.events).enumerate().collect();
    events.sort_by_key(|(at, event)| std::cmp::Reverse((event.created, *at)));
    let all: Vec<&str> = events.iter().map(|(_, event)| event.id.as_str()).collect();
    assert_eq!(got["events"], json!(all));
    let refunds = events.iter().filter(|(_, e)| ["charge.refunded", "refund.created"].contains(&&*e.kind));
    assert_eq!(got["refunded"], json!(refunds.map(|(_, event)| event.id.as_str()).collect::<Vec<_>>()));
    let paid_by = |state: &&Value| state["payment_intent"] == wanted["payment_intent"];
    let sessions = of("checkout.session").into_iter().filter(paid_by);
    assert_eq!(got["sessions"], json!(ids(sessions)));
    assert_eq!(got["subscriptions"], json!(ids(of("subscription"))));
    assert_eq!(got["lines"], json!(ids(of("invoice")[0]["lines"]["data"].as_array().unwrap())));
    assert!(got["transactions"].as_array().unwrap().len() > 5, "{}", got["transactions"]);
    assert_eq!(got["endpoints"], json!(["we_1"]));
    assert_eq!(got["misversioned"], "StripeInvalidRequestError 400 undefined req_");
    assert_eq!(got["missing"], "StripeInvalidRequestError 404 resource_missing req_");
    assert!(refused.contains(&got["refused"].as_str().unwrap()), "{}", got["refused"]);
}

#[tokio::test]
async fn the_official_library_for_node_reads_the_simulators_api() {
    let refused = ["StripeAuthenticationError 401 undefined req_"; 2];
    reads_what_the_histories_hold("node".into(), "read.mjs", refused).await;
}

#[tokio::test]
async fn the_official_library_for_python_reads_the_simulators_api() {
    let refused = ["StripeAuthenticationError 401 undefined req_"; 2];
    let python = repository(".local/clients/v/bin/python");
    reads_what_the_histories_hold(python, "read.py", refused).await;
}
