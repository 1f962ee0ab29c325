//! Users, sessions, tokens and failures to sign in, in the database. Sees hashes only.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;

use crate::access::Role;
use crate::access::sessions::Session;
use crate::access::tokens::Token;
use crate::access::users::User;
use crate::failure::Failure;

pub(crate) const TOKEN_INSERT: &str = include_str!("../../sql/token_insert.sql");
pub(crate) const TOKEN_REVOKE: &str = include_str!("../../sql/token_revoke.sql");
pub(crate) const TOKEN_LIST: &str = include_str!("../../sql/token_list.sql");
pub(crate) const TOKEN_FIND: &str = include_str!("../../sql/token_find.sql");
pub(crate) const USER_SET: &str = include_str!("../../sql/user_set.sql");
pub(crate) const USER_DISABLE: &str = include_str!("../../sql/user_disable.sql");
pub(crate) const USER_LIST: &str = include_str!("../../sql/user_list.sql");
pub(crate) const USER_FIND: &str = include_str!("../../sql/user_find.sql");
pub(crate) const USER_ANY: &str = include_str!("../../sql/user_any.sql");
pub(crate) const FAILURE_LOCKED: &str = include_str!("../../sql/failure_locked.sql");
pub(crate) const FAILURE_RESERVE: &str = include_str!("../../sql/failure_reserve.sql");
pub(crate) const FAILURE_RETURN: &str = include_str!("../../sql/failure_return.sql");
pub(crate) const FAILURE_CLEAR: &str = include_str!("../../sql/failure_clear.sql");
pub(crate) const FAILURE_FORGET: &str = include_str!("../../sql/failure_forget.sql");
pub(crate) const SESSION_INSERT: &str = include_str!("../../sql/session_insert.sql");
pub(crate) const SESSION_FIND: &str = include_str!("../../sql/session_find.sql");
pub(crate) const SESSION_DELETE: &str = include_str!("../../sql/session_delete.sql");

fn role(name: &str) -> Result<Role, Failure> {
    Role::parse(name).ok_or_else(|| Failure::Internal(format!("an unknown role is stored: {name}")))
}

/// Stores a token; false when the name is taken.
pub async fn insert_token(
    client: &impl GenericClient,
    name: &str,
    role: &str,
    hash: &[u8],
    created_by: &str,
) -> Result<bool, Failure> {
    Ok(client.execute(TOKEN_INSERT, &[&name, &role, &hash, &created_by]).await? == 1)
}

/// Revokes a token; false when there is no valid one of that name.
pub async fn revoke_token(client: &impl GenericClient, name: &str) -> Result<bool, Failure> {
    Ok(client.execute(TOKEN_REVOKE, &[&name]).await? == 1)
}

/// All tokens.
pub async fn tokens(client: &impl GenericClient) -> Result<Vec<Token>, Failure> {
    let rows = client.query(TOKEN_LIST, &[]).await?;
    let token = |row: &tokio_postgres::Row| {
        Ok(Token {
            name: row.get("name"),
            role: role(row.get("role"))?,
            created_by: row.get("created_by"),
            created_at: row.get("created_at"),
            last_used_at: row.get("last_used_at"),
            revoked_at: row.get("revoked_at"),
        })
    };
    rows.iter().map(token).collect()
}

/// Name and role of a valid token.
pub async fn token_of(client: &impl GenericClient, hash: &[u8]) -> Result<Option<(String, Role)>, Failure> {
    let row = client.query_opt(TOKEN_FIND, &[&hash]).await?;
    row.map(|row| Ok((row.get("name"), role(row.get("role"))?))).transpose()
}

/// Makes a user or changes an existing one, who is enabled again.
pub async fn set_user(
    client: &impl GenericClient,
    name: &str,
    role: &str,
    password: Option<&str>,
) -> Result<(), Failure> {
    client.execute(USER_SET, &[&name, &role, &password]).await?;
    Ok(())
}

