//! The page of what was read from Stripe's API.

use amqp::topology::Queue;
use serde_json::json;
use simulator::stripe_api::ApiServer;

use crate::harness::{World, event};
use crate::pages::{Browser, PASSWORD, user};

const READ: &str = "
    INSERT INTO sweeps (account, since, until, reached, listed, missed, finished_at)
    VALUES ('', now() - interval '1 day', now(), now() - interval '1 day', 4711, 3, now());
    INSERT INTO sweeps (account, since, until, reached, error)
    VALUES ('acct_1', now() - interval '1 day', now(), now() - interval '2 hours', 'the rate is limited');
    INSERT INTO backfills (account, object, messages, reached, listed)
    VALUES ('', 'charge', false, now() - interval '300 days', 12300);
    INSERT INTO stripe_checks (kind, account, scope, checked, found, repaired)
    VALUES ('drift', '', 'all, 1%', 950, 2, 2), ('reconcile', '', '2026-10', 1234, 5, 0)";

#[tokio::test(flavor = "multi_thread")]
async fn sweeps_backfills_and_comparisons_are_shown_with_how_far_they_came() {
    let world = World::new().await;
    user(&world, "vera", "viewer").await;
    let console = world.serve();
    let (_, _, browser) = Browser::sign_in(&console.url, "vera", PASSWORD);
    let (status, empty) = browser.get("/stripe");
    assert_eq!(status, 200);
    assert!(empty.contains("STRIPE_API_KEY is not set") && empty.contains("None was ever missed"), "{empty}");
    assert!(!empty.contains("data-refresh"), "nothing is under way");
    world.sql(READ).await;
    let (_, page) = browser.get("/stripe");
    for shown in [
        "4711",
        "interrupted</span> the rate is limited",
        "acct_1",
        "12300",
        "unfinished",
        "2 repaired",
        "5 open",
        "2026-10",
        "data-refresh=\"5\"",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("Sweep now"), "a viewer cannot start one");
    let (_, overview) = browser.get("/");
    assert!(overview.contains("href=\"/stripe\""), "{overview}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_starts_a_sweep_and_the_audit_says_why() {
    let world = World::new().await;
    user(&world, "ada", "admin").await;
    user(&world, "otto", "operator").await;
    let api = ApiServer::open().await.unwrap();
    let mut missed = event("evt_missed");
    missed["created"] = json!(jiff::Timestamp::now().as_second() - 60);
    api.add_event(missed.to_string().as_bytes());
    let url = api.url();
    let settings =
        [("STRIPE_API_BASE", url.as_str()), ("STRIPE_API_KEY", "sk_test_any"), ("STRIPE_SWEEP", "off")];
    let console = world.serve_with(&settings);
    let (_, _, operator) = Browser::sign_in(&console.url, "otto", PASSWORD);
    let form = |browser: &Browser, reason: &str| format!("csrf={}&reach=3d&reason={reason}", browser.csrf());
    assert_eq!(operator.post("/stripe/sweep", &form(&operator, "x"), &[]).0, 403);
    let (_, _, admin) = Browser::sign_in(&console.url, "ada", PASSWORD);
    assert!(admin.get("/stripe").1.contains("Sweep now"));
    assert_eq!(admin.post("/stripe/sweep", &form(&admin, ""), &[]).0, 400, "a reason is needed");
    assert_eq!(admin.post("/stripe/sweep", &form(&admin, "x").replace("3d", "9d"), &[]).0, 400);
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE action = 'sweep.start'").await, 0);
    assert_eq!(admin.post("/stripe/sweep", &form(&admin, "an+outage"), &[]).0, 303);
    let message = world.take(Queue::Fulfillment).await;
    assert_eq!(message.properties.message_id().clone().unwrap().as_str(), "evt_missed");
    let audited = "SELECT count(*) FROM audit WHERE actor = 'user:ada' AND action = 'sweep.start' \
                   AND subject = 'console' AND reason = 'an outage'";
    assert_eq!(world.number(audited).await, 1);
    world.until("SELECT count(*) FROM sweeps WHERE finished_at IS NOT NULL AND missed = 1", 1).await;
    assert!(admin.get("/stripe?done=started").1.contains("what it finds is shown here"));
}
