//! What a preview shows, through the real database.

use domain::rejection::Reason;
use domain::rules::Rules;
use serde_json::json;
use worker::process::{AckReason, Disposition};

use crate::database::{Bench, event, inbound, paid_intent};
use crate::engine::reason;

#[tokio::test]
async fn a_preview_shows_what_would_change_and_changes_nothing() {
    let bench = Bench::new(Rules::default()).await;
    assert_eq!(
        bench
            .process(&[inbound(&event("evt_1", "payment_intent.succeeded", paid_intent("pi_1", "o1", 5)))])
            .await,
        [Disposition::Ack(AckReason::Processed)]
    );
    let refund = json!({"id": "re_1", "object": "refund", "status": "succeeded", "amount": 5, "currency": "usd", "payment_intent": "pi_1"});
    let body = event("evt_2", "refund.created", refund);
    let everything = whole_database(&bench).await;
    let preview = worker::preview(&bench.engine.pool, &body, None, &Rules::default()).await.unwrap();
    assert_eq!(whole_database(&bench).await, everything);
    assert_eq!(preview.disposition, Disposition::Ack(AckReason::Processed));
    let changed: Vec<_> = preview.rows.iter().map(|row| (row.table.as_str(), row.id.as_str())).collect();
    let expected = [
        ("events", "evt_2"),
        ("money_movements", "refund/re_1"),
        ("orders", "o1"),
        ("payments", "pi_1"),
        ("refunds", "re_1"),
    ];
    assert_eq!(changed, expected);
    let order = &preview.rows[2];
    assert_eq!(order.before.as_ref().unwrap()["status"], "paid");
    assert_eq!(order.after.as_ref().unwrap()["status"], "refunded");
    let keys: Vec<_> = preview.messages.iter().map(|message| message.key.as_str()).collect();
    assert_eq!(keys, ["refund.created/re_1", "order.refunded/o1"]);

    // What took effect would change nothing any more.
    assert_eq!(bench.process(&[inbound(&body)]).await, [Disposition::Ack(AckReason::Processed)]);
    let again = worker::preview(&bench.engine.pool, &body, None, &Rules::default()).await.unwrap();
    assert_eq!((again.rows.len(), again.messages.len()), (0, 0), "{:?}", again.rows);

    let unreadable = worker::preview(&bench.engine.pool, b"no json", None, &Rules::default()).await.unwrap();
    assert_eq!(reason(&unreadable.disposition), Some(Reason::MalformedEvent));
}

/// Every row of every table, in one text.
async fn whole_database(bench: &Bench) -> String {
    let tables = bench
        .look
        .query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1", &[])
        .await
        .unwrap();
    let mut all = String::new();
    for table in tables {
        let table: String = table.get(0);
        let sql = format!(
            "SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)), '[]')::text FROM \"{table}\" t"
        );
        all += &format!("{table}: {}\n", bench.text(&sql).await.unwrap());
    }
    all
}
