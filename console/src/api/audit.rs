//! `GET /api/audit`.

use actix_web::web::{self, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use super::reply::ListReply;
use super::{Caller, resource};
use crate::audit::service;
use crate::audit::store::{AuditEntry, AuditFilter};
use crate::common::error::ServiceError;
use crate::common::paging::PageRequest;
use crate::http::Console;

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
    /// 1 to 500, 50 by default.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// Who did what to which, when and why, newest first
#[utoipa::path(get, path = "/api/audit", tag = "audit", params(AuditListQuery), responses(ListReply<AuditEntry>))]
pub(super) async fn list(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<AuditListQuery>,
) -> Result<ListReply<AuditEntry>, ServiceError> {
    let AuditListQuery { actor, action, subject, before, limit } = query.into_inner();
    let filter = AuditFilter { actor, action, subject }.checked()?;
    let page = PageRequest { before, limit, after: None };
    service::list(&console.pool, &filter, &page, caller.0.role).await.map(ListReply)
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/audit", "GET").route(web::get().to(list)));
}
