//! Takes what is ready from a queue, has it processed, and settles it.
//!
//! Owns the pace: one event when the queue is idle, a full batch when there is a backlog, nothing while
//! the database is in trouble. Redelivered messages are set aside and processed one at a time when nothing
//! fresh is ready, or when they have waited for that too long, so that an event that kills the process is
//! alone when it does; and in another sequence each time, so that what stands behind it is not dead-lettered
//! with it.

mod aside;

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use amqp::broker::{Broker, BrokerError};
use amqp::message::EventHeaders;
use futures_util::StreamExt;
use futures_util::stream::ReadyChunks;
use jiff::Timestamp;
use lapin::Consumer;
use lapin::message::Delivery;
use lapin::options::{BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use aside::{Aside, deliveries_before};

use crate::backoff::Backoff;
use crate::heartbeat::Progress;
use crate::process::{Engine, Job};
use crate::settle::{SettleError, Settler};
use domain::rules::Rules;

/// How long redelivered messages wait for fresh ones to be ready first.
const ASIDE: Duration = Duration::from_millis(50);

/// How long a batch is held while the database is in trouble. The broker closes a channel that has not
/// acknowledged for 30 minutes (`consumer_timeout`); before that the batch is given back in good order.
const HOLD: Duration = Duration::from_secs(10 * 60);

/// Why consuming stopped; it begins anew.
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
    #[error("the database is away for too long; the batch goes back to the queue")]
    GivenBack,
}

/// One consumer: a channel of its own, one transaction at a time.
pub(crate) struct Lane {
    /// The connection to consume on.
    pub(crate) broker: Broker,
    /// The queue's full name.
    pub(crate) queue: String,
    /// Events in one transaction at most.
    pub(crate) batch: u16,
    pub(crate) engine: Engine,
    pub(crate) settler: Settler,
    pub(crate) progress: Progress,
}

impl Lane {
    /// Consumes until the end is asked for; comes back after every interruption.
    pub(crate) async fn run(&self, shutdown: &CancellationToken) {
        let mut backoff = Backoff::default();
        while !shutdown.is_cancelled() {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.broker.until_usable() => {}
            }
            // Nothing is taken from the queue before the database answers: each delivery that is given back
            // counts towards the delivery limit.
            if self.until_database_answers(shutdown).await.is_break() {
                return;
            }
            let began = Instant::now();
            match self.consume(shutdown).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(error = %error_chain(&error), queue = self.queue, "consuming was interrupted");
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
            tracing::warn!(error = %error_chain(&error), "the database does not answer; waiting");
            if backoff.wait(shutdown).await.is_break() {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    async fn consume(&self, shutdown: &CancellationToken) -> Result<(), Interrupted> {
        let channel = self.broker.channel().await?;
        // Twice the batch, so that the next one is at hand while this one commits.
        channel.basic_qos(self.batch.saturating_mul(2), BasicQosOptions::default()).await?;
        let queue = ShortString::from(self.queue.as_str());
        let options = BasicConsumeOptions::default();
        let consumer = channel.basic_consume(queue, "".into(), options, FieldTable::default()).await?;
        let mut stream = consumer.ready_chunks(usize::from(self.batch));
        let mut aside = Aside::default();
        loop {
            let ready = match next(&mut stream, !aside.is_empty(), shutdown).await {
                Next::End => break,
                Next::Quiet => Vec::new(),
                Next::Ready(deliveries) => deliveries.into_iter().collect::<Result<Vec<_>, _>>()?,
                Next::Canceled => return Err(Interrupted::Canceled),
            };
            // Fresh ones may never run out, and then what was set aside must not wait for that.
            let alone = if ready.is_empty() || aside.is_due() { aside.take() } else { Vec::new() };
            let (again, fresh): (Vec<_>, Vec<_>) = ready.into_iter().partition(|d| deliveries_before(d) > 0);
            aside.extend(again);
            // Nothing that was handed out earlier is held back, not even until this round's fresh ones are settled.
            let oldest = aside.is_empty() && alone.is_empty();
            for batch in std::iter::once(fresh).chain(alone.into_iter().map(|one| vec![one])) {
                if self.handle(batch, oldest, shutdown).await?.is_break() {
                    break;
                }
            }
        }
        // What was delivered and not settled goes back to the queue with the channel.
        channel.close(200, "the worker ends".into()).await?;
        Ok(())
    }

    /// Processes and settles one batch; trouble of the database is waited out. `oldest`: nothing that the
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
        let (deliveries, jobs): (Vec<Delivery>, Vec<Job>) =
            batch.into_iter().map(|delivery| read(delivery, &self.engine.rules)).unzip();
        let began = Instant::now();
        let mut backoff = Backoff::default();
        let verdicts = loop {
            match self.engine.process(&jobs).await {
                Ok(verdicts) => break verdicts,
                Err(error) => {
                    tracing::warn!(error = %error_chain(&error), events = jobs.len(), "the database is in trouble; waiting");
                    metrics::counter!("worker_database_trouble_total").increment(1);
                }
            }
            if began.elapsed() > HOLD {
                return Err(Interrupted::GivenBack);
            }
            if backoff.wait(shutdown).await.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        };
        crate::report::batch(&jobs, &verdicts, began.elapsed());
        self.settler.settle(&deliveries, &jobs, &verdicts, oldest, shutdown).await?;
        self.progress.settled(jobs.iter().map(|job| job.headers.received_at));
        Ok(ControlFlow::Continue(()))
    }
}

enum Next {
    Ready(Vec<Result<Delivery, lapin::Error>>),
    /// Nothing fresh is ready: time for what was set aside.
    Quiet,
    /// The broker canceled the consumer (its queue was deleted).
    Canceled,
    /// The end was asked for.
    End,
}

async fn next(stream: &mut ReadyChunks<Consumer>, aside: bool, shutdown: &CancellationToken) -> Next {
    tokio::select! {
        biased;
        () = shutdown.cancelled() => Next::End,
        ready = stream.next() => ready.map_or(Next::Canceled, Next::Ready),
        () = tokio::time::sleep(ASIDE), if aside => Next::Quiet,
    }
}

fn read(mut delivery: Delivery, rules: &Rules) -> (Delivery, Job) {
    let no_headers = FieldTable::default();
    let headers = delivery.properties.headers().as_ref().unwrap_or(&no_headers);
    let headers = EventHeaders::from_table(headers, Timestamp::now());
    let job = Job::new(headers, std::mem::take(&mut delivery.data), rules);
    (delivery, job)
}

/// An error with its causes, in one line.
fn error_chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
