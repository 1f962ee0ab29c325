//! A user's own password and sessions: changing the one, ending the others. And the first admin's one-time password.

use deadpool_postgres::Pool;

use super::lockout::{self, Attempt, SignInAttempt};
use super::{known_browsers, name, passwords};
use crate::audit::action::{AuditAction, Subject};
use crate::audit::store as audit;
use crate::auth::store::sessions as access;
use crate::auth::store::users as store;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;

/// Changes a user's own password, and ends what they are signed in to everywhere: whoever changes it may have reason to.
pub(crate) async fn change(pool: &Pool, user: &str, current: &str, new: &str) -> Result<(), ServiceError> {
    let wrong = || ServiceError::invalid("wrong_password", "the current password is wrong");
    // Counted like signing in: a session that somebody left open must not be there to guess with.
    let attempt = Attempt { name: user, from: None, browser: None };
    if let SignInAttempt::LockedOut(until) = lockout::begin(pool, attempt).await? {
        let message = format!("too many failures; it is possible again at {}", until.strftime("%H:%M UTC"));
        return Err(ServiceError::invalid("locked_out", message));
    }
    let found = store::enabled_user(&pool.get().await?, user).await?;
    let stored = found.and_then(|(_, stored)| stored).ok_or_else(wrong)?;
    if !passwords::verify(current, Some(stored.clone())).await? {
        return Err(wrong());
    }
    if current == new {
        return Err(ServiceError::invalid("invalid_password", "the new password is the current one"));
    }
    let hashed = passwords::hash(new).await?;
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    if store::current_user(&tx, user, &stored).await?.is_none() {
        return Err(wrong());
    }
    store::set_password(&tx, user, &hashed).await?;
    access::end_sessions(&tx, user).await?;
    known_browsers::forget(&tx, user).await?;
    lockout::succeeded(&tx, attempt).await?;
    let actor = Actor::User(user.to_owned());
    let what = "own password changed, signed out everywhere";
    audit::append(&tx, &actor, AuditAction::UserChange, &Subject::User(user), what).await?;
    Ok(tx.commit().await?)
}

/// Ends all sessions of a user.
pub(crate) async fn sign_out_everywhere(pool: &Pool, user: &str) -> Result<(), ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    access::end_sessions(&tx, user).await?;
    known_browsers::forget(&tx, user).await?;
    let actor = Actor::User(user.to_owned());
    audit::append(&tx, &actor, AuditAction::SignOut, &Subject::Console, "everywhere").await?;
    Ok(tx.commit().await?)
}

/// Makes the first user, an admin, where there is nobody yet; their password, which is shown once and must be changed at
/// the first sign-in.
pub(crate) async fn first_admin(
    pool: &Pool,
    actor: &Actor,
    user: &str,
) -> Result<Option<String>, ServiceError> {
    let user = name(user)?;
    let password = one_time();
    let hashed = passwords::hash(&password).await?;
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    if !store::insert_first(&tx, user, &hashed).await? {
        return Ok(None);
    }
    let what = "added: role admin, one-time password";
    audit::append(&tx, actor, AuditAction::UserAdd, &Subject::User(user), what).await?;
    tx.commit().await?;
    Ok(Some(password))
}

/// Almost 100 random bits in four groups, without letters and digits that look alike.
pub(crate) fn one_time() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";
    let letter = |byte: u8| char::from(ALPHABET[usize::from(byte % 32)]);
    let bytes = rand::random::<[u8; 20]>();
    let groups: Vec<String> =
        bytes.chunks(5).map(|group| group.iter().map(|byte| letter(*byte)).collect()).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::one_time;

    #[test]
    fn a_one_time_password_is_long_and_easy_to_type() {
        let password = one_time();
        assert_eq!((password.len(), password.matches('-').count()), (23, 3), "{password}");
        assert!(!password.contains(['0', 'o', '1', 'l', 'i']), "{password}");
        assert_ne!(password, one_time());
    }
}
