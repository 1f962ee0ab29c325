//! A dead letter's page while the letter is on its way.

use crate::browser::{order, sign_in, work};
use crate::harness::World;
use crate::pages::user;
use crate::preview::payment;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_dead_letter_that_fails_again_shows_so_by_itself_and_can_be_discarded() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    order(&world, "A-1", "1999").await;
    world.dead_letter(&payment("evt_1", "A-1", 999), "handler_panic", "handler_panic: fixed now").await;
    world.until("SELECT count(*) FROM dead_letters", 1).await;
    world.refuse("pi_evt_1").await;
    let browser = sign_in(&console, "anna");
    browser.go(&format!("/dead-letters/{}", world.number("SELECT id FROM dead_letters").await));
    browser.fill("reason", "it is registered now");
    browser.click("Replay");
    browser.sees("Sent again. When it takes effect");
    browser.until("no discard", "return !document.body.innerText.includes('Discard')");
    browser.picture("replayed");
    let _work = work(&world);
    browser.sees("Sent again, and it failed again");
    assert_eq!(browser.script("return document.getElementById('state').innerText"), "open");
    let text = browser.text();
    for words in ["handler_panic", "When it takes effect", "replayed since"] {
        assert!(!text.contains(words), "{words}: {text}");
    }
    for words in ["database_error", "open since", "dead.replay by user:anna"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    browser.picture("died-again");
    browser.fill("reason", "refunded by hand");
    browser.click("Discard");
    browser.sees("Discarded.");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
