//! Content that is far too long or too deep stays within the page.

use crate::browser::sign_in;
use crate::harness::World;
use crate::pages::user;

/// An order, a customer and an error without a place to break, and a body nested a hundred deep.
const LONG: &str = r#"
    INSERT INTO orders (id, customer, amount, currency, status) VALUES (repeat('x', 5000), repeat('c', 5000), 1716, 'usd', 'paid');
    INSERT INTO payments (id, order_id, customer, currency, amount, status) VALUES ('pi_1', repeat('x', 5000), repeat('c', 5000), 'usd', 1716, 'paid');
    INSERT INTO refunds (id, payment_id, amount, currency, status, reason, updated_at) VALUES (repeat('r', 5000), 'pi_1', 1, 'usd', repeat('s', 500), repeat('w', 5000), now());
    INSERT INTO events (id, type, created, livemode, account, object_id, received_at, outcome, attempts, reason, last_error, payload)
    SELECT id, repeat('t', 255), now(), false, repeat('a', 3000), 'pi_1', now(), 'dead', 1, 'amount_mismatch', repeat('e', 5000),
           ('{"' || repeat('k', 3000) || '":"' || repeat('v', 5000) || '","deep":' || repeat('{"a":', 100) || '1' || repeat('}', 100) || '}')::json
    FROM unnest(ARRAY['evt_1', repeat('i', 2000)]) id;
    INSERT INTO effects (aggregate, aggregate_id, event_id, at, change) VALUES
    ('order', repeat('x', 5000), 'evt_1', now(), jsonb_build_object('from', jsonb_build_object('status', repeat('f', 500)), 'to', jsonb_build_object('status', repeat('s', 500), 'items', repeat('n', 5000)), 'messages', jsonb_build_array('order.paid/' || repeat('x', 5000))));
    INSERT INTO dead_letters (event_id, type, reason, error, attempts, payload, endpoint, first_failed_at, dead_at, refs)
    SELECT id, type, reason, last_error, 1, convert_to(payload::text, 'UTF8'), repeat('p', 500), now(), now(), ARRAY['pi_1'] FROM events;
    INSERT INTO sweeps (account, since, until, reached, error) VALUES (repeat('a', 3000), now() - interval '1 day', now(), now(), repeat('e', 1000));
    INSERT INTO backfills (account, object, messages, error) VALUES (repeat('a', 3000), repeat('o', 500), true, repeat('e', 1000));
    INSERT INTO stripe_checks (kind, account, scope, checked, found) VALUES ('drift', repeat('a', 3000), repeat('s', 500), 9, 9);
    INSERT INTO audit (actor, action, subject, reason)
    SELECT 'user:' || repeat('u', 100), s, d || repeat('o', 2000), repeat('y', 1000) FROM unnest(ARRAY['dead.replay', repeat('l', 100)]) s, unnest(ARRAY['order:', 'dead_letter:1:']) d;
    INSERT INTO audit (actor, action, subject, reason) VALUES ('user:' || repeat('u', 100), 'event.replay', 'event:evt_1', repeat('y', 1000))"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_widens_a_page_on_a_small_screen() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    world.sql(LONG).await;
    let dead_letter = format!("/dead-letters/{}", world.number("SELECT min(id) FROM dead_letters").await);
    let browser = sign_in(&console, "anna");
    let pages = [
        "/stripe",
        "/events/evt_1",
        "/search?q=pi_1",
        dead_letter.as_str(),
        "/audit",
        "/rejections",
        "/events",
        "/dead-letters/list",
        "/dead-letters",
    ];
    for width in [360, 1280] {
        browser.phone(width);
        for path in pages {
            browser.go(path);
            browser.script("document.querySelectorAll('details').forEach(d => d.open = true)");
            browser.fits(&format!("{path} at {width}"));
        }
    }
    browser.go(&dead_letter);
    browser.click("Preview a replay");
    browser.sees("What a replay would do now");
    browser.phone(360);
    browser.fits("the preview");
}
