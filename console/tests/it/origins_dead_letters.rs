//! Dead letters by account and mode.

use serde_json::{Value, json};

use crate::harness::{World, event};
use crate::http::Api;
use crate::origins::ids;
use crate::pages::{Browser, PASSWORD, user};

fn of_account(id: &str, account: Option<&str>, livemode: bool) -> Value {
    let mut event = event(id);
    event["account"] = json!(account);
    event["livemode"] = json!(livemode);
    event["data"]["object"]["metadata"]["orderId"] = json!("A-1");
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_have_the_account_and_mode_of_their_event_and_are_found_by_them() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    for (id, account, livemode) in
        [("evt_own", None, true), ("evt_test", None, false), ("evt_1", Some("acct_1"), true)]
    {
        world.dead_letter(&of_account(id, account, livemode), "missing_field", "missing_field: no id").await;
    }
    world.dead_bytes(b"no event", "none", "malformed_event", "malformed_event: not JSON").await;
    world.until("SELECT count(*) FROM dead_letters", 4).await;
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let found = |query: &str| ids(&api.ok(&format!("/api/dead-letters?{query}")), "event_id");
    assert_eq!(found("").len(), 4);
    assert_eq!(found("account=acct_1"), ["evt_1"]);
    assert_eq!(found("account=self"), ["evt_own", "evt_test"]);
    assert_eq!(found("mode=test"), ["evt_test"]);
    let malformed = &api.ok("/api/dead-letters?reason=malformed_event")["items"][0];
    assert_eq!((&malformed["account"], &malformed["livemode"]), (&Value::Null, &Value::Null));
    let groups = api.ok("/api/dead-letters/groups?account=self&mode=live");
    assert_eq!((groups["items"].as_array().unwrap().len(), &groups["items"][0]["count"]), (1, &json!(1)));
    let filter = json!({"filter": {"account": "acct_1", "mode": "live"}, "dry_run": true});
    let (status, preview) = api.post("/api/dead-letters/replay", &filter);
    assert_eq!(
        (status, &preview["count"], &preview["sample"][0]["event_id"]),
        (200, &json!(1), &json!("evt_1"))
    );
    let table = world.ok(&["dead", "list", "--account", "acct_1"]).await;
    assert!(table.contains("ACCOUNT") && table.contains("acct_1") && !table.contains("evt_own"), "{table}");
    let table = world.ok(&["dead", "list", "--mode", "test"]).await;
    assert!(!table.contains("ACCOUNT") && table.contains("evt_test"), "{table}");
    let groups = world.json(&["dead", "groups", "--account", "acct_1", "--json"]).await;
    assert_eq!(groups["items"][0]["count"], 1);
    let discard = ["dead", "discard", "--all", "--account", "self", "--mode", "test", "--reason", "a test"];
    let dry = world.ok(&[&discard[..], &["--dry-run"]].concat()).await;
    assert!(dry.contains("discard of 1 dead letters"), "{dry}");
    world.ok(&[&discard[..], &["--count", "1"]].concat()).await;
    assert_eq!(found("state=discarded"), ["evt_test"]);
    let job = api.ok("/api/jobs")["items"][0]["filter"].clone();
    assert_eq!(job, json!({"state": "open", "account": "self", "mode": "test"}));
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let page = browser.get("/dead-letters/list?account=acct_1&mode=live").1;
    assert!(
        page.contains("evt_1<") && !page.contains("evt_own<") && page.contains("<th>Account</th>"),
        "{page}"
    );
    let bulk = browser.get("/dead-letters/bulk?account=acct_1").1;
    assert!(bulk.contains("1 open dead letters"), "{bulk}");
    let page = browser.get("/search?q=A-1&account=self&mode=live").1;
    assert!(page.contains("evt_own<") && !page.contains("evt_1<") && !page.contains("evt_test<"), "{page}");
    assert!(page.contains("account=acct_1&amp;mode=live"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_migration_takes_the_account_of_open_dead_letters_from_their_events() {
    let world = World::new().await;
    world
        .sql(
            "DROP INDEX events_account; ALTER TABLE dead_letters DROP COLUMN account, DROP COLUMN livemode;
             INSERT INTO events (id, type, created, livemode, account, received_at, outcome, attempts, payload)
             VALUES ('evt_own', 'x', now(), true, NULL, now(), 'dead', 1, '{}'), ('evt_1', 'x', now(), false, 'acct_1', now(), 'dead', 1, '{}');
             INSERT INTO dead_letters (event_id, type, reason, error, attempts, payload, first_failed_at, dead_at)
             SELECT id, 'x', 'missing_field', 'x', 1, '', now(), now() FROM (VALUES ('evt_own'), ('evt_1'), ('none')) AS e (id)",
        )
        .await;
    world.sql(include_str!("../../../migrations/V11__dead_letters_by_account.sql")).await;
    let client = world.pool.get().await.unwrap();
    let rows =
        client.query("SELECT event_id, account, livemode FROM dead_letters ORDER BY id", &[]).await.unwrap();
    let rows: Vec<(String, Option<String>, Option<bool>)> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let row =
        |id: &str, account: Option<&str>, livemode| (id.to_owned(), account.map(str::to_owned), livemode);
    assert_eq!(
        rows,
        [
            row("evt_own", Some(""), Some(true)),
            row("evt_1", Some("acct_1"), Some(false)),
            row("none", None, None)
        ]
    );
}
