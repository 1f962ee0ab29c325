//! The first set of signed events: sent as Stripe would, followed to where they end, told in a table.

mod group;
mod post;
mod report;

use std::time::{Duration, Instant};

use anyhow::Context;
use deadpool_postgres::ClientWrapper;
use tokio_postgres::Client;

use self::group::{Expect, Group};
use super::progress::step;
use super::stack::Stack;
use crate::histories::{Dice, delivery};
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
pub(crate) struct Fate {
    pub(crate) outcome: String,
    pub(crate) reason: Option<String>,
    /// Whether it is among the dead letters.
    pub(crate) letter: bool,
}

impl Fate {
    fn is_final(&self) -> bool {
        match self.outcome.as_str() {
            "dead" => self.letter,
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

    /// Sends everything, waits, prints the table; says whether all ended where it should.
    pub(crate) async fn carry_out(self) -> anyhow::Result<bool> {
        let posts = self.posts();
        let (count, distinct) = (posts.len(), self.ids().len());
        let started = Instant::now();
        let what = format!("{count} sample events");
        let posted = step(&what, post::all(posts, &self.target)).await?;
        let fates = step("workers", self.follow()).await?;
        let table = report::Report::new(&self.groups, &posted, &fates, &self.database).await?;
        println!("\n{}", table.text());
        println!(
            "\nseed {}: {count} posts, {} of them repeats that changed nothing, all settled {:.1} s after the first",
            self.seed,
            posted.accepted.saturating_sub(distinct),
            started.elapsed().as_secs_f32(),
        );
        Ok(table.is_well())
    }

    /// Every event, some twice, in the order of a delivery that mixes things up.
    fn posts(&self) -> Vec<post::Post> {
        let now = jiff::Timestamp::now().as_second();
        let mut dice = Dice::new(self.seed);
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
        delivery::jostle(delivery::duplicate(posts, DUPLICATES, &mut dice), REACH, &mut dice)
    }

    fn ids(&self) -> Vec<&str> {
        let stored = self.groups.iter().filter(|group| !matches!(group.expect, Expect::Refused(_)));
        stored.flat_map(|group| group.events.iter().map(|event| event.id.as_str())).collect()
    }

    /// Waits until every event has come to its end, or for as long as is reasonable.
    async fn follow(&self) -> anyhow::Result<report::Fates> {
        let ids = self.ids();
        let deadline = Instant::now() + WITHIN;
        loop {
            let fates = look(&self.database, &ids).await?;
            let settled = fates.values().filter(|fate| fate.is_final()).count();
            if settled >= ids.len() || Instant::now() > deadline {
                return Ok(fates);
            }
            tokio::time::sleep(POLL).await;
        }
    }
}

async fn look(database: &Client, ids: &[&str]) -> anyhow::Result<report::Fates> {
    let sql = "SELECT id, outcome, reason, \
               EXISTS (SELECT 1 FROM dead_letters d WHERE d.event_id = events.id) \
               FROM events WHERE id = ANY($1)";
    let rows = database.query(sql, &[&ids]).await.context("looking for the events")?;
    let fate = |row: tokio_postgres::Row| {
        (row.get(0), Fate { outcome: row.get(1), reason: row.get(2), letter: row.get(3) })
    };
    Ok(rows.into_iter().map(fate).collect())
}

async fn connect(url: &str) -> anyhow::Result<ClientWrapper> {
    let pool = postgres::pool::pool(&url.into(), 1, "sluicegate samples")?;
    Ok(deadpool_postgres::Object::take(pool.get().await.context("connecting to the database")?))
}
