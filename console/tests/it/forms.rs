//! Mistakes: what was typed stays, and the way on is there.

use serde_json::json;

use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};
use crate::preview::payment;

async fn dead_letter(world: &World) -> String {
    world.dead_letter(&payment("evt_1", "A-1", 999), "order_not_found", "order_not_found: order A-1").await;
    world.until("SELECT count(*) FROM dead_letters", 1).await;
    format!("/dead-letters/{}", world.number("SELECT id FROM dead_letters").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_a_mistake_comes_back_with_what_was_entered() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    let dead_letter = dead_letter(&world).await;
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let csrf = browser.csrf();
    let long = "because ".repeat(126);
    world
        .sql(
            "INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload)
             VALUES ('evt_2', 'x', now(), false, now(), 'processed', 1, now(), '{}')",
        )
        .await;
    for path in
        [format!("{dead_letter}/replay"), format!("{dead_letter}/discard"), "/events/evt_2/replay".to_owned()]
    {
        let (status, page) = browser.post(&path, &format!("csrf={csrf}&reason=++"), &[]);
        assert_eq!(status, 400, "{path}");
        assert!(page.contains("Nothing was done: a reason of 1 to 1000"), "{path}: {page}");
        assert!(page.contains("name=\"reason\"") && page.contains("aria-invalid"), "{path}: {page}");
        let (_, page) = browser.post(&path, &format!("csrf={csrf}&reason={}", long.replace(' ', "+")), &[]);
        assert!(page.contains(&long), "{path}: {page}");
        // The form's own address, loaded again.
        assert_eq!(browser.get(&path).0, 303, "{path}");
    }
    let discard = |why: &str| {
        browser.post(&format!("{dead_letter}/discard"), &format!("csrf={csrf}&reason={why}"), &[])
    };
    assert_eq!(discard("first").0, 303);
    let (status, page) = discard("second");
    assert_eq!(status, 409);
    assert!(
        page.contains("only an open one can be discarded") && page.contains(">second</textarea>"),
        "{page}"
    );
    let bulk = |form: &str| {
        browser.post(
            "/dead-letters/bulk?state=open",
            &format!("csrf={csrf}&action=replay&count=1&{form}"),
            &[],
        )
    };
    world.sql("UPDATE dead_letters SET state = 'open'").await;
    for (form, message) in [
        ("reason=typed&rate=7&canary=0&confirm=2", "you entered 2, but there are 1"),
        ("reason=typed&rate=7&canary=0&confirm=", "you entered , but there are 1"),
        ("reason=++&rate=7&canary=0&confirm=1", "a reason of 1 to 1000"),
        ("reason=typed&rate=x&canary=7&confirm=1", "dead letters per second takes a whole number"),
        ("reason=typed&rate=7000&canary=0&confirm=1", "rate takes 1 to"),
    ] {
        let (status, page) = bulk(form);
        assert_eq!(status, 400, "{form}");
        assert!(page.contains(message) && page.contains("name=\"confirm\""), "{form}: {page}");
        assert!(page.contains(">typed</textarea>") || form.contains("reason=++"), "{form}: {page}");
        assert!(page.contains("value=\"7"), "{form}: {page}");
    }
    assert_eq!(world.number("SELECT count(*) FROM jobs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_does_not_work_has_the_menu_and_says_what_is_wrong() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    user(&world, "vera", "viewer").await;
    let console = world.serve();
    let (_, _, anna) = Browser::sign_in(&console.url, "anna", PASSWORD);
    for (path, status, words) in [
        ("/nothing", 404, "this page not found"),
        ("/jobs/x", 404, "job x not found"),
        ("/jobs/7", 404, "job 7 not found"),
        ("/dead-letters/x", 404, "dead letter x not found"),
        ("/events/evt_9", 404, "event evt_9 not found"),
        ("/events/a%00b", 400, "this is no event id"),
        ("/dead-letters/list?state=lost", 400, "state"),
        ("/audit?before=x", 400, "before takes"),
    ] {
        let (found, page) = anna.get(path);
        assert_eq!(found, status, "{path}");
        assert!(page.contains(words) && page.contains("anna · operator"), "{path}: {page}");
    }
    let (_, _, vera) = Browser::sign_in(&console.url, "vera", PASSWORD);
    let (status, page) = vera.get("/dead-letters/bulk?state=open");
    assert_eq!(status, 403);
    assert!(page.contains("vera · viewer"), "{page}");
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    for answer in [
        api.get("/api/events/a%00b"),
        api.post("/api/events/a%00b/preview", &json!({})),
        api.post("/api/events/a%00b/replay", &json!({"reason": "x"})),
    ] {
        assert!(api.refused(answer, 400, "invalid_id").contains("no event id"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_answered_as_get_without_the_body() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let cookie = [("cookie", browser.cookie())];
    for (path, status) in [("/", 200), ("/dead-letters", 200), ("/sign-in", 200), ("/nothing", 404)] {
        let (found, headers, body) = browser.api.send("HEAD", path, &cookie, b"");
        assert_eq!((found, body.as_str()), (status, ""), "{path}");
        assert!(headers["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
    }
    let (status, headers, _) = browser.api.send("HEAD", "/audit", &[], b"");
    assert_eq!((status, headers["location"].to_str().unwrap()), (303, "/sign-in?next=%2Faudit"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_events_replay_is_previewed_too() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    user(&world, "vera", "viewer").await;
    let console = world.serve();
    let body = payment("evt_1", "A-1", 999).to_string().replace('\'', "''");
    world
        .sql(&format!(
            "INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, payload)
             VALUES ('evt_1', 'payment_intent.succeeded', now(), false, now(), 'dead', 1, '{body}')"
        ))
        .await;
    let create =
        ["orders", "create", "--id", "A-1", "--customer", "cus_1", "--amount", "999", "--currency", "usd"];
    world.ok(&create).await;
    let (_, _, anna) = Browser::sign_in(&console.url, "anna", PASSWORD);
    assert!(anna.get("/events/evt_1").1.contains("Preview a replay"));
    let (status, page) = anna.post("/events/evt_1/preview", &format!("csrf={}", anna.csrf()), &[]);
    assert_eq!(status, 200);
    for words in ["What a replay would do now", "A replay now would take effect.", "order.paid/A-1"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE status = 'paid'").await, 0);
    let (_, _, vera) = Browser::sign_in(&console.url, "vera", PASSWORD);
    assert!(!vera.get("/events/evt_1").1.contains("Preview a replay"));
    assert_eq!(vera.post("/events/evt_1/preview", &format!("csrf={}", vera.csrf()), &[]).0, 403);
    assert!(world.ok(&["events", "preview", "evt_1"]).await.contains("order.paid/A-1"));
    assert_eq!(world.json(&["events", "preview", "evt_1", "--json"]).await["disposition"], "processed");
    world.fails(&["events", "preview", "evt_9"], 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_what_was_done_only_while_it_is_so() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    world
        .sql(
            "INSERT INTO jobs (action, filter, reason, actor, rate, state, total, finished_at)
             VALUES ('replay', '{}', 'x', 'user:anna', 10, 'done', 0, now());
             INSERT INTO jobs (action, filter, reason, actor, rate, state, total, paused_from)
             VALUES ('replay', '{}', 'x', 'user:anna', 10, 'paused', 0, 'running');
             INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload)
             SELECT id, 'x', now(), false, now(), 'processed', 1, now(), '{\"the\": \"body\"}' FROM unnest(ARRAY['evt_1', 'evt_2']) id;
             INSERT INTO effects VALUES ('order', 'A-1', 'evt_1', now() - interval '1 hour', '{\"from\": \"pending\", \"to\": \"paid\"}');
             INSERT INTO audit (actor, action, subject, reason)
             SELECT 'user:anna', 'event.replay', 'event:' || id, 'x' FROM unnest(ARRAY['evt_1', 'evt_2']) id;
             INSERT INTO effects VALUES ('order', 'A-2', 'evt_2', clock_timestamp(), '{\"from\": \"pending\", \"to\": \"paid\"}')",
        )
        .await;
    let console = world.serve();
    let (_, _, anna) = Browser::sign_in(&console.url, "anna", PASSWORD);
    assert!(!anna.get("/jobs/1?done=resumed").1.contains("Resumed."), "it is done");
    assert!(!anna.get("/jobs/2?done=resumed").1.contains("Resumed."), "it is paused");
    assert!(anna.get("/jobs/2?done=paused").1.contains("Paused."));
    let (_, page) = anna.get("/events/evt_1?done=replayed");
    assert!(page.contains("a replay changes nothing more"), "{page}");
    let (_, page) = anna.get("/events/evt_2?done=replayed");
    assert!(page.contains("Sent again. It took effect.") && !page.contains("before"), "{page}");
    assert!(world.ok(&["events", "show", "evt_1"]).await.contains("{\"the\": \"body\"}"));
}
