//! Users: made and disabled by an admin or from the command line, signing in with a password.

use std::net::IpAddr;

use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::Serialize;

use super::lockout::{self, Attempt};
use super::{Principal, Role, name, passwords};
use crate::actor::Actor;
use crate::failure::Failure;
use crate::store::{access as store, audit};

/// A user as lists show it.
#[derive(Debug, Clone, Serialize)]
pub struct User {
    /// The name to sign in with.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they have a password, rather than signing in through the reverse proxy.
    pub has_password: bool,
    /// When the user was made.
    pub created_at: Timestamp,
    /// When the user was disabled.
    pub disabled_at: Option<Timestamp>,
    /// Until when too many failures lock the user out.
    pub locked_until: Option<Timestamp>,
}

/// Makes a user, or gives an existing one another role or password.
pub async fn set(
    pool: &Pool,
    actor: &Actor,
    user: &str,
    role: Role,
    password: Option<&str>,
) -> Result<(), Failure> {
    let user = name(user)?;
    let hashed = match password {
        Some(password) => Some(passwords::hash(password).await?),
        None => None,
    };
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    store::set_user(&tx, user, role.name(), hashed.as_deref()).await?;
    lockout::forget(&tx, user).await?;
    audit::append(&tx, actor, "user.add", &format!("user:{user}"), role.name()).await?;
    tx.commit().await?;
    Ok(())
}

/// Disables a user and ends what they are signed in to.
pub async fn disable(pool: &Pool, actor: &Actor, user: &str) -> Result<(), Failure> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    if !store::disable_user(&tx, user).await? {
        return Err(Failure::NotFound(format!("an enabled user named {user}")));
    }
    audit::append(&tx, actor, "user.disable", &format!("user:{user}"), "").await?;
    tx.commit().await?;
    Ok(())
}

/// All users.
pub async fn list(pool: &Pool) -> Result<Vec<User>, Failure> {
    store::users(&pool.get().await?).await
}

/// What became of an attempt to sign in.
#[derive(Debug)]
pub enum SignIn {
    /// Who they are.
    Welcome(Principal),
    /// Name or password are wrong; which is not said.
    Wrong,
    /// Too many failures: not before this time.
    Locked(Timestamp),
}

/// Checks a name and a password, and counts failures.
pub async fn sign_in(
    pool: &Pool,
    user: &str,
    password: &str,
    from: Option<IpAddr>,
) -> Result<SignIn, Failure> {
    let last = match lockout::begin(pool, user, from).await? {
        Attempt::Counted { last } => last,
        Attempt::Locked(until) => return Ok(SignIn::Locked(until)),
    };
    let found = match name(user) {
        Ok(user) => store::enabled_user(&pool.get().await?, user).await?,
        Err(_) => None,
    };
    let (role, stored) = found.map_or((None, None), |(role, stored)| (Some(role), stored));
    let right = passwords::verify(password, stored).await?;
    let mut client = pool.get().await?;
    let actor = Actor::User(user.chars().filter(|c| !c.is_control()).take(100).collect());
    let Some(role) = role.filter(|_| right) else {
        if last {
            audit::append(&client, &actor, "sign_in.locked", "console", "too many failures").await?;
        }
        return Ok(SignIn::Wrong);
    };
    let tx = client.transaction().await?;
    lockout::succeeded(&tx, user, from).await?;
    audit::append(&tx, &actor, "sign_in", "console", "").await?;
    tx.commit().await?;
    Ok(SignIn::Welcome(Principal { actor, role }))
}
