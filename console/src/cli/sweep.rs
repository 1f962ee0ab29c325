//! `sluicegate sweep`.

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde_json::json;

use super::CommandContext;
use super::output::{self, CommandResult};
use crate::common::error::ServiceError;
use crate::common::moment;
use crate::common::origin;
use crate::sweeps::service;
use crate::sweeps::store::Sweep;
use crate::sweeps::window::Window;

#[derive(Debug, Args)]
pub(super) struct SweepArguments {
    /// Events that Stripe made from then on: a length of time ago such as 3d, a date, or a time. Stripe lists events
    /// for 30 days
    #[arg(long, default_value = "3d")]
    since: String,
    /// Events that Stripe made before then; now by default
    #[arg(long)]
    until: Option<String>,
    /// Of this connected account; `self` for the company's own, `all` for that and every connected account that events
    /// have come from
    #[arg(long, default_value = "self")]
    account: String,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &CommandContext, arguments: SweepArguments) -> CommandResult {
    let now = Timestamp::now();
    let since = read("since", &arguments.since, now)?;
    // Stripe's clock may be a little ahead of this one.
    let until = arguments.until.as_deref().map_or(Ok(now + SECOND), |until| read("until", until, now))?;
    if since >= until {
        return Err(ServiceError::invalid("invalid_window", "--since must be before --until").into());
    }
    let reader = context.connections.stripe_events()?;
    context.connections.reachable().await?;
    context.connections.connected().await?;
    let accounts = match arguments.account.as_str() {
        "all" => reader.accounts().await?,
        account => vec![origin::account(account)?],
    };
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:40} {percent}% {msg}");
    bar.set_style(style.map_err(|e| ServiceError::Internal(e.to_string()))?);
    let mut swept = Vec::new();
    for account in accounts {
        swept.extend(
            service::sweep(&reader, &account, Window { since, until }, |sweep| show(&bar, sweep)).await?,
        );
    }
    bar.finish_and_clear();
    if arguments.json {
        return output::json(&json!({ "items": swept, "next": null }));
    }
    swept.iter().try_for_each(|sweep| output::line(&summary(sweep)))
}

const SECOND: jiff::SignedDuration = jiff::SignedDuration::from_secs(1);

fn read(name: &str, text: &str, now: Timestamp) -> Result<Timestamp, ServiceError> {
    let wrong =
        || ServiceError::invalid("invalid_time", format!("--{name} takes {}, not {text:?}", moment::TAKES));
    moment::parse(text, now).ok_or_else(wrong)
}

/// How much of the window has been looked at, by time.
fn show(bar: &ProgressBar, sweep: &Sweep) {
    let seconds =
        |from: Timestamp, to: Timestamp| u64::try_from(to.duration_since(from).as_secs()).unwrap_or(0);
    bar.set_length(seconds(sweep.since, sweep.until));
    bar.set_position(seconds(sweep.reached, sweep.until));
    bar.set_message(format!("{} listed, {} missed", sweep.listed, sweep.missed));
}

fn summary(sweep: &Sweep) -> String {
    let (since, until) = (output::time(sweep.since), output::time(sweep.until));
    let account = match sweep.account.as_str() {
        "" => String::new(),
        account => format!(" of {account}"),
    };
    let listed = sweep.listed;
    match sweep.missed {
        0 => format!("{listed} events{account} from {since} to {until}: none was missed"),
        missed => format!(
            "{listed} events{account} from {since} to {until}: {missed} had been missed and are published"
        ),
    }
}
