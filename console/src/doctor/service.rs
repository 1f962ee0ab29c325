//! Runs all checks.

use jiff::Timestamp;

use super::files::DoctorFiles;
use super::finding::{CheckId, Finding};
use super::{broker, database, events, files, queues, schema, stripe, workers};
use crate::common::error::ServiceError;
use crate::runtime::Connections;
use crate::runtime::settings::ConsoleSettings;

/// Checks everything. Servers that do not answer are findings.
pub(crate) async fn examine(
    settings: &ConsoleSettings,
    connections: &Connections,
    files: &DoctorFiles,
) -> Vec<Finding> {
    let mut found = of_database(settings, connections).await;
    found.extend(broker::check(settings, connections).await);
    found.extend(queues::check(settings, connections).await);
    found.extend(stripe::check(settings, connections).await);
    found.extend(files::check(files, Timestamp::now()));
    found
}

async fn of_database(settings: &ConsoleSettings, connections: &Connections) -> Vec<Finding> {
    let client = match connections.database().await {
        Ok(client) => client,
        Err(failure) => {
            let remedy =
                "check DATABASE_URL, the network and PostgreSQL's log; events wait in the queues meanwhile";
            return vec![Finding::failed(CheckId::Database, failure.to_string(), remedy)];
        }
    };
    let mut found = vec![Finding::ok(CheckId::Database, "it answers")];
    found.extend(database::check(&client).await.unwrap_or_else(|e| unread(CheckId::PostgresVersion, &e)));
    let schema = schema::check(&client).await;
    found.extend(schema.unwrap_or_else(|failure| unread(CheckId::SchemaVersion, &failure)));
    // What follows reads tables that an older schema lacks.
    let workers = workers::check(&client, settings).await;
    found.extend(workers.unwrap_or_else(|failure| unread(CheckId::Workers, &failure)));
    let events = events::check(&client, &connections.pool, settings).await;
    found.extend(events.unwrap_or_else(|failure| unread(CheckId::DeadLetters, &failure)));
    found
}

fn unread(check: CheckId, failure: &ServiceError) -> Vec<Finding> {
    vec![Finding::skipped(check, format!("it cannot be read: {failure}"))]
}
