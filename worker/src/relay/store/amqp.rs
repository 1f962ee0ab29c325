//! The SQL of the exchange. Its statements run for every few messages, so they are prepared once.

use std::collections::HashMap;

use tokio_postgres::{Client, Error, Statement};

use super::{OutboxRow, rows};
use crate::relay::sent::{End, SentBatch};

pub(super) const UNSENT_BATCHES: &str = include_str!("../sql/unsent_batches.sql");
pub(super) const UNSENT: &str = include_str!("../sql/unsent.sql");
pub(super) const SENT: &str = include_str!("../sql/sent.sql");

/// What the exchange is owed.
pub(in crate::relay) struct Unsent {
    /// The messages, in the order of sending.
    pub(in crate::relay) rows: Vec<OutboxRow>,
    /// The row of `outbox_unsent` that each message is in, by the message's id.
    pub(in crate::relay) batches: HashMap<i64, i64>,
    /// There may be more that can be sent now.
    pub(in crate::relay) has_more: bool,
}

/// The statements of one session.
pub(in crate::relay) struct AmqpStatements {
    unsent_batches: Statement,
    unsent: Statement,
    sent: Statement,
}

impl AmqpStatements {
    /// Prepares them.
    pub(in crate::relay) async fn prepare(client: &Client) -> Result<Self, Error> {
        Ok(Self {
            unsent_batches: client.prepare(UNSENT_BATCHES).await?,
            unsent: client.prepare(UNSENT).await?,
            sent: client.prepare(SENT).await?,
        })
    }

    /// What the exchange is owed and may be sent now, about `limit` messages. What waits is passed over, however much it is.
    ///
    /// Rows that are newer than the first look are left for the next time: a row that was not committed at the first look
    /// may be passed over, and what it wrote must not be overtaken by what was written after it.
    pub(in crate::relay) async fn unsent(&self, client: &Client, limit: usize) -> Result<Unsent, Error> {
        let mut unsent = Unsent { rows: Vec::new(), batches: HashMap::new(), has_more: true };
        let (mut behind, mut until) = (0_i64, i64::MAX);
        while unsent.rows.len() < limit {
            let (mut ids, mut batches): (Vec<i64>, HashMap<i64, i64>) = (Vec::new(), HashMap::new());
            for row in client.query(&self.unsent_batches, &[&behind, &rows(limit), &until]).await? {
                behind = row.try_get(0)?;
                let of_batch: Vec<i64> = row.try_get(1)?;
                until = until.min(row.try_get(2)?);
                batches.extend(of_batch.iter().map(|id| (*id, behind)));
                ids.extend(of_batch);
            }
            if !ids.is_empty() {
                for row in &client.query(&self.unsent, &[&ids]).await? {
                    let message = OutboxRow::read(row)?;
                    unsent.batches.extend(batches.get_key_value(&message.id));
                    unsent.rows.push(message);
                }
            }
            if ids.len() < limit {
                unsent.has_more = false;
                break;
            }
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
