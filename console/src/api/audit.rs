//! `/api/audit`.

use actix_web::web::{self, Json, Query};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{Caller, resource};
use crate::audit::store::{self as store, AuditEntry, AuditFilter};
use crate::common::error::ServiceError;
use crate::common::paging::{self, Page};
use crate::http::Console;
use crate::http::error::ErrorBody;
use crate::masking;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditListQuery {
    /// Who: `user:anna`, `token:shop`, `cli:root`.
    #[param(max_length = 255)]
    actor: Option<String>,
    /// What: `dead.replay`, `order.create` …
    #[param(max_length = 255)]
    action: Option<String>,
    /// To which: `dead_letter:12`, `event:evt_1` …
    #[param(max_length = 255)]
    subject: Option<String>,
    /// The `next` of the page before.
    #[param(pattern = "^[0-9]{1,18}$")]
    before: Option<String>,
    /// 1 to 500, 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// A page of the audit.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: utoipa knows no generic types")]
pub(super) struct AuditPage {
    items: Vec<AuditEntry>,
    next: Option<String>,
}

/// Who did what to which, when and why, newest first
#[utoipa::path(get, path = "/api/audit", tag = "audit", params(AuditListQuery), responses(
    (status = 200, description = "A page of the audit", body = AuditPage),
    (status = 400, description = "A filter is wrong", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody)))]
pub(super) async fn list(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<AuditListQuery>,
) -> Result<Json<Page<AuditEntry>>, ServiceError> {
    let query = query.into_inner();
    let before = paging::number_cursor(query.before.as_deref())?;
    let limit = paging::limit(query.limit)?;
    let filter = AuditFilter {
        actor: paging::text("actor", query.actor)?,
        action: paging::text("action", query.action)?,
        subject: paging::text("subject", query.subject)?,
    };
    let entries = store::list(&console.pool.get().await?, &filter, before, limit + 1).await?;
    let page = Page::cut(entries, limit, |entry| entry.id.to_string());
    Ok(Json(masking::for_role(page, caller.0.role)))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/audit", "GET").route(web::get().to(list)));
}
