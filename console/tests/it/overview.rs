//! The overview is honest: when it is old, who does not work, what it cannot know.

use serde_json::{Value, json};

use crate::browser::{receive, sign_in};
use crate::gate::Gate;
use crate::harness::{World, event};
use crate::http::Api;
use crate::pages::user;
use crate::webdriver::Chromium;

const CURRENT: &str =
    "return document.querySelector('[role=alert]') === null && document.querySelector('.old') === null";

fn warned(browser: &Chromium, why: &str) {
    browser.sees("Not current since ");
    browser.sees(why);
    let alert = "return document.querySelector('[role=alert]').innerText.startsWith('Not current since ')";
    assert_eq!(browser.script(alert), true);
    browser.sees("fulfillment");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn old_numbers_never_pass_for_new_ones() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let gate = Gate::before(&world.database_url).await;
    let mut console = world.serve_with(&[("DATABASE_URL", &gate.url)]);
    let browser = sign_in(&console, "anna");
    assert_eq!(browser.script(CURRENT), true);
    gate.set(false);
    warned(&browser, "the database cannot be reached");
    browser.picture("overview-old");
    gate.set(true);
    browser.until("it goes back by itself", CURRENT);
    world.sql("DELETE FROM sessions").await;
    warned(&browser, "you are not signed in any more.");
    browser.click("Sign in");
    browser.sees("Password");
    assert_eq!(browser.script("return document.getElementsByName('next')[0].value"), "/");
    drop(browser);
    let browser = sign_in(&console, "anna");
    console.child.kill().unwrap();
    warned(&browser, "the console does not answer.");
}

fn row<'a>(overview: &'a Value, kind: &str) -> &'a Value {
    overview["workers"].as_array().unwrap().iter().find(|w| w["kind"] == kind).expect(kind)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_that_do_not_run_are_shown_as_such() {
    let world = World::new().await;
    user(&world, "vera", "viewer").await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    let before = api.ok("/api/overview");
    let kinds: Vec<&Value> = before["workers"].as_array().unwrap().iter().map(|w| &w["kind"]).collect();
    assert_eq!(kinds, ["fulfillment", "subscription", "refund"]);
    assert_eq!(
        (&row(&before, "refund")["alive"], &row(&before, "refund")["seen_at"]),
        (&json!(0), &json!(null))
    );
    world
        .sql(
            "INSERT INTO workers (id, kind, host, version, started_at, seen_at) VALUES
             ('a', 'fulfillment', 'h', '1', now(), now() + interval '1 hour'),
             ('b', 'fulfillment', 'h', '1', now(), now() - interval '2 hours'),
             ('c', 'refund', 'h', '1', now(), now() - interval '2 hours'),
             ('d', 'subscription', 'h', '1', now(), now() - interval '2 days')",
        )
        .await;
    let after = api.ok("/api/overview");
    let counts = |kind: &str| (row(&after, kind)["alive"].clone(), row(&after, kind)["silent"].clone());
    assert_eq!(counts("fulfillment"), (json!(1), json!(1)));
    assert_eq!(counts("subscription"), (json!(0), json!(0)));
    assert_eq!(counts("refund"), (json!(0), json!(1)));
    let browser = sign_in(&console, "vera");
    let line = |kind: &str| {
        let script = format!(
            "return [...document.querySelectorAll('tr')].filter(r => r.innerText.startsWith('{kind}\\t')).map(r => r.innerText)[0]"
        );
        browser.script(&script).as_str().expect(kind).to_owned()
    };
    assert!(line("fulfillment").contains("1 silent since ") && !line("fulfillment").contains("none running"));
    assert!(line("subscription").contains("none running 0"), "{}", line("subscription"));
    assert!(line("refund").contains("none running 0") && line("refund").contains("1 silent since "));
    browser.picture("overview-workers-away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_no_worker_has_seen_is_shown_beside_what_they_have() {
    let world = World::new().await;
    user(&world, "vera", "viewer").await;
    let console = world.serve();
    for n in 0..3 {
        receive(&world, &event(&format!("evt_{n}"))).await;
    }
    let browser = sign_in(&console, "vera");
    browser.sees("received by workers in the last minute; 3 more wait in the queues");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_dead_letter_does_not_count_as_a_slow_event() {
    let world = World::new().await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    world
        .sql(
            "INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload)
             SELECT 'evt_' || n, 'x', now(), false, now() - interval '30 minutes', 'processed', 1,
                    now() - interval '30 minutes' + CASE WHEN n <= 2 THEN interval '20 minutes' ELSE interval '40 ms' END, '{}'
             FROM generate_series(1, 12) n;
             INSERT INTO dead_letters (event_id, type, reason, error, attempts, payload, first_failed_at, dead_at, state)
             VALUES ('evt_1', 'x', 'order_not_found', 'x', 1, '', now(), now(), 'resolved');
             INSERT INTO audit (actor, action, subject, reason) VALUES ('user:anna', 'event.replay', 'event:evt_2', 'x')",
        )
        .await;
    assert_eq!(api.ok("/api/overview")["numbers"]["lag_p99"], 0.04);
}
