//! `sluicegate cases list|show|accept`.

use clap::Subcommand;

use super::CommandContext;
use super::listing::{PageArguments, PeriodArguments};
use super::origin::{OriginArguments, mode_cell};
use super::output::{self, CommandResult};
use crate::audit::reason::AuditReason;
use crate::cases::state::{CaseState, HeldReason};
use crate::cases::store::{Case, CaseFilter};
use crate::cases::{advice, service};
use crate::common::role::Role;

#[derive(Debug, Subcommand)]
pub(super) enum CasesCommand {
    /// Payments that do not match their order, newest first
    List {
        /// Only these; both by default
        #[arg(long)]
        state: Option<CaseState>,
        /// Only payments that are held for this reason
        #[arg(long)]
        reason: Option<HeldReason>,
        /// Only of this order
        #[arg(long)]
        order: Option<String>,
        /// Only of this payment
        #[arg(long)]
        payment: Option<String>,
        #[command(flatten)]
        period: PeriodArguments,
        #[command(flatten)]
        origin: OriginArguments,
        #[command(flatten)]
        page: PageArguments,
    },
    /// One case, and what can be done
    Show {
        /// Number of the case
        id: i64,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Accept the payment as it is: it counts for its order from now on
    Accept {
        /// Number of the case
        id: i64,
        /// The reason, which the audit records
        #[arg(long)]
        reason: String,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(context: &CommandContext, command: CasesCommand) -> CommandResult {
    let pool = &context.connections.pool;
    match command {
        CasesCommand::List { state, reason, order, payment, period, origin, page: arguments } => {
            let (period, origin) = (period.period(), origin.filter()?);
            let filter = CaseFilter { state, reason, order, payment, period, origin };
            context.connections.reachable().await?;
            let page = service::list(pool, filter, &arguments.request(), Role::Admin).await?;
            if arguments.json {
                return output::json(&page);
            }
            let rows: Vec<Vec<String>> = page.items.iter().map(row).collect();
            let headings =
                ["CASE", "OPENED", "STATE", "ACCOUNT", "MODE", "ORDER", "COSTS", "PAYMENT", "PAID", "WHY"];
            output::table_with_optional("ACCOUNT", &headings, rows)?;
            output::more(page.next.as_deref())
        }
        CasesCommand::Show { id, json } => {
            context.connections.reachable().await?;
            print(&service::show(pool, id, Role::Admin).await?, json)
        }
        CasesCommand::Accept { id, reason, json } => {
            let reason = AuditReason::new(&reason)?;
            context.connections.reachable().await?;
            let rules = &context.settings.rules;
            print(&service::accept(pool, &context.actor, id, &reason, rules).await?, json)
        }
    }
}

fn row(case: &Case) -> Vec<String> {
    vec![
        case.id.to_string(),
        output::time(case.opened_at),
        case.resolution.map_or_else(|| case.state.to_string(), |resolution| resolution.to_string()),
        case.account.clone(),
        mode_cell(Some(case.livemode)),
        case.order_id.clone(),
        case.expected(),
        case.payment_id.clone(),
        case.paid(),
        case.reason.to_string(),
    ]
}

fn print(case: &Case, as_json: bool) -> CommandResult {
    if as_json {
        return output::json(case);
    }
    let advice = advice::of(case.reason);
    output::fields(&[
        ("case", Some(case.id.to_string())),
        ("state", Some(case.state.to_string())),
        ("ended", case.resolution.map(|resolution| resolution.to_string())),
        ("order", Some(case.order_id.clone())),
        ("costs", Some(case.expected())),
        ("payment", Some(case.payment_id.clone())),
        ("paid", Some(case.paid())),
        ("customer", case.customer.clone()),
        ("account", Some(case.account.clone()).filter(|account| !account.is_empty())),
        ("mode", Some(mode_cell(Some(case.livemode)))),
        ("reason", Some(case.reason.to_string())),
        ("opened", Some(output::time(case.opened_at))),
        ("closed", case.closed_at.map(output::time)),
        ("what it means", Some(advice.meaning.to_owned())),
        ("what to do", Some(advice.remedy.to_owned())),
    ])
}
