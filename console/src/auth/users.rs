//! Users as lists show them, and signing in with a password.

use std::net::IpAddr;

use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::lockout::{self, Attempt, SignInAttempt};
use super::{known_browsers, name, passwords, sessions};
use crate::audit::action::{AuditAction, Subject};
use crate::audit::store as audit;
use crate::auth::store::users::{self as store, User};
use crate::common::actor::Actor;
use crate::common::error::ServiceError;

pub(crate) async fn list(pool: &Pool) -> Result<Vec<User>, ServiceError> {
    store::users(&pool.get().await?).await
}

/// What became of an attempt to sign in.
#[derive(Debug)]
pub(crate) enum SignInResult {
    /// A session has begun; its cookie's value, and that of the browser's, where it was not known before.
    SignedIn { session: String, browser: Option<String> },
    /// Name or password are wrong; which is not said.
    Wrong,
    /// Too many failures: not before this time.
    LockedOut(Timestamp),
}

/// Checks a name and a password, begins a session or counts a failure.
pub(crate) async fn sign_in(
    pool: &Pool,
    user: &str,
    password: &str,
    from: Option<IpAddr>,
    browser: Option<&str>,
) -> Result<SignInResult, ServiceError> {
    let known = known_browsers::find(pool, browser, user).await?;
    let attempt = Attempt { name: user, from, browser: known.as_ref() };
    let last = match lockout::begin(pool, attempt).await? {
        SignInAttempt::Counted { last } => last,
        SignInAttempt::LockedOut(until) => return Ok(SignInResult::LockedOut(until)),
    };
    let found = match name(user) {
        Ok(user) => store::enabled_user(&pool.get().await?, user).await?,
        Err(_) => None,
    };
    let stored = found.and_then(|(_, stored)| stored);
    let password_matches = passwords::verify(password, stored.clone()).await?;
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let current = match stored.filter(|_| password_matches) {
        Some(stored) => store::current_user(&tx, user, &stored).await?,
        None => None,
    };
    let actor = Actor::User(user.chars().filter(|c| !c.is_control()).take(100).collect());
    if current.is_none() {
        if last {
            audit::append(&tx, &actor, AuditAction::SignInLocked, &Subject::Console, "too many failures")
                .await?;
            tx.commit().await?;
        }
        return Ok(SignInResult::Wrong);
    }
    lockout::succeeded(&tx, attempt).await?;
    audit::append(&tx, &actor, AuditAction::SignIn, &Subject::Console, "").await?;
    let session = sessions::begin(&tx, user, false).await?;
    let browser = match known {
        Some(_) => None,
        None => Some(known_browsers::remember(&tx, user).await?),
    };
    tx.commit().await?;
    Ok(SignInResult::SignedIn { session, browser })
}

pub(crate) async fn sign_out(pool: &Pool, actor: &Actor, cookie: &str) -> Result<(), ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    sessions::end(&tx, cookie).await?;
    audit::append(&tx, actor, AuditAction::SignOut, &Subject::Console, "").await?;
    Ok(tx.commit().await?)
}
