//! The first set of signed events: sent as Stripe would, followed until they are settled, and listed in a table.

pub(crate) mod gap;
mod group;
mod held;
mod post;
mod report;

use std::time::{Duration, Instant};

use anyhow::Context;
use deadpool_postgres::ClientWrapper;
use tokio_postgres::Client;

pub(crate) use self::held::accept_held;

use self::group::{Expect, Group};
use super::progress::step;
use super::stack::Stack;
use crate::histories::{Rng, delivery};
use crate::send::Target;

/// How long the workers may take for all of it.
const WITHIN: Duration = Duration::from_secs(90);
const POLL: Duration = Duration::from_millis(100);
const DUPLICATES: u8 = 10;
const REACH: usize = 25;

/// What is going to be sent.
pub(crate) struct Plan {
    groups: Vec<Group>,
    seed: u64,
    target: Target,
    secret: String,
    database: ClientWrapper,
}

/// What became of one event.
#[derive(Debug)]
pub(crate) struct SampleResult {
    pub(crate) outcome: String,
    pub(crate) reason: Option<String>,
    /// Whether it is among the dead letters.
    pub(crate) dead_lettered: bool,
}

impl SampleResult {
    fn is_final(&self) -> bool {
        match self.outcome.as_str() {
            "dead" => self.dead_lettered,
            outcome => outcome != "retrying",
        }
    }
}

impl Plan {
    /// Writes the histories and prepares what they need.
    pub(crate) async fn new(stack: &Stack, count: u64) -> anyhow::Result<Plan> {
        let seed = rand::random_range(0..1_000_000);
        let groups = group::groups(seed, count);
        for order in groups.iter().filter_map(|group| group.register.as_ref()) {
            stack.sluicegate(&order.arguments()).await.context("registering an order")?;
        }
        let secret = stack.settings.secret.split(',').next().unwrap_or_default().trim().to_owned();
        let target = Target::parse(&stack.ingress_url())?;
        Ok(Plan { groups, seed, target, secret, database: connect(&stack.database_url).await? })
    }

    /// Sends everything, waits, prints the table; returns whether all ended as expected.
    pub(crate) async fn carry_out(self) -> anyhow::Result<bool> {
        let posts = self.posts();
        let (count, distinct) = (posts.len(), self.ids().len());
        let started = Instant::now();
        let what = format!("{count} sample events");
        let posted = step(&what, post::all(posts, &self.target)).await?;
        let results = step("workers", self.follow()).await?;
        let table = report::Report::new(&self.groups, &posted, &results, &self.database).await?;
        println!("\n{}", table.text());
        println!(
            "\nseed {}: {count} posts, {} of them repeats that changed nothing, all settled {:.1} s after the first",
            self.seed,
            posted.accepted.saturating_sub(distinct),
            started.elapsed().as_secs_f32(),
        );
        Ok(table.is_well())
    }

    /// The order that was registered for another amount than was paid.
    pub(crate) fn held_order(&self) -> Option<String> {
        let held = self.groups.iter().filter(|group| matches!(group.expect, Expect::Held(_)));
        held.filter_map(|group| group.register.as_ref()).map(|order| order.id.clone()).next()
    }

    /// Every event, some twice, in the order of a delivery that mixes things up.
    fn posts(&self) -> Vec<post::Post> {
        let now = jiff::Timestamp::now().as_second();
        let mut rng = Rng::new(self.seed);
        let mut posts = Vec::new();
        for (at, group) in self.groups.iter().enumerate() {
            let secret =
                if matches!(group.expect, Expect::Refused(_)) { "whsec_forged" } else { &self.secret };
            for event in &group.events {
                let signature = stripe::signature::sign(&event.body, secret, now);
                let body = event.body.clone().into();
                posts.push((event.created, post::Post { group: at, body, signature }));
            }
        }
        posts.sort_by_key(|(created, _)| *created);
        let posts = posts.into_iter().map(|(_, post)| post).collect();
        delivery::reorder(delivery::duplicate(posts, DUPLICATES, &mut rng), REACH, &mut rng)
    }

    fn ids(&self) -> Vec<&str> {
        let stored = self.groups.iter().filter(|group| !matches!(group.expect, Expect::Refused(_)));
        stored.flat_map(|group| group.events.iter().map(|event| event.id.as_str())).collect()
    }

    /// Waits until every event has come to its end, or for as long as is reasonable.
    async fn follow(&self) -> anyhow::Result<report::SampleResults> {
        let ids = self.ids();
        let deadline = Instant::now() + WITHIN;
        loop {
            let results = look(&self.database, &ids).await?;
            let settled = results.values().filter(|result| result.is_final()).count();
            if settled >= ids.len() || Instant::now() > deadline {
                return Ok(results);
            }
            tokio::time::sleep(POLL).await;
        }
    }
}

async fn look(database: &Client, ids: &[&str]) -> anyhow::Result<report::SampleResults> {
    let sql = "SELECT id, outcome, reason, \
               EXISTS (SELECT 1 FROM dead_letters d WHERE d.event_id = events.id) \
               FROM events WHERE id = ANY($1)";
    let rows = database.query(sql, &[&ids]).await.context("looking for the events")?;
    let result = |row: tokio_postgres::Row| {
        (row.get(0), SampleResult { outcome: row.get(1), reason: row.get(2), dead_lettered: row.get(3) })
    };
    Ok(rows.into_iter().map(result).collect())
}

/// A connection to the database of the run.
pub(crate) async fn connect(url: &str) -> anyhow::Result<ClientWrapper> {
    let pool = postgres::pool::pool(&url.into(), 1, "sluicegate samples")?;
    Ok(deadpool_postgres::Object::take(pool.get().await.context("connecting to the database")?))
}
