//! `POST /api/events/{id}/preview`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::reply::{Forbidden, NotFound, Reply};
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::events::cursor;
use crate::events::preview::{self, PreviewView};
use crate::http::Console;

/// What a replay would do now; nothing is written, nothing is sent
#[utoipa::path(post, path = "/api/events/{id}/preview", tag = "events",
    params(("id" = String, Path, description = "Stripe's event id")),
    responses(Reply<PreviewView>, Forbidden, NotFound))]
pub(in crate::api) async fn preview(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<String>,
) -> Result<Reply<PreviewView>, ServiceError> {
    caller.0.require(Role::Operator)?;
    preview::event(console.previewer(), cursor::event_id(&id)?, caller.0.role).await.map(Reply)
}
