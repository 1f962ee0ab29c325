//! The SQL of the exchange. Its two statements run for every few messages, so they are prepared once.

use std::collections::HashMap;

use tokio_postgres::{Client, Error, Statement};

use super::{OutboxRow, rows};
use crate::relay::sent::{End, SentBatch};

pub(super) const UNSENT: &str = include_str!("../sql/unsent.sql");
pub(super) const SENT: &str = include_str!("../sql/sent.sql");

/// What the exchange is owed.
pub(in crate::relay) struct Unsent {
    /// The messages, in the order of sending.
    pub(in crate::relay) rows: Vec<OutboxRow>,
    /// The row of `outbox_unsent` that each message is in, by the message's id.
    pub(in crate::relay) batches: HashMap<i64, i64>,
}

/// The statements of one session.
pub(in crate::relay) struct AmqpStatements {
    unsent: Statement,
    sent: Statement,
}

impl AmqpStatements {
    /// Prepares them.
    pub(in crate::relay) async fn prepare(client: &Client) -> Result<Self, Error> {
        Ok(Self { unsent: client.prepare(UNSENT).await?, sent: client.prepare(SENT).await? })
    }

    /// What the exchange is owed now.
    pub(in crate::relay) async fn unsent(&self, client: &Client, limit: usize) -> Result<Unsent, Error> {
        let mut unsent = Unsent { rows: Vec::new(), batches: HashMap::new() };
        for row in client.query(&self.unsent, &[&rows(limit)]).await? {
            let message = OutboxRow::read(&row)?;
            unsent.batches.insert(message.id, row.try_get(10)?);
            unsent.rows.push(message);
        }
        Ok(unsent)
    }

    /// The exchange has what was sent, and is owed neither that nor what can never be sent. Failures are to be recorded
    /// before: what is only recorded as failed is tried once more.
    pub(in crate::relay) async fn sent(
        &self,
        client: &Client,
        batches: &HashMap<i64, i64>,
        result: &SentBatch,
    ) -> Result<(), Error> {
        let given_up = result.failures.iter().filter(|failure| failure.end != End::Retry);
        let done: Vec<i64> = result.sent.iter().copied().chain(given_up.map(|failure| failure.id)).collect();
        if done.is_empty() {
            return Ok(());
        }
        let batches: Vec<i64> = done.iter().filter_map(|id| batches.get(id).copied()).collect();
        client.execute(&self.sent, &[&batches, &done, &result.sent]).await.map(drop)
    }
}
