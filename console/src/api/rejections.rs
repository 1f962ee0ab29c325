//! `GET /api/rejections`.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::reply::ListReply;
use super::{Caller, resource};
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::rejections::service;
use crate::rejections::store::RejectionGroup;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RejectionQuery {
    /// Since this time, such as `2026-11-28T00:00:00Z`; counts are by the hour. Seven days where it is left out.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

/// Deliveries that the ingress refused, by endpoint and reason, with the last few of each and what to do
#[utoipa::path(get, path = "/api/rejections", tag = "rejections", params(RejectionQuery), responses(ListReply<RejectionGroup>))]
pub(super) async fn list(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<RejectionQuery>,
) -> Result<ListReply<RejectionGroup>, ServiceError> {
    service::list(&console.pool, query.since, caller.0.role).await.map(ListReply)
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/rejections", "GET").route(web::get().to(list)));
}
