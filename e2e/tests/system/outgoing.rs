//! Outgoing messages, whatever happens to the programs that send them: none is lost, and the first time of each is in
//! order for its order.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use e2e::{Program, Running, Subscriber, System, eventually, eventually_within};
use serde_json::Value;
use simulator::servers::{RabbitServer, Receiver, Reply};

const ORDERS: usize = 25;

/// Writes the messages `from..to` of every order, as a worker would: each in the transaction of its order.
async fn write(system: &System, from: usize, to: usize) {
    let client = system.database.connect().await.unwrap();
    let messages = format!(
        "INSERT INTO outbox (key, topic, lasting, payload)
         SELECT 'order.partially_refunded/o' || o || '/' || n, 'order.partially_refunded', false,
                jsonb_build_object('order', 'o' || o, 'n', n)
         FROM generate_series({from}, {to} - 1) n, generate_series(1, {ORDERS}) o ORDER BY n, o"
    );
    client.batch_execute(&messages).await.unwrap();
}

/// What came, without repeats: every message of every order, in order.
fn must_be_complete_and_in_order(bodies: &[Vec<u8>], messages: usize) {
    let (mut seen, mut orders) = (HashSet::new(), BTreeMap::<String, Vec<u64>>::new());
    for body in bodies {
        let event: Value = serde_json::from_slice(body).unwrap();
        if seen.insert(event["id"].to_string()) {
            let numbers = orders.entry(event["partitionkey"].to_string()).or_default();
            numbers.push(event["data"]["n"].as_u64().unwrap());
        }
    }
    assert_eq!(orders.len(), ORDERS);
    for (order, numbers) in orders {
        assert!(numbers.iter().copied().eq(0..messages as u64), "{order}: {numbers:?}");
    }
}

const SENT: &str = "SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL";
const POSTED: &str = "SELECT count(*) FROM outbox_delivered WHERE destination = 'http'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_killed_again_and_again_side_by_side_lose_nothing_and_keep_the_order() {
    const KILLS: usize = 100;
    const EACH: usize = 4;
    let receiver = Receiver::open(|_| Reply::Status(200)).await.unwrap();
    let system = System::new()
        .await
        .with("OUT_WEBHOOK_URL", &receiver.url())
        .with("OUT_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        .with("OUT_WEBHOOK_ALLOW_PRIVATE", "true");
    let subscriber = Subscriber::open(&system).await;
    let mut leader = Running::spawn(Program::RefundWorker, system.settings());
    eventually("the destination is known", async || {
        system.number("SELECT count(*) FROM outbox_destinations WHERE name = 'http'").await == 1
    })
    .await;
    for kill in 0..KILLS {
        let standby = Running::spawn(Program::RefundWorker, system.settings());
        let (sent, posted) = (system.number(SENT).await, system.number(POSTED).await);
        write(&system, kill * EACH, (kill + 1) * EACH).await;
        eventually("some go out both ways", async || {
            system.number(SENT).await > sent && system.number(POSTED).await > posted
        })
        .await;
        leader.kill();
        leader = standby;
    }
    let total = i64::try_from(KILLS * EACH * ORDERS).unwrap();
    eventually("all went out both ways", async || {
        system.number(SENT).await == total && system.number(POSTED).await == total
    })
    .await;
    must_be_complete_and_in_order(&subscriber.drain().await, KILLS * EACH);
    let posted: Vec<Vec<u8>> = receiver.received().into_iter().map(|request| request.body).collect();
    must_be_complete_and_in_order(&posted, KILLS * EACH);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_killed_and_comes_back_gets_everything_in_order() {
    const MESSAGES: usize = 40;
    let server = RabbitServer::start().await.unwrap();
    let system = System::with_rabbit(&server).await;
    drop(Subscriber::open(&system).await);
    let worker = system.start(Program::FulfillmentWorker).await;
    write(&system, 0, MESSAGES / 2).await;
    eventually("some go out", async || system.number(SENT).await > 0).await;
    server.kill().await;
    write(&system, MESSAGES / 2, MESSAGES).await;
    server.start_again().await.unwrap();
    let total = i64::try_from(MESSAGES * ORDERS).unwrap();
    // A broker that boots beside other tests comes back in minutes, and the relay asks for it at growing intervals.
    eventually_within(Duration::from_secs(300), "all went out", async || system.number(SENT).await == total)
        .await;
    must_be_complete_and_in_order(&Subscriber::open(&system).await.drain().await, MESSAGES);
    drop(worker);
}
