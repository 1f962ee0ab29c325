//! The pool and the migrations on the PostgreSQL that DATABASE_URL names.

use postgres::{migrate, pool};
use secrecy::SecretString;

/// A database without a single table, dropped at the end.
struct Empty {
    name: String,
    url: String,
}

impl Empty {
    async fn create() -> Self {
        let admin =
            simulator::servers::database_url().expect("run these tests by `make test`, or set DATABASE_URL");
        let name = format!("sluicegate_empty_{}", simulator::servers::test_prefix().trim_end_matches('.'));
        execute(&admin, &format!("CREATE DATABASE {name}")).await;
        let (base, query) = admin.split_once('?').map_or((admin.as_str(), ""), |(base, query)| (base, query));
        let server = base.rsplit_once('/').expect("a database in the URL").0;
        Self { url: format!("{server}/{name}?{query}"), name }
    }

    async fn drop(self) {
        let admin = simulator::servers::database_url().expect("DATABASE_URL");
        execute(&admin, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

async fn execute(url: &str, statement: &str) {
    let client =
        pool::pool(&SecretString::from(url), 1, "test").expect("a pool").get().await.expect("a connection");
    client.batch_execute(statement).await.expect(statement);
}

#[tokio::test]
async fn processes_that_migrate_at_once_apply_each_migration_once() {
    let database = Empty::create().await;
    let runs = (0..6).map(async |_| {
        let pool = pool::pool(&SecretString::from(database.url.as_str()), 2, "test").expect("a pool");
        migrate::run(&pool).await.expect("migrated")
    });
    let runs = futures_util::future::join_all(runs).await;
    let applied: Vec<_> = runs.iter().filter(|names| !names.is_empty()).collect();
    assert_eq!(applied.len(), 1, "{runs:?}");
    assert!(applied[0].len() >= 2 && applied[0][0].contains("events"), "{applied:?}");

    let pool = pool::pool(&SecretString::from(database.url.as_str()), 1, "test").expect("a pool");
    assert!(migrate::run(&pool).await.expect("nothing left to do").is_empty());
    let rows = pool.get().await.expect("a connection").query("SELECT id FROM events", &[]).await;
    assert!(rows.expect("the table is there").is_empty());
    pool.close();
    database.drop().await;
}

#[tokio::test]
async fn connections_say_who_they_are_and_plan_for_the_table_as_it_is() {
    let url = simulator::servers::database_url().expect("DATABASE_URL");
    let pool = pool::pool(&SecretString::from(url), 2, "sluicegate test").expect("a pool");
    let client = pool.get().await.expect("a connection");
    for (setting, value) in
        [("application_name", "sluicegate test"), ("plan_cache_mode", "force_custom_plan")]
    {
        let row = client.query_one("SELECT current_setting($1)", &[&setting]).await.expect("a row");
        assert_eq!(row.get::<_, &str>(0), value);
    }
}
