//! A worker whose clock is far from PostgreSQL's decides nothing by its own.

use std::time::Duration;

use domain::rules::Rules;

use crate::database::{Bench, subscription_updated};

const DAY: i64 = 24 * 3600;

/// The clock of the database set back, so that the worker's is 30 days ahead.
async fn behind_by_30_days() -> Bench {
    let grace = Duration::from_secs(7 * 24 * 3600);
    let bench = Bench::with_clock(Rules { grace, ..Rules::default() }).await;
    bench.set_clock("-30 days").await;
    bench
}

#[tokio::test]
async fn paid_access_stays_though_the_worker_is_30_days_ahead() {
    let bench = behind_by_30_days().await;
    let database_now = jiff::Timestamp::now().as_second() - 30 * DAY;
    bench
        .process(&[subscription_updated("evt_1", "sub_1", database_now - 100, "incomplete", "active")])
        .await;
    bench.process(&[subscription_updated("evt_2", "sub_1", database_now - 50, "active", "past_due")]).await;
    let access = "SELECT count(*) FROM subscriptions WHERE access";
    assert_eq!(bench.end_grace().await, 0);
    assert_eq!(bench.count(access).await, 1);
    bench.set_clock("-24 days").await;
    assert_eq!(bench.end_grace().await, 0);
    bench.set_clock("-22 days").await;
    assert_eq!(bench.end_grace().await, 1);
    assert_eq!(bench.count(access).await, 0);
}

#[tokio::test]
async fn an_event_that_begins_a_grace_period_is_judged_by_the_clock_of_the_database() {
    let bench = behind_by_30_days().await;
    let database_now = jiff::Timestamp::now().as_second() - 30 * DAY;
    bench
        .process(&[subscription_updated("evt_1", "sub_1", database_now - 100, "incomplete", "active")])
        .await;
    bench.process(&[subscription_updated("evt_2", "sub_1", database_now - 50, "active", "past_due")]).await;
    assert_eq!(bench.count("SELECT count(*) FROM subscriptions WHERE access").await, 1);
    let decided = "SELECT count(*) FROM events WHERE processed_at < pg_catalog.now() - interval '29 days'";
    assert_eq!(bench.count(decided).await, 2);
}
