//! What a person sees and does, in a real browser, with a real worker behind.

use amqp::message::{EventHeaders, Message};
use amqp::topology::Queue;
use domain::rules::{OrdersPolicy, Rules};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::harness::{Process, World};
use crate::pages::{PASSWORD, user};
use crate::preview::payment;
use crate::webdriver::Chromium;

/// A fulfillment worker that wants every order registered, and gives up at once.
pub fn work(world: &World) -> CancellationToken {
    work_on(world, Queue::Fulfillment)
}

fn work_on(world: &World, queue: Queue) -> CancellationToken {
    let settings = worker::settings::Settings {
        out_webhooks: worker::relay::OutWebhooks::default(),
        outgoing_mail: None,
        amqp_url: world.amqp_url.clone().into(),
        topology: world.topology(),
        database_url: world.database_url.clone().into(),
        log: (service::telemetry::LogFormat::Json, "error".to_owned()),
        metrics: None,
        schedule: Vec::new(),
        batch: 10,
        concurrency: 1,
        stripe_api: None,
        rules: Rules { orders: OrdersPolicy::Require, ..Rules::default() },
    };
    let stop = CancellationToken::new();
    tokio::spawn(worker::run(settings, queue, stop.clone()));
    stop
}

/// Puts an event where the ingress puts it.
pub async fn receive(world: &World, event: &Value) {
    let message = Message {
        exchange: world.topology().events_exchange(),
        routing_key: event["type"].as_str().unwrap().to_owned(),
        message_id: event["id"].as_str().unwrap().to_owned(),
        kind: event["type"].as_str().unwrap().to_owned(),
        headers: EventHeaders::received(jiff::Timestamp::now()).to_table(),
        body: event.to_string().into_bytes(),
    };
    world.publisher.publish(message).await.unwrap();
}

pub fn sign_in(console: &Process, name: &str) -> Chromium {
    let browser = Chromium::open(&console.url, 1280, 900);
    browser.go("/");
    browser.fill("name", name);
    browser.fill("password", PASSWORD);
    browser.click("Sign in");
    browser.sees("Overview");
    browser
}

