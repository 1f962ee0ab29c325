//! `GET /api/sweeps`.

use actix_web::web::{self, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Caller;
use crate::api::reply::ListReply;
use crate::common::error::ServiceError;
use crate::common::paging::PageRequest;
use crate::http::Console;
use crate::sweeps::service;
use crate::sweeps::store::Sweep;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct SweepListQuery {
    /// The `next` of the page before.
    #[param(pattern = "^[0-9]{1,18}$")]
    before: Option<String>,
    /// 1 to 500, 50 by default.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// Sweeps of Stripe's list of events, newest first: what was looked at and what had been missed
#[utoipa::path(get, path = "/api/sweeps", tag = "sweeps", params(SweepListQuery), responses(ListReply<Sweep>))]
pub(in crate::api) async fn list(
    _: Caller,
    console: web::Data<Console>,
    query: Query<SweepListQuery>,
) -> Result<ListReply<Sweep>, ServiceError> {
    let SweepListQuery { before, limit } = query.into_inner();
    service::list(&console.pool, &PageRequest { before, limit, after: None }).await.map(ListReply)
}
