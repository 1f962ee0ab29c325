//! `/api/jobs`: bulk replays and discards.

use actix_web::web::{self, Json, Path, Query};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{Caller, CompletedBody, resource};
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::paging::{self, Page};
use crate::common::role::Role;
use crate::http::Console;
use crate::http::error::ErrorBody;
use crate::jobs::service::{self, JobView};
use crate::jobs::state::JobCommand;
use crate::jobs::store::{self as store, Job};
use crate::masking;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct JobListQuery {
    /// The `next` of the page before.
    #[param(pattern = "^[0-9]{1,18}$")]
    before: Option<String>,
    /// 1 to 500, 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// A page of jobs.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: utoipa knows no generic types")]
pub(super) struct JobPage {
    items: Vec<Job>,
    next: Option<String>,
}

/// Bulk jobs, newest first
#[utoipa::path(get, path = "/api/jobs", tag = "jobs", params(JobListQuery), responses(
    (status = 200, description = "A page of jobs", body = JobPage),
    (status = 400, description = "A parameter is wrong", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody)))]
pub(super) async fn list(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<JobListQuery>,
) -> Result<Json<Page<Job>>, ServiceError> {
    let before = paging::number_cursor(query.before.as_deref())?;
    let limit = paging::limit(query.limit)?;
    let jobs = store::list(&console.pool.get().await?, before, limit + 1).await?;
    let page = Page::cut(jobs, limit, |job| job.id.to_string());
    Ok(Json(masking::for_role(page, caller.0.role)))
}

/// One bulk job and how far it is
#[utoipa::path(get, path = "/api/jobs/{id}", tag = "jobs", params(("id" = i64, Path, description = "Its number")), responses(
    (status = 200, description = "The job", body = JobView),
    (status = 400, description = "The id cannot be one", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 404, description = "No such job", body = ErrorBody)))]
pub(super) async fn show(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Json<JobView>, ServiceError> {
    Ok(Json(masking::for_role(service::show(&console.pool, *id).await?, caller.0.role)))
}

/// Pause, resume or cancel a bulk job
#[utoipa::path(post, path = "/api/jobs/{id}/{command}", tag = "jobs",
    params(("id" = i64, Path, description = "Its number"), ("command" = inline(JobCommand), Path, description = "What to do")), responses(
    (status = 200, description = "It is done", body = CompletedBody),
    (status = 400, description = "The id cannot be one", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an operator", body = ErrorBody),
    (status = 404, description = "No such job", body = ErrorBody),
    (status = 409, description = "The job is in a state that does not allow it", body = ErrorBody)))]
pub(super) async fn command(
    caller: Caller,
    console: web::Data<Console>,
    path: Path<(i64, JobCommand)>,
) -> Result<Json<CompletedBody>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let (id, command) = path.into_inner();
    service::command(&console.pool, &caller.0.actor, id, command).await?;
    Ok(Json(CompletedBody { id: id.to_string(), done: Completed::from(command) }))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/jobs", "GET").route(web::get().to(list)))
        .service(resource("/jobs/{id}", "GET").route(web::get().to(show)))
        .service(resource("/jobs/{id}/{command}", "POST").route(web::post().to(command)));
}
