//! `POST /api/dead-letters/{id}/preview`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::reply::{Forbidden, NotFound, Reply};
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::dead_letters::preview;
use crate::events::preview::PreviewView;
use crate::http::Console;

/// What a replay would do now; nothing is written, nothing is sent
#[utoipa::path(post, path = "/api/dead-letters/{id}/preview", tag = "dead letters",
    params(("id" = i64, Path, description = "Its number")), responses(Reply<PreviewView>, Forbidden, NotFound))]
pub(in crate::api) async fn preview(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Reply<PreviewView>, ServiceError> {
    caller.0.require(Role::Operator)?;
    preview::dead_letter(console.previewer(), *id, caller.0.role).await.map(Reply)
}
