//! `GET /api/tokens`.

use actix_web::web;

use crate::api::Caller;
use crate::api::reply::{Forbidden, ListReply};
use crate::auth::store::sessions::ApiToken;
use crate::auth::tokens;
use crate::common::error::ServiceError;
use crate::common::paging::Page;
use crate::common::role::Role;
use crate::http::Console;

/// All tokens, without what is secret
#[utoipa::path(get, path = "/api/tokens", tag = "access", responses(ListReply<ApiToken>, Forbidden))]
pub(in crate::api) async fn list(
    caller: Caller,
    console: web::Data<Console>,
) -> Result<ListReply<ApiToken>, ServiceError> {
    caller.0.require(Role::Admin)?;
    Ok(ListReply(Page::unpaged(tokens::list(&console.pool).await?)))
}
