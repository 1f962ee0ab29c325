//! What a sent message costs the database, and that none is passed over, on the real server.

use amqp::topology::Queue;
use domain::rules::Rules;
use serde_json::Value;
use simulator::servers::{Receiver, Reply};
use tokio_util::sync::CancellationToken;

use crate::database::Bench;
use crate::out_webhooks::{Sender, webhook};
use crate::queue::Queues;

const BATCHES: &str = include_str!("../../src/relay/sql/owed_batches.sql");
const OWED: &str = include_str!("../../src/relay/sql/owed_messages.sql");
const SENT: &str = include_str!("../../src/relay/sql/sent.sql");

/// Messages from `first` on, each about an order of its own, written in statements of 100.
fn messages(first: usize, last: usize) -> String {
    format!(
        "DO $$ BEGIN FOR begun IN {first}..{last} BY 100 LOOP
            INSERT INTO outbox (key, topic, lasting, payload)
            SELECT 'order.paid/o' || n, 'order.paid', true,
                   jsonb_build_object('order', 'o' || n, 'status', 'paid', 'note', repeat(md5(n::text), 8))
            FROM generate_series(begun, least(begun + 99, {last})) n;
        END LOOP; END $$"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sent_messages_leave_no_dead_rows_and_take_the_room_of_a_table_that_is_only_inserted_into() {
    let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
    let shutdown = CancellationToken::new();
    let settings = queues.settings(bench.url(), 8);
    let worker = tokio::spawn(worker::run(settings, Queue::Fulfillment, shutdown.clone()));
    bench.look.batch_execute(&messages(1, 5000)).await.unwrap();
    bench.until("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL", 5000).await;
    shutdown.cancel();
    worker.await.unwrap().unwrap();
    queues.delete().await;

    // Sessions report what they did when they end.
    bench.until("SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'outbox_sent'", 5000).await;
    for table in ["outbox_messages", "outbox_sent"] {
        let touched = format!(
            "SELECT n_tup_upd + n_tup_del + n_dead_tup FROM pg_stat_user_tables WHERE relname = '{table}'"
        );
        assert_eq!(bench.count(&touched).await, 0, "{table} has rows that were touched again");
    }
    let copy = "CREATE TABLE inserted (LIKE outbox_messages INCLUDING ALL);
        INSERT INTO inserted OVERRIDING SYSTEM VALUE SELECT * FROM outbox_messages ORDER BY id";
    bench.look.batch_execute(copy).await.unwrap();
    let pages = |table: &str| format!("SELECT pg_relation_size('{table}') / 8192");
    let (sent, inserted) =
        (bench.count(&pages("outbox_messages")).await, bench.count(&pages("inserted")).await);
    assert!(sent <= inserted + 1, "{sent} pages, and {inserted} where rows are only inserted");
    must_be_owed_nothing(&bench, 50).await;
}

/// The small table got this many rows, a few for all messages, and not even they stay.
async fn must_be_owed_nothing(bench: &Bench, rows: i64) {
    let owed = "SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'outbox_owed'";
    bench.until(owed, rows).await;
    assert_eq!(bench.count(owed).await, rows);
    assert_eq!(bench.count("SELECT count(*) FROM outbox_owed").await, 0);
    bench.look.batch_execute("VACUUM outbox_owed").await.unwrap();
    assert_eq!(bench.count("SELECT pg_relation_size('outbox_owed')").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_by_http_leave_no_dead_rows_and_take_the_room_of_a_table_that_is_only_inserted_into() {
    let receiver = Receiver::open(|_| Reply::Status(204)).await.unwrap();
    let sender = Sender::start_patient(vec![webhook("http", &receiver.url(), "order.")]).await;
    let bench = &sender.bench;
    bench.look.batch_execute(&messages(1, 5000)).await.unwrap();
    sender.until_sent("http", 5000).await;
    bench.until("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL", 5000).await;
    let bench = sender.end().await;

    bench.until("SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'outbox_delivered'", 5000).await;
    let touched = "SELECT sum(n_tup_upd + n_tup_del + n_dead_tup)::bigint FROM pg_stat_user_tables
        WHERE relname IN ('outbox_messages', 'outbox_sent', 'outbox_delivered')";
    assert_eq!(bench.count(touched).await, 0, "rows were touched again");
    let attempts = "SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'outbox_deliveries'";
    assert_eq!(bench.count(attempts).await, 0, "what is sent at the first attempt has no row");
    let copy = "CREATE TABLE inserted (LIKE outbox_delivered INCLUDING ALL);
        INSERT INTO inserted SELECT * FROM outbox_delivered ORDER BY outbox_id";
    bench.look.batch_execute(copy).await.unwrap();
    let pages =
        async |size: &str, table: &str| bench.count(&format!("SELECT {size}('{table}') / 8192")).await;
    let table = "pg_relation_size";
    let (sent, inserted) = (pages(table, "outbox_delivered").await, pages(table, "inserted").await);
    assert!(sent <= inserted + 1, "{sent} pages, and {inserted} where rows are only inserted");
    // Messages of one round are recorded in the order of the answers: pages of the index are split in the middle.
    let index = "pg_indexes_size";
    let (sent, inserted) = (pages(index, "outbox_delivered").await, pages(index, "inserted").await);
    assert!(sent * 2 <= inserted * 3, "{sent} pages, and {inserted} where rows are inserted in order");
    must_be_owed_nothing(&bench, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_committed_after_a_later_one_was_sent_is_sent_as_well() {
    let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
    let subscriber = queues.subscribe("#").await;
    let shutdown = CancellationToken::new();
    let settings = queues.settings(bench.url(), 8);
    let worker = tokio::spawn(worker::run(settings, Queue::Fulfillment, shutdown.clone()));
    let other = tokio_postgres::connect(bench.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(other.1);
    let insert = |key: &str| {
        format!(
            "INSERT INTO outbox (key, topic, lasting, payload) VALUES ('{key}', 'order.paid', true, '{{}}')"
        )
    };
    other.0.batch_execute(&format!("BEGIN; {}", insert("order.paid/slow"))).await.unwrap();
    bench.look.batch_execute(&insert("order.paid/quick")).await.unwrap();
    assert_eq!(
        subscriber.take().await.properties.message_id().as_ref().unwrap().as_str(),
        "order.paid/quick"
    );
    other.0.batch_execute("COMMIT").await.unwrap();
    assert_eq!(subscriber.take().await.properties.message_id().as_ref().unwrap().as_str(), "order.paid/slow");
    let first = "SELECT key FROM outbox ORDER BY id LIMIT 1";
    assert_eq!(bench.text(first).await.as_deref(), Some("order.paid/slow"), "it has the lower id");
    shutdown.cancel();
    worker.await.unwrap().unwrap();
    queues.delete().await;
}

/// The blocks that a statement reads, and the tables that it scans from end to end.
async fn cost(bench: &Bench, sql: &str) -> (u64, Vec<String>) {
    let explained = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}");
    let plan: Value = bench.look.query_one(&explained, &[]).await.unwrap().get(0);
    let (mut scanned, mut open) = (Vec::new(), vec![&plan[0]["Plan"]]);
    while let Some(node) = open.pop() {
        open.extend(node["Plans"].as_array().into_iter().flatten());
        if node["Node Type"] == "Seq Scan" {
            scanned.push(node["Relation Name"].as_str().unwrap().to_owned());
        }
    }
    let top = &plan[0]["Plan"];
    let blocks = ["Shared Hit Blocks", "Shared Read Blocks"].map(|name| top[name].as_u64().unwrap());
    (blocks.iter().sum(), scanned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_round_of_the_relay_reads_does_not_grow_with_what_was_sent() {
    let bench = Bench::new(Rules::default()).await;
    let sent = "ALTER TABLE outbox_messages DISABLE TRIGGER outbox_written;
        INSERT INTO outbox (key, topic, lasting, payload)
        SELECT 'order.paid/sent' || n, 'order.paid', true, '{\"order\": \"o\"}' FROM generate_series(1, 1000000) n;
        ALTER TABLE outbox_messages ENABLE TRIGGER outbox_written;
        INSERT INTO outbox_sent SELECT id, now() FROM outbox_messages;
        INSERT INTO outbox_delivered SELECT id, 'http', now() FROM outbox_messages;
        INSERT INTO outbox_deliveries (outbox_id, destination, partition, state, sent_at)
        SELECT id, 'http', 'self/test/order/' || id, 'sent', now() FROM outbox_messages WHERE id % 10 = 0;
        INSERT INTO outbox_destinations (name, topics) VALUES ('http', '{order.paid}')";
    bench.look.batch_execute(sent).await.unwrap();
    bench
        .look
        .batch_execute("VACUUM ANALYZE outbox_messages, outbox_sent, outbox_delivered, outbox_deliveries")
        .await
        .unwrap();
    // With what the planner believes of an empty table, and with what it knows of the backlog.
    bench.look.batch_execute("VACUUM ANALYZE outbox_owed").await.unwrap();
    for destination in ["amqp", "http"] {
        let (idle, scanned) = cost(&bench, &batches_of(destination)).await;
        assert!(
            idle <= 10 && scanned.iter().all(|table| table == "outbox_owed"),
            "{idle} blocks, {scanned:?}"
        );
    }
    bench.look.batch_execute(&messages(1, 20_000)).await.unwrap();
    for destination in ["amqp", "http"] {
        for analyzed in [false, true] {
            if analyzed {
                bench.look.batch_execute("ANALYZE outbox_owed").await.unwrap();
            }
            let (blocks, _) = cost(&bench, &batches_of(destination)).await;
            assert!(blocks <= 200, "the next batches are found in {blocks} blocks (analyzed: {analyzed})");
        }
        reads_and_records_500(&bench, destination).await;
    }
    assert_eq!(bench.count("SELECT count(*) FROM outbox WHERE sent_at IS NULL").await, 19_500);
    for destination in ["amqp", "http"] {
        let owed = "SELECT sum(cardinality(ids))::bigint FROM outbox_owed WHERE destination = ";
        assert_eq!(bench.count(&format!("{owed}'{destination}'")).await, 19_500);
    }
}

fn batches_of(destination: &str) -> String {
    let until = i64::MAX.to_string();
    let parameters = [("$1", "0"), ("$2", "500"), ("$3", &until), ("$4", &format!("'{destination}'"))];
    parameters.iter().fold(BATCHES.to_owned(), |sql, (name, value)| sql.replace(name, value))
}

async fn reads_and_records_500(bench: &Bench, destination: &str) {
    let oldest = format!(
        "SELECT array_agg(batch), array_agg(id) FROM (SELECT batch, unnest(ids) AS id FROM ({}) AS b) AS i",
        batches_of(destination)
    );
    let row = bench.look.query_one(&oldest, &[]).await.unwrap();
    let (batches, ids): (Vec<i64>, Vec<i64>) = (row.get(0), row.get(1));
    assert_eq!(ids.len(), 500);
    let given =
        |ids: &[i64]| format!("'{{{}}}'", ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","));
    let destination = format!("'{destination}'");
    let (blocks, scanned) = cost(bench, &OWED.replace("$1", &given(&ids)).replace("$2", &destination)).await;
    assert!(scanned.is_empty() && blocks < 500 * 10, "500 messages read {blocks} blocks, {scanned:?}");
    let record = SENT
        .replace("$1", &given(&batches))
        .replace("$2", &given(&ids))
        .replace("$3", &given(&ids))
        .replace("$4", &destination);
    let (blocks, scanned) = cost(bench, &record).await;
    assert!(scanned.iter().all(|table| table == "outbox_owed"), "{scanned:?}");
    assert!(blocks < 500 * 20, "recording 500 messages reads {blocks} blocks");
}
