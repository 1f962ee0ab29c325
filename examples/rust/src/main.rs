//! Consumes Sluicegate's messages from RabbitMQ and provisions subscriptions.
//!
//! Environment: `AMQP_URL`; `AMQP_PREFIX` where Sluicegate has one; `DATABASE_URL`, the company's own PostgreSQL.

use std::env;

use anyhow::Context;
use futures_util::StreamExt;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicQosOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ConnectionProperties, Consumer};
use serde_json::Value;
use tokio_postgres::{Client, NoTls, Transaction};

const TOPIC: &str = "subscription.payment_succeeded";
const HANDLED: &str = "CREATE TABLE IF NOT EXISTS handled (source text, id text, PRIMARY KEY (source, id))";

#[tokio::main]
#[expect(
    clippy::disallowed_methods,
    reason = "the ban is for Sluicegate's own queues; this is the company's program"
)]
async fn main() -> anyhow::Result<()> {
    let url = env::var("DATABASE_URL").context("DATABASE_URL")?;
    let (mut database, connection) = tokio_postgres::connect(&url, NoTls).await?;
    tokio::spawn(connection);
    database.batch_execute(HANDLED).await?;
    let url = env::var("AMQP_URL").context("AMQP_URL")?;
    let broker = Connection::connect(&url, ConnectionProperties::default()).await?;
    let mut messages = consumer(&broker.create_channel().await?).await?;
    while let Some(message) = messages.next().await {
        let message = message?;
        handle(&mut database, &serde_json::from_slice(&message.data)?).await?;
        message.ack(BasicAckOptions::default()).await?; // after the commit
    }
    anyhow::bail!("the broker has closed the connection")
}

/// A durable queue, bound for good: what comes while this program is away waits there.
async fn consumer(channel: &Channel) -> anyhow::Result<Consumer> {
    let prefix = env::var("AMQP_PREFIX").unwrap_or_default();
    let (exchange, queue) = (format!("{prefix}sluicegate.out"), format!("{prefix}provisioning.rust"));
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let mut quorum = FieldTable::default();
    quorum.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    channel.queue_declare(queue.as_str().into(), durable, quorum).await?;
    let (key, options) = ("subscription.#", QueueBindOptions::default());
    let bound = channel.queue_bind(
        queue.as_str().into(),
        exchange.as_str().into(),
        key.into(),
        options,
        FieldTable::default(),
    );
    bound.await?;
    channel.basic_qos(20, BasicQosOptions::default()).await?;
    let options = BasicConsumeOptions::default();
    Ok(channel
        .basic_consume(queue.as_str().into(), "provisioning".into(), options, FieldTable::default())
        .await?)
}

/// Handles an event once: delivery is at least once, so repeats are expected.
async fn handle(database: &mut Client, event: &Value) -> anyhow::Result<()> {
    let text = |name: &str| event[name].as_str().context("a CloudEvent has a source, an id and a type");
    let transaction = database.transaction().await?;
    let keep = "INSERT INTO handled (source, id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let new = transaction.execute(keep, &[&text("source")?, &text("id")?]).await? == 1;
    if new && text("type")? == TOPIC {
        successful_subscription(&transaction, &event["data"]).await?;
    }
    Ok(transaction.commit().await?)
}

/// Yours: gives the customer access until `period_end`, in the transaction that keeps the message's id.
async fn successful_subscription(_: &Transaction<'_>, data: &Value) -> anyhow::Result<()> {
    let text = |name: &str| data[name].as_str().unwrap_or_default();
    println!("provision {} for {} until {}", text("subscription"), text("customer"), data["period_end"]);
    Ok(())
}
