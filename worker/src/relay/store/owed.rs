//! The SQL of what a destination is owed. Its statements run for every few messages, so they are prepared once.

use std::collections::HashMap;

use tokio_postgres::{Client, Error, Statement};

use super::{OutboxRow, rows};

const BATCHES: &str = include_str!("../sql/owed_batches.sql");
const MESSAGES: &str = include_str!("../sql/owed_messages.sql");
const SENT: &str = include_str!("../sql/sent.sql");
const DROP_FINISHED: &str = include_str!("../sql/drop_finished.sql");

/// The fewest messages that are looked at together: behind those that wait there may be one that can be sent.
const STEP: usize = 100;

/// What a destination is owed.
pub(in crate::relay) struct Owed {
    /// The messages, in the order of sending.
    pub(in crate::relay) rows: Vec<OutboxRow>,
    /// The row of `outbox_owed` that each message is in, by the message's id.
    pub(in crate::relay) batches: HashMap<i64, i64>,
    /// There may be more that can be sent now.
    pub(in crate::relay) has_more: bool,
}

/// The statements of one session for one destination.
pub(in crate::relay) struct OwedStatements<'a> {
    destination: &'a str,
    batches: Statement,
    messages: Statement,
    sent: Statement,
}

impl<'a> OwedStatements<'a> {
    /// Prepares them.
    pub(in crate::relay) async fn prepare(client: &Client, destination: &'a str) -> Result<Self, Error> {
        Ok(Self {
            destination,
            batches: client.prepare(BATCHES).await?,
            messages: client.prepare(MESSAGES).await?,
            sent: client.prepare(SENT).await?,
        })
    }

    /// What may be sent now, at most `limit` messages. What waits is passed over, however much it is.
    ///
    /// Rows that are newer than the first look are left for the next time: a row that was not committed at the first look
    /// may be passed over, and what it wrote must not be overtaken by what was written after it.
    pub(in crate::relay) async fn next(&self, client: &Client, limit: usize) -> Result<Owed, Error> {
        let mut owed = Owed { rows: Vec::new(), batches: HashMap::new(), has_more: true };
        let (mut behind, mut until) = (0_i64, i64::MAX);
        let step = limit.max(STEP);
        while owed.rows.len() < limit {
            let (mut ids, mut batches): (Vec<i64>, HashMap<i64, i64>) = (Vec::new(), HashMap::new());
            let found =
                client.query(&self.batches, &[&behind, &rows(step), &until, &self.destination]).await?;
            for row in found {
                behind = row.try_get(0)?;
                let of_batch: Vec<i64> = row.try_get(1)?;
                until = until.min(row.try_get(2)?);
                batches.extend(of_batch.iter().map(|id| (*id, behind)));
                ids.extend(of_batch);
            }
            if !ids.is_empty() {
                for row in &client.query(&self.messages, &[&ids, &self.destination]).await? {
                    let message = OutboxRow::read(row)?;
                    owed.batches.extend(batches.get_key_value(&message.id));
                    owed.rows.push(message);
                }
            }
            if ids.len() < step {
                owed.has_more = false;
                break;
            }
        }
        if owed.rows.len() > limit {
            owed.rows.truncate(limit);
            owed.has_more = true;
        }
        Ok(owed)
    }

    /// The destination has the messages `sent`, and is owed neither those nor `ended`, which are not tried again. Failures are
    /// to be recorded before: what was given up is owed until it is known as such.
    pub(in crate::relay) async fn sent(
        &self,
        client: &Client,
        batches: &HashMap<i64, i64>,
        sent: &[i64],
        ended: &[i64],
    ) -> Result<(), Error> {
        let done: Vec<i64> = sent.iter().chain(ended).copied().collect();
        if done.is_empty() {
            return Ok(());
        }
        let batches: Vec<i64> = done.iter().filter_map(|id| batches.get(id).copied()).collect();
        client.execute(&self.sent, &[&batches, &done, &sent, &self.destination]).await.map(drop)
    }
}

/// Drops what is owed although it is done, for all destinations.
pub(in crate::relay) async fn drop_finished(client: &Client) -> Result<(), Error> {
    client.execute(DROP_FINISHED, &[]).await.map(drop)
}
