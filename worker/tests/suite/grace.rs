//! The end of the grace period through the database, by the sweep and by events that come late.

use std::time::Duration;

use domain::rules::Rules;
use serde_json::Value;

use crate::database::{Bench, subscription_updated};

const ACCESS: &str = "SELECT string_agg(id, ',' ORDER BY id) FROM subscriptions WHERE access";
const LOST: &str = "SELECT count(*) FROM outbox WHERE topic = 'subscription.access_lost'";

fn one_hour() -> Rules {
    Rules { grace: Duration::from_secs(3600), ..Rules::default() }
}

fn seconds_ago(seconds: i64) -> i64 {
    jiff::Timestamp::now().as_second() - seconds
}

#[tokio::test]
async fn access_ends_with_the_grace_period_and_emits_one_message() {
    let bench = Bench::with_clock(one_hour()).await;
    let left = seconds_ago(60);
    let begun = [
        subscription_updated("evt_1", "sub_over", seconds_ago(1000), "incomplete", "active"),
        subscription_updated("evt_2", "sub_over", left, "active", "past_due"),
        subscription_updated("evt_3", "sub_active", seconds_ago(1000), "incomplete", "active"),
    ];
    bench.process(&begun).await;
    assert_eq!(bench.end_grace().await, 0);
    assert_eq!(bench.text(ACCESS).await.as_deref(), Some("sub_active,sub_over"));
    bench.set_clock("30 minutes").await;
    bench.process(&[subscription_updated("evt_4", "sub_within", seconds_ago(0), "active", "past_due")]).await;
    bench.set_clock("59 minutes 30 seconds").await;
    assert_eq!(bench.end_grace().await, 1);
    assert_eq!(bench.end_grace().await, 0);
    assert_eq!(bench.text(ACCESS).await.as_deref(), Some("sub_active,sub_within"));
    let key = format!("subscription.access_lost/sub_over/{left}");
    assert_eq!(
        bench.text("SELECT key FROM outbox WHERE topic = 'subscription.access_lost'").await,
        Some(key)
    );
}

#[tokio::test]
async fn the_message_of_an_ended_grace_has_the_fields_of_every_other_loss() {
    let bench = Bench::with_clock(one_hour()).await;
    bench.process(&[subscription_updated("evt_1", "sub_grace", seconds_ago(60), "active", "past_due")]).await;
    bench.process(&[subscription_updated("evt_2", "sub_unpaid", seconds_ago(60), "active", "unpaid")]).await;
    bench.set_clock("1 hour").await;
    assert_eq!(bench.end_grace().await, 1);
    let fields = |id: &str| {
        format!(
            "SELECT string_agg(field, ',' ORDER BY field) FROM outbox, jsonb_object_keys(payload::jsonb) AS field
             WHERE topic = 'subscription.access_lost' AND key LIKE '%{id}%'"
        )
    };
    let of_grace = bench.text(&fields("sub_grace")).await;
    assert!(of_grace.is_some());
    assert_eq!(of_grace, bench.text(&fields("sub_unpaid")).await);
}

#[tokio::test]
async fn grace_that_is_over_when_its_event_arrives_still_emits_a_message() {
    let grace = Duration::from_secs(60);
    let bench = Bench::new(Rules { grace, ..Rules::default() }).await;
    bench.process(&[subscription_updated("evt_1", "sub_1", seconds_ago(1000), "incomplete", "active")]).await;
    assert_eq!(bench.text(ACCESS).await.as_deref(), Some("sub_1"));
    assert_eq!(bench.count(LOST).await, 0);
    bench.process(&[subscription_updated("evt_2", "sub_1", seconds_ago(500), "active", "past_due")]).await;
    assert_eq!(bench.text(ACCESS).await, None);
    assert_eq!(bench.count(LOST).await, 1);
    assert_eq!(bench.end_grace().await, 0);
    assert_eq!(bench.count(LOST).await, 1, "once");
    bench.process(&[subscription_updated("evt_3", "sub_1", seconds_ago(400), "past_due", "unpaid")]).await;
    assert_eq!(bench.count(LOST).await, 1, "the same loss, whoever records it");
}

#[tokio::test]
async fn a_second_grace_period_grants_access_again_until_it_is_over() {
    let bench = Bench::with_clock(one_hour()).await;
    bench.process(&[subscription_updated("evt_1", "sub_1", seconds_ago(7200), "active", "past_due")]).await;
    assert_eq!(bench.text(ACCESS).await, None);
    bench.process(&[subscription_updated("evt_2", "sub_1", seconds_ago(3000), "past_due", "active")]).await;
    bench.process(&[subscription_updated("evt_3", "sub_1", seconds_ago(60), "active", "past_due")]).await;
    assert_eq!(bench.text(ACCESS).await.as_deref(), Some("sub_1"));
    bench.set_clock("1 hour").await;
    assert_eq!(bench.end_grace().await, 1);
    assert_eq!(bench.count(LOST).await, 2);
}

#[tokio::test]
async fn a_longer_setting_keeps_access_that_the_older_one_would_end() {
    let mut bench = Bench::with_clock(one_hour()).await;
    bench.process(&[subscription_updated("evt_1", "sub_1", seconds_ago(60), "active", "past_due")]).await;
    bench.engine.rules.grace = Duration::from_secs(7200);
    bench.set_clock("1 hour").await;
    assert_eq!(bench.end_grace().await, 0);
    assert_eq!(bench.text(ACCESS).await.as_deref(), Some("sub_1"));
    let later = "SELECT count(*) FROM subscriptions WHERE access_until > shifted.now()";
    assert_eq!(bench.count(later).await, 1, "its row knows the new end");
    bench.set_clock("2 hours").await;
    assert_eq!(bench.end_grace().await, 1);
}

/// Two updates of one second of which neither says what it was before: which is the newer is not known.
#[tokio::test]
async fn the_end_of_an_ambiguous_grace_emits_no_message() {
    let bench = Bench::with_clock(one_hour()).await;
    let at = seconds_ago(60);
    let steps = [
        subscription_updated("evt_1", "sub_1", at, "active", "past_due"),
        subscription_updated("evt_2", "sub_1", at, "trialing", "past_due"),
        subscription_updated("evt_3", "sub_1", at, "unpaid", "active"),
    ];
    bench.process(&steps).await;
    assert_eq!(bench.count("SELECT count(*) FROM subscriptions WHERE ambiguous").await, 1);
    assert_eq!(bench.text("SELECT status FROM subscriptions").await.as_deref(), Some("past_due"));
    bench.set_clock("1 hour").await;
    assert_eq!(bench.end_grace().await, 1);
    assert_eq!(bench.text(ACCESS).await, None);
    assert_eq!(bench.count(LOST).await, 0);
}

#[tokio::test]
async fn what_an_event_does_to_an_ended_grace_stands_in_its_effects() {
    let bench = Bench::with_clock(one_hour()).await;
    bench.process(&[subscription_updated("evt_1", "sub_1", seconds_ago(60), "active", "past_due")]).await;
    bench.set_clock("1 hour").await;
    assert_eq!(bench.end_grace().await, 1);
    bench.process(&[subscription_updated("evt_2", "sub_1", seconds_ago(0), "past_due", "active")]).await;
    let change = bench.text("SELECT change::text FROM effects WHERE event_id = 'evt_2'").await.unwrap();
    let change: Value = serde_json::from_str(&change).unwrap();
    assert_eq!(
        (&change["from"]["access"], &change["to"]["access"]),
        (&Value::from(false), &Value::from(true))
    );
}
