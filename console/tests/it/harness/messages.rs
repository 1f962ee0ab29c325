//! What the tests put into queues and find there.

use std::time::{Duration, Instant};

use amqp::message::{self, EventHeaders, Message};
use amqp::topology::Queue;
use console::queues::Sources;
use lapin::types::{AMQPValue, FieldTable};
use serde_json::Value;

use super::{PATIENCE, World};

impl World {
    /// Puts a message into the dead queue as a worker does.
    pub async fn dead_letter(&self, event: &Value, reason: &str, error: &str) {
        self.dead_bytes(event.to_string().as_bytes(), event["id"].as_str().unwrap(), reason, error).await;
    }

    /// Puts any bytes into the dead queue.
    pub async fn dead_bytes(&self, body: &[u8], id: &str, reason: &str, error: &str) {
        let mut headers = EventHeaders::received(jiff::Timestamp::now());
        headers.attempt = 1;
        headers.first_failed_at = Some(jiff::Timestamp::now());
        let mut headers = headers.to_table();
        if !reason.is_empty() {
            headers.insert(message::REASON.into(), AMQPValue::LongString(reason.into()));
            headers.insert(message::ERROR.into(), AMQPValue::LongString(error.into()));
        }
        self.publish_dead(body, id, headers).await;
    }

    /// Puts a message with these headers into the dead queue.
    pub async fn publish_dead(&self, body: &[u8], id: &str, headers: FieldTable) {
        let kind: Value = serde_json::from_slice(body).unwrap_or_default();
        let message = Message {
            exchange: self.topology().dead_exchange(),
            routing_key: "x".to_owned(),
            message_id: id.to_owned(),
            kind: kind["type"].as_str().unwrap_or("unknown").to_owned(),
            headers,
            body: body.to_vec(),
        };
        self.publisher.publish(message).await.expect("published");
    }

    /// The next message of a queue, taken.
    pub async fn take(&self, queue: Queue) -> lapin::message::BasicGetMessage {
        let channel = self.broker.channel().await.expect("channel");
        let name = self.topology().queue(queue);
        let begun = Instant::now();
        loop {
            let options = lapin::options::BasicGetOptions { no_ack: true };
            if let Some(message) = channel.basic_get(name.as_str().into(), options).await.expect("get") {
                return message;
            }
            assert!(begun.elapsed() < PATIENCE, "no message in {name}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How many messages wait in a queue.
    pub async fn waiting(&self, queue: Queue) -> u32 {
        let sources = Sources { broker: &self.broker, management: None, pool: &self.pool };
        let listed = console::queues::list(sources).await.expect("queues");
        listed.iter().find(|q| q.name == self.topology().queue(queue)).expect("the queue").ready
    }

    /// Waits until the console holds everything of a queue.
    pub async fn until_taken(&self, queue: Queue) {
        let begun = Instant::now();
        while self.waiting(queue).await > 0 {
            assert!(begun.elapsed() < PATIENCE, "{queue:?} is not consumed");
        }
    }
}

/// A Stripe event about a payment of an order.
pub fn event(id: &str) -> Value {
    serde_json::json!({
        "id": id, "object": "event", "type": "payment_intent.succeeded", "created": 1_790_000_000, "livemode": false,
        "api_version": "2025-03-31.basil",
        "data": {"object": {"id": format!("pi_{id}"), "object": "payment_intent", "customer": "cus_1", "amount": 999,
            "metadata": {"orderId": format!("order-{id}"), "note": "<script>alert(1)</script>"},
            "receipt_email": "anna@example.com"}}
    })
}
