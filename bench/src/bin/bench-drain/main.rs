//! How fast a worker drains a backlog, beside pgbench doing the same writes with one transaction for each
//! event: the same server, payloads stored, alternating runs, medians.
//!
//! Also whether the outbox relay keeps up with what the drain writes.
//!
//! Takes the servers from `DATABASE_URL` and `AMQP_URL` and runs the `fulfillment-worker` built beside it.

mod peer;
mod relay;

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use amqp::topology::{Queue, Topology};
use anyhow::Context;
use bench::{backlog, median, memory, program};
use clap::Parser;
use lapin::{Channel, Connection, ConnectionProperties};
use relay::Relay;
use simulator::servers::TestDatabase;

/// How many times faster than one transaction for each event the drain is to be.
const AIM: f64 = 4.0;
/// How many times as fast as the drain writes messages the relay is to send them.
const RELAY_AIM: f64 = 1.0;
/// A drain that takes longer has failed.
const LONGEST: Duration = Duration::from_secs(600);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Measures the drain of a backlog.
#[derive(Parser)]
struct Args {
    /// URL of RabbitMQ, such as amqp://user:password@host:5672
    #[arg(long, env = "AMQP_URL", hide_env_values = true)]
    amqp_url: String,
    /// URL of PostgreSQL, such as postgres://user:password@host/database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// How often each side is measured.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Events in the backlog.
    #[arg(long, default_value_t = 100_000)]
    events: usize,
    /// Seconds of each run of pgbench.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let prefix = format!("drain{}.", std::process::id());
    let topology = Topology { prefix, retry: Vec::new() };
    let connection = Connection::connect(&args.amqp_url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    let bodies = backlog::write(args.events);
    let mean = bodies.iter().map(|event| event.body.len()).sum::<usize>() / bodies.len().max(1);
    println!("{} events of purchases, {mean} bytes each on average", bodies.len());
    println!(
        "{:>5} {:>16} {:>20} {:>7} {:>18} {:>20}",
        "run", "worker events/s", "pgbench events/s", "ratio", "messages sent", "relay / drain"
    );
    let (mut drained, mut single, mut relayed, mut peak) = (Vec::new(), Vec::new(), Vec::new(), 0.0_f64);
    for round in 1..=args.rounds {
        backlog::fill(&args.amqp_url, &topology, &bodies).await?;
        let run = drain(&args, &channel, &topology, bodies.len()).await?;
        let slow = peer::run(&args.database_url, Duration::from_secs(args.seconds)).await?;
        let sent = format!("{}/{}", run.relay.sent, run.relay.written);
        let (fast, relay) = (run.events_per_second, run.relay_ratio);
        println!("{round:>5} {fast:>16.0} {slow:>20.0} {:>7.1} {sent:>18} {relay:>20.1}", fast / slow);
        drained.push(fast);
        single.push(slow);
        relayed.push(relay);
        peak = peak.max(run.memory);
    }
    backlog::delete(&args.amqp_url, &topology).await?;
    let (drained, single) = (median(drained), median(single));
    let ratio = drained / single;
    println!("worker: median {drained:.0} events a second from a backlog of {}", bodies.len());
    println!("pgbench, one transaction for each event: median {single:.0} events a second");
    println!("ratio: {ratio:.1} (aim {AIM}){}", if ratio < AIM { " FALLS SHORT" } else { "" });
    let relay = median(relayed);
    let short = if relay < RELAY_AIM { " FALLS SHORT" } else { "" };
    println!(
        "relay: median {relay:.1} messages sent for each that the drain writes (aim {RELAY_AIM}){short}"
    );
    println!("worker memory: {peak:.0} MiB at most");
    Ok(())
}

/// One drain.
struct Drain {
    events_per_second: f64,
    /// The worker's peak, MiB.
    memory: f64,
    relay: Relay,
    /// The relay's rate by itself, in messages for each that the drain wrote in the same time.
    relay_ratio: f64,
}

/// Drains the backlog into a database of its own.
async fn drain(args: &Args, channel: &Channel, topology: &Topology, events: usize) -> anyhow::Result<Drain> {
    let database = TestDatabase::create_at(&args.database_url).await?;
    let client = database.connect().await?;
    let start = Instant::now();
    let worker = Worker::start(args, &topology.prefix, database.url())?;
    let expected = i64::try_from(events)?;
    loop {
        if backlog::waiting(channel, topology, Queue::Fulfillment).await? > 0 {
            anyhow::ensure!(start.elapsed() < LONGEST, "the backlog is not drained");
            tokio::time::sleep(LOOK_EVERY).await;
            continue;
        }
        let done: i64 =
            client.query_one("SELECT count(*) FROM events WHERE outcome = 'processed'", &[]).await?.get(0);
        if done >= expected {
            break;
        }
        anyhow::ensure!(start.elapsed() < LONGEST, "only {done} of {events} events were processed");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let took = start.elapsed().as_secs_f64();
    let relay = Relay::at_the_end_of_the_drain(&client).await?;
    let (_, memory) = memory(worker.0.id())?;
    drop(worker);
    let alone = relay::alone(args, channel, topology, (&client, database.url())).await?;
    let relay_ratio = alone / (relay.written as f64 / took);
    Ok(Drain { events_per_second: events as f64 / took, memory, relay, relay_ratio })
}

struct Worker(Child);

impl Worker {
    fn start(args: &Args, prefix: &str, database: &str) -> anyhow::Result<Self> {
        let child = Command::new(program("fulfillment-worker")?)
            .env("AMQP_URL", &args.amqp_url)
            .env("AMQP_PREFIX", prefix)
            .env("DATABASE_URL", database)
            .env("RETRY_SCHEDULE", "10s")
            .env("STRIPE_LIVEMODE", "any")
            .env("METRICS_BIND", "off")
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .spawn()?;
        Ok(Self(child))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.0.kill().context("the worker had ended"));
        drop(self.0.wait());
    }
}
