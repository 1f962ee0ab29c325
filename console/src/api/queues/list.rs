//! `GET /api/queues`.

use actix_web::web;

use crate::api::Caller;
use crate::api::reply::{ListReply, Unavailable};
use crate::common::error::ServiceError;
use crate::common::paging::Page;
use crate::http::Console;
use crate::system::queues::{self, QueueState};

/// The broker's queues: what waits and who consumes
#[utoipa::path(get, path = "/api/queues", tag = "overview", responses(ListReply<QueueState>, Unavailable))]
pub(in crate::api) async fn list(
    _: Caller,
    console: web::Data<Console>,
) -> Result<ListReply<QueueState>, ServiceError> {
    Ok(ListReply(Page::unpaged(queues::list(console.sources()).await?)))
}
