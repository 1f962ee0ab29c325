//! Sweeps and polling against Stripe's list of events, as the simulator serves it, with real queues.

use std::collections::BTreeSet;
use std::process::Output;

use amqp::topology::Queue;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use simulator::stripe_api::{ApiServer, Fault};

use crate::harness::{World, event};
use crate::http::Api;

/// An event that Stripe made so many minutes ago.
fn made(id: &str, minutes: i64) -> Value {
    let at = Timestamp::now() - SignedDuration::from_mins(minutes);
    let mut event = event(id);
    event["created"] = json!(at.as_second());
    event
}

/// Stripe with these events in its list.
async fn stripe(events: &[Value]) -> ApiServer {
    let api = ApiServer::open().await.unwrap();
    events.iter().for_each(|event| api.add_event(event.to_string().as_bytes()));
    api
}

async fn sweep(world: &World, api: &ApiServer, arguments: &[&str]) -> Output {
    let mut command = world.command(&[&["sweep", "--json"], arguments].concat());
    command.env("STRIPE_API_BASE", api.url()).env("STRIPE_API_KEY", "sk_test_any");
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// The sweeps that a successful sweep printed.
fn swept(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    printed["items"].as_array().unwrap().clone()
}

/// The next messages of the queue `fulfillment`: their ids and who published them.
async fn published(world: &World, count: usize) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for _ in 0..count {
        let message = world.take(Queue::Fulfillment).await;
        let headers = message.properties.headers().clone().unwrap();
        let source = amqp::message::text(&headers, "x-source").unwrap();
        found.insert((message.properties.message_id().clone().unwrap().to_string(), source));
    }
    assert_eq!(world.waiting(Queue::Fulfillment).await, 0);
    found
}

fn from(source: &str, ids: &[&str]) -> BTreeSet<(String, String)> {
    ids.iter().map(|id| ((*id).to_owned(), source.to_owned())).collect()
}

