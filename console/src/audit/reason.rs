//! Why somebody acts, as the audit keeps it.

use crate::common::error::ServiceError;

/// The longest reason that is kept.
const MAX_LENGTH: usize = 1000;

/// Why somebody acts, checked: never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditReason(String);

impl AuditReason {
    /// The reason, which must say something.
    pub(crate) fn new(reason: &str) -> Result<AuditReason, ServiceError> {
        // PostgreSQL's text takes no NUL.
        let reason = reason.trim().replace('\0', "\u{fffd}");
        if reason.is_empty() || reason.chars().count() > MAX_LENGTH {
            let message = format!("a reason of 1 to {MAX_LENGTH} characters is needed: why is this done?");
            return Err(ServiceError::invalid("missing_reason", message));
        }
        Ok(AuditReason(reason))
    }

    /// The text of the reason.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
