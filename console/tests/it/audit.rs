use crate::harness::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_database_refuses_to_change_or_remove_a_line_of_the_audit() {
    let world = World::new().await;
    world.sql("INSERT INTO audit (actor, action, subject, reason) VALUES ('cli:a', 'x', 'y', 'z'), ('cli:b', 'x', 'y', 'z')").await;
    let client = world.pool.get().await.unwrap();
    for forbidden in ["UPDATE audit SET reason = 'w'", "DELETE FROM audit", "TRUNCATE audit"] {
        let refused = client.batch_execute(forbidden).await.unwrap_err();
        assert!(refused.as_db_error().unwrap().message().contains("append-only"), "{forbidden}");
    }
    assert_eq!(world.number("SELECT count(*) FROM audit").await, 2);
}