/// Stores an event as a worker does.
async fn store(world: &World, id: &str) {
    let insert = format!(
        "INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload)
         VALUES ('{id}', 'payment_intent.succeeded', now(), false, now() - interval '2 hours', 'processed', 1, now(), '{{}}')"
    );
    world.sql(&insert).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_publishes_what_was_never_received_and_nothing_else() {
    let world = World::new().await;
    let mut unhandled = made("evt_unhandled", 30);
    unhandled["type"] = json!("customer.created");
    let events = [
        made("evt_old", 5 * 24 * 60),
        made("evt_received", 90),
        made("evt_missed", 60),
        unhandled,
        made("evt_dead", 10),
    ];
    let api = stripe(&events).await;
    store(&world, "evt_received").await;
    world
        .sql(
            "INSERT INTO dead_letters (event_id, type, reason, error, attempts, payload, first_failed_at, dead_at)
             VALUES ('evt_dead', 'payment_intent.succeeded', 'delivery_limit', '', 1, '', now(), now())",
        )
        .await;
    let done = swept(&sweep(&world, &api, &["--since", "3d"]).await);
    assert_eq!(done.len(), 1);
    assert_eq!((&done[0]["listed"], &done[0]["missed"]), (&json!(4), &json!(1)));
    assert_ne!(done[0]["finished_at"], Value::Null);
    assert_eq!(published(&world, 1).await, from("sweep", &["evt_missed"]));
    assert_eq!(world.number("SELECT count(*) FROM missed_events WHERE event_id = 'evt_missed'").await, 1);
    let text = world
        .command(&["sweep"])
        .env("STRIPE_API_BASE", api.url())
        .env("STRIPE_API_KEY", "sk_test_any")
        .output();
    let text = String::from_utf8(text.unwrap().stdout).unwrap();
    assert!(
        text.contains("4 events from ") && text.contains(": 1 had been missed and are published"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_sweep_goes_on_where_it_was() {
    let world = World::new().await;
    let names: Vec<String> = (0..250).map(|i| format!("evt_{i:03}")).collect();
    let events: Vec<Value> = names.iter().zip(60..).map(|(name, minutes)| made(name, minutes)).collect();
    let api = stripe(&events).await;
    // The first page is answered; the second asks to wait for an hour.
    api.fail_next(1, Fault::Slow(std::time::Duration::ZERO));
    api.fail_next(1, Fault::RateLimited { retry_after: Some(3600) });
    let interrupted = sweep(&world, &api, &["--since", "3d"]).await;
    assert_eq!(interrupted.status.code(), Some(1));
    let error = String::from_utf8_lossy(&interrupted.stderr).into_owned();
    assert!(error.contains("the rate of requests to Stripe is limited"), "{error}");
    assert_eq!(
        world.number("SELECT listed FROM sweeps WHERE finished_at IS NULL AND error IS NOT NULL").await,
        100
    );
    let asked = api.requests().len();
    let done = swept(&sweep(&world, &api, &["--since", "3d"]).await);
    assert_eq!((&done[0]["listed"], &done[0]["missed"]), (&json!(250), &json!(250)), "{done:?}");
    let first = &api.requests()[asked];
    assert!(first.params.contains(&("starting_after".to_owned(), "evt_099".to_owned())), "{first:?}");
    let published = published(&world, 250).await;
    assert_eq!(published, names.iter().map(|name| (name.clone(), "sweep".to_owned())).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_event_of_a_connected_account_is_published_with_its_account() {
    let world = World::new().await;
    let mut connected = made("evt_connected", 60);
    connected["account"] = json!("acct_1");
    let api = stripe(&[made("evt_own", 60), connected]).await;
    let done = swept(&sweep(&world, &api, &["--account", "acct_1"]).await);
    assert_eq!(done[0]["account"], "acct_1");
    let message = world.take(Queue::Fulfillment).await;
    let body: Value = serde_json::from_slice(&message.data).unwrap();
    assert_eq!((&body["id"], &body["account"]), (&json!("evt_connected"), &json!("acct_1")));
    assert_eq!(world.waiting(Queue::Fulfillment).await, 0, "nothing of the own account");
    // Once an event of the account is known, `all` takes it in.
    world.sql("INSERT INTO events (id, type, created, livemode, account, received_at, outcome, attempts, processed_at, payload)
               VALUES ('evt_1', 'charge.succeeded', now(), false, 'acct_1', now(), 'processed', 1, now(), '{}')").await;
    let done = swept(&sweep(&world, &api, &["--account", "all"]).await);
    let accounts: Vec<&Value> = done.iter().map(|sweep| &sweep["account"]).collect();
    assert_eq!(accounts, [&json!(""), &json!("acct_1")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_sweeps_by_itself_and_shows_the_gap_until_it_is_closed() {
    let world = World::new().await;
    store(&world, "evt_first").await;
    let api = stripe(&[made("evt_missed", 60), made("evt_just_now", 1)]).await;
    let url = api.url();
    let settings =
        [("STRIPE_API_BASE", url.as_str()), ("STRIPE_API_KEY", "sk_test_any"), ("STRIPE_SWEEP", "1m")];
    let console = world.serve_with(&settings);
    assert_eq!(
        published(&world, 1).await,
        from("sweep", &["evt_missed"]),
        "what was made just now is on its way"
    );
    world.until("SELECT count(*) FROM sweeps WHERE finished_at IS NOT NULL", 1).await;
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    let (_, sweeps) = api.get("/api/sweeps");
    assert_eq!(sweeps["items"][0]["missed"], 1, "{sweeps}");
    assert_eq!(api.get("/api/overview").1["gaps"]["waiting"], 1);
    store(&world, "evt_missed").await;
    let gaps = api.get("/api/overview").1["gaps"].clone();
    assert_eq!(gaps, json!({"missed": 1, "waiting": 0, "oldest": null}));
}

#[tokio::test(flavor = "multi_thread")]
async fn polling_publishes_each_event_once_and_goes_on_after_a_fault() {
    let world = World::new().await;
    let api = stripe(&[made("evt_1", 30), made("evt_2", 1)]).await;
    api.fail_next(1, Fault::CutOff);
    let url = api.url();
    let settings =
        [("STRIPE_API_BASE", url.as_str()), ("STRIPE_API_KEY", "sk_test_any"), ("STRIPE_POLL", "1s")];
    let _console = world.serve_with(&settings);
    assert_eq!(published(&world, 2).await, from("poll", &["evt_1", "evt_2"]));
    api.add_event(made("evt_3", 0).to_string().as_bytes());
    assert_eq!(published(&world, 1).await, from("poll", &["evt_3"]));
    assert_eq!(world.number("SELECT count(*) FROM missed_events").await, 0, "polled is not missed");
}

#[tokio::test(flavor = "multi_thread")]
async fn polling_needs_a_key_and_a_sweep_says_what_it_lacks() {
    let world = World::new().await;
    let output = world.command(&["serve"]).env("STRIPE_POLL", "10s").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("STRIPE_POLL needs STRIPE_API_KEY"), "{complaint}");
    assert!(world.fails(&["sweep"], 1).await.contains("STRIPE_API_KEY is not set"));
    for (arguments, code) in [(["--since", "soon"], 2), (["--since", "2999-01-01"], 2)] {
        let api = ApiServer::open().await.unwrap();
        assert_eq!(sweep(&world, &api, &arguments).await.status.code(), Some(code), "{arguments:?}");
    }
}
