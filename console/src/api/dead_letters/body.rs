//! `GET /api/dead-letters/{id}/body`.

use actix_web::HttpResponse;
use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::reply::{Forbidden, NotFound};
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::dead_letters::service;
use crate::http::Console;

/// The body of a dead letter as it was received, byte by byte, however large it is
#[utoipa::path(get, path = "/api/dead-letters/{id}/body", tag = "dead letters",
    params(("id" = i64, Path, description = "Its number")),
    responses((status = 200, description = "The bytes", content_type = "application/octet-stream", body = Vec<u8>),
        Forbidden, NotFound))]
pub(in crate::api) async fn body(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<HttpResponse, ServiceError> {
    caller.0.require(Role::Operator)?;
    service::show_head(&console.pool, *id).await?;
    let mut answer = HttpResponse::Ok();
    Ok(answer.content_type("application/octet-stream").streaming(service::body(console.pool.clone(), *id)))
}
