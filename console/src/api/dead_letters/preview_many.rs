//! `POST /api/dead-letters/replay/preview`.

use actix_web::web;

use super::bulk::BulkPreviewBody;
use crate::api::Caller;
use crate::api::body::JsonObject;
use crate::api::reply::{Forbidden, Reply};
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::http::Console;
use crate::jobs::service::{self, BulkPreview};
use crate::jobs::state::JobAction;

/// How many dead letters a bulk replay would take in, and the newest of them; nothing is written, nothing is sent
#[utoipa::path(post, path = "/api/dead-letters/replay/preview", tag = "dead letters",
    request_body = BulkPreviewBody, responses(Reply<BulkPreview>, Forbidden))]
pub(in crate::api) async fn preview_many(
    caller: Caller,
    console: web::Data<Console>,
    body: JsonObject<BulkPreviewBody>,
) -> Result<Reply<BulkPreview>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let filter = body.0.filter.checked()?;
    service::preview(&console.pool, JobAction::Replay, filter).await.map(Reply)
}
