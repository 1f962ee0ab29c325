//! `GET /api/dead-letters/groups`.

use actix_web::web::{self, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Caller;
use crate::api::reply::ListReply;
use crate::common::error::ServiceError;
use crate::common::origin::{Mode, OriginFilter};
use crate::common::paging::{Page, PageRequest};
use crate::dead_letters::service;
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store::{DeadLetterGroup, GroupFilter};
use crate::http::Console;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct GroupQuery {
    /// Dead letters in this state; open ones by default.
    #[param(inline)]
    state: Option<DeadLetterState>,
    /// Event type, such as `charge.refunded`.
    #[serde(rename = "type")]
    #[param(max_length = 255)]
    kind: Option<String>,
    /// Why they are dead letters, such as `missing_field`.
    #[param(max_length = 255)]
    reason: Option<String>,
    /// A connected account; `self` or empty is the company's own. All by default.
    #[param(max_length = 255)]
    account: Option<String>,
    /// `live` or `test`; both by default.
    mode: Option<Mode>,
    /// 1 to 500, 50 by default.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// Dead letters that failed for the same cause, the largest group first
#[utoipa::path(get, path = "/api/dead-letters/groups", tag = "dead letters", params(GroupQuery),
    responses(ListReply<DeadLetterGroup>))]
pub(in crate::api) async fn groups(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<GroupQuery>,
) -> Result<ListReply<DeadLetterGroup>, ServiceError> {
    let GroupQuery { state, kind, reason, account, mode, limit } = query.into_inner();
    let filter = GroupFilter { state, kind, reason, origin: OriginFilter::new(account.as_deref(), mode)? };
    let limit = PageRequest { limit, ..PageRequest::default() }.limit()?;
    let groups = service::groups(&console.pool, filter, limit, caller.0.role).await?;
    Ok(ListReply(Page::unpaged(groups)))
}
