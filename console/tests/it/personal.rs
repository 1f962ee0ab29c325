//! What viewers must not see, wherever it comes from.

use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};
use crate::preview::payment;

const EMAIL: &str = "anna@example.com";
const PAGES: [&str; 8] = [
    "/search?q=pi_evt_1",
    "/search?q=evt_dead",
    "/events",
    "/events/evt_1",
    "/dead-letters",
    "/dead-letters/list",
    "/dead-letters/1",
    "/audit",
];
const ANSWERS: [&str; 8] = [
    "/api/orders/anna%40example.com",
    "/api/subscriptions/sub_1",
    "/api/events",
    "/api/events/evt_1",
    "/api/dead-letters",
    "/api/dead-letters/groups",
    "/api/dead-letters/1",
    "/api/audit",
];

/// An order, a payment, a subscription and a dead letter of a shop that takes e-mail addresses for ids.
async fn shop(world: &World) {
    world
        .ok(&["orders", "create", "--id", EMAIL, "--customer", EMAIL, "--amount", "999", "--currency", "usd"])
        .await;
    let body = payment("evt_1", EMAIL, 999).to_string().replace('\'', "''");
    world
        .sql(&format!(
            "INSERT INTO events (id, type, created, livemode, object_id, received_at, outcome, attempts, reason, last_error, processed_at, payload)
             VALUES ('evt_1', 'payment_intent.succeeded', now(), false, '{EMAIL}', now(), 'processed', 2, 'order_not_found', 'no order {EMAIL} is there', now(), '{body}');
             INSERT INTO payments (id, order_id, customer, currency, amount, status) VALUES ('pi_evt_1', '{EMAIL}', '{EMAIL}', 'usd', 999, 'paid');
             INSERT INTO effects VALUES ('payment', 'pi_evt_1', 'evt_1', now(), '{{\"from\": null, \"to\": {{\"status\": \"paid\"}}, \"messages\": [\"order.paid/{EMAIL}\"]}}'),
                                        ('order', '{EMAIL}', 'evt_1', now(), '{{\"from\": \"pending\", \"to\": \"paid\"}}');
             INSERT INTO outbox (key, topic, lasting, payload) VALUES ('order.paid/{EMAIL}', 'order.paid', true, '{{}}');
             INSERT INTO subscriptions (id, customer, status) VALUES ('sub_1', '{EMAIL}', 'active')"
        ))
        .await;
    let error =
        format!("customer_mismatch: order {EMAIL} is of anna%40example.com, card 4242.4242.4242.4242");
    world.dead_letter(&payment("evt_dead", EMAIL, 5), "customer_mismatch", &error).await;
    world.until("SELECT count(*) FROM dead_letters", 1).await;
}

fn shows_nothing(path: &str, text: &str) {
    for personal in [EMAIL, "anna%40", "4242.4242"] {
        assert!(!text.contains(personal), "{path} shows {personal}: {text}");
    }
    assert!(text.contains("•••"), "{path}: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_address_that_is_an_id_is_hidden_from_viewers_everywhere() {
    let world = World::new().await;
    user(&world, "vera", "viewer").await;
    user(&world, "otto", "operator").await;
    let console = world.serve();
    shop(&world).await;
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    for path in ANSWERS {
        shows_nothing(path, &api.ok(path).to_string());
    }
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    for path in ANSWERS {
        assert!(api.ok(path).to_string().contains(EMAIL), "{path}");
    }
    let (_, _, viewer) = Browser::sign_in(&console.url, "vera", PASSWORD);
    let (_, _, operator) = Browser::sign_in(&console.url, "otto", PASSWORD);
    for path in PAGES {
        let (status, page) = viewer.get(path);
        assert_eq!(status, 200, "{path}");
        shows_nothing(path, &page);
        assert!(!page.contains(&format!("q={}", "%E2%80%A2")), "{path} links to what is hidden");
        assert!(operator.get(path).1.contains(EMAIL), "{path}");
    }
    for path in ["/search?q=pi_evt_1", "/events/evt_1"] {
        let (_, found) = viewer.get(path);
        assert!(found.contains("order.paid/•••") && found.contains("waiting to be sent"), "{path}: {found}");
    }
    assert!(viewer.get("/search?q=anna%40example.com").1.contains("pi_evt_1"));
}
