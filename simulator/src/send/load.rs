//! What is sent, in which order and in which bursts.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use hyper::body::Bytes;

use super::args::SendArgs;
use crate::histories::{Rng, SimEvent, delivery, fresh_ids};

/// One body to post.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// What it is, for people: the event's id and type, or a file.
    pub(crate) name: String,
    pub(crate) body: Bytes,
}

impl From<SimEvent> for Item {
    fn from(event: SimEvent) -> Self {
        Self { name: format!("{} {}", event.id, event.kind), body: event.body.into() }
    }
}

/// The bursts to send. Without `--bursts` it is a single one.
pub(crate) fn bursts(args: &SendArgs, seed: u64) -> anyhow::Result<Vec<Vec<Item>>> {
    let mut rng = Rng::new(seed);
    let items = if args.file.is_empty() { written(args, seed) } else { read(args, seed)? };
    let mut items = delivery::duplicate(items, args.duplicates, &mut rng);
    if args.shuffle {
        delivery::shuffle(&mut items, &mut rng);
    }
    Ok(match args.bursts {
        Some(largest) => delivery::bursts(items, largest, &mut rng),
        None => vec![items],
    })
}

/// The histories side by side, as time would have it. Each stays in its own order.
fn written(args: &SendArgs, seed: u64) -> Vec<Item> {
    let mut events: Vec<SimEvent> = args.of.write(seed).flat_map(|history| history.events).collect();
    events.sort_by_key(|event| event.created);
    events.into_iter().map(Item::from).collect()
}

fn read(args: &SendArgs, seed: u64) -> anyhow::Result<Vec<Item>> {
    let paths = event_files(&args.file)?;
    let mut ids = fresh_ids(seed);
    let item = |path: &PathBuf| {
        let mut body = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        if args.fresh_ids {
            body = with_id(&body, &ids()).with_context(|| format!("no event id in {}", path.display()))?;
        }
        Ok(Item { name: path.display().to_string(), body: body.into() })
    };
    paths.iter().map(item).collect()
}

/// The files in the order of their names; of a folder every .json in it.
///
/// # Errors
/// When a folder cannot be read.
pub fn event_files(given: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for path in given {
        find(path, &mut paths).with_context(|| format!("reading {}", path.display()))?;
    }
    paths.sort();
    Ok(paths)
}

fn find(path: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            let entry = entry?.path();
            if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "json") {
                find(&entry, found)?;
            }
        }
    } else {
        found.push(path.to_owned());
    }
    Ok(())
}

/// The body with another event id; every other byte stays as it is.
fn with_id(body: &[u8], id: &str) -> Option<Vec<u8>> {
    let parsed: serde_json::Value = serde_json::from_slice(body).ok()?;
    let old = format!("\"{}\"", parsed.get("id")?.as_str()?);
    let text = std::str::from_utf8(body).ok()?;
    Some(text.replace(&old, &format!("\"{id}\"")).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_id_changes_nothing_else() {
        let body = br#"{ "type":"x", "id" :"evt_1","data":{"object":{"id":"ch_1"}} }"#;
        let fresh = with_id(body, "evt_2").expect("it has an id");
        assert_eq!(fresh, br#"{ "type":"x", "id" :"evt_2","data":{"object":{"id":"ch_1"}} }"#);
        assert!(with_id(b"[]", "evt_2").is_none());
    }
}
