//! One order id in several accounts and modes: nothing of one is shown as another's.

use serde_json::{Value, json};

use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};

/// Order A-1 of the company's own account, live and test, and of two merchants; each with its payment and event.
const ORDERS: &str = r#"
    INSERT INTO orders (id, account, livemode, customer, amount, currency, status, amount_paid) VALUES
        ('A-1', '', true, 'cus_own', 1000, 'usd', 'paid', 1000), ('A-1', '', false, 'cus_test', 2000, 'usd', 'paid', 2000),
        ('A-1', 'acct_1', true, 'cus_1', 3000, 'eur', 'paid', 3000), ('A-1', 'acct_2', true, 'cus_2', 4000, 'jpy', 'paid', 4000);
    INSERT INTO payments (id, account, livemode, order_id, currency, amount, amount_paid, status) VALUES
        ('pi_own', '', true, 'A-1', 'usd', 1000, 1000, 'paid'), ('pi_test', '', false, 'A-1', 'usd', 2000, 2000, 'paid'),
        ('pi_1', 'acct_1', true, 'A-1', 'eur', 3000, 3000, 'paid'), ('pi_2', 'acct_2', true, 'A-1', 'jpy', 4000, 4000, 'paid');
    INSERT INTO events (id, type, created, livemode, account, object_id, received_at, outcome, attempts, processed_at, payload)
    SELECT 'evt_' || name, 'payment_intent.succeeded', now(), livemode, account, 'pi_' || name, now(), 'processed', 1, now(), '{}'
    FROM (VALUES ('own', true, NULL), ('test', false, NULL), ('1', true, 'acct_1'), ('2', true, 'acct_2')) AS e (name, livemode, account);
    INSERT INTO effects (aggregate, aggregate_id, event_id, at, change)
    SELECT 'order', 'A-1', 'evt_' || name, now(),
           jsonb_build_object('from', '{"amount_paid": 0}'::jsonb, 'to', jsonb_build_object('amount_paid', paid),
                              'messages', '["order.paid/A-1"]'::jsonb)
    FROM (VALUES ('own', 1000), ('test', 2000), ('1', 3000), ('2', 4000)) AS e (name, paid);
    INSERT INTO outbox (key, account, livemode, topic, lasting, payload) VALUES
        ('order.paid/A-1', '', true, 'order.paid', true, '{}'), ('order.paid/A-1', 'acct_1', true, 'order.paid', true, '{}');
    INSERT INTO outbox_sent SELECT id, now() FROM outbox WHERE account = ''"#;

