//! `POST /api/dead-letters/replay`.

use actix_web::web;

use super::bulk::{self, BulkBody, BulkReply};
use super::bulk_body::BulkDescribed;
use crate::api::Caller;
use crate::api::body::JsonObject;
use crate::api::reply::{Conflict, Forbidden};
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::jobs::state::JobAction;

/// Replay many dead letters, as a job with a rate and a canary; or say what would be replayed
#[utoipa::path(post, path = "/api/dead-letters/replay", tag = "dead letters", request_body = BulkDescribed,
    responses(BulkReply, Forbidden, Conflict))]
pub(in crate::api) async fn replay_many(
    caller: Caller,
    console: web::Data<Console>,
    body: JsonObject<BulkBody>,
) -> Result<BulkReply, ServiceError> {
    bulk::create(JobAction::Replay, &caller, &console, body.0).await
}
