use std::path::Path;

use crate::harness::World;

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_fits_the_migrated_schema() {
    let world = World::new().await;
    let client = world.pool.get().await.unwrap();
    for (name, sql) in console::STATEMENTS {
        if let Err(error) = client.prepare(sql).await {
            panic!("{name}: {:?}", error.as_db_error());
        }
    }
    let files = sql_files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    // A list that goes both ways is two statements of three files or more: its columns and filter, and an end for each
    // way. There are seven, and the filter of dead letters is a file of its own.
    assert_eq!(files - 8, console::STATEMENTS.len(), "a statement is not in the list");
}

#[tokio::test(flavor = "multi_thread")]
async fn migrate_brings_an_empty_database_to_the_newest_schema_and_then_does_nothing() {
    let world = World::empty().await;
    assert!(world.ok(&["migrate"]).await.contains("migrations applied"));
    assert!(world.ok(&["migrate"]).await.contains("newest schema already"));
}

fn sql_files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let count = |path: std::path::PathBuf| {
        if path.is_dir() {
            sql_files(&path)
        } else {
            usize::from(path.extension().is_some_and(|e| e == "sql"))
        }
    };
    entries.map(count).sum()
}
