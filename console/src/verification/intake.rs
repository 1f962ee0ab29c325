//! Has the workers take a payment in: its objects are published like webhooks, and waited for until they have taken effect.

use std::time::Duration;

use amqp::broker::Broker;
use amqp::message::{EventHeaders, Message};
use amqp::publisher::Publisher;
use deadpool_postgres::Pool;
use domain::fetched::FetchedEvent;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use tokio::time::Instant;

use super::store;
use crate::common::error::ServiceError;

/// How long a request waits for the workers. The broker has the events by then, and keeps them.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Publishes the events, and waits until all have taken effect: false when that takes too long.
pub(super) async fn take_in(
    pool: &Pool,
    broker: &Broker,
    publisher: &Publisher,
    events: &[FetchedEvent],
) -> Result<bool, ServiceError> {
    let headers = EventHeaders::received(Timestamp::now()).to_table();
    let exchange = broker.topology().events_exchange();
    let messages = events.iter().map(|event| Message {
        exchange: exchange.clone(),
        routing_key: event.kind.clone(),
        message_id: event.id.clone(),
        kind: event.kind.clone(),
        headers: headers.clone(),
        body: event.body.clone(),
    });
    let sent = try_join_all(messages.map(|message| publisher.publish(message))).await;
    sent.map_err(|e| ServiceError::Unavailable(format!("the broker did not accept the payment: {e}")))?;
    let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    until_taken_in(pool, &ids, LONGEST_WAIT).await
}

/// Waits until events have taken effect: false when that takes longer than `longest`.
pub(crate) async fn until_taken_in(
    pool: &Pool,
    ids: &[&str],
    longest: Duration,
) -> Result<bool, ServiceError> {
    let (deadline, mut pause) = (Instant::now() + longest, FIRST_PAUSE);
    loop {
        if store::taken_in(&pool.get().await?, ids).await? == ids.len() {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
