//! Order-proof through the real database: several workers, batches that share aggregates, repeats.

use domain::rules::Rules;
use simulator::histories::{History, Kind, Rng, delivery, write};
use worker::process::{Disposition, InboundEvent};

use crate::database::{Bench, inbound};

/// Histories sent through the database, each in an order of its own.
const HISTORIES: u64 = 520;
/// Histories whose events are mixed with each other.
const TOGETHER: usize = 12;
const WORKERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_workers_bring_every_shuffled_history_to_its_expected_state() {
    let bench = Bench::new(Rules::default()).await;
    let histories: Vec<History> = (0..HISTORIES).map(|index| write(11, index, Kind::ALL)).collect();
    let mut rng = Rng::new(3);
    for together in histories.chunks(TOGETHER) {
        let mut bodies: Vec<&[u8]> =
            together.iter().flat_map(|history| &history.events).map(|event| event.body.as_slice()).collect();
        bodies = delivery::duplicate(bodies, 40, &mut rng);
        delivery::shuffle(&mut bodies, &mut rng);
        let mut batches_of: Vec<Vec<Vec<InboundEvent>>> = (0..WORKERS).map(|_| Vec::new()).collect();
        for (at, burst) in delivery::bursts(bodies, 8, &mut rng).into_iter().enumerate() {
            batches_of[at % WORKERS].push(burst.into_iter().map(inbound).collect());
        }
        let workers = batches_of.into_iter().map(|batches| {
            let engine = bench.engine.clone();
            tokio::spawn(async move {
                for batch in batches {
                    let dispositions = engine.process(&batch).await.unwrap();
                    let fine = |disposition: &Disposition| {
                        !matches!(disposition, Disposition::Retry { .. } | Disposition::DeadLetter(_))
                    };
                    assert!(dispositions.iter().all(fine), "{dispositions:?}");
                }
            })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await.unwrap();
        }
    }
    for history in &histories {
        check(&bench, history).await;
    }
}

async fn check(bench: &Bench, history: &History) {
    for expected_state in &history.expected_state.orders {
        let sql = "SELECT status, amount, amount_paid, amount_refunded, currency FROM orders WHERE id = $1";
        let row = bench.look.query_one(sql, &[&expected_state.id]).await.unwrap();
        let found: (String, i64, i64, i64, String) =
            (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4));
        let expected = (
            expected_state.status.to_owned(),
            expected_state.amount,
            expected_state.amount_paid,
            expected_state.amount_refunded,
            expected_state.currency.to_owned(),
        );
        assert_eq!(found, expected, "{}: order {}", history.name, expected_state.id);
        let keys = bench
            .look
            .query_one(
                "SELECT coalesce(array_agg(key ORDER BY key), '{}') FROM outbox \
                 WHERE topic = 'order.paid' AND payload ->> 'order' = $1",
                &[&expected_state.id],
            )
            .await
            .unwrap();
        let expected: Vec<String> = expected_state
            .was_paid
            .then(|| format!("order.paid/{}", expected_state.id))
            .into_iter()
            .collect();
        assert_eq!(keys.get::<_, Vec<String>>(0), expected, "{}", history.name);
    }
    for expected_state in &history.expected_state.payments {
        let sql = "SELECT status, amount_paid, amount_refunded, order_id FROM payments WHERE id = $1";
        let row = bench.look.query_one(sql, &[&expected_state.id]).await.unwrap();
        let found: (String, i64, i64, Option<String>) = (row.get(0), row.get(1), row.get(2), row.get(3));
        let expected = (
            expected_state.status.to_owned(),
            expected_state.amount_paid,
            expected_state.amount_refunded,
            expected_state.order.clone(),
        );
        assert_eq!(found, expected, "{}: payment {}", history.name, expected_state.id);
    }
}
