//! Checks the audit's hash chain, by a calculation of its own rather than the database's.

use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::store::audit::{self as store, Link};

const AT_A_TIME: i64 = 1000;

/// What the check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// How many lines were checked.
    pub checked: i64,
    /// What is wrong, at the first line where something is.
    pub broken: Option<String>,
}

/// Walks the whole chain.
pub async fn verify(pool: &Pool) -> Result<Verdict, Failure> {
    let client = pool.get().await?;
    let (last, head) = store::head(&client).await?;
    let mut previous = vec![0; 32];
    let mut checked = 0;
    while checked < last {
        let links = store::chain(&client, checked, AT_A_TIME).await?;
        if links.is_empty() {
            let broken = format!("the lines after {checked} are missing; there should be {last}");
            return Ok(Verdict { checked, broken: Some(broken) });
        }
        for link in links.iter().take(usize::try_from(last - checked).unwrap_or(0)) {
            if let Some(broken) = fault(link, checked + 1, &previous) {
                return Ok(Verdict { checked, broken: Some(broken) });
            }
            previous.clone_from(&link.hash);
            checked = link.entry.id;
        }
    }
    let broken = (previous != head).then(|| format!("line {last} is not the end that was recorded"));
    Ok(Verdict { checked, broken })
}

fn fault(link: &Link, expected: i64, previous: &[u8]) -> Option<String> {
    let id = link.entry.id;
    if id != expected {
        return Some(format!("line {expected} is missing"));
    }
    if link.previous_hash != previous {
        return Some(format!("line {id} does not follow the one before it"));
    }
    (hash(link) != link.hash).then(|| format!("line {id} was changed"))
}

/// As `audit_hash` in V11 says.
fn hash(link: &Link) -> Vec<u8> {
    let e = &link.entry;
    let mut text = format!("{}|{}", e.id, micros(e.at));
    for field in [&e.actor, &e.action, &e.subject, &e.reason] {
        text.push_str(&format!("|{}:{field}", field.len()));
    }
    Sha256::new().chain_update(&link.previous_hash).chain_update(text.as_bytes()).finalize().to_vec()
}

fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}
