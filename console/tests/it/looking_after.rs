//! Notes, acknowledging and assigning; what needs attention; incident reports.

use serde_json::Value;

use crate::bulk::dead_letters;
use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};
use crate::preview::payment;

fn post(browser: &Browser, what: &str, subject: &str, more: &str) -> u16 {
    let form = format!("csrf={}&subject={subject}&back=/dead-letters&{more}", browser.csrf());
    browser.post(&format!("/attention/{what}"), &form, &[]).0
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_groups_and_cases_have_notes_and_somebody_who_looks_after_them() {
    let world = World::new().await;
    for (name, role) in [("anna", "operator"), ("otto", "operator"), ("vera", "viewer")] {
        user(&world, name, role).await;
    }
    world.sql(&dead_letters(2, "order_not_found")).await;
    world
        .sql(
            "INSERT INTO cases (payment_id, account, livemode, order_id, reason, amount, currency, state, opened_at)
             VALUES ('pi_1', '', false, 'A-1', 'amount_mismatch', 11990, 'usd', 'open', now())",
        )
        .await;
    let console = world.serve();
    let (_, _, anna) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let (_, _, vera) = Browser::sign_in(&console.url, "vera", PASSWORD);
    let fingerprint = Api::new(&console.url, Some(&world.token("viewer").await))
        .ok("/api/dead-letters/groups")["items"][0]["fingerprint"]
        .as_str()
        .unwrap()
        .to_owned();
    for (subject, page) in [
        ("dead_letter:1".to_owned(), "/dead-letters/1".to_owned()),
        ("case:1".to_owned(), "/cases/1".to_owned()),
        (format!("group:{fingerprint}"), format!("/dead-letters/groups/{fingerprint}")),
    ] {
        assert_eq!(post(&anna, "acknowledge", &subject, ""), 303, "{subject}");
        assert_eq!(post(&anna, "assign", &subject, "assignee=otto"), 303, "{subject}");
        assert_eq!(post(&anna, "note", &subject, "text=asked+%3Cthe%3E+shop"), 303, "{subject}");
        for what in ["acknowledge", "assign", "note"] {
            assert_eq!(post(&vera, what, &subject, "text=x&assignee=otto"), 403, "{subject}");
        }
        let (status, shown) = vera.get(&page);
        assert_eq!(status, 200, "{page}");
        for words in ["Acknowledged by user:anna", "assigned to <b>otto</b>", "asked &lt;the&gt; shop"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
    }
    assert_eq!(post(&anna, "assign", "case:1", "assignee=vera"), 400, "a viewer can do nothing about it");
    assert_eq!(post(&anna, "note", "user:anna", "text=x"), 400);
    assert_eq!(post(&anna, "note", "case:1", "text=++"), 400);
    assert_eq!(post(&anna, "assign", "case:1", "assignee="), 303);
    let lines = "SELECT count(*) FROM audit WHERE action IN ('note.add', 'attention.acknowledge', 'attention.assign')";
    assert_eq!(world.number(lines).await, 10);
    assert!(world.ok(&["audit", "verify"]).await.contains("intact"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_attention_is_sorted_by_money_and_age() {
    let world = World::new().await;
    user(&world, "vera", "viewer").await;
    let console = world.serve();
    for (id, amount) in [("evt_1", 4500), ("evt_2", 5500)] {
        world.dead_letter(&payment(id, "A-1", amount), "handler_panic", "handler_panic: x").await;
    }
    world.until("SELECT count(*) FROM dead_letters", 2).await;
    world.sql(&dead_letters(3, "malformed_event")).await;
    world
        .sql(
            "INSERT INTO cases (payment_id, account, livemode, order_id, reason, amount, currency, state, opened_at)
             VALUES ('pi_1', '', false, 'A-1', 'amount_mismatch', 11990, 'usd', 'open', now()),
                    ('pi_2', '', false, 'A-2', 'amount_mismatch', 500, 'usd', 'open', now());
             INSERT INTO disputes (id, payment_id, amount, currency, status, state, due_by, withdrawn, reinstated, updated_at)
             VALUES ('dp_soon', 'pi_1', 700, 'usd', 'needs_response', 'open', now() + interval '2 days', true, false, now()),
                    ('dp_later', 'pi_1', 700, 'usd', 'needs_response', 'open', now() + interval '20 days', true, false, now())",
        )
        .await;
    let (_, _, vera) = Browser::sign_in(&console.url, "vera", PASSWORD);
    let (_, page) = vera.get("/needs-attention");
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}: {page}"));
    assert!(at("119.90 USD") < at("100.00 USD") && at("100.00 USD") < at("5.00 USD"), "{page}");
    assert!(at("5.00 USD") < at("3 dead letters"), "{page}");
    assert!(page.contains("dp_soon") && !page.contains("dp_later"), "{page}");
    assert!(vera.get("/").1.contains("disputes due within 7 days"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_report_says_what_was_done_with_the_hashes_of_the_audit() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    user(&world, "vera", "viewer").await;
    let console = world.serve();
    world.dead_letter(&payment("evt_1", "A-1", 999), "handler_panic", "handler_panic: a|b").await;
    world.until("SELECT count(*) FROM dead_letters", 1).await;
    world.ok(&["dead", "discard", "1", "--reason", "a test | order"]).await;
    let (_, _, anna) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let group =
        world.json(&["dead", "list", "--json"]).await["items"][0]["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(post(&anna, "note", &format!("group:{group}"), "text=asked+the+shop"), 303);
    let path = format!("/dead-letters/groups/{group}/report");
    let (status, text) = anna.get(&format!("{path}.json"));
    assert_eq!(status, 200, "{text}");
    let report: Value = serde_json::from_str(&text).unwrap();
    let actions: Vec<&str> =
        report["actions"].as_array().unwrap().iter().map(|a| a["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["dead.discard", "note.add"]);
    let client = world.pool.get().await.unwrap();
    for action in report["actions"].as_array().unwrap() {
        let id = action["id"].as_i64().unwrap();
        let hash: String = client
            .query_one("SELECT encode(hash, 'hex') FROM audit WHERE id = $1", &[&id])
            .await
            .unwrap()
            .get(0);
        assert_eq!(action["hash"], hash.as_str());
    }
    assert_eq!(report["dead_letters"][0]["state"], "discarded");
    let (_, markdown) = anna.get(&format!("{path}.md"));
    for words in
        ["# Incident: handler\\_panic", "a test \\| order", "asked the shop", "The audit ended at line"]
    {
        assert!(markdown.contains(words), "{words}: {markdown}");
    }
    assert!(world.ok(&["dead", "report", &group]).await.contains("## What was done"));
    assert!(world.fails(&["dead", "report", "nothing"], 1).await.contains("not found"));
    let (_, _, vera) = Browser::sign_in(&console.url, "vera", PASSWORD);
    assert_eq!(vera.get(&format!("{path}.md")).0, 403);
    world.sql(&dead_letters(2, "order_not_found")).await;
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let (_, job) = api.post(
        "/api/dead-letters/discard",
        &serde_json::json!({"filter": {"reason": "order_not_found"}, "reason": "tests"}),
    );
    crate::bulk::until_state(&api, &job, "done").await;
    let report = world.json(&["jobs", "report", &job["id"].to_string(), "--json"]).await;
    assert_eq!(report["actions"].as_array().unwrap().len(), 3, "{report}");
    assert_eq!(anna.get(&format!("/jobs/{}/report.md", job["id"])).0, 200);
}
