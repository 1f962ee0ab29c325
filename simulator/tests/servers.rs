//! The private servers hold what they promise: side by side, the same data after a crash, nothing left behind.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use simulator::servers::{PostgresServer, RabbitServer, Signal, TestDatabase, is_running, signal};

async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition().await {
        assert!(Instant::now() < deadline, "not within a minute: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn postgres_keeps_its_data_through_a_crash_and_leaves_nothing_behind() {
    let server = PostgresServer::start().await.expect("starts");
    let other = PostgresServer::start().await.expect("a second one starts beside it");
    assert_ne!(server.url(), other.url());
    let database = TestDatabase::create_on(&server).await.expect("a migrated database");
    let client = database.connect().await.expect("connects");
    client.batch_execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)").await.expect("writes");
    let pid = server.pid().await.expect("runs");

    server.kill().await;
    assert_eq!(server.pid().await, None);
    server.start_again().await.expect("starts again");
    let client = database.connect().await.expect("connects to the same URL");
    let kept: i32 = client.query_one("SELECT n FROM kept", &[]).await.expect("reads").get(0);
    assert_eq!(kept, 7);
    assert_ne!(server.pid().await, Some(pid));

    let log = server.log_path();
    drop(database);
    drop(server);
    assert!(!log.exists(), "its folder is gone");
}

#[tokio::test]
async fn databases_of_tests_are_migrated_and_apart() {
    let server = PostgresServer::start().await.expect("starts");
    let (one, two) = tokio::join!(TestDatabase::create_on(&server), TestDatabase::create_on(&server));
    let (one, two) = (one.expect("one"), two.expect("two"));
    let count = async |database: &TestDatabase| -> i64 {
        let client = database.connect().await.expect("connects");
        client.query_one("SELECT count(*) FROM events", &[]).await.expect("has the table").get(0)
    };
    let client = one.connect().await.expect("connects");
    client
        .batch_execute(
            "DROP TABLE events CASCADE; CREATE TABLE events (n int); INSERT INTO events VALUES (1)",
        )
        .await
        .expect("writes");
    assert_eq!((count(&one).await, count(&two).await), (1, 0));
}

#[tokio::test]
async fn rabbit_comes_back_on_the_same_port_and_its_alarm_can_be_raised() {
    let server = RabbitServer::start().await.expect("starts");
    let url = server.url();
    server.ctl(&["add_vhost", "kept"]).await.expect("takes a command");
    server.kill().await;
    assert_eq!(server.pid().await, None);
    server.start_again().await.expect("starts again");
    assert_eq!(server.url(), url);
    assert!(server.ctl(&["list_vhosts"]).await.expect("lists").contains("kept"));

    let alarms = ["eval", "rabbit_alarm:get_alarms()."];
    server.block_publishers().await.expect("raises the alarm");
    eventually("the alarm is on", async || {
        server.ctl(&alarms).await.is_ok_and(|text| text.contains("memory"))
    })
    .await;
    server.unblock_publishers().await.expect("ends the alarm");
    eventually("the alarm is off", async || server.ctl(&alarms).await.is_ok_and(|text| text == "[]")).await;
}

/// The simulator's own program keeping servers up, and the ids of the processes it made.
fn keep_servers() -> (Child, Vec<u32>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_simulator"))
        .args(["servers"])
        .env_remove("DATABASE_URL")
        .env_remove("AMQP_URL")
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    lines.next().expect("DATABASE_URL is printed").expect("readable");
    lines.next().expect("AMQP_URL is printed").expect("readable");
    let folders = simulator::servers::home::folders_of(child.id());
    let pids = folders.iter().flat_map(|folder| simulator::servers::home::processes_of(folder)).collect();
    (child, pids)
}

#[tokio::test]
async fn a_polite_end_stops_every_process() {
    let (mut child, pids) = keep_servers();
    assert_eq!(pids.len(), 3, "PostgreSQL, the port mapper and RabbitMQ: {pids:?}");
    assert!(signal(child.id(), Signal::TERM));
    child.wait().expect("ends");
    eventually("all are gone", async || pids.iter().all(|pid| !is_running(*pid))).await;
    assert!(simulator::servers::home::folders_of(child.id()).is_empty());
}

#[tokio::test]
async fn what_a_killed_run_left_is_removed_by_the_next() {
    let (mut child, pids) = keep_servers();
    child.kill().expect("kill -9");
    child.wait().expect("ends");
    assert!(pids.iter().all(|pid| is_running(*pid)), "kill -9 leaves them running");
    let next = PostgresServer::start().await.expect("the next run starts");
    eventually("the left-overs are gone", async || pids.iter().all(|pid| !is_running(*pid))).await;
    assert!(simulator::servers::home::folders_of(child.id()).is_empty());
    drop(next);
}
