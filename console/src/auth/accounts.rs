//! Changes of users: made, changed, disabled, enabled, unlocked. The command line, the pages and the API all come
//! through here. Every change is in the audit; a changed or removed password ends what the user is signed in to.

use std::fmt;

use deadpool_postgres::{GenericClient, Pool};
use serde::Serialize;
use utoipa::ToSchema;

use super::{known_browsers, lockout, name, passwords};
use crate::audit::action::{AuditAction, Subject};
use crate::audit::store as audit;
use crate::auth::store::sessions as access;
use crate::auth::store::users::{self as store, UserState};
use crate::common::actor::Actor;
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::common::text_enum::text_enum;

/// What was done to a user. Displayed as the words after the user's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct UserChange {
    /// There was no such user before.
    pub(crate) added: bool,
    /// What they may do now.
    pub(crate) role: Role,
    /// What they could do before.
    pub(crate) role_before: Option<Role>,
    /// They were disabled before.
    pub(crate) enabled_again: bool,
    /// What became of the password; none: it was left, or there is none.
    pub(crate) password: Option<PasswordChange>,
}

/// What became of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PasswordChange {
    New,
    /// The user has none any more.
    Removed,
}

impl fmt::Display for UserChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.added { "added: " } else { "changed: " })?;
        match self.password {
            Some(PasswordChange::New) if self.added => {}
            Some(PasswordChange::New) => f.write_str("new password, signed out everywhere, ")?,
            Some(PasswordChange::Removed) => f.write_str("password removed, signed out everywhere, ")?,
            None if self.added => f.write_str("no password, ")?,
            None => {}
        }
        if self.enabled_again {
            f.write_str("enabled again, ")?;
        }
        match self.role_before.filter(|before| *before != self.role) {
            Some(before) => write!(f, "role {} instead of {before}", self.role),
            None => write!(f, "role {}", self.role),
        }
    }
}

/// Makes a user. An existing one gets this role and this password, or loses the one they had, and is enabled again.
pub(crate) async fn set(
    pool: &Pool,
    actor: &Actor,
    user: &str,
    role: Role,
    password: Option<&str>,
) -> Result<UserChange, ServiceError> {
    let user = name(user)?;
    let hashed = match password {
        Some(password) => Some(passwords::hash(password).await?),
        None => None,
    };
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    if role != Role::Admin || hashed.is_none() {
        keep_an_admin(&tx, actor, user).await?;
    }
    let before = store::lock_user(&tx, user).await?;
    store::set_user(&tx, user, role, hashed.as_deref()).await?;
    access::end_sessions(&tx, user).await?;
    known_browsers::forget(&tx, user).await?;
    lockout::forget(&tx, user).await?;
    let removed = before.is_some_and(|b| b.has_password).then_some(PasswordChange::Removed);
    let change = UserChange {
        added: before.is_none(),
        role,
        role_before: before.map(|b| b.role),
        enabled_again: before.is_some_and(|b| b.disabled),
        password: if hashed.is_some() { Some(PasswordChange::New) } else { removed },
    };
    let action = if change.added { AuditAction::UserAdd } else { AuditAction::UserChange };
    audit::append(&tx, actor, action, &Subject::User(user), &change.to_string()).await?;
    tx.commit().await?;
    Ok(change)
}

/// Gives a user another role. Password and sessions stay: what is open has the new role at once.
pub(crate) async fn set_role(
    pool: &Pool,
    actor: &Actor,
    user: &str,
    role: Role,
) -> Result<UserChange, ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    if role != Role::Admin {
        keep_an_admin(&tx, actor, user).await?;
    }
    let before = known(&tx, user).await?;
    store::set_role(&tx, user, role).await?;
    let role_before = Some(before.role);
    let change = UserChange { added: false, role, role_before, enabled_again: false, password: None };
    audit::append(&tx, actor, AuditAction::UserChange, &Subject::User(user), &change.to_string()).await?;
    tx.commit().await?;
    Ok(change)
}

text_enum! {
    /// What an admin asks of a user.
    pub(crate) enum UserCommand {
        /// Lock out for good, and end what they are signed in to.
        Disable = "disable",
        /// Enable again, with the password and the role they had.
        Enable = "enable",
        /// Let a name sign in again that was locked out: a user's, or another that somebody tried.
        Unlock = "unlock",
    }
}

impl From<UserCommand> for Completed {
    fn from(command: UserCommand) -> Self {
        match command {
            UserCommand::Disable => Completed::Disabled,
            UserCommand::Enable => Completed::Enabled,
            UserCommand::Unlock => Completed::Unlocked,
        }
    }
}

/// Disables, enables or unlocks a user.
pub(crate) async fn command(
    pool: &Pool,
    actor: &Actor,
    user: &str,
    command: UserCommand,
) -> Result<(), ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let action = match command {
        UserCommand::Disable => {
            keep_an_admin(&tx, actor, user).await?;
            if known(&tx, user).await?.disabled {
                let message = format!("user {user} is disabled already");
                return Err(ServiceError::conflict("user_disabled", message));
            }
            store::disable_user(&tx, user).await?;
            access::end_sessions(&tx, user).await?;
            AuditAction::UserDisable
        }
        UserCommand::Enable => {
            if !known(&tx, user).await?.disabled {
                return Err(ServiceError::conflict("user_enabled", format!("user {user} is not disabled")));
            }
            store::enable_user(&tx, user).await?;
            AuditAction::UserEnable
        }
        UserCommand::Unlock => {
            if !lockout::forget(&tx, user).await? {
                known(&tx, user).await?;
            }
            AuditAction::UserUnlock
        }
    };
    audit::append(&tx, actor, action, &Subject::User(user), "").await?;
    Ok(tx.commit().await?)
}

async fn known(client: &impl GenericClient, user: &str) -> Result<UserState, ServiceError> {
    let found = store::lock_user(client, user).await?;
    found.ok_or_else(|| ServiceError::NotFound(format!("a user named {user}")))
}

/// Over the web nobody can remove the last admin, or themselves; the command line can.
async fn keep_an_admin(client: &impl GenericClient, actor: &Actor, user: &str) -> Result<(), ServiceError> {
    if matches!(actor, Actor::CommandLine(_)) {
        return Ok(());
    }
    if *actor == Actor::User(user.to_owned()) {
        let message = "you cannot disable yourself, or change your own role or password: ask another admin";
        return Err(ServiceError::conflict("own_user", message));
    }
    if store::lock_admins(client).await? == [user] {
        let message = format!("{user} is the last admin: make another one first");
        return Err(ServiceError::conflict("last_admin", message));
    }
    Ok(())
}
