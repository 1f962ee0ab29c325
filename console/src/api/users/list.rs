//! `GET /api/users`.

use actix_web::web;

use crate::api::Caller;
use crate::api::reply::{Forbidden, ListReply};
use crate::auth::store::users::User;
use crate::auth::users;
use crate::common::error::ServiceError;
use crate::common::paging::Page;
use crate::common::role::Role;
use crate::http::Console;

/// All users, without what is secret
#[utoipa::path(get, path = "/api/users", tag = "access", responses(ListReply<User>, Forbidden))]
pub(in crate::api) async fn list(
    caller: Caller,
    console: web::Data<Console>,
) -> Result<ListReply<User>, ServiceError> {
    caller.0.require(Role::Admin)?;
    Ok(ListReply(Page::unpaged(users::list(&console.pool).await?)))
}
