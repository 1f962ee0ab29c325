//! `sluicegate backfill`.

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde_json::json;
use stripe_api::Resource;

use super::output::{self, CommandResult};
use super::{CommandContext, CommandError};
use crate::backfills::part::BackfillPart;
use crate::backfills::run::{BackfillRun, RunRequest};
use crate::backfills::service;
use crate::backfills::store::Backfill;
use crate::common::error::ServiceError;
use crate::common::{moment, origin};
use crate::sweeps::reader::Reader;

#[derive(Debug, Args)]
pub(super) struct BackfillArguments {
    /// What is taken in
    #[arg(default_value = "all")]
    part: BackfillPart,
    /// Objects that Stripe made from then on: a length of time ago such as 90d, a date, or a time. All by default
    #[arg(long)]
    since: Option<String>,
    /// Of this connected account; `self` for the company's own, `all` for that and every account that is connected to it
    #[arg(long, default_value = "self")]
    account: String,
    /// Send the messages that the objects call for, such as order.paid for every paid order
    #[arg(long)]
    messages: bool,
    /// Begin anew, also where the same backfill was interrupted and would go on
    #[arg(long)]
    anew: bool,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &CommandContext, arguments: BackfillArguments) -> CommandResult {
    let now = Timestamp::now();
    let since = arguments.since.as_deref().map(|text| {
        let wrong = || format!("--since takes {}, not {text:?}", moment::TAKES);
        moment::parse(text, now).ok_or_else(|| ServiceError::invalid("invalid_time", wrong()))
    });
    let since = since.transpose()?;
    let reader = context.connections.stripe_events()?;
    context.connections.reachable().await?;
    context.connections.connected().await?;
    let accounts = match arguments.account.as_str() {
        "all" => service::all_accounts(&reader.api).await?,
        account => vec![origin::account(account)?],
    };
    let run = run_of(context, &arguments, since).await?;
    let mut done = Vec::new();
    for account in accounts {
        for resource in arguments.part.resources() {
            let backfill = take_in(&reader, *resource, &run, &account, now).await?;
            if !arguments.json {
                output::line(&summary(&backfill))?;
            }
            done.push(backfill);
        }
    }
    run.finish(&context.connections.database().await?).await?;
    if arguments.json {
        return output::json(&json!({ "items": done, "next": null }));
    }
    output::line("published; the workers take them in (see `sluicegate queues`)")
}

/// The run that was interrupted and does at least what is asked for, or a new one.
async fn run_of(
    context: &CommandContext,
    arguments: &BackfillArguments,
    since: Option<Timestamp>,
) -> Result<BackfillRun, CommandError> {
    let BackfillArguments { part, messages, anew, json, .. } = *arguments;
    let request = RunRequest { part, account: arguments.account.clone(), since, messages };
    let client = context.connections.database().await?;
    let interrupted = if anew { None } else { BackfillRun::open(&client, &request).await? };
    if let Some(run) = interrupted {
        if !json {
            output::line(&format!("going on with the backfill of {}", output::time(run.started_at)))?;
        }
        return Ok(run);
    }
    Ok(BackfillRun::begin(&client, &request).await?)
}

/// Takes in one kind of object and shows how far it is. How much there is Stripe does not say: the estimate is by time,
/// where the beginning is known.
async fn take_in(
    reader: &Reader,
    resource: Resource,
    run: &BackfillRun,
    account: &str,
    now: Timestamp,
) -> Result<Backfill, ServiceError> {
    let bar = match run.since {
        Some(since) => {
            let bar = ProgressBar::new(seconds(since, now));
            bar.with_style(style("{msg} {bar:30} {percent}%, {eta} left")?)
        }
        None => ProgressBar::no_length().with_style(style("{msg}, {elapsed}")?),
    };
    let backfill = service::backfill(reader, resource, run, account, |backfill| {
        if let Some(reached) = backfill.reached {
            bar.set_position(seconds(reached, now));
        }
        let reached = backfill.reached.map(|at| format!(" back to {}", output::time(at))).unwrap_or_default();
        bar.set_message(format!("{}: {}{reached}", backfill.object, backfill.listed));
    })
    .await;
    bar.finish_and_clear();
    backfill
}

fn style(template: &str) -> Result<ProgressStyle, ServiceError> {
    ProgressStyle::with_template(template).map_err(|e| ServiceError::Internal(e.to_string()))
}

fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_secs()).unwrap_or(0)
}

fn summary(backfill: &Backfill) -> String {
    let account = match backfill.account.as_str() {
        "" => String::new(),
        account => format!(" of {account}"),
    };
    format!("{}{account}: {} objects", backfill.object, backfill.listed)
}
