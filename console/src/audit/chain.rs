//! Checks the audit's hash chain, by a calculation of its own rather than the database's.

use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio_postgres::IsolationLevel;

use crate::audit::store::{self as store, ChainedEntry};
use crate::common::error::ServiceError;

const BATCH: i64 = 1000;

/// What the check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ChainCheck {
    /// How many lines were checked.
    pub(crate) checked: i64,
    /// The hash of the last of them, in hex: kept elsewhere, it proves later that the lines up to here are the same.
    pub(crate) hash: String,
    /// What is wrong, at the first line where something is.
    pub(crate) broken: Option<String>,
}

/// Walks the whole chain, as it is at one moment.
pub(crate) async fn verify(pool: &Pool) -> Result<ChainCheck, ServiceError> {
    let mut client = pool.get().await?;
    let snapshot = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let tx = snapshot.start().await?;
    let end = store::head(&tx).await?;
    let (mut previous, mut checked) = (vec![0; 32], 0);
    // From before the first: a line may have been slipped in there.
    let mut after = i64::MIN;
    let mut broken = None;
    'walk: loop {
        let lines = store::chain(&tx, after, BATCH).await?;
        let Some(last) = lines.last() else { break };
        after = last.entry.id;
        for line in &lines {
            broken = problem_of(line, checked + 1, &previous);
            if broken.is_some() {
                break 'walk;
            }
            previous.clone_from(&line.hash);
            checked += 1;
        }
    }
    let broken = broken.or_else(|| problem_of_end(checked, &previous, end.as_ref()));
    Ok(ChainCheck { checked, hash: hex::encode(&previous), broken })
}

/// What is wrong with the end of a chain that is whole by itself.
fn problem_of_end(checked: i64, hash: &[u8], end: Option<&(i64, Vec<u8>)>) -> Option<String> {
    match end {
        None => Some("the record of the chain's end is gone".to_owned()),
        Some((last, _)) if checked < *last => {
            Some(format!("the lines after {checked} are missing; there should be {last}"))
        }
        Some((last, _)) if checked > *last => Some(format!("line {} was inserted after the end", last + 1)),
        Some((last, recorded)) => {
            (hash != recorded).then(|| format!("line {last} is not the end that was recorded"))
        }
    }
}

fn problem_of(line: &ChainedEntry, expected: i64, previous: &[u8]) -> Option<String> {
    let id = line.entry.id;
    if id < expected {
        return Some(format!("line {id} was inserted before the first"));
    }
    if id != expected {
        return Some(format!("line {expected} is missing"));
    }
    if line.previous_hash != previous {
        return Some(format!("line {id} does not follow the one before it"));
    }
    (hash(line) != line.hash).then(|| format!("line {id} was changed"))
}

/// As `audit_hash` in the migrations does.
fn hash(line: &ChainedEntry) -> Vec<u8> {
    let e = &line.entry;
    let mut text = format!("{}|{}", e.id, micros(e.at));
    for field in [&e.actor, &e.action, &e.subject, &e.reason] {
        text.push_str(&format!("|{}:{field}", field.len()));
    }
    Sha256::new().chain_update(&line.previous_hash).chain_update(text.as_bytes()).finalize().to_vec()
}

fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}
