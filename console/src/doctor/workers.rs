//! The workers: whether one of each kind runs, of this version, and with this console's settings.

use std::collections::BTreeSet;

use deadpool_postgres::GenericClient;
use serde_json::{Map, Value};
use worker::settings::shared_settings;

use super::finding::{CheckId, Finding};
use crate::common::error::ServiceError;
use crate::runtime::settings::ConsoleSettings;
use crate::system::queues::WORK_QUEUES;

pub(crate) const WORKERS: &str = include_str!("sql/workers.sql");

/// A worker that runs.
#[derive(Debug, Clone)]
struct Running {
    kind: String,
    host: String,
    version: String,
    /// What it says of its settings; nothing where it is of a version that says nothing.
    settings: Map<String, Value>,
}

pub(super) async fn check(
    client: &impl GenericClient,
    settings: &ConsoleSettings,
) -> Result<Vec<Finding>, ServiceError> {
    let rows = client.query(WORKERS, &[]).await?;
    let running: Vec<Running> = rows
        .iter()
        .map(|row| Running {
            kind: row.get("kind"),
            host: row.get("host"),
            version: row.get("version"),
            settings: row.get::<_, Value>("settings").as_object().cloned().unwrap_or_default(),
        })
        .collect();
    let own = shared_settings(&settings.rules, &settings.topology.retry, settings.stripe_api.is_some());
    Ok(vec![workers(&running, env!("CARGO_PKG_VERSION")), alike(&running, &own)])
}

fn workers(running: &[Running], version: &str) -> Finding {
    let kinds = WORK_QUEUES.map(amqp::topology::Queue::name);
    let missing = kinds.into_iter().filter(|kind| running.iter().all(|worker| worker.kind != *kind));
    let missing: Vec<&str> = missing.collect();
    if !missing.is_empty() {
        let found = format!("none runs of {}", missing.join(", "));
        return Finding::failed(CheckId::Workers, found, "start it: <kind>-worker");
    }
    let other = running.iter().filter(|worker| worker.version != version);
    let other: BTreeSet<&str> = other.map(|worker| worker.version.as_str()).collect();
    if !other.is_empty() {
        let versions = other.into_iter().collect::<Vec<_>>().join(", ");
        let found = format!("some are of version {versions}, this is {version}");
        return Finding::warning(CheckId::Workers, found, "finish the upgrade");
    }
    Finding::ok(CheckId::Workers, format!("{} run, of version {version}", running.len()))
}

/// Workers that say nothing of a setting are of another version, which the other check names.
fn alike(running: &[Running], own: &Map<String, Value>) -> Finding {
    let differing = own.iter().filter_map(|(name, value)| {
        let other = |worker: &&Running| worker.settings.get(name).is_some_and(|theirs| theirs != value);
        let worker = running.iter().find(other)?;
        let shown = |value: &Value| match (name.as_str(), value) {
            ("REFERENCE_SECRET", Value::Null) => "not set".to_owned(),
            ("REFERENCE_SECRET", _) => "another one".to_owned(),
            (_, value) => value.as_str().unwrap_or("not set").to_owned(),
        };
        let (Running { kind, host, .. }, theirs) = (worker, shown(&worker.settings[name]));
        let ours =
            if name == "REFERENCE_SECRET" { String::new() } else { format!(", here {}", shown(value)) };
        Some(format!("{name} of the {kind} worker on {host} is {theirs}{ours}"))
    });
    let differing: Vec<String> = differing.collect();
    if differing.is_empty() {
        return Finding::ok(CheckId::Settings, "the workers have this console's");
    }
    let remedy = "give all programs the same: what an event comes to depends on them";
    Finding::failed(CheckId::Settings, differing.join("; "), remedy)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::doctor::finding::CheckStatus;

    fn running(kind: &str, settings: Value) -> Running {
        let settings = settings.as_object().cloned().unwrap_or_default();
        Running { kind: kind.to_owned(), host: "h1".to_owned(), version: "1.0.0".to_owned(), settings }
    }

    #[test]
    fn a_kind_without_a_worker_is_named() {
        let all = ["fulfillment", "subscription", "refund"].map(|kind| running(kind, json!({})));
        assert_eq!(workers(&all, "1.0.0").status, CheckStatus::Ok);
        assert_eq!(workers(&all[..2], "1.0.0").found, "none runs of refund");
        assert_eq!(workers(&all, "1.1.0").status, CheckStatus::Warning);
    }

    #[test]
    fn a_setting_that_differs_is_named_and_a_secret_is_not_shown() {
        let own =
            json!({"ORDERS_POLICY": "adopt", "REFERENCE_SECRET": "5eC2e7"}).as_object().cloned().unwrap();
        assert_eq!(alike(&[running("refund", json!(own))], &own).status, CheckStatus::Ok);
        assert_eq!(alike(&[running("refund", json!({}))], &own).status, CheckStatus::Ok);
        let found = alike(&[running("refund", json!({"ORDERS_POLICY": "require"}))], &own);
        assert_eq!(found.found, "ORDERS_POLICY of the refund worker on h1 is require, here adopt");
        let found = alike(&[running("refund", json!({"REFERENCE_SECRET": "0ther"}))], &own);
        assert!(found.status == CheckStatus::Failed && !found.found.contains("0ther"), "{found:?}");
        assert!(!found.found.contains("5eC2e7"), "{found:?}");
    }
}
