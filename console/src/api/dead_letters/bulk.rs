//! What replaying and discarding many have in common.

use std::collections::BTreeMap;

use actix_web::body::BoxBody;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Deserialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::api::Caller;
use crate::api::body;
use crate::api::reply::Reply;
use crate::audit::reason::AuditReason;
use crate::common::error::ServiceError;
use crate::common::integers;
use crate::common::role::Role;
use crate::dead_letters::filter::DeadLetterFilter;
use crate::http::Console;
use crate::jobs::service::{self, BulkPreview, JobRequest, JobView};
use crate::jobs::state::JobAction;

/// Replay or discard many. Described by [`super::bulk_body::BulkDescribed`]: what is needed depends on `dry_run`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct BulkBody {
    /// Which dead letters; open ones where no state is named.
    #[serde(default, deserialize_with = "body::object")]
    filter: DeadLetterFilter,
    /// Kept in the audit. Not needed for a dry run.
    reason: Option<String>,
    /// Dead letters per second; 10 by default.
    #[serde(default, deserialize_with = "integers::optional_integer")]
    rate: Option<i32>,
    /// How many go first; the rest follows when they took effect.
    #[serde(default, deserialize_with = "integers::optional_integer")]
    canary: Option<i32>,
    /// How many dead letters they must be, as a preview has said. Refused when they are not.
    #[serde(default, deserialize_with = "integers::optional_integer")]
    count: Option<i64>,
    /// Only say what would be done.
    #[serde(default)]
    dry_run: bool,
}

/// What a bulk request is answered with.
pub(in crate::api) enum BulkReply {
    Preview(BulkPreview),
    Job(Box<JobView>),
}

impl Responder for BulkReply {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        match self {
            BulkReply::Preview(preview) => HttpResponse::Ok().json(preview),
            BulkReply::Job(job) => HttpResponse::Accepted().json(job),
        }
    }
}

impl IntoResponses for BulkReply {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        /// The job, which is carried out from now on
        #[derive(IntoResponses)]
        #[response(status = 202)]
        struct Accepted(#[expect(dead_code, reason = "only its schema is used")] JobView);
        let mut responses = Reply::<BulkPreview>::responses();
        responses.append(&mut Accepted::responses());
        responses
    }
}

/// Creates a job, or says what it would take in.
pub(super) async fn create(
    action: JobAction,
    caller: &Caller,
    console: &Console,
    body: BulkBody,
) -> Result<BulkReply, ServiceError> {
    caller.0.require(Role::Operator)?;
    let filter = body.filter.checked()?;
    if body.dry_run {
        return service::preview(&console.pool, action, filter).await.map(BulkReply::Preview);
    }
    let request = JobRequest {
        action,
        filter,
        reason: AuditReason::new(body.reason.as_deref().unwrap_or_default())?,
        rate: body.rate.unwrap_or(service::DEFAULT_RATE),
        canary: body.canary.unwrap_or(0),
        count: body.count,
        selected: None,
        approval_above: console.replay_approval,
    };
    let id = service::create(&console.pool, &caller.0.actor, request).await?;
    Ok(BulkReply::Job(Box::new(service::show(&console.pool, id).await?)))
}

/// Which dead letters a job would take in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct BulkPreviewBody {
    /// Which dead letters; open ones where no state is named.
    #[serde(default, deserialize_with = "body::object")]
    #[schema(required = false)]
    pub(super) filter: DeadLetterFilter,
}
