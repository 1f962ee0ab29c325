//! What a replay of a dead letter would do now.

use super::store;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::events::preview::{self, PreviewView, Previewer};

/// What replaying a dead letter would do.
pub(crate) async fn dead_letter(
    previewer: Previewer<'_>,
    id: i64,
    role: Role,
) -> Result<PreviewView, ServiceError> {
    let found = store::show(&previewer.pool.get().await?, id).await?;
    let (dead_letter, body) = found.ok_or_else(|| ServiceError::NotFound(format!("dead letter {id}")))?;
    preview::run(previewer, &body, dead_letter.endpoint, role).await
}
