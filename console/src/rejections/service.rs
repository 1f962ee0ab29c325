//! What was refused, for pages, API and command line.

use deadpool_postgres::Pool;
use jiff::{SignedDuration, Timestamp};

use super::store::{self, RejectionGroup};
use crate::common::error::ServiceError;
use crate::common::paging::Page;
use crate::common::role::Role;
use crate::masking;

/// How far back is looked where nobody says.
const DEFAULT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What was refused since a time, or in the last seven days, as the role may see it.
pub(crate) async fn list(
    pool: &Pool,
    since: Option<Timestamp>,
    role: Role,
) -> Result<Page<RejectionGroup>, ServiceError> {
    let since = since.unwrap_or_else(|| Timestamp::now() - DEFAULT);
    let groups = store::groups(&pool.get().await?, since).await?;
    Ok(masking::for_role(Page::unpaged(groups), role))
}
