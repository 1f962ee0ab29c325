//! Refused deliveries in the database. What is kept is bounded: counts by the hour for 30 days, and the last few
//! deliveries of each endpoint and reason.

use deadpool_postgres::{GenericClient, Object};
use jiff::Timestamp;
use stripe::diagnosis::Diagnosis;
use stripe::rejection::RejectionReport;
use tokio_postgres::types::Json;

use super::reason::RejectionReason;
use super::service::{RejectedDelivery, RejectionGroup, SignatureScheme};
use crate::common::error::ServiceError;

pub(crate) const COUNT: &str = include_str!("sql/count.sql");
pub(crate) const SAMPLES: &str = include_str!("sql/samples.sql");
pub(crate) const TRIM: &str = include_str!("sql/trim.sql");
pub(crate) const GROUPS: &str = include_str!("sql/groups.sql");
pub(crate) const NEWEST: &str = include_str!("sql/newest.sql");

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
