//! `GET /api/overview`.

use actix_web::web;

use super::reply::Reply;
use super::{Caller, resource};
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::system::overview::{self, Overview};

/// How the system is now: rates, lag, what waits, queues and workers
#[utoipa::path(get, path = "/api/overview", tag = "overview", responses(Reply<Overview>))]
pub(super) async fn show(_: Caller, console: web::Data<Console>) -> Result<Reply<Overview>, ServiceError> {
    overview::overview(console.sources()).await.map(Reply)
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/overview", "GET").route(web::get().to(show)));
}
