//! A row of `outbox` as a CloudEvent 1.0 in structured mode.

use domain::message::Topic;
use serde::Serialize;
use serde_json::Value;

use super::store::OutboxRow;

#[derive(Serialize)]
struct CloudEvent<'a> {
    specversion: &'static str,
    id: &'a str,
    source: String,
    #[serde(rename = "type")]
    kind: &'a str,
    subject: &'a str,
    time: String,
    dataschema: String,
    datacontenttype: &'static str,
    /// Ordered as text, as the extension asks: larger is later in the outbox.
    sequence: String,
    partitionkey: &'a str,
    /// The extension for distributed tracing.
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<&'a str>,
    data: Value,
}

/// The bytes that every destination gets.
///
/// # Errors
/// When the payload is not JSON, which PostgreSQL rules out.
pub(super) fn structured(row: &OutboxRow) -> Result<Vec<u8>, serde_json::Error> {
    let account = if row.account.is_empty() { "self" } else { &row.account };
    let mode = if row.livemode { "live" } else { "test" };
    let event = CloudEvent {
        specversion: "1.0",
        id: &row.key,
        source: format!("/sluicegate/{account}/{mode}"),
        kind: &row.topic,
        subject: row.key.split_once('/').map_or(row.key.as_str(), |(_, about)| about),
        time: row.created_at.to_string(),
        dataschema: Topic::schema_id(&row.topic),
        datacontenttype: "application/json",
        sequence: format!("{:020}", row.id),
        partitionkey: &row.partition,
        traceparent: row.traceparent.as_deref(),
        data: serde_json::from_str(&row.payload)?,
    };
    serde_json::to_vec(&event)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_row_becomes_a_cloud_event_with_every_attribute() {
        let row = OutboxRow {
            id: 42,
            key: "order.payment_received/o1/pi_1".to_owned(),
            account: String::new(),
            livemode: true,
            topic: "order.payment_received".to_owned(),
            payload: r#"{"order":"o1"}"#.to_owned(),
            created_at: "2026-01-02T03:04:05Z".parse().unwrap(),
            partition: "self/live/order/o1".to_owned(),
            attempts: 0,
            traceparent: None,
        };
        let event: Value = serde_json::from_slice(&structured(&row).unwrap()).unwrap();
        let expected = json!({
            "specversion": "1.0", "id": "order.payment_received/o1/pi_1", "source": "/sluicegate/self/live",
            "type": "order.payment_received", "subject": "o1/pi_1", "time": "2026-01-02T03:04:05Z",
            "dataschema": "urn:sluicegate:message:order.payment_received:1", "datacontenttype": "application/json",
            "sequence": "00000000000000000042", "partitionkey": "self/live/order/o1", "data": {"order": "o1"},
        });
        assert_eq!(event, expected);
        let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let account = "acct_1".to_owned();
        let connected =
            OutboxRow { account, livemode: false, traceparent: Some(traceparent.to_owned()), ..row };
        let event: Value = serde_json::from_slice(&structured(&connected).unwrap()).unwrap();
        assert_eq!(event["source"], "/sluicegate/acct_1/test");
        assert_eq!(event["traceparent"], traceparent);
    }
}
