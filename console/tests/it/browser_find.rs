//! Finding and understanding, in a real browser: the search box, an order in words, times, copying, comparing.

use crate::browser::{sign_in, unharmed};
use crate::harness::World;
use crate::pages::user;

const SECRET: &str = "a secret of the search's own";

/// Orders in every state that customers ask about, with the events that explain them.
async fn shop(world: &World) {
    world
        .sql(
            r#"INSERT INTO orders (id, livemode, customer, amount, currency, status, registered, amount_paid) VALUES
            ('SHOP-1001', true, 'cus_Anna', 4500, 'usd', 'payment_failed', true, 0),
            ('SHOP-1002', true, 'cus_Anna', 4500, 'usd', 'pending', true, 0),
            ('SHOP-1003', true, 'cus_Ben', 7900, 'eur', 'processing', true, 0),
            ('SHOP-1004', true, 'cus_Ben', 4500, 'usd', 'paid', true, 4500);
            INSERT INTO payments (id, livemode, order_id, customer, currency, amount, amount_paid, status, held_reason) VALUES
            ('pi_declined', true, 'SHOP-1001', 'cus_Anna', 'usd', 4500, 0, 'failed', NULL),
            ('pi_held', true, 'SHOP-1002', 'cus_Anna', 'usd', 11990, 11990, 'paid', 'amount_mismatch'),
            ('pi_debit', true, 'SHOP-1003', 'cus_Ben', 'eur', 7900, 0, 'processing', NULL),
            ('pi_paid', true, 'SHOP-1004', 'cus_Ben', 'usd', 4500, 4500, 'paid', NULL);
            INSERT INTO cases (payment_id, account, livemode, order_id, reason, customer, amount, currency, order_amount, order_currency, state, opened_at)
            VALUES ('pi_held', '', true, 'SHOP-1002', 'amount_mismatch', 'cus_Anna', 11990, 'usd', 4500, 'usd', 'open', now() - interval '2 hours');
            INSERT INTO events (id, type, created, livemode, object_id, received_at, outcome, attempts, processed_at, payload) VALUES
            ('evt_declined', 'payment_intent.payment_failed', now() - interval '3 hours', true, 'pi_declined', now() - interval '3 hours', 'processed', 1, now() - interval '3 hours',
             '{"id": "evt_declined", "livemode": true, "data": {"object": {"id": "pi_declined", "object": "payment_intent", "amount": 4500, "currency": "usd", "customer": "cus_Anna",
               "metadata": {"orderId": "SHOP-1001"}, "last_payment_error": {"code": "card_declined", "decline_code": "insufficient_funds",
               "payment_method": {"type": "card", "billing_details": {"name": "Anna Muster", "email": "anna@example.com"}, "card": {"brand": "visa", "last4": "9995"}}}}}}'),
            ('evt_started', 'payment_intent.created', now() - interval '4 hours', true, 'pi_declined', now() - interval '4 hours', 'processed', 1, now() - interval '4 hours',
             '{"id": "evt_started", "livemode": true, "data": {"object": {"id": "pi_declined", "object": "payment_intent", "amount": 4500, "currency": "usd", "status": "requires_payment_method"}}}'),
            ('evt_debit', 'payment_intent.processing', now() - interval '1 day', true, 'pi_debit', now() - interval '1 day', 'processed', 1, now() - interval '1 day',
             '{"id": "evt_debit", "livemode": true, "data": {"object": {"id": "pi_debit", "object": "payment_intent", "amount": 7900, "currency": "eur", "payment_method_types": ["sepa_debit"]}}}'),
            ('evt_paid', 'payment_intent.succeeded', now() - interval '1 hour', true, 'pi_paid', now() - interval '1 hour', 'processed', 1, now() - interval '1 hour',
             '{"id": "evt_paid", "livemode": true, "data": {"object": {"id": "pi_paid", "object": "payment_intent", "amount": 4500, "currency": "usd"}}}');
            INSERT INTO effects VALUES
            ('order', 'SHOP-1001', 'evt_declined', now(), '{"from": "pending", "to": "payment_failed", "messages": ["order.payment_failed/SHOP-1001/1"]}'),
            ('payment', 'pi_declined', 'evt_declined', now(), '{}'), ('payment', 'pi_declined', 'evt_started', now(), '{}'),
            ('order', 'SHOP-1004', 'evt_paid', now(), '{"from": "pending", "to": "paid", "messages": ["order.paid/SHOP-1004"]}');
            INSERT INTO outbox (key, livemode, topic, lasting, payload) VALUES ('order.paid/SHOP-1004', true, 'order.paid', true, '{}');
            INSERT INTO outbox_sent SELECT id, now() - interval '1 hour' FROM outbox; DELETE FROM outbox_unsent"#,
        )
        .await;
    let output = world.command(&["search", "index"]).env("SEARCH_SECRET", SECRET).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_typed_leads_to_an_order_that_explains_itself() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    shop(&world).await;
    let console = world.serve_with(&[("SEARCH_SECRET", SECRET)]);
    let browser = sign_in(&console, "anna");
    let search = |text: &str| {
        browser.press("/");
        browser.fill("q", text);
        browser.press("\u{e007}");
    };
    search("45.00 USD");
    browser.sees("Found for 45.00 USD");
    browser.sees("SHOP-1004");
    browser.picture("found");
    // The only thing that the address leads to.
    search("Anna@Example.com");
    browser.sees("All about pi_declined");
    search("\"shop-1001\"");
    browser.sees("The last attempt with Visa ending in 9995 was declined on");
    browser.sees("there was not enough money in the account (insufficient_funds)");
    browser.picture("order-declined");
    search("https://dashboard.stripe.com/payments/pi_held");
    browser.sees("All about pi_held");
    search("SHOP-1002");
    browser.sees("119.90 USD was taken, and 45.00 USD expected: held (amount_mismatch), case 1.");
    browser.picture("order-held");
    search("SHOP-1003");
    browser.sees("it takes up to 14 business days.");
    browser.picture("order-debit");
    search("SHOP-1004");
    browser.sees("received by amqp");
    browser.picture("order-paid");
    search("100");
    browser.sees("SHOP-1003");
    unharmed(&browser);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lists_are_filtered_walked_and_saved_and_pages_fit_a_phone() {
    let world = World::new().await;
    user(&world, "vera", "viewer").await;
    shop(&world).await;
    let console = world.serve();
    let browser = sign_in(&console, "vera");
    browser.click("Orders");
    browser.sees("SHOP-1004");
    browser.fill("since", "1h");
    browser.click("Show");
    browser.sees("All of these as CSV or JSON");
    browser.until("the address can be bookmarked", "return location.search.includes('since=1h')");
    browser.picture("orders");
    browser.go("/events?since=2h");
    browser.sees("evt_paid");
    browser.until("older ones are left out", "return !document.body.innerText.includes('evt_debit')");
    browser.picture("events-since");
    browser.phone(390);
    for path in [
        "/orders",
        "/subscriptions",
        "/events?since=2h",
        "/dead-letters/list?since=1d",
        "/cases",
        "/messages?since=1d",
        "/search?q=45.00",
        "/search?q=SHOP-1002",
        "/events/evt_declined",
        "/events/evt_declined/compare/evt_started",
    ] {
        browser.go(path);
        browser.fits(path);
    }
    browser.go("/search?q=SHOP-1001");
    browser.picture("phone-order");
    browser.dark();
    browser.go("/search?q=SHOP-1001");
    browser.picture("phone-dark-order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn times_are_in_the_readers_zone_ids_are_copied_and_versions_compared() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    shop(&world).await;
    let console = world.serve();
    let browser = sign_in(&console, "anna");
    browser.zone("Asia/Tokyo");
    browser.go("/events/evt_declined");
    browser.until(
        "a time in the reader's zone with UTC beside it",
        "const time = document.querySelector('time[data-time=exact]');
         const utc = new Date(time.dateTime).toISOString().slice(11, 19);
         return time.textContent.includes('GMT+9') && time.textContent.endsWith(utc + ' UTC')",
    );
    // As a minute that has passed leaves it.
    browser.until(
        "relative times go on",
        "const time = document.querySelector('time[data-time=ago]');
         time.dateTime = new Date(Date.now() - 7 * 60000).toISOString();
         document.querySelector('time[data-time=exact]').textContent = '';
         tellTimes();
         return time.textContent === '7 min ago'",
    );
    browser.until(
        "an id is copied",
        "window.copied = window.copied ?? [];
         navigator.clipboard.writeText = async (text) => { window.copied.push(text); };
         document.querySelector('button.copy:not([hidden])').click();
         return window.copied.includes('evt_declined')",
    );
    browser.until(
        "the JSON is copied",
        "document.querySelector('button[data-copy-from]').click();
         return window.copied.some((text) => text.startsWith('{') && JSON.parse(text).id === 'evt_declined')",
    );
    browser.picture("event-times");
    browser.click("What differs");
    browser.sees("last_payment_error");
    unharmed(&browser);
    browser.picture("versions");
}
