//! What was refused, for pages, API and command line.

use deadpool_postgres::Pool;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::reason::RejectionReason;
use super::store;
use crate::common::error::ServiceError;
use crate::common::paging::Page;
use crate::common::role::Role;
use crate::common::text_enum::text_enum;
use crate::masking::{self, masked_members};

/// How far back is looked where nobody says.
const DEFAULT: SignedDuration = SignedDuration::from_hours(7 * 24);

text_enum! {
    /// A signature in the header.
    pub(crate) enum SignatureScheme {
        /// What counts.
        V1 = "v1",
        /// What Stripe adds to test events; it proves nothing.
        V0 = "v0",
    }
}

/// What one endpoint refused for one reason.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RejectionGroup {
    /// The endpoint's name; empty for the one without.
    pub(crate) endpoint: String,
    pub(crate) reason: RejectionReason,
    /// What it means and what to do.
    pub(crate) advice: &'static str,
    /// How many deliveries, by whole hours.
    pub(crate) count: i64,
    pub(crate) last_at: Timestamp,
    /// The last few, newest first.
    pub(crate) deliveries: Vec<RejectedDelivery>,
}

/// One refused delivery in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RejectedDelivery {
    /// When it came, by the ingress's clock.
    pub(crate) at: Timestamp,
    /// The path that it was posted to, cut.
    pub(crate) path: String,
    /// The client's address.
    pub(crate) client: Option<String>,
    /// Its `User-Agent`, cut.
    pub(crate) user_agent: Option<String>,
    /// Seconds from the signature's timestamp to its arrival; negative where the timestamp is in the future.
    pub(crate) skew_seconds: Option<i64>,
    /// The signatures in its header.
    pub(crate) schemes: Vec<SignatureScheme>,
    pub(crate) body_bytes: Option<i64>,
    /// The first 16 hexadecimal digits of the body's SHA-256.
    pub(crate) body_sha256: Option<String>,
    /// What is wrong with it, in a sentence.
    pub(crate) diagnosis: Option<String>,
}

impl RejectionGroup {
    /// Where the endpoint is.
    pub(crate) fn path(&self) -> String {
        match self.endpoint.as_str() {
            "" => "/webhooks/stripe".to_owned(),
            name => format!("/webhooks/stripe/{name}"),
        }
    }
}

/// What was refused since a time, or in the last seven days, as the role may see it.
pub(crate) async fn list(
    pool: &Pool,
    since: Option<Timestamp>,
    role: Role,
) -> Result<Page<RejectionGroup>, ServiceError> {
    let since = since.unwrap_or_else(|| Timestamp::now() - DEFAULT);
    let groups = store::groups(&pool.get().await?, since).await?;
    Ok(masking::for_role(Page::unpaged(groups), role))
}

masked_members! {
    RejectedDelivery: path, user_agent;
    RejectionGroup: deliveries;
}
