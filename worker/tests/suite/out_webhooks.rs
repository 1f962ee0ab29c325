//! Signed HTTP: what an endpoint gets, in which order, and what becomes of one that does not answer as it should.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use amqp::topology::Queue;
use domain::message::TOPICS;
use domain::rules::Rules;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use simulator::servers::{Received, Receiver, Reply};
use standardwebhooks::Webhook;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use worker::RunError;
use worker::relay::signature::SigningKey;
use worker::relay::{OutWebhook, OutWebhooks};
use worker::settings::Settings;

use crate::database::{Bench, PATIENCE};
use crate::queue::Queues;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(crate) fn webhook(name: &str, url: &str, topic: &str) -> OutWebhook {
    OutWebhook {
        name: name.to_owned(),
        url: url.parse().unwrap(),
        keys: vec![SigningKey::parse(SECRET).unwrap()],
        topics: TOPICS.iter().map(|topic| topic.name).filter(|name| name.starts_with(topic)).collect(),
    }
}

/// A worker that sends to these endpoints, once it has entered them.
pub(crate) struct Sender {
    pub(crate) bench: Bench,
    queues: Queues,
    shutdown: CancellationToken,
    worker: JoinHandle<Result<(), RunError>>,
}

impl Sender {
    pub(crate) async fn start(endpoints: Vec<OutWebhook>) -> Self {
        Self::start_with(endpoints, true, Duration::from_millis(500)).await
    }

    /// With a time-out that even a busy machine keeps, for tests in which no attempt may fail.
    pub(crate) async fn start_patient(endpoints: Vec<OutWebhook>) -> Self {
        Self::start_with(endpoints, true, PATIENCE).await
    }

    async fn start_with(endpoints: Vec<OutWebhook>, allow_private: bool, timeout: Duration) -> Self {
        let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
        let count = i64::try_from(endpoints.len()).unwrap();
        let out_webhooks = OutWebhooks { endpoints, allow_private, timeout };
        let settings = Settings { out_webhooks, ..queues.settings(bench.url(), 8) };
        let shutdown = CancellationToken::new();
        let worker = tokio::spawn(worker::run(settings, Queue::Fulfillment, shutdown.clone()));
        bench.until("SELECT count(*) FROM outbox_destinations WHERE name <> 'amqp'", count).await;
        Self { bench, queues, shutdown, worker }
    }

    /// `count` messages of each of `orders` orders.
    async fn write(&self, orders: usize, count: usize) {
        let messages = format!(
            "INSERT INTO outbox (key, topic, lasting, payload)
             SELECT 'order.partially_refunded/o' || o || '/' || n, 'order.partially_refunded', false,
                    jsonb_build_object('order', 'o' || o, 'n', n)
             FROM generate_series(1, {count}) n, generate_series(1, {orders}) o ORDER BY n, o"
        );
        self.bench.look.batch_execute(&messages).await.unwrap();
    }

    pub(crate) async fn until_sent(&self, destination: &str, count: i64) {
        let sent = "SELECT count(*) FROM outbox_delivered WHERE destination = ";
        self.bench.until(&format!("{sent}'{destination}'"), count).await;
    }

