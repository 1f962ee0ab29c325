//! Sessions and tokens in the database. Sees hashes only.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::types::ToSql;
use utoipa::ToSchema;

use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::role::{Principal, Role};
use crate::common::scope::TokenScope;

pub(crate) const TOKEN_INSERT: &str = include_str!("../sql/token_insert.sql");
pub(crate) const TOKEN_REVOKE: &str = include_str!("../sql/token_revoke.sql");
pub(crate) const TOKEN_LIST: &str = include_str!("../sql/token_list.sql");
pub(crate) const TOKEN_FIND: &str = include_str!("../sql/token_find.sql");
pub(crate) const SESSION_INSERT: &str = include_str!("../sql/session_insert.sql");
pub(crate) const SESSION_FIND: &str = include_str!("../sql/session_find.sql");
pub(crate) const SESSION_DELETE: &str = include_str!("../sql/session_delete.sql");
pub(crate) const SESSION_END: &str = include_str!("../sql/session_end.sql");

/// A session that was found.
#[derive(Debug, Clone)]
pub(crate) struct UserSession {
    pub(crate) user: String,
    /// Their role, none while the reverse proxy says it.
    pub(crate) role: Option<Role>,
    /// Must come back with every form.
    pub(crate) csrf: String,
    /// The reverse proxy named the user.
    pub(crate) by_proxy: bool,
    /// They have a one-time password, and must choose another before anything else.
    pub(crate) change_password: bool,
}

impl UserSession {
    /// Who it is, with the role that is known or said.
    pub(crate) fn principal(&self, role: Role) -> Principal {
        Principal { actor: Actor::User(self.user.clone()), role }
    }
}

/// A token as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ApiToken {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// What it may do.
    pub(crate) role: Role,
    /// Where it may be used.
    pub(crate) scope: TokenScope,
    pub(crate) created_by: String,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// When it stops being valid; none: only when it is revoked.
    pub(crate) expires_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub(crate) last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub(crate) revoked_at: Option<Timestamp>,
}

/// Stores a token; false when the name is taken.
pub(crate) async fn insert_token(
    client: &impl GenericClient,
    name: &str,
    role: Role,
    scope: TokenScope,
    hash: &[u8],
    created_by: &str,
    expires_at: Option<Timestamp>,
) -> Result<bool, ServiceError> {
    let token: [&(dyn ToSql + Sync); 6] = [&name, &role, &scope, &hash, &created_by, &expires_at];
    Ok(client.execute(TOKEN_INSERT, &token).await? == 1)
}

/// Revokes a token, by its name or its number; its name, none when there is no valid one.
pub(crate) async fn revoke_token(
    client: &impl GenericClient,
    name: Option<&str>,
    id: Option<i64>,
) -> Result<Option<String>, ServiceError> {
    Ok(client.query_opt(TOKEN_REVOKE, &[&name, &id]).await?.map(|row| row.get("name")))
}

pub(crate) async fn tokens(client: &impl GenericClient) -> Result<Vec<ApiToken>, ServiceError> {
    let rows = client.query(TOKEN_LIST, &[]).await?;
    let token = |row: &tokio_postgres::Row| {
        Ok(ApiToken {
            id: row.get("id"),
            name: row.get("name"),
            role: row.try_get("role")?,
            scope: row.try_get("scope")?,
            created_by: row.get("created_by"),
            created_at: row.get("created_at"),
            expires_at: row.get("expires_at"),
            last_used_at: row.get("last_used_at"),
            revoked_at: row.get("revoked_at"),
        })
    };
    rows.iter().map(token).collect()
}

/// Name, role and scope of a valid token.
pub(crate) async fn token_of(
    client: &impl GenericClient,
    hash: &[u8],
) -> Result<Option<(String, Role, TokenScope)>, ServiceError> {
    let row = client.query_opt(TOKEN_FIND, &[&hash]).await?;
    row.map(|row| Ok((row.get("name"), row.try_get("role")?, row.try_get("scope")?))).transpose()
}

/// Stores a session, and clears away those that have expired.
pub(crate) async fn insert_session(
    client: &impl GenericClient,
    hash: &[u8],
    user: &str,
    csrf: &str,
    by_proxy: bool,
    expires: Timestamp,
) -> Result<(), ServiceError> {
    client.execute(SESSION_INSERT, &[&hash, &user, &csrf, &by_proxy, &expires]).await?;
    Ok(())
}

/// A valid session that was used since `idle`. A user who is disabled or unknown has none, unless the proxy names them.
pub(crate) async fn session(
    client: &impl GenericClient,
    hash: &[u8],
    idle: Timestamp,
) -> Result<Option<UserSession>, ServiceError> {
    let row = client.query_opt(SESSION_FIND, &[&hash, &idle]).await?;
    row.map(|row| {
        Ok(UserSession {
            user: row.get("user_name"),
            role: row.try_get("role")?,
            csrf: row.get("csrf"),
            by_proxy: row.get("by_proxy"),
            change_password: row.get("change_password"),
        })
    })
    .transpose()
}

pub(crate) async fn delete_session(client: &impl GenericClient, hash: &[u8]) -> Result<(), ServiceError> {
    client.execute(SESSION_DELETE, &[&hash]).await?;
    Ok(())
}

/// Ends all sessions of a user.
pub(crate) async fn end_sessions(client: &impl GenericClient, user: &str) -> Result<(), ServiceError> {
    client.execute(SESSION_END, &[&user]).await?;
    Ok(())
}
