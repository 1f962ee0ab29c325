//! A task that panics ends its worker.

use amqp::topology::Queue;
use domain::rules::Rules;
use tokio_util::sync::CancellationToken;
use worker::RunError;

use crate::database::{Bench, PATIENCE};
use crate::queue::Queues;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_whose_grace_loop_panics_stops_with_an_error() {
    let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
    // A table before the real one in the search path, whose id is no text: reading it panics.
    let shadow = "CREATE SCHEMA shadow;
        CREATE TABLE shadow.subscriptions (id int4, access bool, access_until timestamptz, updated_at timestamptz);
        INSERT INTO shadow.subscriptions VALUES (1, true, now() - interval '1 second', now());
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = shadow, public', current_database());
        END $$";
    bench.look.batch_execute(shadow).await.unwrap();
    let shutdown = CancellationToken::new();
    let running = worker::run(queues.settings(bench.url(), 1), Queue::Subscription, shutdown.clone());
    let ended = tokio::time::timeout(PATIENCE, running).await.expect("it stops by itself");
    let Err(RunError::Task(failed)) = ended else { panic!("{ended:?}") };
    assert_eq!(failed.to_string(), "the task `grace` panicked; the worker stopped");
    assert!(!shutdown.is_cancelled(), "the caller's token is the caller's");
    queues.delete().await;
}
