//! What a viewer sees, and on a phone.

use crate::browser::{sign_in, unharmed};
use crate::harness::World;
use crate::pages::user;
use crate::preview::payment;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_viewer_looks_on_a_phone_in_the_dark_and_is_offered_nothing() {
    let world = World::new().await;
    user(&world, "vera", "viewer").await;
    let console = world.serve();
    world
        .dead_letter(
            &payment("evt_1", "A-1", 999),
            "amount_mismatch",
            "amount_mismatch: order 1999 usd, payment 999 usd",
        )
        .await;
    world.until("SELECT count(*) FROM dead_letters", 1).await;
    let id = world.number("SELECT id FROM dead_letters").await;
    let browser = sign_in(&console, "vera");
    browser.go(&format!("/dead-letters/{id}"));
    browser.sees("•••");
    let text = browser.text();
    assert!(
        !text.contains("anna@example.com")
            && !text.contains("kept in the audit")
            && !text.contains("Preview"),
        "{text}"
    );
    unharmed(&browser);
    browser.picture("viewer");
    browser.phone(390);
    let dead_letter = format!("/dead-letters/{id}");
    for (name, path) in [
        ("overview", "/"),
        ("stripe", "/stripe"),
        ("dead-letters", "/dead-letters"),
        ("list", "/dead-letters/list"),
        ("letter", dead_letter.as_str()),
        ("events", "/events"),
        ("audit", "/audit"),
        ("rejections", "/rejections"),
        ("jobs", "/jobs"),
        ("search", "/search?q=A-1"),
    ] {
        browser.go(path);
        browser.fits(path);
        browser.picture(&format!("phone-{name}"));
    }
    browser.dark();
    for (name, path) in [
        ("overview", "/"),
        ("stripe", "/stripe"),
        ("letter", dead_letter.as_str()),
        ("search", "/search?q=A-1"),
    ] {
        browser.go(path);
        browser.picture(&format!("phone-dark-{name}"));
    }
    browser.go("/");
    browser.press("\u{e004}");
    browser.until("Tab leads to the content", "return document.activeElement.className === 'skip'");
}
