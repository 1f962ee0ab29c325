//! Who may do what: roles, users with passwords and sessions, API tokens, lock-out.
//! Secrets are stored hashed; must never log or return one, but for a new token, once.

pub mod accounts;
pub mod lockout;
pub mod passwords;
pub mod sessions;
pub mod tokens;
pub mod users;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::actor::Actor;
use crate::failure::Failure;

/// What somebody may do. Each role may do what the one before may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks; personal data is masked.
    Viewer,
    /// Sees personal data, previews, replays, discards and registers orders.
    Operator,
    /// Manages users and tokens as well.
    Admin,
}

impl Role {
    /// Its name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Operator => "operator",
            Role::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Role> {
        [Role::Viewer, Role::Operator, Role::Admin].into_iter().find(|role| role.name() == name)
    }

    /// Whether personal data in event bodies is shown.
    pub fn sees_personal_data(self) -> bool {
        self >= Role::Operator
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Somebody who has proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who, as the audit names them.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
}

impl Principal {
    /// Refuses whose role does not reach.
    pub fn require(&self, role: Role) -> Result<(), Failure> {
        if self.role >= role {
            return Ok(());
        }
        Err(Failure::Forbidden(format!(
            "this takes the role {role}; {} has the role {}",
            self.actor, self.role
        )))
    }
}

/// 256 random bits as text.
pub(crate) fn secret() -> String {
    hex::encode(rand::random::<[u8; 32]>())
}

/// How secrets of 256 random bits are stored: nothing is gained by a slow hash.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// A name of a user or token.
pub(crate) fn name(name: &str) -> Result<&str, Failure> {
    let good = |c: char| c.is_ascii_alphanumeric() || "._@+-".contains(c);
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    if begins && name.len() <= 100 && name.chars().all(good) {
        return Ok(name);
    }
    let message = "a name takes 1 to 100 letters, digits and . _ @ + -, and begins with a letter or digit";
    Err(Failure::invalid("invalid_name", message))
}
