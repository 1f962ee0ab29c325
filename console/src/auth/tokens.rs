//! API tokens: made once, shown once, stored hashed, revoked by name.

use deadpool_postgres::Pool;
use jiff::{SignedDuration, Timestamp};

use super::{hash, name, secret};
use crate::audit::action::{AuditAction, Subject};
use crate::audit::store as audit;
use crate::auth::store::sessions::{self as store, ApiToken};
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::role::{Principal, Role};
use crate::common::scope::TokenScope;

const PREFIX: &str = "slg_";

/// Makes a token; the only time that it is seen.
pub(crate) async fn create(
    pool: &Pool,
    actor: &Actor,
    token_name: &str,
    role: Role,
    scope: TokenScope,
    expires_at: Option<Timestamp>,
) -> Result<String, ServiceError> {
    let token_name = name(token_name)?;
    if expires_at.is_some_and(|at| at <= Timestamp::now()) {
        return Err(ServiceError::invalid("invalid_expiry", "a token must expire in the future"));
    }
    let token = format!("{PREFIX}{}", secret());
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    if !store::insert_token(&tx, token_name, role, scope, &hash(&token), &actor.to_string(), expires_at)
        .await?
    {
        return Err(ServiceError::conflict(
            "token_exists",
            format!("a token named {token_name} exists, or existed, already"),
        ));
    }
    let what = match scope {
        TokenScope::All => role.to_string(),
        TokenScope::Orders => format!("{role}, scope {scope}"),
    };
    let what = match expires_at {
        Some(at) => format!("{what}, until {}", at.strftime("%Y-%m-%d %H:%M UTC")),
        None => what,
    };
    audit::append(&tx, actor, AuditAction::TokenCreate, &Subject::Token(token_name), &what).await?;
    tx.commit().await?;
    Ok(token)
}

/// The longest time after which a token may expire.
const MAX_DAYS: i64 = 3650;

/// The moment so many days from now; none where none are named.
pub(crate) fn expiry(days: Option<i64>) -> Result<Option<Timestamp>, ServiceError> {
    let Some(days) = days else { return Ok(None) };
    let lasts = (1..=MAX_DAYS).contains(&days).then(|| SignedDuration::from_hours(24 * days));
    let at = lasts.and_then(|lasts| Timestamp::now().checked_add(lasts).ok());
    let wrong = || ServiceError::invalid("invalid_expiry", format!("a token lasts 1 to {MAX_DAYS} days"));
    at.map(Some).ok_or_else(wrong)
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum TokenKey<'a> {
    /// By its name, as people say it.
    Name(&'a str),
    /// By its number, as lists have it.
    Id(i64),
}

/// Revokes a token, for good.
pub(crate) async fn revoke(pool: &Pool, actor: &Actor, which: TokenKey<'_>) -> Result<(), ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let (by_name, by_id) = match which {
        TokenKey::Name(name) => (Some(name), None),
        TokenKey::Id(id) => (None, Some(id)),
    };
    let revoked = store::revoke_token(&tx, by_name, by_id).await?;
    let token_name = revoked.ok_or_else(|| {
        ServiceError::NotFound(match which {
            TokenKey::Name(name) => format!("a valid token named {name}"),
            TokenKey::Id(id) => format!("a valid token with the number {id}"),
        })
    })?;
    audit::append(&tx, actor, AuditAction::TokenRevoke, &Subject::Token(&token_name), "").await?;
    tx.commit().await?;
    Ok(())
}

/// All tokens, without what is secret.
pub(crate) async fn list(pool: &Pool) -> Result<Vec<ApiToken>, ServiceError> {
    store::tokens(&pool.get().await?).await
}

/// Whose token this is, if it is one, and where it may be used.
pub(crate) async fn authenticate(pool: &Pool, token: &str) -> Result<(Principal, TokenScope), ServiceError> {
    if !token.starts_with(PREFIX) || token.len() > 200 {
        return Err(ServiceError::Unauthorized);
    }
    let found = store::token_of(&pool.get().await?, &hash(token)).await?;
    let (token_name, role, scope) = found.ok_or(ServiceError::Unauthorized)?;
    Ok((Principal { actor: Actor::Token(token_name), role }, scope))
}
