//! What somebody may do, and who has proved that they may.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor::Actor;
use super::failure::Failure;

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
