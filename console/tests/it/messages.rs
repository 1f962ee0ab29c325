//! Outgoing messages: finding those that did not go out, sending them again, resuming a destination.

use serde_json::{Value, json};

use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};

/// Four messages to `amqp` and `http`: one that both have, one that failed at the endpoint, one that waits for both, one
/// that AMQP could not carry.
const MESSAGES: &str = r#"
    INSERT INTO outbox_destinations (name, topics) VALUES ('amqp', '{}'), ('http', '{order.paid,refund.created,payment.held}');
    INSERT INTO outbox (key, topic, lasting, payload) VALUES
        ('order.paid/A-1', 'order.paid', true, '{"order": "A-1", "receipt_email": "anna@example.com"}'),
        ('refund.created/re_1', 'refund.created', true, '{"payment": "pi_1", "refund": "re_1"}'),
        ('payment.held/pi_2/amount_mismatch', 'payment.held', false, '{"order": "A-2", "payment": "pi_2"}'),
        ('subscription.payment_succeeded/in_1', 'subscription.payment_succeeded', true, '{"subscription": "sub_1"}');
    INSERT INTO outbox_sent SELECT id, now() FROM outbox WHERE id < 3;
    UPDATE outbox_owed SET ids = '{3}';
    INSERT INTO outbox_delivered VALUES (1, 'http', now());
    INSERT INTO outbox_deliveries (outbox_id, destination, partition, state, attempts, last_error)
        VALUES (2, 'http', 'x', 'failed', 30, 'answered 500'), (4, 'amqp', 'x', 'failed', 1, 'the key is too long');
    INSERT INTO payments (id, order_id, status) VALUES ('pi_1', 'A-1', 'paid'), ('pi_2', 'A-2', 'paid');
    INSERT INTO refunds (id, payment_id, order_id, amount, currency, status, updated_at)
        VALUES ('re_1', 'pi_1', 'A-1', 1, 'usd', 'succeeded', now());
    INSERT INTO invoices (id, subscription_id) VALUES ('in_1', 'sub_1')"#;

async fn world() -> World {
    let world = World::new().await;
    world.sql(MESSAGES).await;
    world
}

