//! The outbox relay against the real servers: what arrives at a queue bound to the exchange, and in which order.

use std::collections::BTreeMap;
use std::time::Instant;

use amqp::topology::Queue;
use domain::rules::Rules;
use lapin::message::Delivery;
use serde_json::Value;
use simulator::histories::{Kind, write};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use worker::RunError;

use crate::database::{Bench, PATIENCE, inbound};
use crate::queue::{Queues, Subscriber};

/// `count` messages of each of `orders` orders, in one transaction, order by order in turns.
fn messages(orders: usize, count: usize) -> String {
    format!(
        "INSERT INTO outbox (key, topic, lasting, payload)
         SELECT 'order.partially_refunded/o' || o || '/' || n, 'order.partially_refunded', false,
                jsonb_build_object('order', 'o' || o, 'n', n)
         FROM generate_series(1, {count}) n, generate_series(1, {orders}) o ORDER BY n, o"
    )
}

fn start(
    bench: &Bench,
    queues: &Queues,
    queue: Queue,
    shutdown: &CancellationToken,
) -> JoinHandle<Result<(), RunError>> {
    tokio::spawn(worker::run(queues.settings(bench.url(), 8), queue, shutdown.clone()))
}

/// Takes messages until this many different ones have come; what came, first times only, by partition.
async fn take(subscriber: &Subscriber, different: usize) -> BTreeMap<String, Vec<u64>> {
    let (mut seen, mut partitions) = (std::collections::HashSet::new(), BTreeMap::<String, Vec<u64>>::new());
    let give_up = Instant::now() + PATIENCE;
    while seen.len() < different {
        assert!(Instant::now() < give_up, "only {} of {different} came", seen.len());
        let event = event(&subscriber.take().await);
        if seen.insert(event["id"].to_string()) {
            let partition = event["partitionkey"].as_str().unwrap().to_owned();
            partitions.entry(partition).or_default().push(event["data"]["n"].as_u64().unwrap());
        }
    }
    partitions
}

