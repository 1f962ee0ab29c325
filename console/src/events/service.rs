//! Finding events.

use deadpool_postgres::Pool;

use super::cursor::EventCursor;
use super::search::{self, EventScope};
use super::store::{self, EffectRow, EventFilter, EventRow};
use crate::common::error::ServiceError;
use crate::common::paging::{Page, PageRequest};
use crate::common::role::Role;
use crate::masking;

/// A page of events, newest first, as the role may see them.
pub(crate) async fn list(
    pool: &Pool,
    filter: &EventFilter,
    scope: &EventScope,
    page: &PageRequest,
    role: Role,
) -> Result<Page<EventRow>, ServiceError> {
    let (direction, limit) = (page.direction(EventCursor::parse)?, page.limit()?);
    let found = search::events(&pool.get().await?, filter, scope, &direction, limit + 1).await?;
    let page = Page::around(found, limit, &direction, |event| event.cursor().to_string());
    Ok(masking::for_role(page, role))
}

/// One event with its body and what it changed, for who may see everything.
pub(crate) async fn show(pool: &Pool, id: &str) -> Result<(EventRow, String, Vec<EffectRow>), ServiceError> {
    let client = pool.get().await?;
    let found = store::show(&client, id).await?;
    let (event, body) = found.ok_or_else(|| ServiceError::NotFound(format!("event {id}")))?;
    Ok((event, body, store::effects(&client, id).await?))
}
