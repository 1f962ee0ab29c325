//! A backlog: events that are published to the work queues before anything consumes them.

use amqp::message::EventHeaders;
use amqp::topology::{Queue, Topology};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use simulator::histories::{Kind, SimEvent, write as history};

const ON_THEIR_WAY: usize = 512;
const PERSISTENT: u8 = 2;

/// Events of purchases that all go to the fulfillment queue.
pub fn write(count: usize) -> Vec<SimEvent> {
    let mut events = Vec::with_capacity(count);
    for index in 0.. {
        let life = history(23, index, Kind::PURCHASES).events;
        events.extend(life.into_iter().filter(|event| !event.kind.starts_with("charge.refund")));
        if events.len() >= count {
            break;
        }
    }
    events.truncate(count);
    events
}

/// Publishes the backlog and waits until the broker has confirmed all of it.
pub async fn fill(amqp_url: &str, topology: &Topology, events: &[SimEvent]) -> anyhow::Result<()> {
    let connection = Connection::connect(amqp_url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    let declared = Topology { retry: vec![std::time::Duration::from_secs(10)], ..topology.clone() };
    declared.declare(&channel).await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let exchange = topology.events_exchange();
    let mut sending = FuturesUnordered::new();
    for event in events {
        sending.push(publish(&channel, &exchange, event));
        if sending.len() >= ON_THEIR_WAY {
            sending.next().await.transpose()?;
        }
    }
    while sending.next().await.transpose()?.is_some() {}
    connection.close(200, "done".into()).await?;
    Ok(())
}

async fn publish(channel: &Channel, exchange: &str, event: &SimEvent) -> anyhow::Result<()> {
    let properties = BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_message_id(event.id.as_str().into())
        .with_type(event.kind.as_str().into())
        .with_headers(EventHeaders::received(jiff::Timestamp::now()).to_table());
    let options = BasicPublishOptions { mandatory: true, ..Default::default() };
    #[expect(clippy::disallowed_methods, reason = "the backlog is there before the worker is measured")]
    let confirm = channel
        .basic_publish(exchange.into(), event.kind.as_str().into(), options, &event.body, properties)
        .await?;
    anyhow::ensure!(confirm.await?.is_ack(), "the broker refused a message");
    Ok(())
}

/// How many messages wait in a queue. Asking the database instead would make it count a growing table again and again.
pub async fn waiting(channel: &Channel, topology: &Topology, queue: Queue) -> anyhow::Result<u32> {
    let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    let queue = topology.queue(queue);
    Ok(channel.queue_declare(queue.into(), passive, FieldTable::default()).await?.message_count())
}

/// Deletes all queues that somebody consumes.
pub async fn delete(amqp_url: &str, topology: &Topology) -> anyhow::Result<()> {
    let connection = Connection::connect(amqp_url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    for queue in Queue::ALL {
        channel.queue_delete(topology.queue(queue).into(), QueueDeleteOptions::default()).await?;
    }
    channel.queue_delete(topology.rejected_queue().into(), QueueDeleteOptions::default()).await?;
    connection.close(200, "done".into()).await?;
    Ok(())
}
