//! Servers and clients that hang: a page says which, and nothing that somebody typed is lost.

use std::io::{Read, Write};
use std::net::TcpStream;

use amqp::topology::Queue;
use serde_json::json;

use crate::gate::Gate;
use crate::harness::{World, event};
use crate::http::Api;
use crate::pages::{Browser, FORM, PASSWORD, user};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_hangs_is_said_to_be_the_cause() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let gate = Gate::before(&world.database_url).await;
    let console = world.serve_with(&[("DATABASE_URL", &gate.url)]);
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    assert_eq!(browser.get("/").0, 200);
    gate.hang();
    let (status, headers, page) = browser.api.send("GET", "/", &[("cookie", browser.cookie())], b"");
    assert_eq!(status, 503);
    assert!(page.contains("the database has not answered for"), "{page}");
    assert!(headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    assert_eq!(headers["cache-control"], "no-store");
    gate.set(true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_whose_body_never_ends_is_ended() {
    let world = World::new().await;
    let console = world.serve();
    let mut stranger = TcpStream::connect(console.url.trim_start_matches("http://")).unwrap();
    stranger.set_read_timeout(Some(crate::harness::PATIENCE)).unwrap();
    let head = "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 60000\r\n\r\n";
    stranger.write_all(format!("{head}name=anna").as_bytes()).unwrap();
    let mut answer = [0; 12];
    stranger.read_exact(&mut answer).expect("an answer although the body has not ended");
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 503");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_that_the_broker_refuses_leaves_the_dead_letter_as_it_was() {
    let world = World::new().await;
    let console = world.serve();
    world.dead_letter(&event("evt_1"), "missing_field", "missing_field: customer").await;
    world.until("SELECT count(*) FROM dead_letters", 1).await;
    world.sql("UPDATE dead_letters SET state_at = '2026-01-02T03:04:05Z'").await;
    let channel = world.broker.channel().await.unwrap();
    let queue = world.topology().queue(Queue::Fulfillment);
    channel.queue_delete(queue.as_str().into(), Default::default()).await.unwrap();
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let id = world.number("SELECT id FROM dead_letters").await;
    api.refused(
        api.post(&format!("/api/dead-letters/{id}/replay"), &json!({"reason": "try"})),
        503,
        "unavailable",
    );
    let shown = api.ok(&format!("/api/dead-letters/{id}"));
    assert_eq!(
        (&shown["state"], &shown["state_at"], &shown["replays"]),
        (&json!("open"), &json!("2026-01-02T03:04:05Z"), &json!(0))
    );
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE action = 'dead.replay_failed'").await, 1);
    let (_, job) = api.post("/api/dead-letters/replay", &json!({"reason": "try many"}));
    let done = crate::bulk::until_state(&api, &job, "done").await;
    assert_eq!(done["progress"]["failed"], 1);
    assert_eq!(api.ok(&format!("/api/dead-letters/{id}"))["state_at"], "2026-01-02T03:04:05Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_when_the_session_ended_is_shown_after_signing_in() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    world.dead_letter(&event("evt_1"), "missing_field", "missing_field: customer").await;
    world.until("SELECT count(*) FROM dead_letters", 1).await;
    let path = format!("/dead-letters/{}/discard", world.number("SELECT id FROM dead_letters").await);
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let csrf = browser.csrf();
    world.sql("DELETE FROM sessions").await;
    let (status, page) = browser.post(&path, &format!("csrf={csrf}&reason=refunded+by+hand+%3C1%3E"), &[]);
    assert_eq!(status, 401);
    assert!(page.contains("what you entered is kept") && page.contains("name=\"password\""), "{page}");
    let kept = |wrong: &str| {
        format!(
            "name=anna&password={}&next=/&form={path}&fields=reason%3Drefunded%2Bby%2Bhand%2B%253C1%253E",
            wrong.replace(' ', "+")
        )
    };
    let api = Api::new(&console.url, None);
    let (status, _, page) = api.send("POST", "/sign-in", &[FORM], kept("not the password").as_bytes());
    assert_eq!(status, 401);
    assert!(page.contains("name=\"fields\"") && page.contains("refunded"), "{page}");
    let (status, headers, page) = api.send("POST", "/sign-in", &[FORM], kept(PASSWORD).as_bytes());
    assert_eq!(status, 200);
    assert!(page.contains("refunded by hand &lt;1&gt;</textarea>") && page.contains(&path), "{page}");
    let cookie = headers["set-cookie"].to_str().unwrap().to_owned();
    let browser = Browser { api, cookie };
    let csrf = browser.csrf();
    assert!(page.contains(&csrf), "the form can be sent as it is");
    assert_eq!(browser.post(&path, &format!("csrf={csrf}&reason=refunded+by+hand"), &[]).0, 303);
    assert_eq!(world.number("SELECT count(*) FROM dead_letters WHERE state = 'discarded'").await, 1);
    // Nothing was typed: nothing to keep.
    world.sql("DELETE FROM sessions").await;
    assert_eq!(browser.post("/jobs/1/cancel", &format!("csrf={csrf}"), &[]).0, 303);
}
