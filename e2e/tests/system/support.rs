//! Support's work on held payments and dead letters, with the real command over real workers.

use e2e::{System, eventually};
use serde_json::Value;

use crate::whole_path::{paid, refuse};

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
async fn an_order_that_was_registered_wrongly_is_corrected_and_its_held_payment_counts() {
    let system = System::new().await;
    let programs = system.start_all().await;
    create(&system, "order_1", "1998");
    let body = paid("evt_1", "order_1", 1999);
    system.deliver(&mut system.client(&programs[0]), [body.as_bytes()]).await;
    system.until_done(1).await;
    let cases = json(&system.sluicegate(&["cases", "list", "--state", "open", "--json"]));
    let case = &cases["items"][0];
    assert_eq!((&case["reason"], &case["order_id"]), (&"amount_mismatch".into(), &"order_1".into()));
    assert_eq!((&case["amount"], &case["order_amount"]), (&1999.into(), &1998.into()));

    let correct = ["orders", "correct", "--id", "order_1", "--amount", "1999", "--reason", "a typing error"];
    let corrected = json(&system.sluicegate(&[&correct[..], &["--json"]].concat()));
    assert_eq!((&corrected["amount"], &corrected["status"]), (&1999.into(), &"paid".into()));
    assert_eq!(system.text("SELECT state || ' ' || resolution FROM cases").await, "closed matched");
    assert_eq!(system.number("SELECT count(*) FROM outbox WHERE key = 'order.paid/order_1'").await, 1);
    let refused =
        system.sluicegate_fails(&["orders", "correct", "--id", "order_1", "--amount", "5", "--reason", "x"]);
    assert!(refused.contains("stands"), "what was paid is not corrected: {refused}");
    assert_eq!(system.number("SELECT count(*) FROM audit WHERE action = 'order.correct'").await, 1);
}

#[tokio::test]
async fn a_held_payment_is_accepted_once_and_the_audit_says_by_whom() {
    let system = System::new().await;
    let programs = system.start_all().await;
    create(&system, "order_1", "2500");
    let body = paid("evt_1", "order_1", 1999);
    system.deliver(&mut system.client(&programs[0]), [body.as_bytes()]).await;
    system.until_done(1).await;
    let shown = system.sluicegate(&["cases", "show", "1"]);
    assert!(shown.contains("19.99 USD") && shown.contains("25.00 USD"), "amounts are money: {shown}");
    system.sluicegate(&["cases", "accept", "1", "--reason", "a discount by hand"]);
    assert_eq!(system.text("SELECT status || ' ' || amount_paid FROM orders").await, "paid 1999");
    assert_eq!(system.text("SELECT state || ' ' || resolution FROM cases").await, "closed accepted");
    let again = system.sluicegate_fails(&["cases", "accept", "1", "--reason", "twice"]);
    assert!(again.contains("closed already"), "{again}");
    assert_eq!(system.number("SELECT count(*) FROM audit WHERE action = 'case.accept'").await, 1);
}

#[tokio::test]
async fn a_bulk_replay_on_the_command_line_fails_when_dead_letters_fail_again() {
    let system = System::new().await.with("RETRY_SCHEDULE", "100ms");
    let programs = system.start_all().await;
    let mut client = system.client(&programs[0]);
    refuse(&system, "pi_order_").await;
    for order in ["order_1", "order_2", "order_3"] {
        let body = paid(&format!("evt_{order}"), order, 1999);
        system.deliver(&mut client, [body.as_bytes()]).await;
    }
    dead_letters(&system, "open", 3).await;
    system.execute("DROP TRIGGER refuse ON payments; DROP FUNCTION refuse()").await;
    refuse(&system, "pi_order_[13]").await;
    let replay = ["dead", "replay", "--all", "--died-of", "database_error", "--count", "3", "--wait", "60"];
    let said = system.sluicegate_fails(&[&replay[..], &["--reason", "one of them is right"]].concat());
    assert!(said.contains("2 dead letters of job 1 failed again"), "{said}");
    dead_letters(&system, "resolved", 1).await;
    dead_letters(&system, "open", 2).await;
}

#[tokio::test]
async fn events_that_an_older_version_ignored_are_taken_in_by_type() {
    let system = System::new().await;
    let programs = system.start_all().await;
    let mut client = system.client(&programs[0]);
    for order in ["order_1", "order_2"] {
        let body = paid(&format!("evt_{order}"), order, 1999);
        system.deliver(&mut client, [body.as_bytes()]).await;
    }
    system.until_done(2).await;
    // As a version would have left them that did not know the type.
    system
        .execute(
            "UPDATE events SET outcome = 'ignored', reason = 'unhandled_type'; DELETE FROM effects;
             DELETE FROM orders; DELETE FROM payments; DELETE FROM charges; DELETE FROM money_movements",
        )
        .await;
    let replay = ["events", "replay", "--outcome", "ignored", "--type", "payment_intent.succeeded"];
    let said = system.sluicegate(&[&replay[..], &["--reason", "handled since this version"]].concat());
    assert!(said.contains("2 events were sent again"), "{said}");
    eventually("both orders are paid", async || {
        system.number("SELECT count(*) FROM orders WHERE status = 'paid'").await == 2
    })
    .await;
    assert_eq!(system.number("SELECT count(*) FROM audit WHERE action = 'event.replay'").await, 2);
}
