//! A database per test and a queue prefix per test, on the servers that `DATABASE_URL` and `AMQP_URL` name.
//! Only the tests use this; nothing here is part of what runs in production.

use tokio_postgres::Client;

use super::error::ServerError;
use super::postgres::{PostgresServer, connect};

/// The role that programs under test connect as. It has the rights of `sluicegate migrate --grant-to`, as in production.
const PROGRAM_ROLE: &str = "sluicegate_test_program";
/// Of private servers that only this machine reaches.
const PROGRAM_PASSWORD: &str = "program";

/// Any number: whoever makes the template holds this advisory lock.
const TEMPLATE_LOCK: i64 = 0x736c_7569_6365;

/// The tests' PostgreSQL: `DATABASE_URL`.
pub fn database_url() -> Result<String, ServerError> {
    std::env::var("DATABASE_URL").map_err(|_| ServerError::NoServer { name: "DATABASE_URL" })
}

/// The tests' RabbitMQ: `AMQP_URL`.
pub fn amqp_url() -> Result<String, ServerError> {
    std::env::var("AMQP_URL").map_err(|_| ServerError::NoServer { name: "AMQP_URL" })
}

/// A prefix for the names of exchanges and queues (`AMQP_PREFIX`) that no other test has.
pub fn test_prefix() -> String {
    format!("t{:012x}.", rand::random::<u64>() >> 16)
}

/// A migrated database of a test's own, dropped with the value.
#[derive(Debug)]
pub struct TestDatabase {
    admin: String,
    name: String,
    url: String,
}

impl TestDatabase {
    /// A new database on the server that `DATABASE_URL` names.
    pub async fn create() -> Result<TestDatabase, ServerError> {
        TestDatabase::create_at(&database_url()?).await
    }

    /// A new database on a server of the test's own.
    pub async fn create_on(server: &PostgresServer) -> Result<TestDatabase, ServerError> {
        TestDatabase::create_at(&server.url()).await
    }

    /// A new database on the server of `admin`, the URL of any database there.
    pub async fn create_at(admin: &str) -> Result<TestDatabase, ServerError> {
        let client = connect(admin).await?;
        let template = template(admin, &client).await?;
        let name = format!("sluicegate_test_{:016x}", rand::random::<u64>());
        client
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .await
            .map_err(ServerError::sql("making a test database"))?;
        Ok(TestDatabase { admin: admin.to_owned(), url: on_database(admin, &name), name })
    }

    /// The URL of the database, as its owner.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL for the programs under test: as a role that cannot change the schema nor the audit.
    pub fn program_url(&self) -> String {
        as_user(&self.url, PROGRAM_ROLE, PROGRAM_PASSWORD)
    }

    /// A connection to the database, for looking into it.
    pub async fn connect(&self) -> Result<Client, ServerError> {
        connect(&self.url).await
    }

    /// A connection with the rights of the programs.
    pub async fn connect_as_program(&self) -> Result<Client, ServerError> {
        connect(&self.program_url()).await
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (admin, name) = (self.admin.clone(), self.name.clone());
        // A thread with a runtime of its own: the test's runtime may be the one that is ending.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let client = connect(&admin).await.ok()?;
                client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.ok()
            })
        });
        dropped.join().ok();
    }
}

/// Makes, once per server and set of migrations, the migrated database that the tests' databases are copies of.
async fn template(admin: &str, client: &Client) -> Result<String, ServerError> {
    let name = format!("sluicegate_template_{:016x}", postgres::migrate::fingerprint());
    client
        .execute("SELECT pg_advisory_lock($1)", &[&TEMPLATE_LOCK])
        .await
        .map_err(ServerError::sql("waiting for the template"))?;
    let made = client
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1 AND NOT datallowconn", &[&name])
        .await
        .map_err(ServerError::sql("looking for the template"))?;
    if made.is_none() {
        make_template(admin, client, &name).await?;
    }
    client
        .execute("SELECT pg_advisory_unlock($1)", &[&TEMPLATE_LOCK])
        .await
        .map_err(ServerError::sql("letting go of the template"))?;
    Ok(name)
}

async fn make_template(admin: &str, client: &Client, name: &str) -> Result<(), ServerError> {
    let execute =
        async |sql: String| client.batch_execute(&sql).await.map_err(ServerError::sql("making the template"));
    execute(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
    execute(format!("CREATE DATABASE {name}")).await?;
    let fresh = on_database(admin, name).into();
    let pool = postgres::pool::pool(&fresh, 1, "sluicegate tests").map_err(migrating)?;
    postgres::migrate::run(&pool).await.map_err(migrating)?;
    execute(format!(
        "DO $$ BEGIN CREATE ROLE {PROGRAM_ROLE} LOGIN PASSWORD '{PROGRAM_PASSWORD}'; \
         EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    ))
    .await?;
    postgres::migrate::grant(&pool, PROGRAM_ROLE).await.map_err(migrating)?;
    pool.close();
    // Closed to everybody: a template with a connection cannot be copied, and this is the mark that it is whole.
    execute(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await?;
    execute(format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    ))
    .await
}

fn migrating(error: impl std::error::Error + Send + Sync + 'static) -> ServerError {
    ServerError::Migrate(Box::new(error))
}

/// The same URL for another user.
fn as_user(url: &str, user: &str, password: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?']).map_or(url.len(), |at| start + at);
    let host = url[start..end].rsplit('@').next().unwrap_or_default();
    format!("{}{user}:{password}@{host}{}", &url[..start], &url[end..])
}

/// The same URL with another database.
fn on_database(url: &str, database: &str) -> String {
    let (rest, query) = url.split_once('?').map_or((url, None), |(rest, query)| (rest, Some(query)));
    let scheme_end = rest.find("://").map_or(0, |at| at + 3);
    let host_end = rest[scheme_end..].find('/').map_or(rest.len(), |at| scheme_end + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{database}{query}", &rest[..host_end])
}

#[cfg(test)]
mod tests {
    use super::{as_user, on_database};

    #[test]
    fn the_user_of_a_url_is_replaced_and_the_rest_kept() {
        assert_eq!(
            as_user("postgres://u:p@h:1/a?sslmode=disable", "v", "w"),
            "postgres://v:w@h:1/a?sslmode=disable"
        );
        assert_eq!(as_user("postgres://h/b", "v", "w"), "postgres://v:w@h/b");
    }

    #[test]
    fn the_database_of_a_url_is_replaced_and_the_rest_kept() {
        assert_eq!(
            on_database("postgres://u:p@h:1/a?sslmode=disable", "b"),
            "postgres://u:p@h:1/b?sslmode=disable"
        );
        assert_eq!(on_database("postgres://h", "b"), "postgres://h/b");
    }
}
