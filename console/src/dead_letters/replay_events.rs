//! Sending many events through the workers again, such as those that an older version ignored.

use deadpool_postgres::Pool;

use super::replay::Replayer;
use crate::audit::reason::AuditReason;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::paging::Direction;
use crate::events::search::{self, EventScope};
use crate::events::store::EventFilter;

/// Events that are looked up at once.
const PAGE: i64 = 200;

/// Sends every event that the filter takes in through the workers again, newest first, one after the other, each with
/// its line in the audit. Returns how many. What took effect already changes nothing.
pub(crate) async fn replay_events(
    pool: &Pool,
    replayer: &Replayer,
    filter: &EventFilter,
    actor: &Actor,
    reason: &AuditReason,
) -> Result<usize, ServiceError> {
    let (mut direction, mut sent) = (Direction::Older(None), 0);
    loop {
        let found =
            search::events(&pool.get().await?, filter, &EventScope::default(), &direction, PAGE).await?;
        for event in &found {
            replayer.event(&event.id, actor, reason).await?;
            sent += 1;
        }
        let Some(last) = found.last() else { return Ok(sent) };
        direction = Direction::Older(Some(last.cursor()));
    }
}
