//! The migration that changed how deliveries are kept (V21), while workers of the version before write and send.

use std::path::Path;

use domain::rules::Rules;
use tokio_postgres::{Client, NoTls};

use crate::database::Bench;

const V21: &str = include_str!("../../../migrations/V21__deliveries_and_rejections.sql");
const OWED: &str = include_str!("../../src/relay/sql/owed_messages.sql");
const DROP_FINISHED: &str = include_str!("../../src/relay/sql/drop_finished.sql");

/// How the relay before V21 recorded what an endpoint accepted.
const ACCEPTED_BEFORE: &str = "UPDATE outbox_deliveries
    SET state = 'sent', sent_at = now(), attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, now()),
        last_error = NULL
    WHERE outbox_id = ANY ($2::bigint[]) AND destination = $1::text";

/// How the relay before V21 read and recorded what the exchange was owed.
const UNSENT_BEFORE: &str = "SELECT batch, ids FROM outbox_unsent WHERE batch > 0 ORDER BY batch LIMIT 500";
const SENT_BEFORE: &str = "WITH finished AS (DELETE FROM outbox_unsent u WHERE u.batch = $1::bigint)
    INSERT INTO outbox_sent (outbox_id, sent_at) SELECT id, now() FROM unnest($2::bigint[]) AS s (id)";

/// The schema as it was before V21, in place of the present one.
async fn schema_before(look: &Client) {
    look.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let mut migrations: Vec<(u32, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let number = path.file_name()?.to_str()?.strip_prefix('V')?.split("__").next()?.parse().ok()?;
            (number < 21).then(|| (number, std::fs::read_to_string(&path).unwrap()))
        })
        .collect();
    migrations.sort_unstable();
    for (number, sql) in migrations {
        look.batch_execute(&sql).await.unwrap_or_else(|error| panic!("V{number}: {error:?}"));
    }
}

async fn connect(bench: &Bench) -> Client {
    let (client, connection) = tokio_postgres::connect(bench.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn insert(key: &str) -> String {
    format!(
        "INSERT INTO outbox (key, topic, lasting, payload)
         VALUES ('order.paid/{key}', 'order.paid', true, '{{\"order\": \"{key}\"}}')"
    )
}

/// The keys of what a destination is owed and may be sent now.
async fn owed(look: &Client, destination: &str) -> Vec<String> {
    let ids: Vec<i64> = look
        .query("SELECT unnest(ids) FROM outbox_owed WHERE destination = $1 ORDER BY batch", &[&destination])
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    let rows = look.query(OWED, &[&ids, &destination]).await.unwrap();
    rows.iter().map(|row| row.get(1)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_owed_before_the_migration_is_sent_once_by_the_old_relay_or_the_new_one() {
    let bench = Bench::new(Rules::default()).await;
    let look = &bench.look;
    schema_before(look).await;
    let destinations =
        "INSERT INTO outbox_destinations (name, topics) VALUES ('amqp', '{}'), ('http', '{order.paid}')";
    look.batch_execute(destinations).await.unwrap();
    for key in ["sent", "waits", "in_flight"] {
        look.batch_execute(&insert(key)).await.unwrap();
    }
    look.execute(ACCEPTED_BEFORE, &[&"http", &vec![1_i64]]).await.unwrap();
    look.execute(SENT_BEFORE, &[&1_i64, &vec![1_i64]]).await.unwrap();

    // A worker is in the middle of its transaction: the migration waits for what it writes.
    let worker = connect(&bench).await;
    worker.batch_execute(&format!("BEGIN; {}", insert("uncommitted"))).await.unwrap();
    let migrating = connect(&bench).await;
    let migration = tokio::spawn(async move {
        migrating.batch_execute(&format!("BEGIN; {V21} COMMIT")).await.unwrap();
    });
    let waiting =
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'outbox_messages'::regclass";
    bench.until(waiting, 1).await;
    worker.batch_execute("COMMIT").await.unwrap();
    migration.await.unwrap();
    worker.batch_execute(&insert("after")).await.unwrap();

    // The old relay still leads: it accounts for what was in flight, and goes on with the exchange.
    look.execute(ACCEPTED_BEFORE, &[&"http", &vec![3_i64]]).await.unwrap();
    let batches = look.query(UNSENT_BEFORE, &[]).await.unwrap();
    let (batch, ids): (i64, Vec<i64>) = (batches[0].get(0), batches[0].get(1));
    assert_eq!((batches.len(), &ids), (4, &vec![2]), "the exchange's alone");
    look.execute(SENT_BEFORE, &[&batch, &ids]).await.unwrap();

    // A new relay leads.
    look.execute(DROP_FINISHED, &[]).await.unwrap();
    let keys = |keys: &[&str]| keys.iter().map(|key| format!("order.paid/{key}")).collect::<Vec<_>>();
    assert_eq!(owed(look, "http").await, keys(&["waits", "uncommitted", "after"]));
    assert_eq!(owed(look, "amqp").await, keys(&["in_flight", "uncommitted", "after"]));
}
