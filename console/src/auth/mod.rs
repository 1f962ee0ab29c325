//! Who may do what: roles, users with passwords and sessions, API tokens, lock-out.
//! Secrets are stored hashed; must never log or return one, but for a new token, once.

pub(crate) mod accounts;
pub(crate) mod known_browsers;
pub(crate) mod lockout;
pub(crate) mod own_password;
pub(crate) mod passwords;
pub(crate) mod sessions;
pub(crate) mod store;
pub(crate) mod tokens;
pub(crate) mod users;

use sha2::{Digest, Sha256};

use crate::common::error::ServiceError;

/// 256 random bits as text.
pub(crate) fn secret() -> String {
    hex::encode(rand::random::<[u8; 32]>())
}

/// How secrets of 256 random bits are stored: nothing is gained by a slow hash.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// A name of a user or token.
pub(crate) fn name(name: &str) -> Result<&str, ServiceError> {
    let good = |c: char| c.is_ascii_alphanumeric() || "._@+-".contains(c);
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    if begins && name.len() <= 100 && name.chars().all(good) {
        return Ok(name);
    }
    let message = "a name takes 1 to 100 letters, digits and . _ @ + -, and begins with a letter or digit";
    Err(ServiceError::invalid("invalid_name", message))
}
