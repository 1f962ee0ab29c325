use crate::harness::World;
use crate::http::Api;
use serde_json::json;
const CREATE: [&str; 9] =
    ["orders", "create", "--id", "A-1", "--customer", "cus_1", "--amount", "1999", "--currency"];

fn create<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&CREATE[..], more].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_gets_a_reference_code_and_the_same_order_again_is_the_same() {
    let world = World::new().await;
    let first = world.json(&create(&["usd", "--json"])).await;
    let code = first["reference_code"].as_str().unwrap().to_owned();
    assert_eq!(code.len(), 20);
    assert_eq!(first["status"], "pending");
    let again = world.json(&create(&["USD", "--json"])).await;
    assert_eq!(again, first);
    let shown = world.json(&["orders", "show", "A-1", "--json"]).await;
    for (name, value) in first.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name}");
    }
    assert_eq!(shown["not_paid_because"]["code"], "no_payment");
    assert!(world.ok(&["orders", "show", "A-1"]).await.contains("19.99 USD"));
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE action = 'order.create'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_secret_makes_the_code_a_proof_of_the_orders_values() {
    let world = World::new().await;
    let mut command = world.command(&create(&["usd", "--json"]));
    let output = command.env("REFERENCE_SECRET", "geheim").output().unwrap();
    let order: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    // printf 'A-1\n1999\nusd' | openssl dgst -sha256 -hmac geheim
    assert_eq!(order["reference_code"], "2fbc7579177aca693295");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_order_under_the_same_id_is_refused() {
    let world = World::new().await;
    world.ok(&create(&["usd"])).await;
    let complaint = world.fails(&create(&["eur"]), 1).await;
    assert!(complaint.contains("19.99 USD") && complaint.contains("19.99 EUR"), "{complaint}");
    let other =
        ["orders", "create", "--id", "A-1", "--customer", "cus_2", "--amount", "1999", "--currency", "usd"];
    assert!(world.fails(&other, 1).await.contains("cus_2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adopted_order_is_registered_when_it_fits_and_refused_with_a_reason_when_not() {
    let world = World::new().await;
    world.sql("INSERT INTO orders (id, amount, currency, status, amount_paid) VALUES ('A-1', 1999, 'usd', 'paid', 1999), ('A-2', 999, 'usd', 'paid', 999)").await;
    let fits = world.json(&create(&["usd", "--json"])).await;
    assert_eq!(
        (&fits["registered"], &fits["status"], &fits["customer"]),
        (&true.into(), &"paid".into(), &"cus_1".into())
    );
    let other = ["orders", "create", "--id", "A-2", "--amount", "1999", "--currency", "usd"];
    let complaint = world.fails(&other, 1).await;
    assert!(complaint.contains("adopted from a payment of 9.99 USD"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_order_is_wrong_use() {
    let world = World::new().await;
    assert!(world.fails(&create(&["dollars"]), 2).await.contains("three letters"));
    let negative = ["orders", "create", "--id", "A-1", "--amount=-1", "--currency", "usd"];
    assert!(world.fails(&negative, 2).await.contains("whole number"));
    assert!(world.fails(&["orders", "show", "nothing"], 1).await.contains("order nothing not found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_for_registered_orders_that_nothing_was_paid_for() {
    let world = World::new().await;
    let console = world.serve();
    let operator = Api::new(&console.url, Some(&world.token("operator").await));
    let viewer = Api::new(&console.url, Some(&world.token("viewer").await));
    let code = world.json(&create(&["usd", "--json"])).await["reference_code"].clone();
    world.sql("INSERT INTO orders (id, amount, currency) VALUES ('A-2', 999, 'usd')").await;
    let body = json!({"amount": 2999, "currency": "EUR", "reason": "a typing error"});
    viewer.refused(viewer.patch("/api/orders/A-1", &body), 403, "forbidden");
    operator.refused(operator.patch("/api/orders/A-9", &body), 404, "not_found");
    operator.refused(operator.patch("/api/orders/A-2", &body), 409, "order_not_registered");
    operator.refused(
        operator.patch("/api/orders/A-1", &json!({"amount": 1, "reason": " "})),
        400,
        "missing_reason",
    );
    operator.refused(
        operator.patch("/api/orders/A-1", &json!({"amount": -1, "reason": "x"})),
        400,
        "invalid_amount",
    );
    let (status, order) = operator.patch("/api/orders/A-1", &body);
    assert_eq!((status, &order["amount"], &order["currency"]), (200, &json!(2999), &json!("eur")));
    assert_eq!(
        (&order["customer"], &order["reference_code"]),
        (&json!("cus_1"), &code),
        "what is not given stays"
    );
    let entry = operator.ok("/api/audit?action=order.correct")["items"][0].clone();
    assert_eq!(entry["subject"], "order:A-1");
    let what = "19.99 USD of customer cus_1 → 29.99 EUR of customer cus_1: a typing error";
    assert_eq!(entry["reason"], what);
    world.sql("UPDATE orders SET status = 'paid', amount_paid = 2999 WHERE id = 'A-1'").await;
    operator.refused(
        operator.patch("/api/orders/A-1", &json!({"amount": 1, "reason": "x"})),
        409,
        "order_paid",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_for_an_order_shows_only_dead_letters_that_name_it() {
    let world = World::new().await;
    let dead_letter = |event: &str, named: &str| {
        format!(
            "INSERT INTO dead_letters (event_id, type, reason, error, attempts, payload, first_failed_at, dead_at, refs)
             VALUES ('{event}', 'charge.succeeded', 'amount_mismatch', 'order 17 usd', 1, '', now(), now(), '{{{named}}}')"
        )
    };
    world.sql(&dead_letter("evt_17", "order-170")).await;
    world.sql(&dead_letter("evt_1", "17")).await;
    let naming = console::STATEMENTS.iter().find(|(name, _)| *name == "dead_letter_naming").unwrap().1;
    let client = world.pool.get().await.unwrap();
    for (id, event) in [("17", "evt_1"), ("evt_17", "evt_17")] {
        let rows = client.query(naming, &[&id, &None::<String>, &None::<bool>, &20_i64]).await.unwrap();
        let found: Vec<String> = rows.iter().map(|row| row.get("event_id")).collect();
        assert_eq!(found, [event]);
    }
}
