//! Users and failures to sign in, in the database. Sees hashes only.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::common::error::ServiceError;
use crate::common::role::Role;

pub(crate) const USER_SET: &str = include_str!("../sql/user_set.sql");
pub(crate) const USER_DISABLE: &str = include_str!("../sql/user_disable.sql");
pub(crate) const USER_LIST: &str = include_str!("../sql/user_list.sql");
pub(crate) const USER_FIND: &str = include_str!("../sql/user_find.sql");
pub(crate) const USER_ANY: &str = include_str!("../sql/user_any.sql");
pub(crate) const USER_LOCK: &str = include_str!("../sql/user_lock.sql");
pub(crate) const USER_ROLE: &str = include_str!("../sql/user_role.sql");
pub(crate) const USER_ENABLE: &str = include_str!("../sql/user_enable.sql");
pub(crate) const USER_ADMINS: &str = include_str!("../sql/user_admins.sql");
pub(crate) const USER_CURRENT: &str = include_str!("../sql/user_current.sql");
pub(crate) const FAILURE_LOCKED: &str = include_str!("../sql/failure_locked.sql");
pub(crate) const FAILURE_RESERVE: &str = include_str!("../sql/failure_reserve.sql");
pub(crate) const FAILURE_RETURN: &str = include_str!("../sql/failure_return.sql");
pub(crate) const FAILURE_CLEAR: &str = include_str!("../sql/failure_clear.sql");
pub(crate) const FAILURE_FORGET: &str = include_str!("../sql/failure_forget.sql");
pub(crate) const FAILURE_FORGET_NAME: &str = include_str!("../sql/failure_forget_name.sql");
pub(crate) const USER_FIRST: &str = include_str!("../sql/user_first.sql");
pub(crate) const USER_PASSWORD: &str = include_str!("../sql/user_password.sql");

/// A user as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct User {
    /// The name to sign in with.
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: Role,
    /// Whether they have a password, rather than signing in through the reverse proxy.
    pub(crate) has_password: bool,
    /// When the user was made.
    pub(crate) created_at: Timestamp,
    /// When the user was disabled.
    pub(crate) disabled_at: Option<Timestamp>,
    /// Until when too many failures lock the user out.
    pub(crate) locked_until: Option<Timestamp>,
}

/// A user as one who changes it finds it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UserState {
    /// What they may do.
    pub(crate) role: Role,
    /// Whether they have a password.
    pub(crate) has_password: bool,
    /// Whether they are disabled.
    pub(crate) disabled: bool,
}

/// A user, whose row stays locked until the transaction ends.
pub(crate) async fn lock_user(
    client: &impl GenericClient,
    name: &str,
) -> Result<Option<UserState>, ServiceError> {
    let row = client.query_opt(USER_LOCK, &[&name]).await?;
    row.map(|row| {
        let (has_password, disabled) = (row.get("has_password"), row.get("disabled"));
        Ok(UserState { role: row.try_get("role")?, has_password, disabled })
    })
    .transpose()
}

/// Makes a user or overwrites an existing one, who is enabled again.
pub(crate) async fn set_user(
    client: &impl GenericClient,
    name: &str,
    role: Role,
    password: Option<&str>,
) -> Result<(), ServiceError> {
    client.execute(USER_SET, &[&name, &role, &password]).await?;
    Ok(())
}

/// Gives a user another role.
pub(crate) async fn set_role(
    client: &impl GenericClient,
    name: &str,
    role: Role,
) -> Result<(), ServiceError> {
    client.execute(USER_ROLE, &[&name, &role]).await?;
    Ok(())
}

pub(crate) async fn disable_user(client: &impl GenericClient, name: &str) -> Result<(), ServiceError> {
    client.execute(USER_DISABLE, &[&name]).await?;
    Ok(())
}

pub(crate) async fn enable_user(client: &impl GenericClient, name: &str) -> Result<(), ServiceError> {
    client.execute(USER_ENABLE, &[&name]).await?;
    Ok(())
}

/// The enabled admins, whose rows stay locked until the transaction ends.
pub(crate) async fn lock_admins(client: &impl GenericClient) -> Result<Vec<String>, ServiceError> {
    Ok(client.query(USER_ADMINS, &[]).await?.iter().map(|row| row.get("name")).collect())
}

