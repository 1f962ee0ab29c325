//! The end of the grace period through the database, by the sweep and by events that come late.

use std::time::Duration;

use domain::rules::Rules;
use serde_json::json;

use crate::database::{Bench, inbound};

#[tokio::test]
async fn access_ends_with_the_grace_period_and_access_lost_is_sent_once() {
    let bench = Bench::new(Rules::default()).await;
    bench
        .look
        .batch_execute(
            "INSERT INTO subscriptions (id, status, access, access_until) VALUES
             ('sub_over', 'past_due', true, now() - interval '1 second'),
             ('sub_within', 'past_due', true, now() + interval '1 hour'), ('sub_active', 'active', true, NULL)",
        )
        .await
        .unwrap();
    assert_eq!(worker::store::end_grace(&bench.engine.pool).await.unwrap(), 1);
    assert_eq!(worker::store::end_grace(&bench.engine.pool).await.unwrap(), 0);
    let lost = "SELECT string_agg(id, ',') FROM subscriptions WHERE NOT access";
    assert_eq!(bench.text(lost).await.as_deref(), Some("sub_over"));
    assert_eq!(
        bench.text("SELECT key FROM outbox").await.as_deref(),
        Some("subscription.access_lost/sub_over/0")
    );
}

#[tokio::test]
async fn access_lost_is_sent_for_a_grace_that_ended_before_its_event_arrived() {
    let grace = Duration::from_secs(60);
    let bench = Bench::new(Rules { grace, ..Rules::default() }).await;
    let now = jiff::Timestamp::now().as_second();
    let updated = |id: &str, ago: i64, from: &str, status: &str| {
        let object = json!({
            "id": "sub_1", "object": "subscription", "status": status, "customer": "cus_1",
            "current_period_end": now, "items": { "data": [] },
        });
        let data = json!({ "object": object, "previous_attributes": { "status": from } });
        let kind = "customer.subscription.updated";
        let event = json!({ "id": id, "object": "event", "type": kind, "created": now - ago, "livemode": false, "data": data });
        inbound(event.to_string().as_bytes())
    };
    let sent = "SELECT count(*) FROM outbox WHERE topic = 'subscription.access_lost'";
    bench.process(&[updated("evt_1", 1000, "incomplete", "active")]).await;
    assert_eq!(bench.count("SELECT count(*) FROM subscriptions WHERE access").await, 1);
    assert_eq!(bench.count(sent).await, 0);
    bench.process(&[updated("evt_2", 500, "active", "past_due")]).await;
    assert_eq!(bench.count("SELECT count(*) FROM subscriptions WHERE access").await, 0);
    assert_eq!(bench.count(sent).await, 1);
    worker::store::end_grace(&bench.engine.pool).await.unwrap();
    assert_eq!(bench.count(sent).await, 1, "once");
    bench.process(&[updated("evt_3", 400, "past_due", "unpaid")]).await;
    assert_eq!(bench.count(sent).await, 1, "the same loss, whoever reports it");
}

#[tokio::test]
async fn no_access_lost_is_sent_for_the_end_of_an_ambiguous_grace() {
    let bench = Bench::new(Rules::default()).await;
    let ambiguous = "INSERT INTO subscriptions (id, status, access, access_until, ambiguous)
                 VALUES ('sub_guess', 'past_due', true, now() - interval '1 second', true)";
    bench.look.batch_execute(ambiguous).await.unwrap();
    assert_eq!(worker::store::end_grace(&bench.engine.pool).await.unwrap(), 1);
    assert_eq!(bench.count("SELECT count(*) FROM outbox").await, 0);
    assert_eq!(bench.count("SELECT count(*) FROM subscriptions WHERE access").await, 0);
}
