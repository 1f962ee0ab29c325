use crate::harness::World;

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_setting_is_reported_at_once_without_a_secret() {
    let world = World::empty().await;
    let output = world
        .command(&["serve"])
        .env("DATABASE_URL", "postgres://user:hunter2@nowhere:notaport/x")
        .env("AMQP_URL", "")
        .env("CONSOLE_BIND", "everywhere")
        .env("RETRY_SCHEDULE", "soon")
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    for name in ["DATABASE_URL", "AMQP_URL", "CONSOLE_BIND", "RETRY_SCHEDULE"] {
        assert!(complaint.contains(name), "{complaint}");
    }
    assert!(!complaint.contains("hunter2"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_use_ends_with_2_and_a_database_that_is_away_with_1() {
    let world = World::empty().await;
    world.fails(&["dead", "frobnicate"], 2).await;
    world.fails(&["dead", "replay", "1"], 2).await;
    world.fails(&["events", "list", "--limit", "0"], 2).await;
    let output =
        world.command(&["dead", "list"]).env("DATABASE_URL", "postgres://x@127.0.0.1:1/x").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be reached"));
}
