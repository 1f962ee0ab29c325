//! `sluicegate drift`.

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use super::CommandContext;
use super::output::{self, CommandResult};
use crate::audit::reason::AuditReason;
use crate::backfills::part::BackfillPart;
use crate::backfills::service::all_accounts;
use crate::checks::store::{self as checks, CheckKind, CheckResult};
use crate::common::error::ServiceError;
use crate::common::{moment, origin};
use crate::drift::repair::Repair;
use crate::drift::report::{Drift, DriftReport, KindSummary};
use crate::drift::sample::Sample;
use crate::drift::service::{Comparer, DriftRequest};

#[derive(Debug, Args)]
pub(super) struct DriftArguments {
    /// What is compared
    #[arg(default_value = "all")]
    part: BackfillPart,
    /// How many of the objects, chosen by their ids: the same ones each time
    #[arg(long, default_value = "100%", value_name = "PERCENT")]
    sample: Sample,
    /// Objects that Stripe made, and rows that were written, from then on: a length of time ago such as 90d, a date, or
    /// a time. All by default
    #[arg(long)]
    since: Option<String>,
    /// Of this connected account; `self` for the company's own, `all` for that and every account that is connected to it
    #[arg(long, default_value = "self")]
    account: String,
    /// How long a difference must last before it counts: a webhook may be on its way
    #[arg(long, default_value = "30s", value_name = "TIME")]
    settle: humantime::Duration,
    /// Take in Stripe's version of what differs, as an event; messages that it calls for are sent
    #[arg(long, requires = "reason")]
    repair: bool,
    /// Why it is repaired, for the audit
    #[arg(long, requires = "repair")]
    reason: Option<String>,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &CommandContext, arguments: DriftArguments) -> CommandResult {
    let now = Timestamp::now();
    let since = arguments.since.as_deref().map(|text| {
        let wrong = || format!("--since takes {}, not {text:?}", moment::TAKES);
        moment::parse(text, now).ok_or_else(|| ServiceError::invalid("invalid_time", wrong()))
    });
    let since = since.transpose()?;
    let reason =
        arguments.reason.as_deref().filter(|_| arguments.repair).map(AuditReason::new).transpose()?;
    let reader = context.connections.stripe_events()?;
    context.connections.reachable().await?;
    if reason.is_some() {
        context.connections.connected().await?;
    }
    let accounts = match arguments.account.as_str() {
        "all" => all_accounts(&reader.api).await?,
        account => vec![origin::account(account)?],
    };
    let settings = &context.settings;
    let livemode = settings.stripe_api.as_ref().and_then(|api| api.livemode()).or(settings.rules.livemode);
    let (part, sample, settle) = (arguments.part, arguments.sample, *arguments.settle);
    let request = DriftRequest { part, accounts, livemode, since, sample, settle };
    let repair = reason.as_ref().map(|reason| Repair { actor: &context.actor, reason });
    let comparer = Comparer { reader: &reader, rules: &settings.rules, repair };
    let bar = ProgressBar::no_length();
    let style = ProgressStyle::with_template("{msg}, {elapsed}");
    bar.set_style(style.map_err(|e| ServiceError::Internal(e.to_string()))?);
    let compared = comparer.compare(&request, |kind| {
        bar.set_message(format!("{}: {} compared", kind.object, kind.compared));
    });
    let report = compared.await;
    bar.finish_and_clear();
    let report = report?;
    for result in results(&report, &request) {
        checks::insert(&context.connections.database().await?, &result).await?;
    }
    print(&report, arguments.json)
}

/// What the comparison came to, for each account.
fn results(report: &DriftReport, request: &DriftRequest) -> Vec<CheckResult> {
    let result = |account: &String| {
        let kinds = || report.kinds.iter().filter(|kind| kind.account == *account);
        CheckResult {
            kind: CheckKind::Drift,
            account: account.clone(),
            scope: format!("{}, {}", request.part, request.sample),
            checked: kinds().map(|kind| kind.compared).sum(),
            found: kinds().map(|kind| kind.drifted).sum(),
            repaired: kinds().map(|kind| kind.repaired).sum(),
        }
    };
    request.accounts.iter().map(result).collect()
}

fn print(report: &DriftReport, json: bool) -> CommandResult {
    if json {
        output::json(report)?;
    } else {
        report.items.iter().try_for_each(show)?;
        report.kinds.iter().try_for_each(|kind| output::line(&summary(kind)))?;
    }
    match report.left() {
        0 => Ok(()),
        1 => Err(ServiceError::conflict("drift_found", "1 object differs from Stripe's").into()),
        left => {
            Err(ServiceError::conflict("drift_found", format!("{left} objects differ from Stripe's")).into())
        }
    }
}

fn show(drift: &Drift) -> CommandResult {
    let repaired =
        drift.repaired_by.as_ref().map(|event| format!(", repaired by {event}")).unwrap_or_default();
    output::line(&format!("{} {}: {}{repaired}", drift.object, drift.id, drift.kind))?;
    for found in &drift.differences {
        let (place, here, stripe) = (format!("{} {}", found.table, found.id), &found.here, &found.stripe);
        output::line(&format!("  {place} {}: {here} here, {stripe} at Stripe", found.field))?;
    }
    drift.error.iter().try_for_each(|error| output::line(&format!("  {error}")))?;
    drift.messages.iter().try_for_each(|message| output::line(&format!("  message {message}")))
}

fn summary(kind: &KindSummary) -> String {
    let account = match kind.account.as_str() {
        "" => String::new(),
        account => format!(" of {account}"),
    };
    let KindSummary { object, compared, drifted, repaired, .. } = kind;
    match repaired {
        0 => format!("{object}{account}: {compared} compared, {drifted} differ"),
        _ => format!("{object}{account}: {compared} compared, {drifted} differed, {repaired} repaired"),
    }
}
