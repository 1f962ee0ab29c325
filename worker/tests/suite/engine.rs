//! What becomes of single events and of the bad one in a batch, through the real database.

use std::path::{Path, PathBuf};

use domain::rejection::Reason;
use domain::rules::Rules;
use serde_json::json;
use worker::process::{AckReason, Disposition};

use crate::database::{Bench, event, inbound, paid_intent};

pub(crate) fn reason(disposition: &Disposition) -> Option<Reason> {
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