fn ids(page: &Value) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|message| message["id"].as_i64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_found_by_where_they_stand_and_by_what_they_are_about() {
    let world = world().await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let found = |query: &str| ids(&api.ok(&format!("/api/messages?{query}")));
    assert_eq!(found(""), [4, 3, 2, 1]);
    assert_eq!(found("state=failed"), [4, 2]);
    assert_eq!(found("state=failed&destination=http"), [2]);
    assert_eq!(found("state=pending"), [3]);
    assert_eq!(found("state=pending&destination=amqp"), [3]);
    assert_eq!(found("state=sent"), [2, 1]);
    assert_eq!(found("state=sent&destination=http"), [1]);
    assert_eq!(found("destination=http"), [3, 2, 1]);
    assert_eq!(found("topic=order.paid"), [1]);
    assert_eq!(found("topic=order"), Vec::<i64>::new());
    assert_eq!((found("mode=test").len(), found("mode=live").len()), (4, 0));
    assert_eq!((found("account=self").len(), found("account=acct_1").len()), (4, 0));
    assert_eq!(found("since=2026-01-01T00:00:00Z&topic=refund.created"), [2]);
    assert_eq!(found("until=2026-01-01T00:00:00Z"), Vec::<i64>::new());
    // By the key, the order with its refunds, the payment, the subscription.
    assert_eq!(found("q=order.paid/A-1"), [1]);
    assert_eq!(found("q=A-1"), [2, 1]);
    assert_eq!(found("q=A-1&state=failed"), [2]);
    assert_eq!(found("q=A"), Vec::<i64>::new(), "a part of an id is no id");
    assert_eq!(found("q=pi_2"), [3]);
    assert_eq!(found("q=A-2"), [3]);
    assert_eq!(found("q=pi_1"), [2]);
    assert_eq!(found("q=sub_1"), [4]);
    let first = api.ok("/api/messages?limit=3");
    assert_eq!(ids(&api.ok(&format!("/api/messages?before={}", first["next"].as_str().unwrap()))), [1]);

    let message = api.ok("/api/messages/2");
    assert_eq!(message["data"]["refund"], "re_1");
    let standing: Vec<(&Value, &Value, &Value)> = message["deliveries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (&d["destination"], &d["state"], &d["last_error"]))
        .collect();
    let expected = [
        (&json!("amqp"), &json!("sent"), &Value::Null),
        (&json!("http"), &json!("failed"), &json!("answered 500")),
    ];
    assert_eq!(standing, expected);
    api.refused(api.get("/api/messages/99"), 404, "not_found");
    let viewer = Api::new(&console.url, Some(&world.token("viewer").await));
    assert!(!viewer.ok("/api/messages/1").to_string().contains("anna@"), "personal data is masked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_failed_is_sent_again_by_operators_and_audited() {
    let world = world().await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let viewer = Api::new(&console.url, Some(&world.token("viewer").await));
    let body = json!({"destination": "http", "reason": "the endpoint is fixed"});
    viewer.refused(viewer.post("/api/messages/2/resend", &body), 403, "forbidden");
    let blank = json!({"destination": "http", "reason": " "});
    api.refused(api.post("/api/messages/2/resend", &blank), 400, "missing_reason");
    let nowhere = json!({"destination": "http:shop", "reason": "x"});
    api.refused(api.post("/api/messages/2/resend", &nowhere), 404, "not_found");
    api.refused(api.post("/api/messages/99/resend", &body), 404, "not_found");
    api.refused(api.post("/api/messages/3/resend", &body), 409, "message_pending");

    let (status, message) = api.post("/api/messages/2/resend", &body);
    assert_eq!((status, &message["deliveries"][1]["state"]), (200, &json!("pending")));
    api.refused(api.post("/api/messages/2/resend", &body), 409, "message_pending");
    let entry = api.ok("/api/audit?action=message.resend")["items"][0].clone();
    assert_eq!((&entry["subject"], &entry["actor"]), (&json!("message:2"), &json!("token:test-operator")));
    assert_eq!(entry["reason"], "refund.created/re_1 to http, which was failed: the endpoint is fixed");
    // The exchange: as a relay would read it.
    world.ok(&["messages", "resend", "4", "--destination", "amqp", "--reason", "a new version"]).await;
    world.ok(&["messages", "resend", "1", "--destination", "amqp", "--reason", "no queue was bound"]).await;
    assert_eq!(world.number("SELECT count(*) FROM outbox WHERE sent_at IS NULL AND id IN (1, 4)").await, 2);
    assert_eq!(world.number("SELECT count(*) FROM outbox_deliveries WHERE destination = 'amqp'").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE action = 'message.resend'").await, 3);

    world.sql("UPDATE outbox_destinations SET state = 'removed' WHERE name = 'http'").await;
    api.refused(api.post("/api/messages/1/resend", &body), 409, "destination_removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_destination_is_resumed_by_operators_and_audited() {
    let world = world().await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let viewer = Api::new(&console.url, Some(&world.token("viewer").await));
    world.sql("UPDATE outbox_destinations SET state = 'paused', failures = 12, last_error = 'answered 410' WHERE name = 'http'").await;
    let found = api.ok("/api/destinations");
    let standing: Vec<_> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| {
            (
                d["name"].as_str().unwrap(),
                d["state"].as_str().unwrap(),
                d["pending"].as_i64(),
                d["failed"].as_i64(),
            )
        })
        .collect();
    assert_eq!(standing, [("amqp", "active", Some(1), Some(1)), ("http", "paused", Some(1), Some(1))]);
    let body = json!({"reason": "moved back"});
    viewer.refused(viewer.post("/api/destinations/http/resume", &body), 403, "forbidden");
    api.refused(api.post("/api/destinations/nobody/resume", &body), 404, "not_found");
    api.refused(api.post("/api/destinations/amqp/resume", &body), 409, "destination_not_paused");
    let (status, done) = api.post("/api/destinations/http/resume", &body);
    assert_eq!((status, done), (200, json!({"id": "http", "done": "resumed"})));
    assert_eq!(
        world
            .number("SELECT failures::int8 FROM outbox_destinations WHERE name = 'http' AND state = 'active'")
            .await,
        0
    );
    let entry = api.ok("/api/audit?action=destination.resume")["items"][0].clone();
    assert_eq!((&entry["subject"], &entry["reason"]), (&json!("destination:http"), &json!("moved back")));
    let complaint = world.fails(&["messages", "resume", "http", "--reason", "x"], 1).await;
    assert!(complaint.contains("not paused"), "{complaint}");
    assert!(world.ok(&["messages", "destinations"]).await.contains("active"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_messages_begins_with_what_did_not_go_out() {
    let world = world().await;
    user(&world, "anna", "operator").await;
    user(&world, "vera", "viewer").await;
    world.sql("UPDATE outbox_destinations SET state = 'paused' WHERE name = 'http'").await;
    let console = world.serve();
    let (_, _, anna) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let (_, _, vera) = Browser::sign_in(&console.url, "vera", PASSWORD);
    let (status, page) = anna.get("/messages");
    assert_eq!(status, 200);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
    assert!(at("paused") < at("<h2>Failed</h2>"), "destinations come first");
    assert!(at("<h2>Failed</h2>") < at("<h2>Waiting</h2>") && at("<h2>Waiting</h2>") < at("<h2>All</h2>"));
    assert!(at("answered 500") < at("<h2>Waiting</h2>"));
    let (_, filtered) = anna.get("/messages?state=sent&destination=http");
    assert!(filtered.contains("order.paid/A-1") && !filtered.contains("refund.created/re_1"), "{filtered}");
    assert!(!filtered.contains("<h2>Failed</h2>"));

    assert!(!vera.get("/messages/2").1.contains("Send it again"), "a viewer only looks");
    assert!(!vera.get("/messages/1").1.contains("anna@example.com"));
    assert!(anna.get("/messages/1").1.contains("anna@example.com"));
    let csrf = anna.csrf();
    let form = |reason: &str| format!("csrf={csrf}&destination=http&reason={reason}");
    let (status, page) = anna.post("/messages/2/resend", &form("+"), &[]);
    assert_eq!(status, 400);
    assert!(page.contains("why is this done?"), "{page}");
    assert_eq!(anna.post("/messages/2/resend", &form("fixed"), &[]).0, 303);
    assert!(anna.get("/messages/2?done=resent").1.contains("It is sent again."));
    assert_eq!(anna.post("/messages/2/resend", &form("fixed"), &[]).0, 409);
    let form = format!("csrf={csrf}&reason=fixed");
    assert!(anna.get("/destinations/http").1.contains("Resume"));
    assert_eq!(anna.post("/destinations/http/resume", &form, &[]).0, 303);
    assert!(anna.get("/destinations/http?done=resumed").1.contains("Resumed."));
    assert_eq!(anna.post("/destinations/http/resume", &form, &[]).0, 409);
    assert_eq!(anna.get("/destinations/none").0, 404);
    assert!(world.ok(&["messages", "list", "--state", "failed"]).await.contains("the key is too long"));
    assert!(world.ok(&["messages", "show", "1"]).await.contains("order.paid/A-1"));
}
