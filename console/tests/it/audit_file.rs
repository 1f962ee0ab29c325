//! The audit outside the database: exported, checked without it, and anchored.

use crate::harness::{PATIENCE, World};

fn folder() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("sluicegate-audit-{:016x}", rand::random::<u64>()));
    std::fs::create_dir(&folder).unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_audit_is_checked_without_the_database_and_against_its_anchors() {
    let world = World::new().await;
    let folder = folder();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (file, anchors) = (path("audit.jsonl"), path("anchors.jsonl"));
    for name in ["one", "two"] {
        world.ok(&["token", "create", "--name", name, "--role", "viewer"]).await;
    }
    let console = world.serve_with(&[("AUDIT_ANCHOR_FILE", &anchors)]);
    let begun = std::time::Instant::now();
    while std::fs::read_to_string(&anchors).map_or(0, |text| text.lines().count()) < 1 {
        assert!(begun.elapsed() < PATIENCE, "no anchor is written");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    drop(console);
    world.ok(&["token", "create", "--name", "three", "--role", "viewer"]).await;
    assert!(world.ok(&["audit", "export", "--file", &file]).await.contains("3 lines"));
    let offline = |arguments: &[&str]| {
        let output =
            world.command(arguments).env_remove("DATABASE_URL").env_remove("AMQP_URL").output().unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.code().unwrap(), text)
    };
    let verify = ["audit", "verify", "--file", &file, "--anchors", &anchors];
    let (code, text) = offline(&verify);
    assert!(code == 0 && text.contains("3 lines") && text.contains("1 anchors agree"), "{text}");
    let whole = std::fs::read_to_string(&file).unwrap();
    assert_eq!(whole, world.ok(&["audit", "export"]).await, "standard output has the same lines");
    for (changed, message) in [
        (whole.replace("token:two", "token:six"), "line 2 was changed"),
        (whole.lines().take(1).collect::<Vec<_>>().join("\n"), "is missing"),
        (whole.lines().skip(1).collect::<Vec<_>>().join("\n"), "line 1 is missing"),
    ] {
        std::fs::write(&file, changed).unwrap();
        let (code, text) = offline(&verify);
        assert!(code == 1 && text.contains(message), "{message}: {text}");
    }
    std::fs::write(&file, "{}\n").unwrap();
    assert_eq!(offline(&verify).0, 2);
    // Whoever owns the database can write the whole chain anew; not the anchor.
    world
        .sql(
            "ALTER TABLE audit DISABLE TRIGGER USER; ALTER TABLE audit_head DISABLE TRIGGER USER;
             TRUNCATE audit; UPDATE audit_head SET id = 0, hash = decode(repeat('00', 32), 'hex');
             ALTER TABLE audit ENABLE TRIGGER USER; ALTER TABLE audit_head ENABLE TRIGGER USER;
             INSERT INTO audit (actor, action, subject, reason) SELECT 'cli:root', 'sign_in', 'console', '' FROM generate_series(1, 3)",
        )
        .await;
    assert!(world.ok(&["audit", "verify"]).await.contains("intact"));
    let complaint = world.fails(&["audit", "verify", "--anchors", &anchors], 1).await;
    assert!(complaint.contains("is not the one that was anchored"), "{complaint}");
    std::fs::remove_dir_all(folder).unwrap();
}
