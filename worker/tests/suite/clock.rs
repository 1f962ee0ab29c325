//! A worker whose clock is far from PostgreSQL's decides nothing by its own.

use std::time::Duration;

use domain::rules::Rules;
use serde_json::json;

use crate::database::{Bench, inbound};

/// Sets the clock of the database back, so that the worker's is 30 days ahead.
async fn behind_by_30_days(rules: Rules) -> Bench {
    let bench = Bench::new(rules).await;
    // A schema before pg_catalog in the search path takes the place of now().
    let shift = "CREATE SCHEMA shifted;
        CREATE FUNCTION shifted.now() RETURNS timestamptz LANGUAGE sql STABLE
            AS $$ SELECT pg_catalog.now() - interval '30 days' $$;
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = shifted, pg_catalog, public',
                                   current_database()); END $$";
    bench.look.batch_execute(shift).await.unwrap();
    bench
}

#[tokio::test]
async fn paid_access_stays_though_the_worker_is_30_days_ahead() {
    let bench = behind_by_30_days(Rules::default()).await;
    let within = "INSERT INTO subscriptions (id, status, access, access_until)
                  VALUES ('sub_within', 'past_due', true, now() - interval '29 days')";
    bench.look.batch_execute(within).await.unwrap();
    assert_eq!(worker::store::end_grace(&bench.engine.pool).await.unwrap(), 0);
    assert_eq!(bench.count("SELECT count(*) FROM subscriptions WHERE access").await, 1);
    bench
        .look
        .batch_execute("UPDATE subscriptions SET access_until = now() - interval '31 days'")
        .await
        .unwrap();
    assert_eq!(worker::store::end_grace(&bench.engine.pool).await.unwrap(), 1);
}

#[tokio::test]
async fn an_event_that_begins_a_grace_period_is_judged_by_the_clock_of_the_database() {
    let grace = Duration::from_secs(7 * 24 * 3600);
    let bench = behind_by_30_days(Rules { grace, ..Rules::default() }).await;
    let database_now = jiff::Timestamp::now().as_second() - 30 * 24 * 3600;
    let updated = |id: &str, created: i64, from: &str, status: &str| {
        let object = json!({
            "id": "sub_1", "object": "subscription", "status": status, "customer": "cus_1",
            "current_period_end": database_now, "items": { "data": [] },
        });
        let data = json!({ "object": object, "previous_attributes": { "status": from } });
        let kind = "customer.subscription.updated";
        let event = json!({ "id": id, "object": "event", "type": kind, "created": created, "livemode": false, "data": data });
        inbound(event.to_string().as_bytes())
    };
    bench.process(&[updated("evt_1", database_now - 100, "incomplete", "active")]).await;
    bench.process(&[updated("evt_2", database_now - 50, "active", "past_due")]).await;
    assert_eq!(bench.count("SELECT count(*) FROM subscriptions WHERE access").await, 1);
    let decided = "SELECT count(*) FROM events WHERE processed_at < now() - interval '29 days'";
    assert_eq!(bench.count(decided).await, 2);
}
