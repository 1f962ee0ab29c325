//! `POST /api/users/{name}/{command}`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::reply::{CompletedBody, Conflict, Forbidden, NotFound, Reply};
use crate::auth::accounts::{self, UserCommand};
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::http::Console;

/// Disable, enable or unlock a user
#[utoipa::path(post, path = "/api/users/{name}/{command}", tag = "access",
    params(("name" = String, Path, description = "The user's name"),
        ("command" = inline(UserCommand), Path, description = "What to do")),
    responses(Reply<CompletedBody>, Forbidden, NotFound, Conflict))]
pub(in crate::api) async fn command(
    caller: Caller,
    console: web::Data<Console>,
    path: Path<(String, UserCommand)>,
) -> Result<Reply<CompletedBody>, ServiceError> {
    caller.0.require(Role::Admin)?;
    let (id, command) = path.into_inner();
    accounts::command(&console.pool, &caller.0.actor, &id, command).await?;
    Ok(Reply(CompletedBody { id, done: command.into() }))
}
