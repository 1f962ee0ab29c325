//! Storing one dead letter, in as simple a form as the database takes it, and waiting for the database as long as it
//! takes.

use std::time::Duration;

use deadpool_postgres::Pool;
use jiff::Timestamp;
use lapin::message::Delivery;
use lapin::types::FieldTable;
use service::error::chain;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};
use worker::store::{ErrorClass, StoreError, classify};

use crate::common::pause::pause;
use crate::dead_letters::message::{DeadMessage, NewDeadLetter};
use crate::dead_letters::store as dead_letters;

const PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// How often an error of a kind that is not known may come before it counts as the dead letter's own.
const DOUBTS: u32 = 3;

/// What became of a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is a row, and can be acknowledged.
    Stored,
    /// The database refuses it in every form: it is to be tried again later.
    SetAside,
    /// Nothing is known of it yet.
    ShuttingDown,
}

/// Stores dead letters.
pub(super) struct Keeper {
    pub(super) pool: Pool,
}

impl Keeper {
    /// Stores a dead letter, whose body the delivery has again only where it is set aside. Without `may_set_aside` it waits for the database even where it refuses every form.
    pub(super) async fn keep(
        &self,
        delivery: &mut Delivery,
        may_set_aside: bool,
        shutdown: &CancellationToken,
    ) -> Kept {
        let mut dead_letter = read(delivery);
        let (mut delay, mut doubts) = (PAUSE, 0);
        loop {
            let error = match self.commit(&dead_letter).await {
                Ok(new) => {
                    if new {
                        report(&dead_letter);
                    }
                    return Kept::Stored;
                }
                Err(error) => error,
            };
            let class = classify(&error);
            doubts += u32::from(class == ErrorClass::Unknown);
            if class == ErrorClass::Data || doubts > DOUBTS {
                let (event, reason) = (dead_letter.event_id.clone(), error.to_string());
                if dead_letter.simplify(&reason, Timestamp::now()) {
                    warn!(
                        event,
                        reason, "the database refuses a dead letter; it is stored in a simpler form"
                    );
                    continue;
                }
                error!(event, reason, "the database refuses a dead letter in every form; it is set aside");
                if may_set_aside {
                    delivery.data = dead_letter.payload;
                    return Kept::SetAside;
                }
            } else {
                let event = &dead_letter.event_id;
                warn!(event, error = chain(&error), "database unavailable; the dead letter waits");
            }
            pause(shutdown, delay).await;
            delay = (delay * 2).min(MAX_PAUSE);
            if shutdown.is_cancelled() {
                return Kept::ShuttingDown;
            }
        }
    }

    async fn commit(&self, dead_letter: &NewDeadLetter) -> Result<bool, StoreError> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let now = Timestamp::now();
        if dead_letter.by_broker {
            dead_letters::record_event(&tx, dead_letter, now).await?;
        }
        let new = dead_letters::store(&tx, dead_letter, now).await?;
        tx.commit().await?;
        Ok(new)
    }
}

fn report(dead_letter: &NewDeadLetter) {
    metrics::counter!("sluicegate_dead_letters_total", "reason" => dead_letter.reason.clone()).increment(1);
    info!(
        event = dead_letter.event_id,
        reason = dead_letter.reason,
        error = dead_letter.error,
        "dead letter"
    );
}

fn read(delivery: &mut Delivery) -> NewDeadLetter {
    let body = std::mem::take(&mut delivery.data);
    let none = FieldTable::default();
    let properties = &delivery.properties;
    let received = DeadMessage {
        body,
        headers: properties.headers().as_ref().unwrap_or(&none),
        message_id: properties.message_id().as_ref().map(|id| id.as_str()),
        kind: properties.kind().as_ref().map(|kind| kind.as_str()),
        redelivered: delivery.redelivered,
    };
    NewDeadLetter::read(received, Timestamp::now())
}
