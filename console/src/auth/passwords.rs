//! Passwords: Argon2id with its recommended cost, off the threads that serve. Few at a time, for each takes 19 MiB.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::common::error::ServiceError;

const MIN_LENGTH: usize = 12;
const MAX_LENGTH: usize = 1000;
static HASHING_PERMITS: Semaphore = Semaphore::const_new(2);

/// The password in the form in which it is stored.
pub(crate) async fn hash(password: &str) -> Result<String, ServiceError> {
    let length = password.chars().count();
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
        let message = format!("a password takes {MIN_LENGTH} to {MAX_LENGTH} characters");
        return Err(ServiceError::invalid("invalid_password", message));
    }
    let password = password.to_owned();
    run_blocking(move || {
        let hashed = Argon2::default().hash_password(password.as_bytes());
        hashed
            .map(|h| h.to_string())
            .map_err(|e| ServiceError::Internal(format!("the password cannot be hashed: {e}")))
    })
    .await?
}

/// Whether the password is the stored one. Without a stored one it takes as long to say no.
pub(crate) async fn verify(password: &str, stored: Option<String>) -> Result<bool, ServiceError> {
    let password: String = password.chars().take(MAX_LENGTH).collect();
    let known = stored.is_some();
    let stored = match stored {
        Some(stored) => stored,
        None => dummy_hash().await?,
    };
    run_blocking(move || {
        let hash = PasswordHash::new(&stored)
            .map_err(|e| ServiceError::Internal(format!("a stored password is broken: {e}")))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known)
    })
    .await?
}

/// A hash that no password is known for.
async fn dummy_hash() -> Result<String, ServiceError> {
    static DUMMY_HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    DUMMY_HASH.get_or_try_init(|| async { hash(&super::secret()).await }).await.cloned()
}

async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServiceError> {
    let ended =
        |e: &dyn std::fmt::Display| ServiceError::Internal(format!("the password could not be checked: {e}"));
    let _permit = HASHING_PERMITS.acquire().await.map_err(|e| ended(&e))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| ended(&e))
}