/// Disables a user and ends their sessions; false when there is no enabled one of that name.
pub async fn disable_user(client: &impl GenericClient, name: &str) -> Result<bool, Failure> {
    Ok(client.query_opt(USER_DISABLE, &[&name]).await?.is_some())
}

/// All users.
pub async fn users(client: &impl GenericClient) -> Result<Vec<User>, Failure> {
    let rows = client.query(USER_LIST, &[]).await?;
    let user = |row: &tokio_postgres::Row| {
        Ok(User {
            name: row.get("name"),
            role: role(row.get("role"))?,
            has_password: row.get("has_password"),
            created_at: row.get("created_at"),
            disabled_at: row.get("disabled_at"),
            locked_until: row.get("locked_until"),
        })
    };
    rows.iter().map(user).collect()
}

/// Role and stored password of an enabled user.
pub async fn enabled_user(
    client: &impl GenericClient,
    name: &str,
) -> Result<Option<(Role, Option<String>)>, Failure> {
    let row = client.query_opt(USER_FIND, &[&name]).await?;
    row.map(|row| Ok((role(row.get("role"))?, row.get("password")))).transpose()
}

/// Role of a user, and whether they are disabled.
pub async fn any_user(client: &impl GenericClient, name: &str) -> Result<Option<(Role, bool)>, Failure> {
    let row = client.query_opt(USER_ANY, &[&name]).await?;
    row.map(|row| Ok((role(row.get("role"))?, row.get("disabled")))).transpose()
}

/// Until when the subject is locked out, if it is.
pub async fn locked_until(client: &impl GenericClient, subject: &str) -> Result<Option<Timestamp>, Failure> {
    Ok(client.query_opt(FAILURE_LOCKED, &[&subject]).await?.map(|row| row.get("locked_until")))
}

/// Counts an attempt as a failure: true when that locks the subject out, none when it is locked out already.
pub async fn reserve_failure(
    client: &impl GenericClient,
    subject: &str,
    most: i32,
    until: Timestamp,
) -> Result<Option<bool>, Failure> {
    let row = client.query_opt(FAILURE_RESERVE, &[&subject, &most, &until]).await?;
    Ok(row.map(|row| row.get("locked")))
}

/// Takes back what an attempt counted.
pub async fn return_failure(client: &impl GenericClient, subject: &str, most: i32) -> Result<(), Failure> {
    client.execute(FAILURE_RETURN, &[&subject, &most]).await?;
    Ok(())
}

/// Clears away failures that are long over.
pub async fn clear_failures(client: &impl GenericClient) -> Result<(), Failure> {
    client.execute(FAILURE_CLEAR, &[]).await?;
    Ok(())
}

/// Forgets the failures of a subject; false when there are none.
pub async fn forget_failures(client: &impl GenericClient, subject: &str) -> Result<bool, Failure> {
    Ok(client.execute(FAILURE_FORGET, &[&subject]).await? == 1)
}

/// Stores a session, and clears away those that have expired.
pub async fn insert_session(
    client: &impl GenericClient,
    hash: &[u8],
    user: &str,
    csrf: &str,
    by_proxy: bool,
    expires: Timestamp,
) -> Result<(), Failure> {
    client.execute(SESSION_INSERT, &[&hash, &user, &csrf, &by_proxy, &expires]).await?;
    Ok(())
}

/// A valid session that was used since `idle`. A user who is disabled or unknown has none, unless the proxy vouches.
pub async fn session(
    client: &impl GenericClient,
    hash: &[u8],
    idle: Timestamp,
) -> Result<Option<Session>, Failure> {
    let row = client.query_opt(SESSION_FIND, &[&hash, &idle]).await?;
    row.map(|row| {
        let named: Option<&str> = row.get("role");
        Ok(Session {
            user: row.get("user_name"),
            role: named.map(role).transpose()?,
            csrf: row.get("csrf"),
            by_proxy: row.get("by_proxy"),
        })
    })
    .transpose()
}

/// Ends a session.
pub async fn delete_session(client: &impl GenericClient, hash: &[u8]) -> Result<(), Failure> {
    client.execute(SESSION_DELETE, &[&hash]).await?;
    Ok(())
}
