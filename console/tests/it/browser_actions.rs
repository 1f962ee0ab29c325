//! What people do about what they see, in a real browser: wide, on a phone, in light and dark.

use crate::browser::{sign_in, unharmed};
use crate::harness::World;
use crate::pages::user;
use crate::preview::payment;
use crate::webdriver::Chromium;

fn looks_after(browser: &Chromium) {
    browser.picture("overview-charts");
    browser.click("Needs attention");
    browser.sees("119.90 USD");
    browser.sees("45.00 USD");
    browser.picture("needs-attention");
    browser.click("1 dead letter");
    browser.click("Acknowledge");
    browser.sees("Acknowledged by user:anna");
    browser.fill("text", "the shop was asked");
    browser.click("Add the note");
    browser.sees("the shop was asked");
    unharmed(browser);
    browser.picture("group");
}

fn registers_and_pauses(browser: &Chromium) {
    browser.go("/cases/1");
    browser.click("Register the order …");
    browser.sees("Register an order");
    browser.click("Preview");
    browser.sees("What this would do now");
    browser.picture("order-terms");
    browser.fill("reason", "the shop forgot it");
    browser.click("Register");
    browser.sees("A-9");
    browser.go("/queues/refund");
    browser.fill("reason", "the shop is down");
    browser.click("Pause");
    browser.sees("workers take nothing more within 5 seconds");
    browser.picture("queue-paused");
}

fn picks_and_manages(browser: &Chromium) {
    browser.go("/dead-letters/list");
    browser.script("document.querySelector('input[type=checkbox]').click()");
    browser.click("Replay or discard the selected …");
    browser.sees("1 open dead letters");
    browser.fill("reason", "fixed");
    browser.click("Replay");
    browser.sees("It waits for a second person");
    browser.picture("job-proposed");
    browser.go("/access");
    browser.script("document.querySelector('details.confirm').open = true");
    browser.click("Disable otto");
    browser.sees("The user is disabled");
    browser.click("anna · admin");
    browser.sees("Sign out everywhere");
    browser.picture("account");
}

fn every_page(browser: &Chromium) {
    let pages = [
        "/",
        "/needs-attention",
        "/cases/1",
        "/orders/terms?id=A-9&mode=test",
        "/queues/refund",
        "/events-live",
        "/account",
        "/access",
        "/jobs/1",
    ];
    for dark in [false, true] {
        for width in [390, 1280] {
            browser.phone(width);
            for page in pages {
                browser.go(page);
                browser.fits(page);
                let name = page.trim_matches('/').replace(['/', '?', '=', '&'], "-");
                browser.picture(&format!("acts-{name}-{width}{}", if dark { "-dark" } else { "" }));
            }
        }
        browser.dark();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_needs_attention_is_looked_after_paused_and_put_right() {
    let world = World::new().await;
    user(&world, "anna", "admin").await;
    user(&world, "otto", "operator").await;
    let console = world.serve_with(&[("REPLAY_APPROVAL", "above:0")]);
    world.dead_letter(&payment("evt_1", "A-1", 4500), "handler_panic", "handler_panic: <b>x</b>").await;
    world.until("SELECT count(*) FROM dead_letters", 1).await;
    world
        .sql(
            "INSERT INTO cases (payment_id, account, livemode, order_id, reason, customer, amount, currency, state, opened_at)
             VALUES ('pi_1', '', false, 'A-9', 'order_not_found', 'cus_1', 11990, 'usd', 'open', now());
             INSERT INTO minutes (at, received, processed, dead, held, p50, p99)
             SELECT date_trunc('minute', now()) - n * interval '1 minute', n % 7, n % 5, n % 2, 0, 0.2, 1.5 FROM generate_series(12, 59) n",
        )
        .await;
    let browser = sign_in(&console, "anna");
    looks_after(&browser);
    registers_and_pauses(&browser);
    picks_and_manages(&browser);
    every_page(&browser);
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.go("/account");
    browser.click("Sign out everywhere");
    browser.sees("Password");
}