/// The role of an enabled user who still has this stored password, which stays until the transaction ends.
pub(crate) async fn current_user(
    client: &impl GenericClient,
    name: &str,
    stored: &str,
) -> Result<Option<Role>, ServiceError> {
    let row = client.query_opt(USER_CURRENT, &[&name, &stored]).await?;
    Ok(row.map(|row| row.try_get("role")).transpose()?)
}

pub(crate) async fn users(client: &impl GenericClient) -> Result<Vec<User>, ServiceError> {
    let rows = client.query(USER_LIST, &[]).await?;
    let user = |row: &tokio_postgres::Row| {
        Ok(User {
            name: row.get("name"),
            role: row.try_get("role")?,
            has_password: row.get("has_password"),
            created_at: row.get("created_at"),
            disabled_at: row.get("disabled_at"),
            locked_until: row.get("locked_until"),
        })
    };
    rows.iter().map(user).collect()
}

/// Role and stored password of an enabled user.
pub(crate) async fn enabled_user(
    client: &impl GenericClient,
    name: &str,
) -> Result<Option<(Role, Option<String>)>, ServiceError> {
    let row = client.query_opt(USER_FIND, &[&name]).await?;
    row.map(|row| Ok((row.try_get("role")?, row.get("password")))).transpose()
}

/// Role of a user, and whether they are disabled.
pub(crate) async fn any_user(
    client: &impl GenericClient,
    name: &str,
) -> Result<Option<(Role, bool)>, ServiceError> {
    let row = client.query_opt(USER_ANY, &[&name]).await?;
    row.map(|row| Ok((row.try_get("role")?, row.get("disabled")))).transpose()
}

/// Until when the subject is locked out, if it is.
pub(crate) async fn locked_until(
    client: &impl GenericClient,
    subject: &str,
) -> Result<Option<Timestamp>, ServiceError> {
    Ok(client.query_opt(FAILURE_LOCKED, &[&subject]).await?.map(|row| row.get("locked_until")))
}

/// Counts an attempt as a failure: true when that locks the subject out, none when it is locked out already.
pub(crate) async fn reserve_failure(
    client: &impl GenericClient,
    subject: &str,
    most: i32,
    until: Timestamp,
) -> Result<Option<bool>, ServiceError> {
    let row = client.query_opt(FAILURE_RESERVE, &[&subject, &most, &until]).await?;
    Ok(row.map(|row| row.get("locked")))
}

/// Takes back what an attempt counted.
pub(crate) async fn return_failure(
    client: &impl GenericClient,
    subject: &str,
    most: i32,
) -> Result<(), ServiceError> {
    client.execute(FAILURE_RETURN, &[&subject, &most]).await?;
    Ok(())
}

/// Clears away failures that are long over.
pub(crate) async fn clear_failures(client: &impl GenericClient) -> Result<(), ServiceError> {
    client.execute(FAILURE_CLEAR, &[]).await?;
    Ok(())
}

/// Forgets all failures of a name, in lower case; false when there are none.
pub(crate) async fn forget_name(client: &impl GenericClient, name: &str) -> Result<bool, ServiceError> {
    Ok(client.execute(FAILURE_FORGET_NAME, &[&name]).await? > 0)
}

/// Makes the first user, an admin who must change this password; false when there is a user already.
pub(crate) async fn insert_first(
    client: &impl GenericClient,
    name: &str,
    password: &str,
) -> Result<bool, ServiceError> {
    Ok(client.execute(USER_FIRST, &[&name, &password]).await? == 1)
}

/// Gives an enabled user a password that they chose.
pub(crate) async fn set_password(
    client: &impl GenericClient,
    name: &str,
    password: &str,
) -> Result<(), ServiceError> {
    client.execute(USER_PASSWORD, &[&name, &password]).await?;
    Ok(())
}

/// Forgets the failures of a subject; false when there are none.
pub(crate) async fn forget_failures(
    client: &impl GenericClient,
    subject: &str,
) -> Result<bool, ServiceError> {
    Ok(client.execute(FAILURE_FORGET, &[&subject]).await? == 1)
}
