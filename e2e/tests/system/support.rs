//! Support's work on dead letters, from the alert to the end, with the real command over real workers.

use e2e::{System, eventually};
use serde_json::Value;

use crate::whole_path::paid;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn create(system: &System, id: &str, amount: &str) {
    system.sluicegate(&["orders", "create", "--id", id, "--amount", amount, "--currency", "usd"]);
}

async fn dead_letters(system: &System, state: &str, count: i64) {
    let sql = format!("SELECT count(*) FROM dead_letters WHERE state = '{state}'");
    eventually(&format!("{count} dead letters are {state}"), async || system.number(&sql).await == count)
        .await;
}

#[tokio::test]
async fn an_order_that_was_registered_wrongly_is_corrected_and_its_payment_replayed() {
    let system = System::new().await;
    let programs = system.start_all().await;
    create(&system, "order_1", "1998");
    let body = paid("evt_1", "order_1", 1999);
    system.deliver(&mut system.client(&programs[0]), [body.as_bytes()]).await;
    dead_letters(&system, "open", 1).await;
    let preview = || json(&system.sluicegate(&["dead", "preview", "1", "--json"]));
    assert_eq!(preview()["disposition"], "dead");

    let correct = ["orders", "correct", "--id", "order_1", "--amount", "1999", "--reason", "a typing error"];
    let corrected = json(&system.sluicegate(&[&correct[..], &["--json"]].concat()));
    assert_eq!((&corrected["amount"], &corrected["status"]), (&1999.into(), &"pending".into()));
    assert_eq!(preview()["disposition"], "processed");
    system.sluicegate(&["dead", "replay", "1", "--reason", "the order is right now"]);
    dead_letters(&system, "resolved", 1).await;
    assert_eq!(system.text("SELECT status FROM orders").await, "paid");

    let again = preview();
    assert_eq!(again["disposition"], "duplicate", "it took effect already");
    assert_eq!((&again["rows"], &again["messages"]), (&Value::Array(vec![]), &Value::Array(vec![])));
    let refused =
        system.sluicegate_fails(&["orders", "correct", "--id", "order_1", "--amount", "5", "--reason", "x"]);
    assert!(refused.contains("stands"), "what was paid is not corrected: {refused}");
    assert_eq!(system.number("SELECT count(*) FROM audit WHERE action = 'order.correct'").await, 1);
}

#[tokio::test]
async fn a_bulk_replay_on_the_command_line_fails_when_dead_letters_fail_again() {
    let system = System::new().await;
    let programs = system.start_all().await;
    let mut client = system.client(&programs[0]);
    for order in ["order_1", "order_2", "order_3"] {
        create(&system, order, "1998");
        let body = paid(&format!("evt_{order}"), order, 1999);
        system.deliver(&mut client, [body.as_bytes()]).await;
    }
    dead_letters(&system, "open", 3).await;
    system.sluicegate(&[
        "orders",
        "correct",
        "--id",
        "order_2",
        "--amount",
        "1999",
        "--reason",
        "a typing error",
    ]);
    let replay = ["dead", "replay", "--all", "--died-of", "amount_mismatch", "--count", "3", "--wait", "60"];
    let said = system.sluicegate_fails(&[&replay[..], &["--reason", "one of them is right"]].concat());
    assert!(said.contains("2 letters of job 1 died again"), "{said}");
    dead_letters(&system, "resolved", 1).await;
    dead_letters(&system, "open", 2).await;
}