fn event(delivery: &Delivery) -> Value {
    let event: Value = serde_json::from_slice(&delivery.data).unwrap();
    let properties = &delivery.properties;
    let text = |value: &Option<lapin::types::ShortString>| value.as_ref().unwrap().as_str().to_owned();
    assert_eq!(text(properties.content_type()), "application/cloudevents+json");
    assert_eq!(event["id"], text(properties.message_id()));
    assert_eq!(event["type"], delivery.routing_key.as_str());
    event
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_arrive_in_order_for_each_order_also_when_the_leader_hands_over() {
    let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
    let subscriber = queues.subscribe("order.#").await;
    let first = CancellationToken::new();
    let leader = start(&bench, &queues, Queue::Fulfillment, &first);
    bench.look.batch_execute(&messages(40, 25)).await.unwrap();
    let second = CancellationToken::new();
    let standby = start(&bench, &queues, Queue::Refund, &second);
    bench.until("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL", 1000).await;
    let partitions = take(&subscriber, 1000).await;
    assert_eq!(partitions.len(), 40);
    assert!(partitions.values().all(|numbers| numbers.iter().copied().eq(1..=25)), "{partitions:?}");

    first.cancel();
    leader.await.unwrap().unwrap();
    let again = "SELECT outbox_send_again(id, 'amqp') FROM outbox WHERE id % 10 = 0 ORDER BY id";
    bench.look.batch_execute(again).await.unwrap();
    bench.until("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL", 1000).await;
    take(&subscriber, 100).await;
    second.cancel();
    standby.await.unwrap().unwrap();
    queues.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_can_never_be_sent_is_visible_and_holds_nobody_up_and_can_be_sent_again() {
    let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
    let subscriber = queues.subscribe("#").await;
    let too_long = "INSERT INTO outbox (key, topic, lasting, payload)
        VALUES ('order.paid/' || repeat('x', 300), 'order.paid', true, '{\"order\": \"o1\", \"n\": 1}'),
               ('order.paid/o1', 'order.paid', true, '{\"order\": \"o1\", \"n\": 2}')";
    bench.look.batch_execute(too_long).await.unwrap();
    let shutdown = CancellationToken::new();
    let worker = start(&bench, &queues, Queue::Fulfillment, &shutdown);
    assert_eq!(event(&subscriber.take().await)["id"], "order.paid/o1");
    bench.until("SELECT count(*) FROM outbox_deliveries WHERE state = 'failed'", 1).await;
    let failed = "SELECT last_error FROM outbox_deliveries WHERE state = 'failed' AND destination = 'amqp'";
    assert_eq!(bench.text(failed).await.as_deref(), Some("`message_id` is longer than 255 bytes"));

    let again = "UPDATE outbox SET key = 'order.paid/short' WHERE length(key) > 300;
        SELECT outbox_send_again(id, 'amqp') FROM outbox WHERE key = 'order.paid/short'";
    bench.look.batch_execute(again).await.unwrap();
    assert_eq!(event(&subscriber.take().await)["id"], "order.paid/short");
    bench.until("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL", 2).await;
    assert_eq!(bench.count("SELECT count(*) FROM outbox_deliveries WHERE state <> 'sent'").await, 0);
    shutdown.cancel();
    worker.await.unwrap().unwrap();
    queues.delete().await;
}

#[tokio::test]
async fn a_message_sent_again_while_the_relay_drops_what_it_gave_up_is_owed_all_the_same() {
    let bench = Bench::new(Rules::default()).await;
    let write = "INSERT INTO outbox (key, topic, lasting, payload)
        VALUES ('order.paid/o1', 'order.paid', true, '{\"order\": \"o1\"}')";
    bench.look.batch_execute(write).await.unwrap();
    let row =
        bench.look.query_one("SELECT batch FROM outbox_owed WHERE destination = 'amqp'", &[]).await.unwrap();
    let batch: i64 = row.get(0);
    // Staff were quicker than the relay, which has recorded the failure and not yet dropped the row.
    bench.look.batch_execute("SELECT outbox_send_again(id, 'amqp') FROM outbox").await.unwrap();
    let drop = "DELETE FROM outbox_owed WHERE destination = 'amqp' AND batch = $1";
    bench.look.execute(drop, &[&batch]).await.unwrap();
    let owed = "SELECT count(*) FROM outbox_owed u JOIN outbox_messages o ON o.id = ANY (u.ids)";
    assert_eq!(bench.count(owed).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_that_refuses_messages_keeps_them_waiting_in_order_and_loses_none() {
    let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
    let subscriber = queues.subscribe_with_room_for("#", 1).await;
    bench.look.batch_execute(&messages(3, 4)).await.unwrap();
    let shutdown = CancellationToken::new();
    let worker = start(&bench, &queues, Queue::Fulfillment, &shutdown);
    bench.until("SELECT count(*) FROM outbox_deliveries WHERE state = 'pending' AND attempts > 0", 1).await;
    let refused =
        "SELECT DISTINCT last_error FROM outbox_deliveries WHERE state = 'pending' AND attempts > 0";
    assert_eq!(bench.text(refused).await.as_deref(), Some("the broker refused the message"));
    let partitions = take(&subscriber, 12).await;
    assert!(partitions.values().all(|numbers| numbers.iter().copied().eq(1..=4)), "{partitions:?}");
    shutdown.cancel();
    worker.await.unwrap().unwrap();
    queues.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_nobody_subscribes_to_do_not_pile_up() {
    let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
    let shutdown = CancellationToken::new();
    let worker = start(&bench, &queues, Queue::Fulfillment, &shutdown);
    bench.look.batch_execute(&messages(2, 2)).await.unwrap();
    bench.until("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL", 4).await;
    shutdown.cancel();
    worker.await.unwrap().unwrap();
    queues.delete().await;
}

/// Ids are the order of sending.
#[tokio::test]
async fn messages_of_one_commit_have_ids_in_the_order_in_which_they_became_true() {
    let bench = Bench::new(Rules::default()).await;
    for index in 0..40 {
        let history = write(43, index, Kind::ALL);
        let events: Vec<_> = history.events.iter().map(|event| inbound(&event.body)).collect();
        bench.process(&events).await;
    }
    for (about, first, then) in
        [("dispute", "dispute.opened", "dispute.closed"), ("order", "order.paid", "order.refunded")]
    {
        let pairs = format!(
            "SELECT count(*) FROM outbox a JOIN outbox b ON a.payload ->> '{about}' = b.payload ->> '{about}'
             WHERE a.topic = '{first}' AND b.topic = '{then}'"
        );
        assert!(bench.count(&pairs).await > 0, "no history shows {first} and {then}");
        assert_eq!(bench.count(&format!("{pairs} AND a.id > b.id")).await, 0, "{then} before {first}");
    }
}
