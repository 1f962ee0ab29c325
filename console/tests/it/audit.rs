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
    for forbidden in [
        "DELETE FROM audit_head",
        "UPDATE audit_head SET id = 9",
        "TRUNCATE audit_head",
        "INSERT INTO audit_head VALUES (false, 1, '')",
    ] {
        let refused = client.batch_execute(forbidden).await.unwrap_err();
        assert!(refused.as_db_error().unwrap().message().contains("moves with its lines"), "{forbidden}");
    }
    assert_eq!(world.number("SELECT count(*) FROM audit").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_shows_every_change_even_by_who_may_do_everything() {
    let world = World::new().await;
    for (i, tamper) in [
        "UPDATE audit SET reason = 'harmless' WHERE id = 2",
        "UPDATE audit SET at = at + interval '1 second' WHERE id = 2",
        "DELETE FROM audit WHERE id = 2",
        "DELETE FROM audit WHERE id = 3",
        "DELETE FROM audit",
        "INSERT INTO audit (id, actor, action, subject, reason) OVERRIDING SYSTEM VALUE VALUES (0, 'user:boss', 'x', 'y', 'z')",
        "INSERT INTO audit (id, actor, action, subject, reason) OVERRIDING SYSTEM VALUE VALUES (4, 'user:boss', 'x', 'y', 'z')",
        "INSERT INTO audit (id, actor, action, subject, reason, previous_hash, hash) OVERRIDING SYSTEM VALUE
            SELECT 4, 'user:boss', 'x', 'y', 'z', hash, audit_hash(hash, 4, now(), 'user:boss', 'x', 'y', 'z') FROM audit WHERE id = 3",
        "INSERT INTO audit (id, actor, action, subject, reason) OVERRIDING SYSTEM VALUE VALUES (103, 'user:boss', 'x', 'y', 'z')",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET id = 2",
        "UPDATE audit SET actor = 'cli:other', hash = audit_hash(previous_hash, id, at, 'cli:other', action, subject, reason) WHERE id = 2",
    ]
    .iter()
    .enumerate()
    {
        let world = if i == 0 { &world } else { &World::new().await };
        world.sql("INSERT INTO audit (actor, action, subject, reason) VALUES ('cli:a', 'x', 'ä|3:y', 'z'), ('cli:b', '', '', ''), ('c', 'd', 'e', 'f')").await;
        assert!(world.ok(&["audit", "verify"]).await.contains("intact: 3 lines"));
        world.sql(&format!("SET session_replication_role = replica; {tamper}; RESET session_replication_role")).await;
        let complaint = world.fails(&["audit", "verify"], 1).await;
        assert!(complaint.contains("broken"), "{tamper}: {complaint}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_at_once_make_one_chain() {
    let world = World::new().await;
    let writers = (0..8).map(|i| {
        let pool = world.pool.clone();
        tokio::spawn(async move {
            for _ in 0..25 {
                let client = pool.get().await.unwrap();
                client
                    .execute(
                        "INSERT INTO audit (actor, action, subject, reason) VALUES ($1, 'x', 'y', 'z')",
                        &[&format!("cli:{i}")],
                    )
                    .await
                    .unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert!(world.ok(&["audit", "verify"]).await.contains("intact: 200 lines"));
}
