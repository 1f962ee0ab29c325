//! Finding lines of the audit.

use deadpool_postgres::Pool;

use super::store::{self, AuditEntry, AuditFilter};
use crate::common::error::ServiceError;
use crate::common::paging::{Page, PageRequest};
use crate::common::role::Role;
use crate::masking;

/// A page of the audit, newest first, as the role may see it.
pub(crate) async fn list(
    pool: &Pool,
    filter: &AuditFilter,
    page: &PageRequest,
    role: Role,
) -> Result<Page<AuditEntry>, ServiceError> {
    let (before, limit) = (page.number_cursor()?, page.limit()?);
    let found = store::list(&pool.get().await?, filter, before, limit + 1).await?;
    Ok(masking::for_role(Page::cut(found, limit, |entry| entry.id.to_string()), role))
}
