//! `GET /api/destinations`.

use actix_web::web;

use crate::api::Caller;
use crate::api::reply::ListReply;
use crate::common::error::ServiceError;
use crate::common::paging::Page;
use crate::http::Console;
use crate::messages::destinations::{self, Destination};

/// Where messages go, how each destination stands, and how much waits for it
#[utoipa::path(get, path = "/api/destinations", tag = "messages", responses(ListReply<Destination>))]
pub(in crate::api) async fn list(
    caller: Caller,
    console: web::Data<Console>,
) -> Result<ListReply<Destination>, ServiceError> {
    Ok(ListReply(Page::unpaged(destinations::list(&console.pool, caller.0.role).await?)))
}
