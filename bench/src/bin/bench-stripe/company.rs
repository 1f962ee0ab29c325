//! A company with a database, workers and a Stripe of its own.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use amqp::topology::{Queue, Topology};
use anyhow::Context;
use bench::{backlog, memory, program};
use lapin::{Channel, Connection, ConnectionProperties};
use serde_json::Value;
use simulator::histories::{ExpectedState, History};
use simulator::servers::{TestDatabase, test_prefix};
use simulator::stripe_api::ApiServer;
use simulator::verify;
use tokio_postgres::Client;

use crate::Args;

const LOOK_EVERY: Duration = Duration::from_millis(500);
/// What takes longer has failed.
const LONGEST: Duration = Duration::from_secs(3600);
const WORKERS: [(&str, Queue); 3] = [
    ("fulfillment-worker", Queue::Fulfillment),
    ("subscription-worker", Queue::Subscription),
    ("refund-worker", Queue::Refund),
];

pub(crate) struct Company<'a> {
    args: &'a Args,
    pub(crate) api: ApiServer,
    pub(crate) client: Client,
    pub(crate) topology: Topology,
    channel: Channel,
    workers: Vec<Child>,
    database: TestDatabase,
}

impl<'a> Company<'a> {
    pub(crate) async fn new(args: &'a Args) -> anyhow::Result<Self> {
        let database = TestDatabase::create_at(&args.database_url).await?;
        let client = database.connect().await?;
        let topology = Topology { prefix: test_prefix(), retry: vec![Duration::from_secs(10)] };
        let connection = Connection::connect(&args.amqp_url, ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        topology.declare(&channel).await?;
        let api = ApiServer::open().await?;
        Ok(Self { args, api, client, topology, channel, workers: Vec::new(), database })
    }

    /// Shows all objects of a history in Stripe's lists, but for its events: they would take the most memory.
    pub(crate) fn show(&self, history: &History) {
        history.events.iter().for_each(|event| self.api.add_state(&event.body));
        for (invoice, lines) in &history.hidden_lines {
            self.api.more_lines(invoice, lines.clone());
        }
    }

    pub(crate) fn start_workers(&mut self) -> anyhow::Result<()> {
        for (name, _) in WORKERS {
            self.workers.push(self.command(name)?.spawn().with_context(|| format!("starting {name}"))?);
        }
        Ok(())
    }

    /// A program with this company's settings.
    pub(crate) fn command(&self, name: &str) -> anyhow::Result<Command> {
        let mut command = Command::new(program(name)?);
        command
            .env("AMQP_URL", &self.args.amqp_url)
            .env("AMQP_PREFIX", &self.topology.prefix)
            .env("DATABASE_URL", self.database.url())
            .env("RETRY_SCHEDULE", "10s")
            .env("STRIPE_LIVEMODE", "any")
            .env("STRIPE_API_BASE", self.api.url())
            .env("STRIPE_API_KEY", "sk_test_of_the_benchmark")
            .env("STRIPE_API_RATE", self.args.rate.to_string())
            .env("METRICS_BIND", "off")
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null());
        Ok(command)
    }

    /// Runs a command of `sluicegate` to its end.
    pub(crate) async fn sluicegate(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        let mut command = self.command("sluicegate")?;
        command.args(arguments);
        // The API is served by this process meanwhile.
        Ok(tokio::task::spawn_blocking(move || command.output()).await??)
    }

    /// The same, of one that prints JSON; with its exit status and how long it took.
    pub(crate) async fn json(&self, arguments: &[&str]) -> anyhow::Result<(Value, Option<i32>, Duration)> {
        let start = Instant::now();
        let output = self.sluicegate(arguments).await?;
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let printed = serde_json::from_slice(&output.stdout).with_context(|| errors)?;
        Ok((printed, output.status.code(), start.elapsed()))
    }

    pub(crate) async fn number(&self, sql: &str) -> anyhow::Result<i64> {
        Ok(self.client.query_one(sql, &[]).await?.get(0))
    }

    /// Waits until `sql` counts so many.
    pub(crate) async fn until(&self, sql: &str, least: i64) -> anyhow::Result<()> {
        let start = Instant::now();
        while self.number(sql).await? < least {
            anyhow::ensure!(start.elapsed() < LONGEST, "not {least} by now: {sql}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// Waits until nothing waits in a work queue, and then until so many events are done.
    pub(crate) async fn until_done(&self, events: i64) -> anyhow::Result<()> {
        let start = Instant::now();
        for (_, queue) in WORKERS {
            while backlog::waiting(&self.channel, &self.topology, queue).await? > 0 {
                anyhow::ensure!(start.elapsed() < LONGEST, "the queue {} is not drained", queue.name());
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        self.until("SELECT count(*) FROM events WHERE outcome IN ('processed', 'ignored', 'dead')", events)
            .await
    }

    /// The most memory that each worker has had, in MiB.
    pub(crate) fn worker_memory(&self) -> anyhow::Result<String> {
        let of =
            |(child, (name, _)): (&Child, (&str, Queue))| Ok(format!("{name} {:.0}", memory(child.id())?.1));
        let each: Vec<String> = self.workers.iter().zip(WORKERS).map(of).collect::<anyhow::Result<_>>()?;
        Ok(each.join(", "))
    }

    /// Fails unless the rows are what must have come of the histories. Messages are not looked at.
    pub(crate) async fn must_be(&self, expected: &[(&'static str, ExpectedState)]) -> anyhow::Result<()> {
        let expected: Vec<_> = expected.iter().map(|(name, state)| (*name, state)).collect();
        let found = verify::differences(&self.client, &expected).await?;
        let rows: Vec<_> = found.iter().filter(|found| !found.what.starts_with("outbox")).collect();
        rows.iter().take(20).for_each(|row| eprintln!("{row:?}"));
        anyhow::ensure!(rows.is_empty(), "{} rows differ", rows.len());
        Ok(())
    }

    pub(crate) async fn end(self) -> anyhow::Result<()> {
        let (amqp_url, topology) = (self.args.amqp_url.clone(), self.topology.clone());
        drop(self);
        backlog::delete(&amqp_url, &topology).await
    }
}

impl Drop for Company<'_> {
    fn drop(&mut self) {
        for worker in &mut self.workers {
            drop(worker.kill());
            drop(worker.wait());
        }
    }
}
