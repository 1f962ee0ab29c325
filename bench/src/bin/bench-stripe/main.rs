//! What is read from Stripe's API, at size: an existing account that is taken in while it is killed twice, a month of its
//! balance that is reconciled, and drift.
//!
//! Beside the figures it holds what must come of it: every object in its row and no message sent; every movement
//! explained, and exactly those that were planted named. Takes the servers from `DATABASE_URL` and `AMQP_URL` and runs
//! the programs built beside it.

mod company;
mod existing;
mod month;
mod plant;

use clap::Parser;

/// Measures backfill, reconcile and drift.
#[derive(Parser)]
struct Args {
    /// URL of RabbitMQ, such as amqp://user:password@host:5672
    #[arg(long, env = "AMQP_URL", hide_env_values = true)]
    amqp_url: String,
    /// URL of PostgreSQL, such as postgres://user:password@host/database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// Objects that the backfill takes in, at least; 0 leaves it out.
    #[arg(long, default_value_t = 100_000)]
    objects: usize,
    /// Histories of the month; 0 leaves it out.
    #[arg(long, default_value_t = 10_000)]
    histories: usize,
    /// How much of the month is compared for drift.
    #[arg(long, default_value = "20%")]
    sample: String,
    /// Requests per second to Stripe's API: as many as a live key makes by default.
    #[arg(long, default_value_t = 20)]
    rate: u32,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if args.objects > 0 {
        existing::run(&args).await?;
    }
    if args.histories > 0 {
        month::run(&args).await?;
    }
    Ok(())
}