pub fn unharmed(browser: &Chromium) {
    assert_ne!(browser.script("return document.title"), "owned");
    assert_eq!(browser.script("return document.querySelectorAll('img').length"), 0);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

pub async fn order(world: &World, id: &str, amount: &str) {
    world
        .ok(&["orders", "create", "--id", id, "--customer", "cus_1", "--amount", amount, "--currency", "usd"])
        .await;
}

fn sign_in_wrongly(console: &Process) {
    let out = Chromium::open(&console.url, 1280, 900);
    out.go("/dead-letters");
    out.sees("Sign in");
    out.picture("sign-in");
    out.fill("name", "anna");
    out.fill("password", "not the password");
    out.click("Sign in");
    out.sees("Name or password is wrong");
    drop(out);
}

fn look_around(browser: &Chromium) {
    browser.until("all work", "return !/no consumer|none running/.test(document.body.innerText)");
    browser.picture("overview");
    browser.press("/");
    browser.until("the search box has the focus", "return document.activeElement.id === 'find'");
    browser.fill("q", "A-3");
    browser.press("\u{e007}");
    browser.sees("What happened, newest first");
    browser.sees("order A-3: pending → paid, paid 0.00 USD → 5.00 USD");
    browser.sees("message order.paid/A-3");
    browser.picture("search");
    browser.click("Dead letters");
    browser.sees("database_error");
    browser.picture("dead-letters");
    browser.go("/dead-letters/list?q=A-2");
    browser.sees("database_error");
    browser.picture("dead-letters-list");
}

fn look_back(browser: &Chromium) {
    browser.go("/events/evt_early");
    browser.sees("order A-2: pending → paid, paid 0.00 USD → 45.00 USD");
    unharmed(browser);
    browser.picture("event");
    browser.click("Events");
    browser.sees("evt_good");
    browser.picture("events");
    browser.click("Audit");
    browser.sees("the database is well again");
    browser.picture("audit");
    browser.dark();
    for (name, path) in
        [("overview", "/"), ("search", "/search?q=A-2"), ("letter", "/dead-letters/list?q=A-1")]
    {
        browser.go(path);
        browser.picture(&format!("dark-{name}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_dead_letter_is_found_previewed_replayed_and_seen_resolved() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve_with(&[("ORDERS_POLICY", "require")]);
    let _work = [Queue::Fulfillment, Queue::Subscription, Queue::Refund].map(|queue| work_on(&world, queue));
    for (id, amount) in [("A-1", "1999"), ("A-2", "4500"), ("A-3", "500")] {
        order(&world, id, amount).await;
    }
    world.refuse("pi_evt_(short|early)").await;
    receive(&world, &payment("evt_short", "A-1", 999)).await;
    receive(&world, &payment("evt_early", "A-2", 4500)).await;
    receive(&world, &payment("evt_good", "A-3", 500)).await;
    world.until("SELECT count(*) FROM dead_letters", 2).await;
    world.until("SELECT count(*) FROM orders WHERE id = 'A-3' AND status = 'paid'", 1).await;
    sign_in_wrongly(&console);
    let browser = sign_in(&console, "anna");
    look_around(&browser);
    let id = world.number("SELECT id FROM dead_letters WHERE event_id = 'evt_early'").await;
    browser.click(&format!("#{id}"));
    browser.sees("What to do:");
    unharmed(&browser);
    browser.picture("dead-letter");
    browser.click("Preview a replay");
    browser.sees("A replay now would fail again.");
    browser.picture("preview-fails");
    world.accept().await;
    browser.click("Dead letters");
    browser.go(&format!("/dead-letters/{id}"));
    browser.click("Preview a replay");
    browser.sees("A replay now would take effect.");
    browser.sees("order.paid/A-2");
    unharmed(&browser);
    browser.picture("preview");
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE id = 'A-2' AND status = 'paid'").await, 0);
    browser.fill("reason", "the database is well again");
    browser.click("Replay");
    browser.sees("Sent again.");
    browser.until("resolved", "return document.getElementById('state').innerText === 'resolved'");
    browser.picture("resolved");
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE id = 'A-2' AND status = 'paid'").await, 1);
    look_back(&browser);
    browser.click("Sign out");
    browser.sees("Password");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_are_replayed_with_a_canary_first() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve_with(&[("ORDERS_POLICY", "require")]);
    world.sql("INSERT INTO orders (id, customer, amount, currency, registered) SELECT 'B-' || n, 'cus_1', 1000, 'usd', true FROM generate_series(0, 29) n").await;
    world.refuse("pi_evt_").await;
    let _work = work(&world);
    for n in 0..30 {
        receive(&world, &payment(&format!("evt_{n:02}"), &format!("B-{n}"), 1000)).await;
    }
    world.until("SELECT count(*) FROM dead_letters WHERE state = 'open'", 30).await;
    world.accept().await;
    let browser = sign_in(&console, "anna");
    browser.click("Dead letters");
    browser.click("Replay or discard all …");
    browser.sees("30 open dead letters");
    browser.picture("bulk");
    browser.fill("reason", "the database is well again");
    browser.fill("canary", "5");
    browser.fill("rate", "20");
    browser.fill("confirm", "29");
    browser.click("Start");
    browser.sees("Nothing was done: you entered 29, but there are 30");
    browser.picture("bulk-wrong");
    let typed = "return ['reason', 'canary', 'rate', 'confirm'].map(n => document.getElementsByName(n)[0].value).join('|')";
    assert_eq!(browser.script(typed), "the database is well again|5|20|29");
    browser.fill("confirm", "30");
    browser.click("Start");
    browser.sees("Bulk job #");
    browser.picture("job");
    browser.until("done", "return document.querySelector('#job .badge').innerText === 'done'");
    browser.until("all took effect", "return [...document.querySelectorAll('.tile')].some(t => t.innerText.startsWith('30') && t.innerText.includes('took effect'))");
    browser.picture("job-done");
    browser.click("Bulk jobs");
    browser.sees("the database is well again");
    browser.picture("jobs");
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE status = 'paid'").await, 30);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
