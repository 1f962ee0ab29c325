//! `GET /api/events/{id}`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::reply::{NotFound, Reply};
use crate::common::error::ServiceError;
use crate::events::cursor;
use crate::http::Console;
use crate::timeline::details::{self, EventView};

/// One event with its body, what it changed, and its replays
#[utoipa::path(get, path = "/api/events/{id}", tag = "events",
    params(("id" = String, Path, description = "Stripe's event id")), responses(Reply<EventView>, NotFound))]
pub(in crate::api) async fn show(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<String>,
) -> Result<Reply<EventView>, ServiceError> {
    details::event(&console.pool, cursor::event_id(&id)?, caller.0.role).await.map(Reply)
}
