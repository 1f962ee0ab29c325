//! Brings a database to the schema that this build was made for.
//!
//! Safe when several processes start at once: one migrates, the others wait and find it done.

use std::hash::{DefaultHasher, Hash, Hasher};

use deadpool_postgres::{ClientWrapper, Pool, PoolError};

mod embedded {
    //! What the macro generates has no docs and public items that nothing outside needs.
    #![allow(missing_docs, unreachable_pub)]
    refinery::embed_migrations!("../../migrations");
}

/// Any number that no other advisory lock of this database uses.
const LOCK: i64 = 0x0051_1ce6_a7e5;

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// No connection to the database.
    #[error("cannot reach the database")]
    Pool(#[from] PoolError),
    /// The database refused a statement.
    #[error("cannot take the migration lock")]
    Lock(#[from] tokio_postgres::Error),
    /// The role does not exist, or this user may not grant.
    #[error("cannot grant the programs' rights to the role {role}")]
    Grant {
        /// The role that was to get them.
        role: String,
        /// What the database answered.
        source: tokio_postgres::Error,
    },
    /// A migration failed, or the database has one that this build does not know.
    #[error("cannot migrate")]
    Migration(#[from] refinery::Error),
}

/// Applies what is missing and returns its names.
pub async fn run(pool: &Pool) -> Result<Vec<String>, MigrateError> {
    // A connection of its own, dropped afterwards: closing it releases the lock however this ends.
    let mut client = deadpool_postgres::Object::take(pool.get().await?);
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await?;
    let report = embedded::migrations::runner().run_async(plain(&mut client)).await?;
    client.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await?;
    Ok(report.applied_migrations().iter().map(ToString::to_string).collect())
}

/// Lets `role` read and write what the programs need, and nothing else: it cannot change the schema nor the audit.
///
/// Run as the owner of the schema, after [`run`], whenever that applied something.
pub async fn grant(pool: &Pool, role: &str) -> Result<(), MigrateError> {
    let mut client = pool.get().await?;
    let granting = async {
        let tx = client.transaction().await?;
        tx.execute("SELECT set_config('sluicegate.program_role', $1, true)", &[&role]).await?;
        tx.batch_execute(include_str!("grants.sql")).await?;
        tx.commit().await
    };
    granting.await.map_err(|source| MigrateError::Grant { role: role.to_owned(), source })
}

/// The numbers of this build's migrations, in order.
#[must_use]
pub fn versions() -> Vec<i32> {
    let runner = embedded::migrations::runner();
    let mut versions: Vec<i32> = runner.get_migrations().iter().map(refinery::Migration::version).collect();
    versions.sort_unstable();
    versions
}

/// A number for exactly this set of migrations: another set, or another text, has another number.
#[must_use]
pub fn fingerprint() -> u64 {
    let mut hasher = DefaultHasher::new();
    for migration in embedded::migrations::runner().get_migrations() {
        migration.checksum().hash(&mut hasher);
    }
    hasher.finish()
}

fn plain(client: &mut ClientWrapper) -> &mut tokio_postgres::Client {
    client
}
