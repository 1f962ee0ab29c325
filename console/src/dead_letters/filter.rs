//! Which dead letters a list, a count or a bulk job takes in.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::state::DeadLetterState;
use crate::common::error::ServiceError;
use crate::common::paging;
use crate::masking::masked_members;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeadLetterFilter)]
pub(crate) struct DeadLetterFilter {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 255)]
    pub(crate) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 255)]
    pub(crate) reason: Option<String>,
    /// Fingerprint of a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 255)]
    pub(crate) fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^(open|replayed)$")]
    pub(crate) state: Option<DeadLetterState>,
    /// An id that the dead letter names, or a part of its event id, type, reason or error.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 255)]
    pub(crate) q: Option<String>,
    /// Dead at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Timestamp>,
    /// Dead before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Timestamp>,
}

impl DeadLetterFilter {
    /// The filter, refused where PostgreSQL could not search for it.
    pub(crate) fn checked(self) -> Result<DeadLetterFilter, ServiceError> {
        Ok(DeadLetterFilter {
            kind: paging::text("type", self.kind)?,
            reason: paging::text("reason", self.reason)?,
            fingerprint: paging::text("fingerprint", self.fingerprint)?,
            state: self.state,
            q: paging::text("q", self.q)?,
            since: self.since,
            until: self.until,
        })
    }

    /// The text as an `ILIKE` pattern that matches it literally.
    pub(crate) fn pattern(&self) -> Option<String> {
        let escaped = |q: &String| q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        self.q.as_ref().map(|q| format!("%{}%", escaped(q)))
    }
}

masked_members! {
    DeadLetterFilter: kind, reason, fingerprint, q;
}
