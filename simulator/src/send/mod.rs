//! `simulator send`: plays Stripe to any ingress, retries included.
//!
//! Knows HTTP and signatures; what the events mean is the histories' business.

mod args;
mod client;
mod dispatch;
mod load;
mod tally;

pub use args::SendArgs;
pub use client::{Answer, Client, Failure, Target, TargetError};
pub use load::event_files;
pub use tally::Tally;

use std::sync::Arc;
use std::time::Instant;

use crate::verify;

/// Sends, says what became of it, and compares with the database where one is given. Gives the exit status.
pub async fn send(args: SendArgs) -> anyhow::Result<u8> {
    let target = Target::parse(&args.url)?;
    let seed = args.of.seed();
    let bursts = load::bursts(&args, seed)?;
    let events: usize = bursts.iter().map(Vec::len).sum();
    eprintln!("{events} events to {target}, seed {seed}");
    let started = Instant::now();
    let tally = dispatch::dispatch(Arc::new(dispatch::Plan::new(&args, target)), bursts).await;
    println!("{}", tally.report(started.elapsed()));
    let mut code = u8::from(!tally.all_accepted());
    if let (Some(database), true) = (&args.database, args.file.is_empty()) {
        code = code.max(verify::compare(&args.of, seed, database, args.deadline).await?);
    }
    Ok(code)
}
