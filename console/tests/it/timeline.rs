//! What the page of an id says of its events.

use crate::harness::World;
use crate::pages::{Browser, PASSWORD, user};

/// A page without its markup.
fn text(page: &str) -> String {
    let mut text = String::new();
    for part in page.split('<') {
        text.push_str(part.split_once('>').map_or("", |(_, words)| words));
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_says_what_it_changed_or_that_it_changed_nothing() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    world
        .sql(
            r#"INSERT INTO orders (id, amount, currency, status) VALUES ('A-1', 1716, 'usd', 'refunded');
            INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload)
            SELECT 'evt_' || n, 'charge.refunded', now(), false, now(), 'processed', 1, now(), '{}' FROM generate_series(1, 2) n;
            INSERT INTO effects (aggregate, aggregate_id, event_id, at, change) VALUES
            ('order', 'A-1', 'evt_1', now(), '{"from": {"amount_refunded": 0}, "to": {"amount_refunded": 1716}, "messages": ["order.refunded/A-1/1716", "order.told/A-1"]}'),
            ('order', 'A-1', 'evt_2', now(), '{}');
            INSERT INTO outbox (key, topic, lasting, payload, sent_at) VALUES
            ('order.refunded/A-1/1716', 'order.refunded', true, '{}', NULL), ('order.told/A-1', 'order.told', true, '{}', now())"#,
        )
        .await;
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    for path in ["/search?q=A-1", "/events/evt_1"] {
        let page = text(&browser.get(path).1);
        assert!(page.contains("order A-1: refunded 0.00 USD → 17.16 USD"), "{path}: {page}");
        assert!(page.contains("message order.refunded/A-1/1716 waits to be sentmessage"), "{path}: {page}");
        assert!(page.contains("message order.told/A-1 sent "), "{path}: {page}");
    }
    for path in ["/search?q=A-1", "/events/evt_2"] {
        let page = text(&browser.get(path).1);
        assert!(page.contains("order A-1: nothing changed"), "{path}: {page}");
    }
    let words = world.ok(&["events", "show", "evt_1"]).await;
    assert!(words.contains("order A-1: refunded 0.00 USD → 17.16 USD"), "{words}");
}
