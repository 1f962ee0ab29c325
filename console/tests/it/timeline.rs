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
            ('order', 'A-1', 'evt_1', now(), '{"from": {"amount_refunded": 0}, "to": {"amount_refunded": 1716}, "messages": ["order.refunded/A-1/1716", "order.noted/A-1"]}'),
            ('order', 'A-1', 'evt_2', now(), '{}');
            INSERT INTO outbox (key, topic, lasting, payload) VALUES
            ('order.refunded/A-1/1716', 'order.refunded', true, '{}'), ('order.noted/A-1', 'order.noted', true, '{}');
            INSERT INTO outbox_sent SELECT id, now() FROM outbox WHERE topic = 'order.noted'"#,
        )
        .await;
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    for path in ["/search?q=A-1", "/events/evt_1"] {
        let page = text(&browser.get(path).1);
        assert!(page.contains("order A-1: refunded 0.00 USD → 17.16 USD"), "{path}: {page}");
        assert!(page.contains("message order.refunded/A-1/1716 waiting to be sentmessage"), "{path}: {page}");
        assert!(page.contains("message order.noted/A-1 sent "), "{path}: {page}");
    }
    for path in ["/search?q=A-1", "/events/evt_2"] {
        let page = text(&browser.get(path).1);
        assert!(page.contains("order A-1: nothing changed"), "{path}: {page}");
    }
    let words = world.ok(&["events", "show", "evt_1"]).await;
    assert!(words.contains("order A-1: refunded 0.00 USD → 17.16 USD"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_many_orders_shows_the_newest_first_and_how_many_more() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    world
        .sql(
            "INSERT INTO orders (id, customer, amount, currency, created_at)
             SELECT 'A-' || n, 'cus_1', 500, 'usd', now() - n * interval '1 minute' FROM generate_series(1, 130) n;
             INSERT INTO orders (id, customer, amount, currency) SELECT 'B-' || n, 'cus_2', 500, 'usd' FROM generate_series(1, 12) n",
        )
        .await;
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let (_, page) = browser.get("/search?q=cus_1");
    let (open, rest) = page.split_once("<details").expect("the rest");
    assert_eq!(open.matches(">Order ").count(), 10);
    assert!(open.contains(">A-1<") && open.contains(">A-10<") && !open.contains(">A-11<"));
    assert_eq!(rest.matches(">Order ").count(), 90);
    assert!(
        rest.contains("and 90 more orders") && rest.contains("Only the newest 100 of 130 orders are shown.")
    );
    let (_, page) = browser.get("/search?q=cus_2");
    assert!(page.contains("and 2 more orders") && !page.contains("Only the newest"));
}
