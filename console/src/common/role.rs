//! What somebody may do, and who has proved that they may.

use super::actor::Actor;
use super::error::ServiceError;
use super::text_enum::text_enum;

text_enum! {
    /// What somebody may do. Each role may do what the one before may.
    #[derive(PartialOrd, Ord)]
    pub(crate) enum Role {
        /// Looks; personal data is masked.
        Viewer = "viewer",
        /// Sees personal data, previews, replays, discards and registers orders.
        Operator = "operator",
        /// Manages users and tokens as well.
        Admin = "admin",
    }
}

impl Role {
    /// Whether personal data in event bodies is shown.
    pub(crate) fn sees_personal_data(self) -> bool {
        self >= Role::Operator
    }
}

/// Somebody who has proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principal {
    /// Who, as the audit names them.
    pub(crate) actor: Actor,
    /// What they may do.
    pub(crate) role: Role,
}

impl Principal {
    /// Refuses whose role does not reach.
    pub(crate) fn require(&self, role: Role) -> Result<(), ServiceError> {
        if self.role >= role {
            return Ok(());
        }
        Err(ServiceError::Forbidden(format!(
            "this takes the role {role}; {} has the role {}",
            self.actor, self.role
        )))
    }
}
