//! Posting the samples, each until it has an answer that Stripe would take for one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;

use crate::send::{Client, Target};

const CONNECTIONS: usize = 8;
const ATTEMPTS: u32 = 40;
const BACK_OFF: Duration = Duration::from_millis(250);

#[derive(Debug, Clone)]
pub(crate) struct Post {
    /// Which group it belongs to.
    pub(crate) group: usize,
    pub(crate) body: Bytes,
    pub(crate) signature: String,
}

/// What the ingress answered.
#[derive(Debug, Default)]
pub(crate) struct Posted {
    pub(crate) accepted: usize,
    /// For each group, the answers other than 200 that were final.
    pub(crate) refused: BTreeMap<usize, Vec<String>>,
}

/// Posts all of them over a few connections.
pub(crate) async fn all(mut posts: Vec<Post>, target: &Target) -> anyhow::Result<Posted> {
    posts.reverse();
    let queue = Arc::new(Mutex::new(posts));
    let mut connections = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        connections.spawn(drain(queue.clone(), Client::new(target.clone())));
    }
    let mut posted = Posted::default();
    for part in connections.join_all().await {
        posted.accepted += part.accepted;
        for (group, answers) in part.refused {
            posted.refused.entry(group).or_default().extend(answers);
        }
    }
    Ok(posted)
}

async fn drain(queue: Arc<Mutex<Vec<Post>>>, mut client: Client) -> Posted {
    let mut posted = Posted::default();
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
    while let Some(post) = next() {
        match deliver(&mut client, &post).await {
            None => posted.accepted += 1,
            Some(refusal) => posted.refused.entry(post.group).or_default().push(refusal),
        }
    }
    posted
}

/// Repeats while the ingress answers that it cannot accept it now.
async fn deliver(client: &mut Client, post: &Post) -> Option<String> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let answer = client.post(post.body.clone(), &post.signature).await;
        let refusal = answer.refusal()?;
        if attempts == ATTEMPTS || matches!(answer.status, Ok(400..500)) {
            return Some(refusal);
        }
        tokio::time::sleep(BACK_OFF).await;
    }
}
