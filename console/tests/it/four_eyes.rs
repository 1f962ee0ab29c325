//! Replays that a second person approves, and jobs over dead letters that somebody picked.

use serde_json::json;

use crate::bulk::{dead_letters, sent, until_state};
use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};

#[tokio::test(flavor = "multi_thread")]
async fn a_large_replay_waits_for_a_second_person() {
    let world = World::new().await;
    for name in ["anna", "otto"] {
        user(&world, name, "operator").await;
    }
    world.sql(&dead_letters(4, "order_not_found")).await;
    let console = world.serve_with(&[("REPLAY_APPROVAL", "above:3")]);
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let (_, _, anna) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let (_, _, otto) = Browser::sign_in(&console.url, "otto", PASSWORD);
    let form = format!("csrf={}&action=replay&reason=fixed&rate=100&canary=0&count=4&confirm=4", anna.csrf());
    assert_eq!(anna.post("/dead-letters/bulk?state=open", &form, &[]).0, 303);
    let job = json!({"id": world.number("SELECT id FROM jobs").await});
    let path = format!("/jobs/{}", job["id"]);
    let (_, page) = anna.get(&path);
    assert!(page.contains("It waits for a second person"), "{page}");
    let approve = |browser: &Browser| {
        browser.post(&format!("{path}/approve"), &format!("csrf={}", browser.csrf()), &[]).0
    };
    assert_eq!(approve(&anna), 409);
    let (status, answer) = api.post(&format!("/api{path}/approve"), &json!({}));
    assert_eq!((status, answer["error"]["code"].as_str()), (403, Some("forbidden")), "a token is no person");
    assert_eq!(world.number("SELECT count(*) FROM dead_letters WHERE state <> 'open'").await, 0);
    assert_eq!(approve(&otto), 303);
    let done = until_state(&api, &job, "done").await;
    assert_eq!((&done["progress"]["sent"], &done["approved_by"]), (&json!(4), &json!("user:otto")));
    assert_eq!(sent(&world, 4).await.len(), 4);
    assert_eq!(approve(&otto), 409);
    let lines = "SELECT count(*) FROM audit WHERE action = 'job.approve' AND actor = 'user:otto'";
    assert_eq!(world.number(lines).await, 1);
    // Few need nobody.
    world.sql(&dead_letters(2, "amount_mismatch")).await;
    let (_, job) = api.post(
        "/api/dead-letters/replay",
        &json!({"filter": {"reason": "amount_mismatch"}, "reason": "few", "rate": 100}),
    );
    until_state(&api, &job, "done").await;
    let wrong = world.command(&["jobs", "list"]).env("REPLAY_APPROVAL", "above").output().unwrap();
    let complaint = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(
        wrong.status.code() == Some(2)
            && complaint.contains("REPLAY_APPROVAL")
            && complaint.contains("above:100"),
        "{complaint}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn picked_dead_letters_are_replayed_or_discarded() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    user(&world, "vera", "viewer").await;
    world.sql(&dead_letters(5, "order_not_found")).await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let (_, _, anna) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let (_, page) = anna.get("/dead-letters/list");
    assert_eq!(page.matches("type=\"checkbox\" name=\"id\"").count(), 5, "{page}");
    let (status, page) = anna.get("/dead-letters/selected?id=2&id=4");
    assert_eq!(status, 200);
    assert!(page.contains("2 open dead letters"), "{page}");
    for path in ["/dead-letters/selected", "/dead-letters/selected?id=x"] {
        assert_eq!(anna.get(path).0, 400, "{path}");
    }
    assert_eq!(anna.get("/dead-letters/selected?id=99").0, 404);
    let start = |form: &str| {
        anna.post("/dead-letters/selected?id=2&id=4", &format!("csrf={}&{form}", anna.csrf()), &[])
    };
    assert_eq!(start("action=replay&reason=+").0, 400);
    assert_eq!(start("action=discard&reason=tests").0, 303);
    let job = json!({"id": world.number("SELECT max(id) FROM jobs").await});
    let done = until_state(&api, &job, "done").await;
    assert_eq!((&done["total"], &done["selected"]), (&json!(2), &json!(true)));
    assert_eq!(world.number("SELECT sum(id)::bigint FROM dead_letters WHERE state = 'discarded'").await, 6);
    assert_eq!(start("action=replay&reason=again").0, 409, "none of them is open any more");
    let (_, _, vera) = Browser::sign_in(&console.url, "vera", PASSWORD);
    assert_eq!(vera.get("/dead-letters/selected?id=1").0, 403);
    assert!(!vera.get("/dead-letters/list").1.contains("type=\"checkbox\""));
}
