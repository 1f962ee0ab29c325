//! What the console says of the queues: what waits, for how long at most, and who holds what.

use e2e::{Program, System, eventually};
use serde_json::Value;
use simulator::servers::{RabbitServer, Signal};

use crate::whole_path::paid;

/// `sluicegate queues --json`: the queue of this name.
fn queue(system: &System, name: &str) -> Value {
    let listed: Value = serde_json::from_str(&system.sluicegate(&["queues", "--json"])).expect("JSON");
    let items = listed["items"].as_array().expect("a list");
    let is_it = |item: &&Value| item["name"].as_str().is_some_and(|full| full.ends_with(name));
    items.iter().find(is_it).cloned().expect("the queue is listed")
}

#[tokio::test]
async fn the_console_shows_how_long_messages_wait_and_who_holds_them() {
    let rabbit = RabbitServer::start_with_management().await.expect("starts");
    let management = rabbit.management_url().expect("it has management");
    let system = System::with_rabbit(&rabbit).await.with("RABBITMQ_MANAGEMENT_URL", &management);
    let gate = system.start(Program::Ingress).await;
    let _console = system.start(Program::Console).await;
    eventually("the console has seen the queue empty", async || {
        system.number("SELECT count(*) FROM queue_marks WHERE queue LIKE '%.fulfillment'").await == 1
    })
    .await;
    let nothing = queue(&system, ".fulfillment");
    assert_eq!((&nothing["ready"], &nothing["oldest_seconds"]), (&0.into(), &Value::Null));

    system.deliver(&mut system.client(&gate), [paid("evt_1", "order_1", 1999).as_bytes()]).await;
    // The age that is shown may be too high, never too low.
    let before = "SELECT extract(epoch FROM now() - oldest_after)::int8 FROM queue_marks WHERE queue LIKE '%.fulfillment'";
    let waiting = queue(&system, ".fulfillment");
    let at_most = system.number(before).await;
    assert_eq!(waiting["ready"], 1);
    let oldest = waiting["oldest_seconds"].as_i64().expect("it is known");
    assert!((0..=at_most + 1).contains(&oldest), "{oldest} s, the mark is {at_most} s old");

    let worker = system.start(Program::FulfillmentWorker).await;
    system.until_done(1).await;
    assert_eq!(queue(&system, ".fulfillment")["oldest_seconds"], Value::Null);
    eventually("the worker records how far it is, and the mark follows", async || {
        let reached = "SELECT count(*) FROM queue_marks, workers, events WHERE queue LIKE '%.fulfillment'
            AND settled_through = date_trunc('milliseconds', received_at) AND oldest_after >= settled_through";
        system.number(reached).await == 1
    })
    .await;

    worker.signal(Signal::STOP);
    system.deliver(&mut system.client(&gate), [paid("evt_2", "order_2", 1999).as_bytes()]).await;
    eventually("the management shows the message that the frozen worker holds", async || {
        queue(&system, ".fulfillment")["unacknowledged"] == 1
    })
    .await;
    worker.signal(Signal::CONT);
    eventually("it is done", async || queue(&system, ".fulfillment")["unacknowledged"] == 0).await;
    system.until_done(2).await;
}
