//! Checks the audit's hash chain, by a calculation of its own rather than the database's: in the database, or in a file
//! that was exported. Pure but for reading the lines.

use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio_postgres::IsolationLevel;

use crate::audit::anchor::Anchor;
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
    /// How many anchors were held against it.
    pub(crate) anchors: usize,
    /// What is wrong, at the first line where something is.
    pub(crate) broken: Option<String>,
}

/// The chain as far as it was walked.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    checked: i64,
    previous: Vec<u8>,
    /// Anchors whose line has not come yet, the first first.
    anchors: std::iter::Peekable<std::slice::Iter<'a, Anchor>>,
    anchored: usize,
}

impl<'a> Walk<'a> {
    /// Before the first line. The anchors are in the order of their lines.
    pub(crate) fn new(anchors: &'a [Anchor]) -> Walk<'a> {
        Walk { checked: 0, previous: vec![0; 32], anchors: anchors.iter().peekable(), anchored: 0 }
    }

    /// Takes the next line; what is wrong with it, if something is.
    pub(crate) fn take(&mut self, line: &ChainedEntry) -> Option<String> {
        let problem = problem_of(line, self.checked + 1, &self.previous);
        if problem.is_some() {
            return problem;
        }
        self.previous.clone_from(&line.hash);
        self.checked += 1;
        while let Some(anchor) = self.anchors.next_if(|anchor| anchor.id == line.entry.id) {
            if anchor.hash != hex::encode(&line.hash) {
                return Some(format!("line {} is not the one that was anchored {}", anchor.id, anchor.at));
            }
            self.anchored += 1;
        }
        None
    }

    /// What was found; `broken` is what was wrong with a line, or with the end of the chain.
    pub(crate) fn end(mut self, broken: Option<String>) -> ChainCheck {
        let missing = self.anchors.next();
        let missing =
            missing.map(|anchor| format!("line {}, which was anchored {}, is missing", anchor.id, anchor.at));
        ChainCheck {
            checked: self.checked,
            hash: hex::encode(&self.previous),
            anchors: self.anchored,
            broken: broken.or(missing),
        }
    }
}

/// Walks the whole chain, as it is at one moment, and holds it against the anchors.
pub(crate) async fn verify(pool: &Pool, anchors: &[Anchor]) -> Result<ChainCheck, ServiceError> {
    let mut client = pool.get().await?;
    let snapshot = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let tx = snapshot.start().await?;
    let end = store::head(&tx).await?;
    let mut walk = Walk::new(anchors);
    // From before the first: a line may have been slipped in there.
    let mut after = i64::MIN;
    loop {
        let lines = store::chain(&tx, after, BATCH).await?;
        let Some(last) = lines.last() else { break };
        after = last.entry.id;
        for line in &lines {
            if let Some(broken) = walk.take(line) {
                return Ok(walk.end(Some(broken)));
            }
        }
    }
    let broken = problem_of_end(walk.checked, &walk.previous, end.as_ref());
    Ok(walk.end(broken))
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
