//! `GET /api/jobs`.

use actix_web::web::{self, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Caller;
use crate::api::reply::ListReply;
use crate::common::error::ServiceError;
use crate::common::paging::PageRequest;
use crate::http::Console;
use crate::jobs::service;
use crate::jobs::store::Job;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct JobListQuery {
    /// The `next` of the page before.
    #[param(pattern = "^[0-9]{1,18}$")]
    before: Option<String>,
    /// 1 to 500, 50 by default.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// Bulk jobs, newest first
#[utoipa::path(get, path = "/api/jobs", tag = "jobs", params(JobListQuery), responses(ListReply<Job>))]
pub(in crate::api) async fn list(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<JobListQuery>,
) -> Result<ListReply<Job>, ServiceError> {
    let JobListQuery { before, limit } = query.into_inner();
    service::list(&console.pool, &PageRequest { before, limit, after: None }, caller.0.role)
        .await
        .map(ListReply)
}
