//! `simulator verify`: whether the database holds what the histories must have come to.

mod args;
mod compare;
mod expected;
mod settle;
mod table;

use std::time::Duration;

use anyhow::{Context as _, bail};
use deadpool_postgres::Object;
use secrecy::SecretString;

pub use args::VerifyArgs;
pub use compare::{Difference, ExpectedStates, differences};

use crate::histories::History;
use crate::history_args::HistoryArgs;

/// At most this many differences are printed.
const SHOWN: usize = 60;

/// Compares the histories of a seed with the database. Gives the exit status.
pub async fn verify(args: VerifyArgs) -> anyhow::Result<u8> {
    let Some(seed) = args.of.seed else {
        bail!("--seed: which histories were sent? `simulator send` prints it")
    };
    compare(&args.of, seed, &args.database, args.deadline).await
}

/// Waits until every event of the histories is settled, compares, and prints what differs. A row that is
/// marked ambiguous may differ: the difference is shown, and is no failure.
pub(crate) async fn compare(
    of: &HistoryArgs,
    seed: u64,
    url: &str,
    deadline: Duration,
) -> anyhow::Result<u8> {
    let mut histories: Vec<History> = of.write(seed).collect();
    let events: Vec<String> =
        histories.iter_mut().flat_map(|history| history.events.drain(..)).map(|event| event.id).collect();
    let client = connect(url).await?;
    let settled = settle::wait(&client, &events, deadline).await?;
    println!("{settled}");
    let expected_states: Vec<_> =
        histories.iter().map(|history| (history.name, &history.expected_state)).collect();
    let differences = compare::differences(&client, &expected_states).await?;
    if !differences.is_empty() {
        println!("{}", table::table(&differences, SHOWN));
    }
    let guessed = differences.iter().filter(|difference| difference.guessed).count();
    let well = differences.len() == guessed && settled.all_done();
    let result = if well { "as expected" } else { "NOT as expected" };
    print!("{} histories of seed {seed}: {result}, {} differences", histories.len(), differences.len());
    println!(
        "{}",
        if guessed > 0 { format!(", {guessed} in rows that are marked ambiguous") } else { String::new() }
    );
    Ok(u8::from(!well))
}

async fn connect(url: &str) -> anyhow::Result<Object> {
    let pool = postgres::pool::pool(&SecretString::from(url), 1, "simulator verify")?;
    pool.get().await.context("connecting to the database")
}