pub fn ids(list: &Value, member: &str) -> Vec<String> {
    let mut ids: Vec<String> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item[member].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_listed_by_account_and_mode_and_those_of_an_order_are_the_companys_own() {
    let world = World::new().await;
    world.sql(ORDERS).await;
    let console = world.serve();
    let live = world.serve_with(&[("STRIPE_LIVEMODE", "live")]);
    let token = world.token("viewer").await;
    let found =
        |query: &str| ids(&Api::new(&console.url, Some(&token)).ok(&format!("/api/events?{query}")), "id");
    assert_eq!(found(""), ["evt_1", "evt_2", "evt_own", "evt_test"]);
    assert_eq!(found("account=acct_1"), ["evt_1"]);
    assert_eq!(found("account=self"), ["evt_own", "evt_test"]);
    assert_eq!(found("account="), ["evt_own", "evt_test"]);
    assert_eq!(found("mode=test"), ["evt_test"]);
    assert_eq!(found("account=self&mode=live"), ["evt_own"]);
    assert_eq!(found("q=A-1"), ["evt_1", "evt_2", "evt_own", "evt_test"]);
    assert_eq!(found("q=A-1&account=acct_2"), ["evt_2"]);
    assert_eq!(found("order=A-1"), ["evt_own", "evt_test"]);
    assert_eq!(found("order=A-1&mode=test"), ["evt_test"]);
    assert_eq!(found("order=A-1&account=acct_1"), ["evt_1"]);
    assert_eq!(found("order=A-1&account=acct_1&mode=test"), Vec::<String>::new());
    assert_eq!(found("customer=cus_1"), ["evt_1"]);
    let processed = Api::new(&live.url, Some(&token)).ok("/api/events?order=A-1");
    assert_eq!(ids(&processed, "id"), ["evt_own"], "live events only");
    let api = Api::new(&console.url, Some(&token));
    api.refused(api.get("/api/events?account=a%0Ab"), 400, "invalid_account");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_lists_events_by_account_and_shows_it_where_it_is_not_the_own_one() {
    let world = World::new().await;
    world.sql(ORDERS).await;
    let merchant = world.ok(&["events", "list", "--account", "acct_1"]).await;
    assert!(
        merchant.contains("ACCOUNT") && merchant.contains("acct_1 ") && !merchant.contains("evt_own"),
        "{merchant}"
    );
    let own = world.ok(&["events", "list", "--account", "self", "--mode", "live"]).await;
    assert!(own.contains("evt_own") && !own.contains("ACCOUNT") && !own.contains("evt_test"), "{own}");
    let of_order = world.json(&["events", "list", "--order", "A-1", "--json"]).await;
    assert_eq!(ids(&of_order, "id"), ["evt_own", "evt_test"]);
    let of_merchant = ["events", "list", "--order", "A-1", "--account", "acct_2", "--json"];
    assert_eq!(ids(&world.json(&of_merchant).await, "id"), ["evt_2"]);
    let replayed = ["events", "replay", "evt_1", "--account", "acct_1", "--reason", "x"];
    world.fails(&replayed, 2).await;
    let many = [
        "--outcome",
        "processed",
        "--type",
        "payment_intent.succeeded",
        "--account",
        "acct_2",
        "--reason",
        "x",
    ];
    let sent = world.ok(&[&["events", "replay"], &many[..]].concat()).await;
    assert!(sent.contains("1 events were sent again"), "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_shows_what_it_changed_in_its_own_account_once() {
    let world = World::new().await;
    world.sql(ORDERS).await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    for (id, currency) in [("evt_own", "usd"), ("evt_1", "eur"), ("evt_2", "jpy")] {
        let shown = api.ok(&format!("/api/events/{id}"));
        let effects = shown["effects"].as_array().unwrap();
        assert_eq!((effects.len(), &effects[0]["currency"]), (1, &json!(currency)), "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_an_order_is_of_one_account_and_mode_and_leads_to_the_others() {
    let world = World::new().await;
    world.sql(ORDERS).await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let amounts = [("own", "10.00 USD"), ("test", "20.00 USD"), ("1", "30.00 EUR"), ("2", "4000 JPY")];
    for (path, shown) in [
        ("/search?q=A-1", "own"),
        ("/search?q=A-1&mode=test", "test"),
        ("/search?q=A-1&account=self&mode=test", "test"),
        ("/search?q=A-1&account=acct_1", "1"),
        ("/search?q=pi_2", "2"),
        ("/search?q=cus_1", "1"),
    ] {
        let page = browser.get(path).1;
        for (name, amount) in amounts {
            assert_eq!(page.contains(amount), name == shown, "{path}: {amount}\n{page}");
            assert_eq!(
                page.contains(&format!("/events/evt_{name}\"")),
                name == shown,
                "{path}: evt_{name}\n{page}"
            );
        }
    }
    let page = browser.get("/search?q=A-1").1;
    for other in
        ["account=self&amp;mode=test", "account=acct_1&amp;mode=live", "account=acct_2&amp;mode=live"]
    {
        assert!(page.contains(&format!("/search?q=A-1&amp;{other}\"")), "{other}: {page}");
    }
    assert!(page.contains("message <") || page.contains("sent "), "{page}");
    let merchant = browser.get("/search?q=A-1&account=acct_1").1;
    assert!(merchant.contains("waiting to be sent") && !page.contains("waiting to be sent"));
    assert!(!browser.get("/search?q=pi_2").1.contains("id=\"elsewhere\""));
    let nothing = browser.get("/search?q=A-1&account=acct_9").1;
    assert!(nothing.contains("Nothing is known of it") && nothing.contains("id=\"elsewhere\""), "{nothing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_of_the_api_shows_one_account_and_mode_and_names_the_others() {
    let world = World::new().await;
    world.sql(ORDERS).await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    let found = api.ok("/api/search?q=A-1");
    assert_eq!((&found["account"], &found["livemode"]), (&json!(""), &json!(true)));
    assert_eq!(
        (found["orders"].as_array().unwrap().len(), &found["orders"][0]["amount_paid"]),
        (1, &json!(1000))
    );
    assert_eq!(found["payments"].as_array().unwrap().len(), 1);
    let events = found["events"].as_array().unwrap();
    assert_eq!(
        (events.len(), &events[0]["id"], &events[0]["effects"][0]["aggregate_id"]),
        (1, &json!("evt_own"), &json!("A-1"))
    );
    assert_eq!(
        found["elsewhere"],
        json!([{"account": "", "livemode": false}, {"account": "acct_1", "livemode": true}, {"account": "acct_2", "livemode": true}])
    );
    let merchant = api.ok("/api/search?q=A-1&account=acct_2&mode=live");
    assert_eq!((&merchant["account"], &merchant["orders"][0]["currency"]), (&json!("acct_2"), &json!("jpy")));
    assert_eq!(api.ok("/api/search?q=pi_1")["orders"][0]["amount_paid"], 3000);
    assert_eq!(api.ok("/api/search?q=nothing")["events"], json!([]));
    api.refused(api.get("/api/search?q=%20"), 400, "missing_id");
}
