use crate::harness::World;

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
    assert_eq!(world.json(&["orders", "show", "A-1", "--json"]).await, first);
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
async fn an_adopted_order_is_registered_when_it_fits_and_refused_in_words_when_not() {
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
