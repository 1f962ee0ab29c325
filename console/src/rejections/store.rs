//! Refused deliveries in the database. What is kept is bounded: counts by the hour for 30 days, and the last few
//! deliveries of each endpoint and reason.

use deadpool_postgres::{GenericClient, Object};
use jiff::Timestamp;
use serde::Serialize;
use stripe::diagnosis::Diagnosis;
use stripe::rejection::RejectionReport;
use tokio_postgres::types::Json;
use utoipa::ToSchema;

use super::reason::RejectionReason;
use crate::common::error::ServiceError;
use crate::common::text_enum::text_enum;
use crate::masking::masked_members;

pub(crate) const COUNT: &str = include_str!("sql/count.sql");
pub(crate) const SAMPLES: &str = include_str!("sql/samples.sql");
pub(crate) const TRIM: &str = include_str!("sql/trim.sql");
pub(crate) const GROUPS: &str = include_str!("sql/groups.sql");
pub(crate) const NEWEST: &str = include_str!("sql/newest.sql");

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

/// Adds a report. One that the broker delivers twice is counted twice.
pub(super) async fn add(client: &mut Object, report: &RejectionReport) -> Result<(), ServiceError> {
    let tx = client.transaction().await?;
    let (endpoint, reason) = (&report.endpoint, report.reason.as_str());
    let count = i64::try_from(report.count).unwrap_or(i64::MAX);
    if count > 0 {
        tx.execute(COUNT, &[endpoint, &reason, &count]).await?;
    }
    tx.execute(SAMPLES, &[endpoint, &reason, &Json(&report.samples)]).await?;
    tx.execute(TRIM, &[endpoint, &reason]).await?;
    Ok(tx.commit().await?)
}

/// What was refused since then, most recent first, with the last few deliveries of each.
pub(super) async fn groups(
    client: &impl GenericClient,
    since: Timestamp,
) -> Result<Vec<RejectionGroup>, ServiceError> {
    let mut groups = Vec::new();
    for row in client.query(GROUPS, &[&since]).await? {
        let reason: RejectionReason = row.try_get("reason")?;
        groups.push(RejectionGroup {
            endpoint: row.get("endpoint"),
            reason,
            advice: reason.advice(),
            count: row.get("count"),
            last_at: row.get("last_at"),
            deliveries: Vec::new(),
        });
    }
    for row in client.query(NEWEST, &[&since]).await? {
        let (endpoint, reason): (String, RejectionReason) = (row.get("endpoint"), row.try_get("reason")?);
        let group = groups.iter_mut().find(|group| (&group.endpoint, group.reason) == (&endpoint, reason));
        let Some(group) = group else { continue };
        let schemes = [(row.get("v1"), SignatureScheme::V1), (row.get("v0"), SignatureScheme::V0)];
        // One that a newer ingress found has no sentence here.
        let diagnosis: Option<Json<serde_json::Value>> = row.get("diagnosis");
        let diagnosis = diagnosis.and_then(|Json(found)| serde_json::from_value::<Diagnosis>(found).ok());
        group.deliveries.push(RejectedDelivery {
            at: row.get("at"),
            path: row.get("path"),
            client: row.get("client"),
            user_agent: row.get("user_agent"),
            skew_seconds: row.get("skew"),
            schemes: schemes
                .into_iter()
                .filter_map(|(has, scheme)| if has { Some(scheme) } else { None })
                .collect(),
            body_bytes: row.get("body_bytes"),
            body_sha256: row.get("body_sha256"),
            diagnosis: diagnosis.map(|found| found.to_string()),
        });
    }
    Ok(groups)
}

masked_members! {
    RejectedDelivery: path, user_agent;
    RejectionGroup: deliveries;
}
