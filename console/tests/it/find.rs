//! The search box: whatever a support person has in hand leads to what it is of.

use serde_json::{Value, json};

use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};

const SECRET: &str = "a secret of the search's own";

/// A shop with two customers, orders, a payment, an invoice, a case and a dead letter.
async fn shop(world: &World) {
    world
        .sql(
            "INSERT INTO orders (id, livemode, customer, amount, currency, status, reference_code, registered) VALUES
             ('SHOP-1001', false, 'cus_AnnaA', 4500, 'usd', 'paid', 'ab12cd34ef', true),
             ('SHOP-1002', false, 'cus_Ben', 500, 'jpy', 'pending', NULL, true),
             ('SHOP-1003', false, 'cus_Ben', 45000, 'kwd', 'pending', NULL, true),
             ('OTHER-7', false, NULL, 999, 'eur', 'pending', NULL, true);
             INSERT INTO payments (id, order_id, customer, currency, amount, amount_paid, status) VALUES
             ('pi_3NabcDEF', 'SHOP-1001', 'cus_AnnaA', 'usd', 4500, 4500, 'paid');
             INSERT INTO charges VALUES ('ch_3NxYz', 'pi_3NabcDEF');
             INSERT INTO invoices (id, customer, status, amount_due, currency, number) VALUES
             ('in_1Q', 'cus_AnnaA', 'paid', 1200, 'usd', 'INV-2026-0042');
             INSERT INTO cases (payment_id, account, livemode, order_id, reason, amount, currency, order_amount, order_currency, state, opened_at)
             VALUES ('pi_3NabcDEF', '', false, 'SHOP-1001', 'amount_mismatch', 4500, 'usd', 500, 'usd', 'open', now());
             INSERT INTO events (id, type, created, livemode, object_id, received_at, outcome, attempts, processed_at, payload) VALUES
             ('evt_1Charge', 'charge.succeeded', now(), false, 'ch_3NxYz', now(), 'processed', 1, now(),
              '{\"id\":\"evt_1Charge\",\"livemode\":false,\"data\":{\"object\":{\"id\":\"ch_3NxYz\",\"object\":\"charge\",\"payment_intent\":\"pi_3NabcDEF\",
                \"billing_details\":{\"name\":\"Anna Muster\",\"email\":\"Anna@Example.com\"},
                \"payment_method_details\":{\"type\":\"card\",\"card\":{\"brand\":\"visa\",\"last4\":\"4242\"}}}}}'),
             ('evt_2Customer', 'customer.created', now(), false, 'cus_AnnaA', now(), 'ignored', 1, now(),
              '{\"id\":\"evt_2Customer\",\"livemode\":false,\"data\":{\"object\":{\"id\":\"cus_AnnaA\",\"object\":\"customer\",\"name\":\"Anna Muster\",\"email\":\"anna@example.com\"}}}')",
        )
        .await;
    world.sql("INSERT INTO effects VALUES ('payment', 'pi_3NabcDEF', 'evt_1Charge', now(), '{}')").await;
}

/// What the API's search found: `kind id`, those that the id leads to and the others.
fn found(api: &Api, q: &str) -> (Vec<String>, Vec<String>) {
    let encoded: String = q.bytes().map(|b| format!("%{b:02x}")).collect();
    let answer = api.ok(&format!("/api/search?q={encoded}"));
    let ids = |name: &str, kind: &str| -> Vec<String> {
        let items = answer[name].as_array().unwrap().iter();
        items
            .map(|item| format!("{} {}", item["kind"].as_str().unwrap_or(kind), item["id"].as_str().unwrap()))
            .collect()
    };
    let led = [("orders", "order"), ("payments", "payment"), ("invoices", "invoice"), ("events", "event")];
    (led.iter().flat_map(|(name, kind)| ids(name, kind)).collect(), ids("hits", ""))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_found_in_any_case_and_with_whatever_was_copied_along() {
    let world = World::new().await;
    shop(&world).await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    for q in [
        "pi_3NabcDEF",
        "PI_3NABCDEF",
        "pi_3nabcdef",
        "\"pi_3NabcDEF\"",
        "  pi_3NabcDEF,",
        "#pi_3NabcDEF",
        "payment pi_3nabcdef",
        "ch_3nxyz",
        "https://dashboard.stripe.com/test/payments/pi_3NabcDEF",
        "https://dashboard.stripe.com/acct_1OwnAccount/test/payments/pi_3NabcDEF?x=1",
        "shop-1001",
        "order SHOP-1001",
    ] {
        let (led, _) = found(&api, q);
        assert!(led.contains(&"payment pi_3NabcDEF".to_owned()), "{q}: {led:?}");
        assert!(led.contains(&"order SHOP-1001".to_owned()), "{q}: {led:?}");
    }
    assert!(found(&api, "CUS_ANNAA").0.contains(&"order SHOP-1001".to_owned()));
    assert!(found(&api, "evt_1charge").0.contains(&"event evt_1Charge".to_owned()));
    // Of live mode nothing is known by that id.
    let (led, hits) = found(&api, "https://dashboard.stripe.com/payments/pi_3NabcDEF");
    assert_eq!((led, hits), (Vec::new(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_numbers_and_parts_are_found_by_whoever_may_look() {
    let world = World::new().await;
    shop(&world).await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    for (q, expected) in [
        ("45.00 USD", vec!["order SHOP-1001", "payment pi_3NabcDEF"]),
        ("$45", vec!["order SHOP-1001", "payment pi_3NabcDEF"]),
        ("45", vec!["order SHOP-1001", "payment pi_3NabcDEF", "order SHOP-1003"]),
        ("500 JPY", vec!["order SHOP-1002"]),
        ("¥500", vec!["order SHOP-1002"]),
        ("9,99 €", vec!["order OTHER-7"]),
        ("12.00", vec!["invoice in_1Q"]),
        ("inv-2026-0042", vec!["invoice in_1Q"]),
        ("AB12CD34EF", vec!["order SHOP-1001"]),
        ("op-100", vec!["order SHOP-1003", "order SHOP-1002", "order SHOP-1001"]),
        ("case 1", vec!["case 1"]),
        ("#1", vec!["case 1"]),
    ] {
        let (led, hits) = found(&api, q);
        let mut hits: Vec<&str> = hits.iter().map(String::as_str).collect();
        let mut expected = expected;
        hits.sort_unstable();
        expected.sort_unstable();
        assert_eq!((led, hits), (Vec::new(), expected), "{q}");
    }
    for q in ["op", "%%%", "___", "' OR 1=1", "\\\\\\"] {
        assert_eq!(found(&api, q).1, Vec::<String>::new(), "{q}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_cards_are_found_by_operators_alone_and_forgotten_on_demand() {
    let world = World::new().await;
    shop(&world).await;
    let run = |arguments: &[&str]| {
        let output = world.command(arguments).env("SEARCH_SECRET", SECRET).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run(&["search", "index"]).contains("2 events were read"));
    let console = world.serve_with(&[("SEARCH_SECRET", SECRET)]);
    let operator = Api::new(&console.url, Some(&world.token("operator").await));
    let viewer = Api::new(&console.url, Some(&world.token("viewer").await));
    for q in ["anna@example.com", "<Anna@Example.COM>", "Muster", "anna muster", "Muster, Anna"] {
        let hits = found(&operator, q).1;
        assert_eq!(hits, ["payment pi_3NabcDEF", "customer cus_AnnaA"], "{q}");
        assert_eq!(found(&viewer, q).1, Vec::<String>::new(), "{q}");
    }
    for q in ["4242", "•••• 4242"] {
        assert_eq!(found(&operator, q).1, ["payment pi_3NabcDEF"], "{q}");
    }
    assert_eq!(viewer.ok("/api/search?q=4242")["refused"], json!(["last4"]));
    let table = world.pool.get().await.unwrap();
    let rows = table.query("SELECT k::text AS row FROM search_keys k", &[]).await.unwrap();
    let stored: String = rows.iter().map(|row| row.get::<_, String>("row")).collect();
    assert!(
        !stored.to_lowercase().contains("anna@") && !stored.to_lowercase().contains("muster"),
        "{stored}"
    );
    assert!(run(&["search", "find", "4242"]).contains("pi_3NabcDEF"));
    assert!(run(&["search", "forget", "anna@example.com"]).contains("keys were removed"));
    assert_eq!(found(&operator, "muster").1, Vec::<String>::new());
    assert_eq!(world.number("SELECT count(*) FROM search_keys").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_interrupted_goes_on_and_another_secret_begins_anew() {
    let world = World::new().await;
    world
        .sql(
            "INSERT INTO events (id, type, created, livemode, object_id, received_at, outcome, attempts, processed_at, payload)
             SELECT 'evt_' || lpad(n::text, 5, '0'), 'customer.created', now(), true, 'cus_' || n, now(), 'ignored', 1, now(),
                    json_build_object('livemode', true, 'data', json_build_object('object', json_build_object(
                        'id', 'cus_' || n, 'object', 'customer', 'email', 'c' || n || '@example.com')))
             FROM generate_series(1, 1203) n",
        )
        .await;
    let index = |secret: &str| {
        let output = world.command(&["search", "index"]).env("SEARCH_SECRET", secret).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    index("one");
    assert_eq!(world.number("SELECT count(*) FROM search_keys").await, 1203);
    // As a process that was killed after 600 events leaves it.
    world.sql("DELETE FROM search_keys WHERE object_id > 'cus_1'").await;
    world.sql("UPDATE search_progress SET event_id = 'evt_00600', events = 600, finished_at = NULL").await;
    index("one");
    assert_eq!(world.number("SELECT events FROM search_progress").await, 1203);
    let late = "SELECT count(*) FROM search_keys WHERE substr(object_id, 5)::int > 600";
    assert_eq!(world.number(late).await, 603);
    index("another");
    assert_eq!(world.number("SELECT count(*) FROM search_keys").await, 1203);
    assert!(world.fails(&["search", "index"], 2).await.contains("SEARCH_SECRET is not set"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_lists_what_a_text_may_mean_and_goes_straight_to_the_only_one() {
    let world = World::new().await;
    shop(&world).await;
    user(&world, "vera", "viewer").await;
    let console = world.serve();
    let (_, _, browser) = Browser::sign_in(&console.url, "vera", PASSWORD);
    let (status, page) = browser.get("/search?q=op-100");
    assert_eq!(status, 200);
    for part in ["3 things", "SHOP-1001", "45.00 USD", "500 JPY", "45.000 KWD", "part of an order&#39;s id"] {
        assert!(page.contains(part) || page.contains(&part.replace("&#39;", "'")), "{part}: {page}");
    }
    let to = |path: &str| {
        let (status, headers, _) = browser.api.send("GET", path, &[("cookie", browser.cookie())], b"");
        assert_eq!(status, 303, "{path}");
        headers["location"].to_str().unwrap().to_owned()
    };
    assert_eq!(to("/search?q=case%201"), "/cases/1");
    assert!(to("/search?q=INV-2026-0042").starts_with("/search?q=in_1Q&"));
    assert_eq!(to("/search?q=%23"), "/events");
    let (_, page) = browser.get("/search?q=SHOP-1001");
    assert!(page.contains("All about") && !page.contains("id=\"also\""), "{page}");
    let (_, page) = browser.get("/search?q=2026-11-25");
    assert!(page.contains("/events?since=2026-11-25&amp;until=2026-11-25"), "{page}");
    let (_, page) = browser.get("/search?q=nobody%40example.com");
    assert!(
        page.contains("Nothing is known of it") && page.contains("That takes the role operator"),
        "{page}"
    );
    let (status, page) = browser.get(&format!("/search?q={}", "x".repeat(1001)));
    assert_eq!((status, page.contains("at most 1000 characters")), (400, true));
    let api: Value = Api::new(&console.url, Some(&world.token("viewer").await)).ok("/api/search?q=nothing");
    assert_eq!(api["hits"], json!([]));
}