    async fn until_state(&self, sql: &str, expected: &str) {
        let give_up = Instant::now() + PATIENCE;
        loop {
            let state = self.bench.text(sql).await;
            if state.as_deref() == Some(expected) {
                return;
            }
            assert!(Instant::now() < give_up, "{sql}: {state:?}, not {expected}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends the worker; gives its database.
    pub(crate) async fn end(self) -> Bench {
        self.shutdown.cancel();
        self.worker.await.unwrap().unwrap();
        self.queues.delete().await;
        self.bench
    }
}

fn event(request: &Received) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// The numbers of each order, in the order of arrival.
fn by_order(receiver: &Receiver) -> BTreeMap<String, Vec<u64>> {
    let mut orders = BTreeMap::<String, Vec<u64>>::new();
    for request in receiver.received() {
        let data = &event(&request)["data"];
        orders.entry(data["order"].to_string()).or_default().push(data["n"].as_u64().unwrap());
    }
    orders
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_verified_by_the_official_library_and_come_in_order() {
    let receiver = Receiver::open(|_| Reply::Status(204)).await.unwrap();
    let refunds = Receiver::open(|_| Reply::Status(200)).await.unwrap();
    let endpoints = vec![webhook("http", &receiver.url(), ""), webhook("http:r", &refunds.url(), "refund.")];
    let sender = Sender::start(endpoints).await;
    sender.write(20, 10).await;
    sender.until_sent("http", 200).await;
    let orders = by_order(&receiver);
    assert_eq!(orders.len(), 20);
    assert!(orders.values().all(|numbers| numbers.iter().copied().eq(1..=10)), "{orders:?}");
    let official = Webhook::new(SECRET).unwrap();
    for request in receiver.received() {
        let headers = request.headers.iter().map(|(name, value)| {
            (HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap())
        });
        official.verify(&request.body, &HeaderMap::from_iter(headers)).unwrap();
        assert_eq!(request.header("content-type"), "application/cloudevents+json");
        assert_eq!(event(&request)["id"], request.header("webhook-id"));
    }
    assert!(refunds.received().is_empty(), "a topic that it did not ask for");
    sender.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_endpoint_holds_up_no_other_and_is_paused() {
    let silent = Receiver::open(|_| Reply::Silence).await.unwrap();
    let receiver = Receiver::open(|_| Reply::Status(200)).await.unwrap();
    let endpoints =
        vec![webhook("http:silent", &silent.url(), ""), webhook("http", &receiver.url(), "order.")];
    let sender = Sender::start(endpoints).await;
    sender.write(30, 2).await;
    sender.until_sent("http", 60).await;
    sender.bench.until("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL", 60).await;
    let silent = "FROM outbox_destinations WHERE name = 'http:silent' AND resume_at > now()";
    sender.until_state(&format!("SELECT state {silent}"), "paused").await;
    let error = sender.bench.text(&format!("SELECT last_error {silent}")).await;
    assert_eq!(error.as_deref(), Some("no answer within the time-out"));
    sender.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_fails_is_tried_again_before_what_follows_it_and_others_go_on() {
    let failed = Mutex::new(BTreeSet::new());
    // The first attempt of each message of one order fails.
    let answer = move |request: &Received| {
        let key = request.header("webhook-id").to_owned();
        let fails = key.contains("/o1/") && failed.lock().unwrap().insert(key);
        Reply::Status(if fails { 500 } else { 200 })
    };
    let receiver = Receiver::open(answer).await.unwrap();
    let sender = Sender::start(vec![webhook("http", &receiver.url(), "")]).await;
    sender.write(5, 3).await;
    sender.until_sent("http", 15).await;
    let orders = by_order(&receiver);
    assert!(orders.values().all(|numbers| numbers.iter().copied().eq(1..=3)), "{orders:?}");
    let attempts = "SELECT count(*) FROM outbox_deliveries WHERE attempts = 2 AND first_attempt_at < sent_at";
    assert_eq!(sender.bench.count(attempts).await, 3);
    let standing = "SELECT count(*) FROM outbox_destinations WHERE name = 'http' AND state = 'active'";
    assert_eq!(sender.bench.count(standing).await, 1);
    sender.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_is_gone_gets_nothing_until_it_is_resumed() {
    let requests = Mutex::new(0);
    let answer = move |_: &Received| {
        let mut requests = requests.lock().unwrap();
        *requests += 1;
        Reply::Status(if *requests == 1 { 410 } else { 200 })
    };
    let receiver = Receiver::open(answer).await.unwrap();
    let sender = Sender::start(vec![webhook("http", &receiver.url(), "")]).await;
    sender.write(1, 3).await;
    let standing =
        "SELECT concat_ws(' ', state, resume_at, last_error) FROM outbox_destinations WHERE name = 'http'";
    sender.until_state(standing, "paused answered 410").await;
    let owed = "SELECT sum(cardinality(ids))::bigint FROM outbox_owed WHERE destination = 'http'";
    assert_eq!(sender.bench.count(owed).await, 3);
    sender.bench.look.batch_execute("SELECT outbox_resume('http')").await.unwrap();
    sender.until_sent("http", 3).await;
    assert_eq!(by_order(&receiver).into_values().next().unwrap(), [1, 2, 3]);
    sender.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retry_after_is_kept_for_the_whole_endpoint() {
    let receiver = Receiver::open(|_| Reply::RetryAfter(503, 3600)).await.unwrap();
    let sender = Sender::start(vec![webhook("http", &receiver.url(), "")]).await;
    sender.write(1, 2).await;
    let paused = "SELECT state FROM outbox_destinations
        WHERE name = 'http' AND resume_at BETWEEN now() + interval '58 minutes' AND now() + interval '1 hour'";
    sender.until_state(paused, "paused").await;
    let waits = "SELECT count(*) FROM outbox_deliveries WHERE attempts = 1 AND next_attempt_at > now() + interval '58 minutes'";
    assert_eq!(sender.bench.count(waits).await, 1);
    sender.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_failed_for_three_days_is_given_up_and_can_be_sent_again() {
    let refuses = std::sync::Arc::new(Mutex::new(true));
    let switch = std::sync::Arc::clone(&refuses);
    let answer = move |request: &Received| {
        let refused = *switch.lock().unwrap() && request.header("webhook-id").ends_with("/1");
        Reply::Status(if refused { 400 } else { 200 })
    };
    let receiver = Receiver::open(answer).await.unwrap();
    let sender = Sender::start(vec![webhook("http", &receiver.url(), "")]).await;
    sender.write(1, 2).await;
    sender.bench.until("SELECT count(*) FROM outbox_deliveries WHERE attempts = 1", 1).await;
    let days_later = "UPDATE outbox_deliveries SET first_attempt_at = first_attempt_at - interval '73 hours' WHERE attempts > 0";
    sender.bench.look.batch_execute(days_later).await.unwrap();
    sender.until_sent("http", 1).await;
    let failed = "SELECT last_error FROM outbox_deliveries WHERE state = 'failed'";
    assert_eq!(sender.bench.text(failed).await.as_deref(), Some("answered 400"));
    *refuses.lock().unwrap() = false;
    let again =
        "SELECT outbox_send_again(outbox_id, destination) FROM outbox_deliveries WHERE state = 'failed'";
    sender.bench.look.batch_execute(again).await.unwrap();
    sender.until_sent("http", 2).await;
    assert_eq!(by_order(&receiver).into_values().next().unwrap(), [2, 1]);
    sender.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_leads_to_a_private_address_gets_nothing() {
    let receiver = Receiver::open(|_| Reply::Status(200)).await.unwrap();
    let url = receiver.url().replace("127.0.0.1", "localhost");
    let sender = Sender::start_with(vec![webhook("http", &url, "")], false, PATIENCE).await;
    sender.write(1, 1).await;
    let error = "SELECT last_error FROM outbox_deliveries WHERE destination = 'http'";
    sender.until_state(error, "the name leads to a private address; see OUT_WEBHOOK_ALLOW_PRIVATE").await;
    assert!(receiver.received().is_empty());
    sender.end().await;
}
