//! What becomes of single events and of the bad one in a batch, through the real database.

use std::path::{Path, PathBuf};

use domain::origin::{OrderKey, Origin};
use domain::rejection::Reason;
use domain::rules::{OrdersPolicy, Rules, reference_code};
use secrecy::SecretString;
use serde_json::json;
use worker::process::{AckReason, Disposition};

use crate::database::{Bench, event, inbound, paid_intent};

fn reason(disposition: &Disposition) -> Option<Reason> {
    match disposition {
        Disposition::DeadLetter(rejection) | Disposition::Retry { rejection, .. } => Some(rejection.reason()),
        Disposition::Ack(_) => None,
    }
}

fn sql_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sql_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect()
}

#[tokio::test]
async fn every_statement_fits_the_migrated_schema() {
    let bench = Bench::new(Rules::default()).await;
    let files = sql_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(files.len() > 40, "{files:?}");
    for file in files {
        let sql = std::fs::read_to_string(&file).unwrap();
        bench.look.prepare(&sql).await.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

#[tokio::test]
async fn a_batch_with_one_bad_event_of_each_kind_applies_all_the_others() {
    let bench = Bench::new(Rules::default()).await;
    let good = |n: usize| {
        inbound(&event(
            &format!("evt_{n}"),
            "payment_intent.succeeded",
            paid_intent(&format!("pi_{n}"), &n.to_string(), 5),
        ))
    };
    let too_large = json!({"id": "pi_l", "object": "payment_intent", "status": "succeeded", "amount": 9_300_000_000_000_000_000_u64, "currency": "usd"});
    let mut deliveries: Vec<_> = (0..6).map(good).collect();
    deliveries.push(inbound(&event(
        "evt_nul",
        "payment_intent.succeeded",
        paid_intent("pi_nul", "a\u{0}b", 5),
    )));
    deliveries.push(inbound(&event("evt_large", "payment_intent.succeeded", too_large)));
    deliveries.push(inbound(&event("evt_noid", "charge.dispute.created", json!({"object": "dispute"}))));
    deliveries.push(inbound(&event(
        "evt_other",
        "charge.succeeded",
        json!({"object": "customer", "id": "cus_1"}),
    )));
    deliveries.push(inbound(b"no json at all"));
    deliveries.push(inbound(&event("evt_\u{0}", "payment_intent.succeeded", paid_intent("pi_9", "9", 5))));
    let dispositions = bench.process(&deliveries).await;
    assert!(
        dispositions[..6].iter().all(|disposition| *disposition == Disposition::Ack(AckReason::Processed)),
        "{dispositions:?}"
    );
    let reasons: Vec<_> = dispositions[6..].iter().map(reason).collect();
    let expected = [
        Reason::InvalidData,
        Reason::InvalidData,
        Reason::MissingField,
        Reason::UnexpectedObject,
        Reason::MalformedEvent,
        Reason::InvalidData,
    ];
    assert_eq!(reasons, expected.map(Some));
    assert_eq!(bench.count("SELECT count(*) FROM orders WHERE status = 'paid'").await, 6);
    assert_eq!(bench.count("SELECT count(*) FROM orders").await, 6, "no stub of a rejected event stays");
    assert_eq!(bench.count("SELECT count(*) FROM payments").await, 6);
    let dead = "SELECT count(*) FROM events WHERE outcome = 'dead' AND reason IS NOT NULL AND last_error IS NOT NULL";
    assert_eq!(bench.count(dead).await, 4);
}

#[tokio::test]
async fn a_handler_that_panics_fails_its_own_event_alone() {
    let bench = Bench::new(Rules::default()).await;
    let huge = |id: &str| json!({"id": id, "object": "refund", "status": "succeeded", "amount": i64::MAX, "currency": "usd", "payment_intent": "pi_1"});
    let deliveries = [
        inbound(&event("evt_1", "payment_intent.succeeded", paid_intent("pi_1", "1", 5))),
        inbound(&event("evt_2", "refund.created", huge("re_1"))),
        // The sum of the two overflows, which is a panic and not a wrong amount.
        inbound(&event("evt_3", "refund.created", huge("re_2"))),
        inbound(&event("evt_4", "payment_intent.succeeded", paid_intent("pi_2", "2", 5))),
    ];
    let dispositions = bench.process(&deliveries).await;
    assert_eq!(dispositions[0], Disposition::Ack(AckReason::Processed));
    assert_eq!(reason(&dispositions[2]), Some(Reason::HandlerPanic));
    assert_eq!(dispositions[3], Disposition::Ack(AckReason::Processed));
    assert_eq!(bench.text("SELECT status FROM orders WHERE id = '2'").await.as_deref(), Some("paid"));
    assert_eq!(bench.text("SELECT outcome FROM events WHERE id = 'evt_3'").await.as_deref(), Some("dead"));
}

#[tokio::test]
async fn a_payment_that_does_not_match_its_order_never_marks_it_paid() {
    let secret = SecretString::from("reference secret");
    let rules = Rules { reference_secret: Some(secret.clone()), ..Rules::default() };
    let bench = Bench::new(rules).await;
    let code = reference_code(&secret, "o1", 1999, "usd");
    bench
        .look
        .execute(
            "INSERT INTO orders (id, customer, amount, currency, reference_code, registered) \
             VALUES ('o1', 'cus_1', 1999, 'usd', $1, true)",
            &[&code],
        )
        .await
        .unwrap();
    let intent = |n: u32, amount: i64, currency: &str, customer: &str, code: Option<&str>| {
        let object = json!({
            "id": format!("pi_{n}"), "object": "payment_intent", "status": "succeeded", "amount": amount,
            "amount_received": amount, "currency": currency, "customer": customer,
            "metadata": {"order_id": "o1", "reference_code": code.unwrap_or_default()}
        });
        inbound(&event(&format!("evt_{n}"), "payment_intent.succeeded", object))
    };
    let wrong = [
        (intent(1, 999, "usd", "cus_1", Some(&code)), "amount_mismatch"),
        (intent(2, 1999, "eur", "cus_1", Some(&code)), "currency_mismatch"),
        (intent(3, 1999, "usd", "cus_2", Some(&code)), "customer_mismatch"),
        (intent(4, 1999, "usd", "cus_1", Some("00000000000000000000")), "reference_code_mismatch"),
        (intent(5, 1999, "usd", "cus_1", None), "reference_code_mismatch"),
    ];
    let (deliveries, reasons): (Vec<_>, Vec<_>) = wrong.into_iter().unzip();
    let dispositions = bench.process(&deliveries).await;
    assert_eq!(dispositions, vec![Disposition::Ack(AckReason::Processed); 5]);
    let held = "SELECT string_agg(held_reason, ' ' ORDER BY id) FROM payments";
    assert_eq!(bench.text(held).await, Some(reasons.join(" ")));
    let cases = "SELECT string_agg(reason, ' ' ORDER BY payment_id) FROM cases WHERE state = 'open'";
    assert_eq!(bench.text(cases).await, Some(reasons.join(" ")));
    // The money was received whatever the order says.
    assert_eq!(bench.count("SELECT sum(amount)::int8 FROM money_movements").await, 999 + 4 * 1999);
    let order = "SELECT status || ' ' || amount_paid FROM orders WHERE id = 'o1'";
    assert_eq!(bench.text(order).await.as_deref(), Some("pending 0"));
    let paid = "SELECT count(*) FROM outbox WHERE key = 'order.paid/o1'";
    assert_eq!(bench.count(paid).await, 0);
    assert_eq!(bench.count("SELECT count(*) FROM outbox WHERE topic = 'payment.held'").await, 5);
    let right = bench.process(&[intent(6, 1999, "usd", "cus_1", Some(&code))]).await;
    assert_eq!(right, [Disposition::Ack(AckReason::Processed)]);
    assert_eq!(bench.text(order).await.as_deref(), Some("paid 1999"));
    assert_eq!(bench.count(paid).await, 1);
}

#[tokio::test]
async fn a_payment_of_an_unregistered_order_is_held_and_counts_the_moment_it_is_registered() {
    let rules = Rules { orders: OrdersPolicy::Require, ..Rules::default() };
    let bench = Bench::new(rules.clone()).await;
    let body = event("evt_1", "payment_intent.succeeded", paid_intent("pi_1", "o1", 1999));
    assert_eq!(bench.process(&[inbound(&body)]).await, [Disposition::Ack(AckReason::Processed)]);
    let order = "SELECT status || ' ' || amount_paid FROM orders";
    assert_eq!(bench.text(order).await.as_deref(), Some("pending 0"));
    let case = "SELECT state || ' ' || reason || coalesce(' ' || resolution, '') FROM cases";
    assert_eq!(bench.text(case).await.as_deref(), Some("open order_not_found"));

    let mut client = bench.engine.pool.get().await.unwrap();
    let tx = client.transaction().await.unwrap();
    let register = "UPDATE orders SET registered = true, amount = 1999, currency = 'usd' WHERE id = 'o1'";
    tx.execute(register, &[]).await.unwrap();
    let key = OrderKey::new(&Origin::default(), "o1");
    worker::orders::decide_order(&tx, &key, None, &rules).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(bench.text(order).await.as_deref(), Some("paid 1999"));
    assert_eq!(bench.text(case).await.as_deref(), Some("closed order_not_found matched"));
    assert_eq!(bench.text("SELECT held_reason FROM payments").await, None);
    let sent = "SELECT string_agg(key, ' ' ORDER BY key) FROM outbox WHERE topic IN ('order.paid', 'payment.released')";
    assert_eq!(bench.text(sent).await.as_deref(), Some("order.paid/o1 payment.released/pi_1"));
}

#[tokio::test]
async fn a_payment_that_staff_accept_counts_and_stays_accepted_whatever_comes_later() {
    let bench = Bench::new(Rules::default()).await;
    bench
        .look
        .batch_execute(
            "INSERT INTO orders (id, amount, currency, registered) VALUES ('o1', 1999, 'usd', true)",
        )
        .await
        .unwrap();
    let mut intent = paid_intent("pi_1", "o1", 999);
    bench.process(&[inbound(&event("evt_1", "payment_intent.succeeded", intent.clone()))]).await;
    let mut client = bench.engine.pool.get().await.unwrap();
    let tx = client.transaction().await.unwrap();
    let key = OrderKey::new(&Origin::default(), "o1");
    worker::orders::decide_order(&tx, &key, Some("pi_1"), &Rules::default()).await.unwrap();
    tx.commit().await.unwrap();
    let case = "SELECT state || ' ' || coalesce(resolution, '') FROM cases";
    assert_eq!(bench.text(case).await.as_deref(), Some("closed accepted"));
    intent["description"] = json!("touched again");
    bench.process(&[inbound(&event("evt_2", "payment_intent.succeeded", intent))]).await;
    assert_eq!(bench.text(case).await.as_deref(), Some("closed accepted"));
    let order = "SELECT status || ' ' || amount_paid FROM orders";
    assert_eq!(bench.text(order).await.as_deref(), Some("paid 999"));
}

#[tokio::test]
async fn a_replay_of_what_took_effect_changes_nothing() {
    let bench = Bench::new(Rules::default()).await;
    let body = event("evt_1", "payment_intent.succeeded", paid_intent("pi_1", "o1", 1999));
    assert_eq!(bench.process(&[inbound(&body)]).await, [Disposition::Ack(AckReason::Processed)]);
    let everything = "SELECT (SELECT jsonb_agg(to_jsonb(o) - 'updated_at') FROM orders o)::text
        || (SELECT jsonb_agg(to_jsonb(p) - 'updated_at') FROM payments p)::text
        || (SELECT jsonb_agg(to_jsonb(x)) FROM outbox x)::text || (SELECT jsonb_agg(to_jsonb(e)) FROM effects e)::text";
    let before = bench.text(everything).await;
    let mut replay = inbound(&body);
    replay.headers.replay_of = Some("evt_1".to_owned());
    assert_eq!(bench.process(&[replay]).await, [Disposition::Ack(AckReason::Processed)]);
    assert_eq!(
        bench.process(&[inbound(&body), inbound(&body)]).await,
        [Disposition::Ack(AckReason::Duplicate), Disposition::Ack(AckReason::Duplicate)]
    );
    assert_eq!(bench.text(everything).await, before);
}

#[tokio::test]
async fn a_dispute_that_names_only_its_charge_joins_the_payment_whichever_comes_first() {
    let dispute = json!({"id": "dp_1", "object": "dispute", "status": "needs_response", "amount": 5, "currency": "usd", "charge": "ch_1"});
    let charge = json!({
        "id": "ch_1", "object": "charge", "status": "succeeded", "amount": 5, "currency": "usd", "captured": true,
        "paid": true, "payment_intent": "pi_1", "metadata": {}
    });
    let events = [
        event("evt_1", "charge.dispute.created", dispute),
        event("evt_2", "charge.succeeded", charge),
        event("evt_3", "payment_intent.succeeded", paid_intent("pi_1", "o1", 5)),
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let bench = Bench::new(Rules::default()).await;
        for at in order {
            assert_eq!(
                bench.process(&[inbound(&events[at])]).await,
                [Disposition::Ack(AckReason::Processed)],
                "{order:?}"
            );
        }
        assert_eq!(bench.text("SELECT status FROM orders").await.as_deref(), Some("disputed"), "{order:?}");
        assert_eq!(bench.text("SELECT string_agg(id, ',') FROM payments").await.as_deref(), Some("pi_1"));
    }
}

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
