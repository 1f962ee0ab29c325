//! `GET /api/messages/{id}`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::reply::{NotFound, Reply};
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::messages::service::{self, MessageView};

/// One message with its data, and where it stands at its destinations
#[utoipa::path(get, path = "/api/messages/{id}", tag = "messages",
    params(("id" = i64, Path, description = "Its number")), responses(Reply<MessageView>, NotFound))]
pub(in crate::api) async fn show(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Reply<MessageView>, ServiceError> {
    service::show(&console.pool, *id, caller.0.role).await.map(Reply)
}
