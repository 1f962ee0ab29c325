//! Whether the outbox relay keeps up with the drain that writes its messages, in the same run: how many were sent when
//! the drain ended, and how fast one relay sends them all again with nothing else to do.

use std::time::Instant;

use amqp::topology::Topology;
use lapin::Channel;
use lapin::options::{QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{AMQPValue, FieldTable, LongString};
use tokio_postgres::Client;

use crate::{Args, LONGEST, LOOK_EVERY, Worker};

const QUEUE: &str = "everything";

/// What the relay did in one run.
pub(crate) struct Relay {
    /// Messages that the drain wrote.
    pub(crate) written: i64,
    /// Of those, sent when the drain ended.
    pub(crate) sent: i64,
}

impl Relay {
    /// Asks at the end of a drain.
    pub(crate) async fn at_the_end_of_the_drain(client: &Client) -> anyhow::Result<Self> {
        let row = client.query_one("SELECT count(*), count(sent_at) FROM outbox", &[]).await?;
        Ok(Self { written: row.get(0), sent: row.get(1) })
    }
}

/// Sends all messages again, to a queue that gets them all: messages a second.
pub(crate) async fn alone(
    args: &Args,
    channel: &Channel,
    topology: &Topology,
    (client, database): (&Client, &str),
) -> anyhow::Result<f64> {
    let queue = format!("{}{QUEUE}", topology.prefix);
    let mut quorum = FieldTable::default();
    quorum.insert("x-queue-type".into(), AMQPValue::LongString(LongString::from("quorum")));
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(queue.as_str().into(), durable, quorum).await?;
    let exchange = topology.out_exchange();
    let none = FieldTable::default();
    channel
        .queue_bind(queue.as_str().into(), exchange.into(), "#".into(), QueueBindOptions::default(), none)
        .await?;
    client.batch_execute("TRUNCATE outbox_sent").await?;
    let all = "INSERT INTO outbox_unsent (ids) SELECT array_agg(id ORDER BY id) FROM outbox_messages GROUP BY id / 200 ORDER BY id / 200";
    client.batch_execute(all).await?;
    let start = Instant::now();
    let worker = Worker::start(args, &topology.prefix, database)?;
    let unsent = "SELECT EXISTS (SELECT FROM outbox_unsent)";
    while client.query_one(unsent, &[]).await?.get(0) {
        anyhow::ensure!(start.elapsed() < LONGEST, "the outbox is not sent");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let took = start.elapsed().as_secs_f64();
    drop(worker);
    let count: i64 = client.query_one("SELECT count(*) FROM outbox", &[]).await?.get(0);
    channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default()).await?;
    Ok(count as f64 / took)
}
