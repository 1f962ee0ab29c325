//! Why an order is not paid, why an event waits, and what changed between two versions of an object.

use crate::harness::World;
use crate::pages::{Browser, PASSWORD, user};

async fn signed_in(world: &World, role: &str) -> (crate::harness::Process, Browser) {
    user(world, "anna", role).await;
    let console = world.serve();
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    (console, browser)
}

/// An order whose card was declined, as Stripe's events show it.
async fn declined(world: &World) {
    world
        .sql(
            r#"INSERT INTO orders (id, livemode, amount, currency, status, registered) VALUES ('A-1', true, 4500, 'usd', 'payment_failed', true);
            INSERT INTO payments (id, livemode, order_id, currency, amount, status) VALUES ('pi_1', true, 'A-1', 'usd', 4500, 'failed');
            INSERT INTO events (id, type, created, livemode, object_id, received_at, outcome, attempts, processed_at, payload) VALUES
            ('evt_1', 'payment_intent.payment_failed', '2026-11-25T14:05:09Z', true, 'pi_1', now(), 'processed', 1, now(),
             '{"data": {"object": {"id": "pi_1", "object": "payment_intent", "last_payment_error": {"code": "card_declined",
               "decline_code": "insufficient_funds", "payment_method": {"type": "card", "card": {"brand": "visa", "last4": "9995"}}}}}}')"#,
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orders_page_says_in_one_sentence_why_it_is_not_paid() {
    let world = World::new().await;
    declined(&world).await;
    let (console, browser) = signed_in(&world, "operator").await;
    let (_, page) = browser.get("/search?q=A-1");
    assert!(
        page.contains(
            "The last attempt with Visa ending in 9995 was declined on 2026-11-25 at 14:05 UTC: there was not enough \
             money in the account (insufficient_funds). The customer has not tried again."
        ),
        "{page}"
    );
    assert!(page.contains("https://dashboard.stripe.com/payments/pi_1"), "{page}");
    // A viewer reads the same without the digits.
    user(&world, "vera", "viewer").await;
    let (_, _, viewer) = Browser::sign_in(&console.url, "vera", PASSWORD);
    let (_, page) = viewer.get("/search?q=A-1");
    assert!(page.contains("The last attempt with Visa was declined") && !page.contains("9995"), "{page}");
    world
        .sql(
            "UPDATE orders SET status = 'pending' WHERE id = 'A-1';
             UPDATE payments SET status = 'paid', amount = 11990, amount_paid = 11990, held_reason = 'amount_mismatch' WHERE id = 'pi_1';
             INSERT INTO cases (payment_id, account, livemode, order_id, reason, amount, currency, order_amount, order_currency, state, opened_at)
             VALUES ('pi_1', '', true, 'A-1', 'amount_mismatch', 11990, 'usd', 4500, 'usd', 'open', now());
             INSERT INTO outbox (key, livemode, topic, lasting, payload) VALUES ('payment.held/A-1/pi_1', true, 'payment.held', false, '{}')",
        )
        .await;
    let (_, page) = browser.get("/search?q=A-1");
    for part in [
        "119.90 USD was taken, and 45.00 USD expected: held (amount_mismatch), case 1.",
        "href=\"/cases/1\"",
        "payment.held/A-1/pi_1",
        "119.90 USD",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("minor units"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_waits_says_when_it_is_tried_again_why_and_what_failed_before() {
    let world = World::new().await;
    world
        .sql(
            r#"INSERT INTO events (id, type, created, livemode, object_id, received_at, outcome, attempts, reason, last_error, next_attempt_at, payload)
            VALUES ('evt_1', 'charge.failed', now(), true, 'ch_1', now(), 'retrying', 2, 'database_error', 'database_error: not now', now() + interval '10 minutes 5 seconds',
             '{"data": {"object": {"id": "ch_1", "object": "charge", "payment_intent": "pi_9", "customer": "cus_9", "amount": 1234, "currency": "kwd", "metadata": {"orderId": "A-9"}}}}');
            INSERT INTO event_attempts VALUES ('evt_1', now() - interval '1 minute', 1, 'database_error', 'database_error: the first', now()),
                                              ('evt_1', now(), 2, 'database_error', 'database_error: not now', now() + interval '10 minutes')"#,
        )
        .await;
    let (_console, browser) = signed_in(&world, "viewer").await;
    let (_, page) = browser.get("/events/evt_1");
    for part in [
        "Attempt 2 failed.",
        "in 10 min",
        "Attempts that failed",
        "database_error: the first",
        "1.234 KWD",
        "https://dashboard.stripe.com/events/evt_1",
        "https://dashboard.stripe.com/payments/pi_9",
        "https://dashboard.stripe.com/customers/cus_9",
        "q=A-9",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_versions_of_an_object_are_compared_member_by_member() {
    let world = World::new().await;
    world
        .sql(
            r#"INSERT INTO events (id, type, created, livemode, object_id, received_at, outcome, attempts, processed_at, payload)
            SELECT 'evt_' || n, 'invoice.updated', '2026-11-25T14:00:00Z'::timestamptz + n * interval '1 minute', true, 'in_1', now(), 'processed', 1, now(),
                json_build_object('data', json_build_object('object', json_build_object('id', 'in_1', 'object', 'invoice',
                    'status', CASE n WHEN 1 THEN 'draft' ELSE 'open' END, 'customer_email', 'anna' || n || '@example.com', 'attempt_count', n)))
            FROM generate_series(1, 3) n;
            INSERT INTO events (id, type, created, livemode, object_id, received_at, outcome, attempts, processed_at, payload)
            VALUES ('evt_other', 'charge.failed', now(), true, 'ch_1', now(), 'ignored', 1, now(), '{}')"#,
        )
        .await;
    let (console, browser) = signed_in(&world, "operator").await;
    let (_, page) = browser.get("/events/evt_2");
    assert!(
        page.contains("/events/evt_2/compare/evt_1") && page.contains("/events/evt_2/compare/evt_3"),
        "{page}"
    );
    // Whichever is named first, the older one is before.
    for path in ["/events/evt_2/compare/evt_1", "/events/evt_1/compare/evt_2"] {
        let (_, page) = browser.get(path);
        let (before, after) = (page.find(">draft<").unwrap(), page.find(">open<").unwrap());
        assert!(
            before < after && page.contains("anna1@example.com") && page.contains("attempt_count"),
            "{page}"
        );
    }
    user(&world, "vera", "viewer").await;
    let (_, _, viewer) = Browser::sign_in(&console.url, "vera", PASSWORD);
    let (_, page) = viewer.get("/events/evt_2/compare/evt_1");
    assert!(page.contains(">open<") && !page.contains("anna1@"), "{page}");
    assert_eq!(browser.get("/events/evt_2/compare/evt_other").0, 400);
    assert_eq!(browser.get("/events/evt_2/compare/evt_none").0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_changed_nothing_are_folded() {
    let world = World::new().await;
    world
        .sql(
            r#"INSERT INTO orders (id, amount, currency, status) VALUES ('A-1', 500, 'usd', 'paid');
            INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload)
            SELECT 'evt_' || n, 'charge.updated', now(), false, now() - n * interval '1 minute', 'processed', 1, now(), '{}' FROM generate_series(1, 4) n;
            INSERT INTO effects (aggregate, aggregate_id, event_id, at, change)
            SELECT 'order', 'A-1', 'evt_' || n, now(), CASE n WHEN 3 THEN '{"from": "pending", "to": "paid"}' ELSE '{}' END::jsonb FROM generate_series(1, 4) n"#,
        )
        .await;
    let (_console, browser) = signed_in(&world, "viewer").await;
    let (_, page) = browser.get("/search?q=A-1");
    assert!(page.contains("2 events that changed nothing"), "{page}");
    assert!(page.contains("at Stripe") && page.contains("received"), "{page}");
}
