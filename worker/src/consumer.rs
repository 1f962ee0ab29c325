//! Takes what is ready from a queue, has it processed, and settles it.
//!
//! Owns the pace: one event when the queue is idle, a full batch when there is a backlog, nothing while
//! the database is unavailable. Redelivered messages are buffered and processed one at a time when nothing
//! fresh is ready, or when they have waited for that too long, so that an event that kills the process is
//! alone when it does; and in another sequence each time, so that what stands behind it is not dead-lettered
//! with it.

mod ready;
mod redelivery_buffer;

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use amqp::broker::{Broker, BrokerError};
use amqp::message::EventHeaders;
use futures_util::StreamExt;
use jiff::Timestamp;
use lapin::message::Delivery;
use lapin::options::{BasicCancelOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use service::backoff::Backoff;
use service::error::chain;
use thiserror::Error;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use ready::{Ready, next};
use redelivery_buffer::{RedeliveryBuffer, deliveries_before};

use crate::fetch::ThinEvents;
use crate::pause::Pause;
use crate::process::{Engine, InboundEvent};
use crate::progress::Progress;
use crate::settle::{SettleError, Settler};
use crate::spans;
use domain::rules::Rules;

/// Thin events of one batch at most: what is fetched for them has to be there within the time that a batch may take.
const THIN_BATCH: usize = 16;

/// How long a batch is held while the database is unavailable. The broker closes a channel that has not
/// acknowledged for 30 minutes (`consumer_timeout`); before that the batch is requeued.
const HOLD: Duration = Duration::from_secs(10 * 60);

/// Why consuming stopped; it starts again.
#[derive(Debug, Error)]
enum Interrupted {
    #[error("no channel")]
    Channel(#[from] BrokerError),
    #[error("the broker ended the consumer")]
    Broker(#[from] lapin::Error),
    #[error(transparent)]
    Settle(#[from] SettleError),
    #[error("the broker canceled the consumer")]
    Canceled,
    #[error("database unavailable for too long; the batch is requeued")]
    Requeued,
}

/// One consumer: a channel of its own, one transaction at a time.
#[derive(Clone)]
pub(crate) struct ConsumerTask {
    /// The connection to consume on.
    pub(crate) broker: Broker,
    /// The queue's full name.
    pub(crate) queue: String,
    /// Events in one transaction at most.
    pub(crate) batch: u16,
    pub(crate) engine: Engine,
    pub(crate) settler: Settler,
    /// What fetches the objects of thin events; none without an API key.
    pub(crate) thin_events: Option<ThinEvents>,
    pub(crate) progress: Progress,
    /// Whether staff have paused the queue.
    pub(crate) pause: Pause,
}

/// Why consuming ended by itself.
enum Ended {
    Shutdown,
    /// Staff have paused the queue.
    Paused,
}

impl ConsumerTask {
    /// Consumes until shutdown is requested; restarts after every interruption.
    pub(crate) async fn run(&self, shutdown: &CancellationToken) {
        let mut backoff = Backoff::default();
        while !shutdown.is_cancelled() {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.broker.until_usable() => {}
            }
            if self.pause.clone().until_running(shutdown).await.is_break() {
                return;
            }
            // Nothing is taken from the queue before the database answers: each delivery that is requeued
            // counts towards the delivery limit.
            if self.until_database_answers(shutdown).await.is_break() {
                return;
            }
            let began = Instant::now();
            match self.consume(shutdown).await {
                Ok(Ended::Shutdown) => return,
                Ok(Ended::Paused) => continue,
                Err(error) => {
                    tracing::warn!(error = %chain(&error), queue = self.queue, "consuming was interrupted");
                }
            }
            if began.elapsed() > HOLD / 10 {
                backoff = Backoff::default();
            }
            if backoff.wait(shutdown).await.is_break() {
                return;
            }
        }
    }

    async fn until_database_answers(&self, shutdown: &CancellationToken) -> ControlFlow<()> {
        let mut backoff = Backoff::default();
        while let Err(error) = self.engine.ping().await {
            tracing::warn!(error = %chain(&error), "database unavailable; waiting");
            if backoff.wait(shutdown).await.is_break() {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    async fn consume(&self, shutdown: &CancellationToken) -> Result<Ended, Interrupted> {
        let channel = self.broker.channel().await?;
        // Twice the batch, so that the next one is at hand while this one commits.
        channel.basic_qos(self.batch.saturating_mul(2), BasicQosOptions::default()).await?;
        let queue = ShortString::from(self.queue.as_str());
        let options = BasicConsumeOptions::default();
        let consumer = channel.basic_consume(queue, "".into(), options, FieldTable::default()).await?;
        let tag = consumer.tag();
        let mut stream = consumer.ready_chunks(usize::from(self.batch));
        let mut redelivered = RedeliveryBuffer::default();
        // What was handed out is finished when the queue is paused: giving it back would count as a delivery.
        let (mut pause, mut paused) = (self.pause.clone(), false);
        let ended = loop {
            let upcoming = next(&mut stream, !redelivered.is_empty(), shutdown);
            let ready = tokio::select! {
                ready = upcoming => ready,
                asked = pause.until_paused(shutdown), if !paused => {
                    if asked.is_continue() {
                        channel.basic_cancel(tag.clone(), BasicCancelOptions::default()).await?;
                        paused = true;
                    }
                    continue;
                }
            };
            let ready = match ready {
                Ready::Shutdown => break Ended::Shutdown,
                Ready::Idle => Vec::new(),
                Ready::Deliveries(deliveries) => deliveries.into_iter().collect::<Result<Vec<_>, _>>()?,
                Ready::Canceled if paused && redelivered.is_empty() => break Ended::Paused,
                Ready::Canceled if paused => Vec::new(),
                Ready::Canceled => return Err(Interrupted::Canceled),
            };
            // Fresh messages may never run out; the buffered ones must not wait for that.
            let alone =
                if ready.is_empty() || redelivered.is_due() { redelivered.take() } else { Vec::new() };
            let (again, fresh): (Vec<_>, Vec<_>) = ready.into_iter().partition(|d| deliveries_before(d) > 0);
            redelivered.extend(again);
            let (fresh, mut thin) = self.without_thin(fresh);
            // Nothing that was handed out earlier is held back, not even until this round's fresh ones are settled.
            let oldest = redelivered.is_empty() && alone.is_empty() && thin.is_empty();
            let alone = alone.into_iter().map(|one| vec![one]);
            let thin = std::iter::from_fn(|| {
                (!thin.is_empty()).then(|| thin.drain(..thin.len().min(THIN_BATCH)).collect())
            });
            for batch in std::iter::once(fresh).chain(alone).chain(thin) {
                let span = spans::batch(&self.queue, batch.len());
                if self.handle(batch, oldest, shutdown).instrument(span).await?.is_break() {
                    break;
                }
            }
        };
        // What was delivered and not settled goes back to the queue with the channel.
        channel.close(200, "the worker stops consuming".into()).await?;
        Ok(ended)
    }

    /// Sorts out what has to be fetched for: the others do not wait for Stripe.
    fn without_thin(&self, fresh: Vec<Delivery>) -> (Vec<Delivery>, Vec<Delivery>) {
        let is_thin = |delivery: &Delivery| {
            let kind = delivery.properties.kind().as_ref().map_or("", |kind| kind.as_str());
            kind.starts_with("v1.") || kind.starts_with("v2.")
        };
        match self.thin_events {
            Some(_) => fresh.into_iter().partition(|delivery| !is_thin(delivery)),
            None => (fresh, Vec::new()),
        }
    }

    /// Processes and settles one batch; waits while the database is unavailable. `oldest`: nothing that the
    /// channel was handed before is unsettled.
    async fn handle(
        &self,
        batch: Vec<Delivery>,
        oldest: bool,
        shutdown: &CancellationToken,
    ) -> Result<ControlFlow<()>, Interrupted> {
        if batch.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let (deliveries, events): (Vec<Delivery>, Vec<InboundEvent>) =
            batch.into_iter().map(|delivery| read(delivery, &self.engine.rules)).unzip();
        let began = Instant::now();
        let _in_hand = self.progress.begin(began);
        let events = match &self.thin_events {
            Some(thin) => thin.complete(events).await,
            None => events,
        };
        let mut backoff = Backoff::default();
        let dispositions = loop {
            match self.engine.process(&events).await {
                Ok(dispositions) => break dispositions,
                Err(error) => {
                    tracing::warn!(error = %chain(&error), events = events.len(), "database unavailable; waiting");
                    metrics::counter!("sluicegate_database_errors_total").increment(1);
                }
            }
            if began.elapsed() > HOLD {
                return Err(Interrupted::Requeued);
            }
            if backoff.wait(shutdown).await.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        };
        crate::report::batch(&self.queue, &events, &dispositions, began.elapsed());
        self.settler.settle(&deliveries, &events, &dispositions, oldest, shutdown).await?;
        self.progress.settled(events.iter().map(|event| event.headers.received_at), Timestamp::now());
        Ok(ControlFlow::Continue(()))
    }
}

fn read(mut delivery: Delivery, rules: &Rules) -> (Delivery, InboundEvent) {
    let no_headers = FieldTable::default();
    let headers = delivery.properties.headers().as_ref().unwrap_or(&no_headers);
    let headers = EventHeaders::from_table(headers, Timestamp::now());
    let event = InboundEvent::new(headers, std::mem::take(&mut delivery.data), rules);
    (delivery, event)
}
