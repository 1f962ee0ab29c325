//! What the company's backend asks: registering and reading orders, waiting for a change, subscriptions by customer.

use std::sync::mpsc;
use std::thread::JoinHandle;

use serde_json::{Value, json};

use crate::harness::{PATIENCE, Process, World};
use crate::http::Api;

const ORDER: &str = "/api/orders/A-1";

async fn shop(world: &World, console: &Process) -> Api {
    let made = world.ok(&["token", "create", "--name", "shop", "--scope", "orders"]).await;
    Api::new(&console.url, made.split_whitespace().last())
}

fn registered(api: &Api, id: &str) -> Value {
    let body = json!({"id": id, "customer": "cus_1", "amount": 1999, "currency": "usd", "mode": "test"});
    let (status, order) = api.post("/api/orders", &body);
    assert_eq!(status, 201, "{order}");
    order
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_registered_once_however_often_it_is_posted() {
    let world = World::new().await;
    let console = world.serve();
    let api = shop(&world, &console).await;
    let body = json!({"id": "A-1", "customer": "cus_1", "amount": 1999, "currency": "usd", "mode": "test"});
    let (status, first) = api.post("/api/orders", &body);
    assert_eq!(status, 201);
    assert_eq!(first["reference_code"].as_str().unwrap().len(), 20);
    let (status, again) = api.post("/api/orders", &body);
    assert_eq!((status, &again), (200, &first), "the same order is the same body");
    for (name, value) in [("amount", json!(2999)), ("currency", json!("eur")), ("customer", json!("cus_2"))] {
        let mut other = body.clone();
        other[name] = value;
        let message = api.refused(api.post("/api/orders", &other), 409, "order_exists");
        assert!(message.contains("19.99 USD") && message.contains("cus_1"), "{name}: {message}");
    }
    // At once, as a shop's two servers would.
    let posts: Vec<_> = (0..8)
        .map(|_| {
            let api = api.clone();
            std::thread::spawn(move || {
                api.post("/api/orders", &json!({"id": "A-2", "amount": 5, "currency": "usd", "mode": "test"}))
            })
        })
        .collect();
    let mut answers: Vec<_> = posts.into_iter().map(|post| post.join().unwrap()).collect();
    answers.sort_by_key(|(status, _)| *status);
    let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    assert!(answers.iter().all(|(_, order)| *order == answers[0].1), "one reference code for all");
}

/// A payment of the order, as a worker leaves it.
fn payment(id: &str, order: &str, amount: i64, status: &str, held: Option<&str>) -> String {
    let paid = if status == "paid" { amount } else { 0 };
    let held = held.map_or("NULL".to_owned(), |reason| format!("'{reason}'"));
    format!(
        "INSERT INTO payments (id, order_id, customer, currency, amount, amount_paid, status, held_reason)
         VALUES ('{id}', '{order}', 'cus_1', 'usd', {amount}, {paid}, '{status}', {held});"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_success_page_learns_where_an_order_stands_and_why_it_is_not_paid() {
    let world = World::new().await;
    let console = world.serve();
    let api = shop(&world, &console).await;
    registered(&api, "A-1");
    let order = api.ok(&format!("{ORDER}?mode=test"));
    assert_eq!(
        (&order["status"], &order["amount"], &order["currency"]),
        (&json!("pending"), &json!(1999), &json!("usd"))
    );
    assert_eq!(order["status_since"], order["created_at"]);
    assert_eq!(order["not_paid_because"]["code"], "no_payment");
    assert_eq!((&order["payments"], &order["cases"]), (&json!([]), &json!([])));

    world.sql(&payment("pi_1", "A-1", 999, "paid", Some("amount_mismatch"))).await;
    // The same id in another account and mode is another order's.
    world
        .sql(
            "INSERT INTO payments (id, account, livemode, order_id, status) VALUES
        ('pi_8', 'acct_1', false, 'A-1', 'paid'), ('pi_9', '', true, 'A-1', 'paid')",
        )
        .await;
    world.sql("INSERT INTO cases (payment_id, account, livemode, order_id, reason, amount, currency, order_amount, order_currency, state, opened_at)
        VALUES ('pi_1', '', false, 'A-1', 'amount_mismatch', 999, 'usd', 1999, 'usd', 'open', now())").await;
    let order = api.ok(ORDER);
    assert_eq!(
        order["not_paid_because"],
        json!({"code": "amount_mismatch", "message": "The payment is of 9.99 USD, and the order costs 19.99 USD: staff must decide."})
    );
    assert_eq!(order["cases"][0]["payment_id"], "pi_1");
    let payments: Vec<&Value> = order["payments"].as_array().unwrap().iter().map(|p| &p["id"]).collect();
    assert_eq!(payments, ["pi_1"]);
    assert_eq!(order["payments"][0]["held_reason"], "amount_mismatch");

    world.sql(&payment("pi_2", "A-1", 1999, "paid", None)).await;
    world.sql("UPDATE orders SET status = 'partially_refunded', amount_paid = 1999, amount_refunded = 500;
        INSERT INTO refunds (id, payment_id, amount, currency, status, updated_at) VALUES ('re_1', 'pi_2', 500, 'usd', 'succeeded', now());
        INSERT INTO disputes (id, payment_id, amount, currency, status, state, withdrawn, reinstated, updated_at)
        VALUES ('dp_1', 'pi_2', 100, 'usd', 'needs_response', 'open', true, false, now())").await;
    let order = api.ok(ORDER);
    assert_eq!(order["not_paid_because"], Value::Null);
    assert_eq!((&order["amount_paid"], &order["amount_refunded"]), (&json!(1999), &json!(500)));
    assert_eq!((&order["refunds"][0]["amount"], &order["disputes"][0]["id"]), (&json!(500), &json!("dp_1")));
    assert!(world.ok(&["orders", "show", "A-1"]).await.contains("partially_refunded"));
}

/// A request of its own, in a thread of its own.
fn asks(api: &Api, path: &str) -> JoinHandle<Value> {
    let (api, path) = (api.clone(), path.to_owned());
    std::thread::spawn(move || api.ok(&path))
}

const LOOKED: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND application_name = 'sluicegate console orders' AND query LIKE '%wanted.position%'";

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_waits_is_answered_when_the_status_changes() {
    let world = World::new().await;
    let console = world.serve();
    let api = shop(&world, &console).await;
    registered(&api, "A-1");
    registered(&api, "A-2");
    // Two wait for orders of which one never changes: what is answered first was answered for the change.
    let (sender, answers) = mpsc::channel();
    let still = asks(&api, "/api/orders/A-2?wait=15s");
    let asked = asks(&api, &format!("{ORDER}?wait=30s&status=pending"));
    std::thread::spawn(move || sender.send(asked.join().unwrap()));
    world.until(LOOKED, 1).await;
    // Without a message: the poll finds it, too.
    world.sql("UPDATE orders SET status = 'processing', status_since = now() WHERE id = 'A-1'").await;
    assert_eq!(answers.recv_timeout(PATIENCE).expect("an answer")["status"], "processing");
    // Another than the caller knows: at once, though nothing changes.
    assert_eq!(api.ok(&format!("{ORDER}?wait=30s&status=pending"))["status"], "processing");
    assert!(!still.is_finished(), "the other order's request waits");
    assert_eq!(still.join().unwrap()["status"], "pending", "and is answered when its time is over");
    assert_eq!(api.ok(&format!("{ORDER}?wait=0s"))["status"], "processing");
    assert_eq!(api.ok(&format!("{ORDER}?status=pending"))["status"], "processing");
    for wrong in ["31s", "x", "", "1m"] {
        api.refused(api.get(&format!("{ORDER}?wait={wrong}")), 400, "invalid_wait");
    }
    api.refused(api.get("/api/orders/A-9?wait=30s"), 404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_wait_hold_no_connection() {
    let world = World::new().await;
    let console = world.serve();
    let api = shop(&world, &console).await;
    registered(&api, "A-1");
    // More than the console has connections.
    let path = format!("{ORDER}?wait=30s&status=pending");
    let waiting: Vec<_> = (0..30).map(|_| asks(&api, &path)).collect();
    world.until(LOOKED, 1).await;
    assert_eq!(api.ok("/api/orders")["items"][0]["id"], "A-1", "others are answered meanwhile");
    assert!(waiting.iter().all(|request| !request.is_finished()));
    world.sql("UPDATE orders SET status = 'processing' WHERE id = 'A-1'").await;
    for request in waiting {
        assert_eq!(request.join().unwrap()["status"], "processing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_waits_is_answered_before_the_console_ends() {
    let world = World::new().await;
    let mut console = world.serve();
    let api = shop(&world, &console).await;
    registered(&api, "A-1");
    let request = asks(&api, &format!("{ORDER}?wait=30s"));
    world.until(LOOKED, 1).await;
    let pid = console.child.id().to_string();
    assert!(std::process::Command::new("kill").arg(pid).status().unwrap().success());
    assert_eq!(request.join().unwrap()["status"], "pending");
    assert!(console.child.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_of_the_outbox_is_enough_to_be_answered() {
    let world = World::new().await;
    let console = world.serve();
    let api = shop(&world, &console).await;
    registered(&api, "A-1");
    let request = asks(&api, &format!("{ORDER}?wait=30s"));
    world.until(LOOKED, 1).await;
    world.sql("BEGIN; UPDATE orders SET status = 'paid', amount_paid = 1999 WHERE id = 'A-1';
        INSERT INTO outbox (key, topic, lasting, payload) VALUES ('order.paid/A-1', 'order.paid', true, '{}'); COMMIT").await;
    let order = request.join().unwrap();
    assert_eq!((&order["status"], &order["not_paid_because"]), (&json!("paid"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_listed_in_pages_that_miss_and_repeat_nothing() {
    let world = World::new().await;
    let console = world.serve();
    let api = shop(&world, &console).await;
    // In one transaction: the same time for all, and the same ids in two accounts.
    world.sql("INSERT INTO orders (id, account, livemode, customer, amount, currency, status)
        SELECT 'o' || n, account, false, 'cus_' || n % 3, n, 'usd', CASE WHEN n % 2 = 0 THEN 'paid' ELSE 'pending' END
        FROM generate_series(1, 10) n, unnest(ARRAY['', 'acct_1']) AS account").await;
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = api.ok(&format!("/api/orders?limit=3{next}"));
        for order in page["items"].as_array().unwrap() {
            seen.push(format!("{} {}", order["id"], order["account"]));
        }
        match page["next"].as_str() {
            Some(cursor) => next = format!("&before={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 20);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 20);
    let count = |query: &str| api.ok(&format!("/api/orders?{query}"))["items"].as_array().unwrap().len();
    assert_eq!(count("customer=cus_1"), 8);
    assert_eq!(count("customer=cus_1&account=self"), 4);
    assert_eq!(count("customer=cus_1&account=acct_1&status=paid"), 2);
    assert_eq!((count("mode=test"), count("mode=live")), (20, 0));
    assert_eq!((count("since=2026-01-01T00:00:00Z"), count("until=2026-01-01T00:00:00Z")), (20, 0));
    api.refused(api.get("/api/orders?before=x"), 400, "invalid_cursor");
    api.refused(api.get("/api/orders?status=x"), 400, "invalid_query");
    let listed = world.json(&["orders", "list", "--customer", "cus_1", "--account", "self", "--json"]).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_subscriptions_say_whether_they_give_access() {
    let world = World::new().await;
    let console = world.serve();
    let api = shop(&world, &console).await;
    world.sql("INSERT INTO subscriptions (id, customer, status, access) VALUES
        ('sub_1', 'cus_1', 'active', true), ('sub_2', 'cus_1', 'canceled', false), ('sub_3', 'cus_2', 'active', true)").await;
    let found = api.ok("/api/subscriptions?customer=cus_1");
    let access: Vec<_> =
        found["items"].as_array().unwrap().iter().map(|s| (&s["id"], &s["access"])).collect();
    assert_eq!(access, [(&json!("sub_2"), &json!(false)), (&json!("sub_1"), &json!(true))]);
    let with = api.ok("/api/subscriptions?customer=cus_1&access=true");
    assert_eq!(with["items"].as_array().unwrap().len(), 1);
    let first = api.ok("/api/subscriptions?customer=cus_1&limit=1");
    assert_eq!(first["next"], "sub_2");
    assert_eq!(api.ok("/api/subscriptions?customer=cus_1&before=sub_2")["items"][0]["id"], "sub_1");
    api.refused(api.get("/api/subscriptions"), 400, "invalid_query");
    api.refused(api.get("/api/subscriptions?customer=%20"), 400, "invalid_filter");
    assert_eq!(api.ok("/api/subscriptions/sub_1")["access"], true);

    // The command line says the same.
    let listed = ["subscriptions", "list", "--customer", "cus_1"];
    assert_eq!(world.json(&[&listed[..], &["--json"]].concat()).await, found);
    let with = world.ok(&[&listed[..], &["--access", "true"]].concat()).await;
    assert!(with.contains("sub_1") && !with.contains("sub_2"), "{with}");
    assert_eq!(
        world.json(&["subscriptions", "show", "sub_1", "--json"]).await,
        api.ok("/api/subscriptions/sub_1")
    );
    let shown = world.ok(&["subscriptions", "show", "sub_1"]).await;
    assert!(shown.contains("active") && shown.contains("cus_1"), "{shown}");
    assert!(world.fails(&["subscriptions", "show", "sub_9"], 1).await.contains("sub_9"));
    world.fails(&["subscriptions", "list", "--customer", " "], 2).await;
}
