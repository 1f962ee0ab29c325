//! Which dead letters a list, a count or a bulk job takes in.

use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::types::ToSql;
use utoipa::ToSchema;

use super::state::DeadLetterState;
use crate::common::error::ServiceError;
use crate::common::origin::{self, Mode};
use crate::common::paging;
use crate::masking::masked_members;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeadLetterFilter)]
pub(crate) struct DeadLetterFilter {
    /// A type of events, or what types begin with: `charge` is `charge.failed`, `charge.dispute.created` …
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
    /// A connected account; `self` is the company's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 255)]
    pub(crate) account: Option<String>,
    /// `live` or `test`; both by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^(live|test)$")]
    pub(crate) mode: Option<Mode>,
    /// The ingress endpoint that the event came in through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 255)]
    pub(crate) endpoint: Option<String>,
}

impl DeadLetterFilter {
    /// The filter, refused where PostgreSQL could not search for it.
    pub(crate) fn checked(self) -> Result<DeadLetterFilter, ServiceError> {
        let account = self.account.as_deref().map(origin::account).transpose()?;
        Ok(DeadLetterFilter {
            kind: paging::type_prefix(self.kind)?,
            reason: paging::text("reason", self.reason)?,
            fingerprint: paging::text("fingerprint", self.fingerprint)?,
            state: self.state,
            q: paging::text("q", self.q)?,
            since: self.since,
            until: self.until,
            account: account.as_deref().map(origin::account_name).map(str::to_owned),
            mode: self.mode,
            endpoint: paging::text("endpoint", self.endpoint)?,
        })
    }

    /// What `sql/filter.sql` takes as its parameters $1 to $11.
    pub(crate) fn parameters(&self) -> [Box<dyn ToSql + Sync + Send>; 11] {
        let account = self.account.as_deref().map(origin::stored_account).map(str::to_owned);
        [
            Box::new(self.kind.clone()),
            Box::new(self.reason.clone()),
            Box::new(self.fingerprint.clone()),
            Box::new(self.state),
            Box::new(self.q.clone()),
            Box::new(self.pattern()),
            Box::new(self.since),
            Box::new(self.until),
            Box::new(account),
            Box::new(self.mode.map(Mode::livemode)),
            Box::new(self.endpoint.clone()),
        ]
    }

    /// The text as an `ILIKE` pattern that matches it literally.
    fn pattern(&self) -> Option<String> {
        let escaped = |q: &String| q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        self.q.as_ref().map(|q| format!("%{}%", escaped(q)))
    }
}

masked_members! {
    DeadLetterFilter: kind, reason, fingerprint, q, account, endpoint;
}
