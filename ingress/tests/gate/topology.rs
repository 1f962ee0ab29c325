//! A broker that holds something else than what is needed.

use crate::harness::{Gate, amqp_url, event, settings, until};
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;

#[tokio::test]
async fn a_queue_with_other_arguments_is_named_with_its_argument() {
    let url = amqp_url();
    let topology = settings(&url).broker.topology;
    let gate = Gate::start_on(&url, |settings| settings.broker.topology = topology.clone());
    gate.until_ready().await;
    gate.stop().await;
    // Now a queue that loses what cannot be processed is where the queue of refunds should be.
    let other = Gate::start().await;
    let channel = other.channel().await;
    let options = QueueDeclareOptions { durable: true, ..Default::default() };
    let name = topology.queue(amqp::topology::Queue::Refund);
    channel.queue_declare(name.as_str().into(), options, FieldTable::default()).await.expect("declared");

    let gate = Gate::start_on(&url, |settings| settings.broker.topology = topology.clone());
    until("the mismatch is reported", async || {
        let ready = gate.get("/health/ready").await;
        ready.status == 503 && ready.body.contains(&name) && ready.body.contains("x-dead-letter-exchange")
    })
    .await;
    assert_eq!(gate.deliver(&event("evt_1", "x")).await.code(), "broker_down");
    channel.queue_delete(name.into(), Default::default()).await.expect("deleted");
    gate.until_ready().await;
    gate.stop().await;
    other.stop().await;
}
