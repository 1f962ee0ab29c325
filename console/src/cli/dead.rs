//! `sluicegate dead list|groups|show|preview|replay|discard`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::bulk::{self, BulkArguments};
use super::listing::{PageArguments, PeriodArguments};
use super::origin::{OriginArguments, mode_cell};
use super::output::{self, CommandResult};
use super::{CommandContext, preview};
use crate::audit::reason::AuditReason;
use crate::common::role::Role;
use crate::dead_letters::filter::DeadLetterFilter;
use crate::dead_letters::service;
use crate::dead_letters::state::DeadLetterState;
use crate::jobs::state::JobAction;
use crate::reports::service as reports;
use crate::runtime::settings::Needs;

#[derive(Debug, Subcommand)]
pub(super) enum DeadCommand {
    /// List dead letters, newest first
    List(DeadLetterListArguments),
    /// One dead letter with its body
    Show {
        /// Number of the dead letter
        id: i64,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Dead letters with the same cause, the largest group first
    Groups {
        #[command(flatten)]
        origin: OriginArguments,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// What a group was about and what was done, as an incident report in Markdown
    Report {
        /// Fingerprint of the group, as `dead groups` prints it
        fingerprint: String,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// What a replay would do now; nothing is written, nothing is sent
    Preview {
        /// Number of the dead letter
        id: i64,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Send the events of dead letters through the workers again
    Replay {
        /// Number of one dead letter
        #[arg(conflicts_with_all = ["account", "mode"])]
        id: Option<i64>,
        /// The reason, which the audit records
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        many: BulkArguments,
    },
    /// Mark dead letters as not to be replayed
    Discard {
        /// Number of one dead letter
        #[arg(conflicts_with_all = ["account", "mode"])]
        id: Option<i64>,
        /// The reason, which the audit records
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        many: BulkArguments,
    },
}

#[derive(Debug, Args)]
pub(super) struct DeadLetterListArguments {
    /// Only events of this type, or whose type begins with it: charge is charge.failed, charge.dispute.created …
    #[arg(long = "type")]
    kind: Option<String>,
    /// Only dead letters with this reason
    #[arg(long)]
    reason: Option<String>,
    /// Only dead letters of this group
    #[arg(long)]
    fingerprint: Option<String>,
    /// Only dead letters in this state
    #[arg(long)]
    state: Option<DeadLetterState>,
    /// An id that the dead letter names (order, customer, charge …), or a part of its error
    #[arg(short, long)]
    q: Option<String>,
    #[command(flatten)]
    period: PeriodArguments,
    /// Only events that came in through this ingress endpoint
    #[arg(long)]
    endpoint: Option<String>,
    #[command(flatten)]
    origin: OriginArguments,
    #[command(flatten)]
    page: PageArguments,
}

impl DeadCommand {
    pub(super) fn needs(&self) -> Needs {
        Needs {
            broker: matches!(self, DeadCommand::Replay { .. } | DeadCommand::Discard { id: None, .. }),
            rules: matches!(self, DeadCommand::Preview { .. }),
        }
    }
}

pub(super) async fn run(context: &CommandContext, command: DeadCommand) -> CommandResult {
    match command {
        DeadCommand::List(arguments) => list(context, arguments).await,
        DeadCommand::Show { id, json } => show(context, id, json).await,
        DeadCommand::Groups { origin, json } => preview::groups(context, &origin, json).await,
        DeadCommand::Report { fingerprint, json } => {
            context.connections.reachable().await?;
            output::report(&reports::group(&context.connections.pool, &fingerprint).await?, json)
        }
        DeadCommand::Preview { id, json } => preview::dead_letter(context, id, json).await,
        DeadCommand::Replay { id, reason, many } => {
            let Some(id) = many.meant(id)? else {
                return bulk::run(context, JobAction::Replay, many, &reason).await;
            };
            let reason = AuditReason::new(&reason)?;
            context.connections.connected().await?;
            let event = context.connections.replayer()?.dead_letter(id, &context.actor, &reason).await?;
            output::line(&format!("dead letter {id} was sent again as event {event}"))
        }
        DeadCommand::Discard { id, reason, many } => {
            let Some(id) = many.meant(id)? else {
                return bulk::run(context, JobAction::Discard, many, &reason).await;
            };
            let reason = AuditReason::new(&reason)?;
            service::discard(&context.connections.pool, id, &context.actor, &reason).await?;
            output::line(&format!("dead letter {id} is discarded"))
        }
    }
}

async fn list(context: &CommandContext, a: DeadLetterListArguments) -> CommandResult {
    context.connections.reachable().await?;
    service::known_reason(&context.connections.pool, a.reason.as_deref()).await?;
    let filter = DeadLetterFilter {
        kind: a.kind,
        reason: a.reason,
        fingerprint: a.fingerprint,
        state: a.state,
        q: a.q,
        since: a.period.since,
        until: a.period.until,
        account: a.origin.account,
        mode: a.origin.mode,
        endpoint: a.endpoint,
    };
    let page = service::list(&context.connections.pool, filter, &a.page.request(), Role::Admin).await?;
    if a.page.json {
        return output::json(&page);
    }
    let rows: Vec<Vec<String>> = page
        .items
        .iter()
        .map(|l| {
            vec![
                l.id.to_string(),
                output::time(l.dead_at),
                l.event_id.clone(),
                l.kind.clone(),
                l.account.clone().unwrap_or_default(),
                mode_cell(l.livemode),
                l.state.to_string(),
                l.attempts.to_string(),
                l.reason.clone(),
                output::short(&l.error, 70),
            ]
        })
        .collect();
    let headings =
        ["ID", "DEAD SINCE", "EVENT", "TYPE", "ACCOUNT", "MODE", "STATE", "ATTEMPTS", "REASON", "ERROR"];
    output::table_with_optional("ACCOUNT", &headings, rows)?;
    output::more(page.next.as_deref())
}

async fn show(context: &CommandContext, id: i64, as_json: bool) -> CommandResult {
    context.connections.reachable().await?;
    let (dead_letter, body) = service::show(&context.connections.pool, id).await?;
    let text = String::from_utf8_lossy(&body).into_owned();
    if as_json {
        let payload = serde_json::from_slice(&body).unwrap_or(serde_json::Value::String(text));
        return output::json(&json!({"dead_letter": dead_letter, "payload": payload}));
    }
    output::fields(&[
        ("dead letter", Some(dead_letter.id.to_string())),
        ("event", Some(dead_letter.event_id)),
        ("type", Some(dead_letter.kind)),
        ("account", dead_letter.account.filter(|account| !account.is_empty())),
        ("mode", Some(mode_cell(dead_letter.livemode)).filter(|mode| !mode.is_empty())),
        ("state", Some(format!("{} since {}", dead_letter.state, output::time(dead_letter.state_at)))),
        ("reason", Some(dead_letter.reason)),
        ("error", Some(dead_letter.error)),
        ("attempts", Some(dead_letter.attempts.to_string())),
        ("replays", Some(dead_letter.replays.to_string())),
        ("received", dead_letter.received_at.map(output::time)),
        ("first failed", Some(output::time(dead_letter.first_failed_at))),
        ("dead since", Some(output::time(dead_letter.dead_at))),
        ("group", Some(dead_letter.fingerprint)),
        ("endpoint", dead_letter.endpoint),
    ])?;
    output::line("")?;
    text.lines().try_for_each(output::line)
}
