//! `sluicegate messages list|show|resend|destinations|resume`.

use clap::{Args, Subcommand};

use super::CommandContext;
use super::listing::{PageArguments, PeriodArguments};
use super::output::{self, CommandResult};
use crate::audit::reason::AuditReason;
use crate::common::error::ServiceError;
use crate::common::moment::Period;
use crate::common::origin::{Mode, OriginFilter};
use crate::common::role::Role;
use crate::messages::destinations::{self, Destination};
use crate::messages::resend;
use crate::messages::service::{self, MessageView};
use crate::messages::state::DeliveryState;
use crate::messages::store::{Delivery, MessageFilter, MessageRow};

#[derive(Debug, Subcommand)]
pub(super) enum MessagesCommand {
    /// Outgoing messages and where each stands, newest first
    List(ListArguments),
    /// One message with its data
    Show {
        /// Its number
        id: i64,
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// Send a message to a destination again: one that failed, or one that the destination lost
    Resend {
        /// Its number
        id: i64,
        /// One of its destinations, such as amqp or http
        #[arg(long)]
        destination: String,
        /// Why: kept in the audit
        #[arg(long)]
        reason: String,
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// Where messages go, and how each destination stands
    Destinations {
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// Send to a paused destination again
    Resume {
        /// Its name, such as http
        destination: String,
        /// Why: kept in the audit
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Only of this topic, such as order.paid
    #[arg(long)]
    topic: Option<String>,
    /// Only those that stand so at a destination
    #[arg(long)]
    state: Option<DeliveryState>,
    /// Only for this destination: amqp, http or http:<name>
    #[arg(long)]
    destination: Option<String>,
    #[command(flatten)]
    period: PeriodArguments,
    /// A key, or the id of an order, payment, refund, dispute, invoice or subscription
    #[arg(long)]
    q: Option<String>,
    /// Only of this connected account; self is the company's own
    #[arg(long)]
    account: Option<String>,
    /// Only live or only test messages
    #[arg(long)]
    mode: Option<Mode>,
    #[command(flatten)]
    page: PageArguments,
}

impl ListArguments {
    fn filter(self) -> Result<(MessageFilter, PageArguments), ServiceError> {
        let ListArguments { topic, state, destination, period, q, account, mode, page } = self;
        let Period { since, until } = period.period();
        let origin = OriginFilter::new(account.as_deref(), mode)?;
        Ok((MessageFilter { topic, state, destination, since, until, q, origin }, page))
    }
}

pub(super) async fn run(context: &CommandContext, command: MessagesCommand) -> CommandResult {
    let pool = &context.connections.pool;
    match command {
        MessagesCommand::List(arguments) => {
            let (filter, arguments) = arguments.filter()?;
            context.connections.reachable().await?;
            let page = service::list(pool, filter, &arguments.request(), Role::Admin).await?;
            if arguments.json {
                return output::json(&page);
            }
            let rows: Vec<Vec<String>> = page.items.iter().flat_map(rows).collect();
            output::table(
                &["MESSAGE", "WRITTEN", "KEY", "DESTINATION", "STATE", "ATTEMPTS", "ERROR"],
                &rows,
            )?;
            output::more(page.next.as_deref())
        }
        MessagesCommand::Show { id, json } => {
            context.connections.reachable().await?;
            print(&service::show(pool, id, Role::Admin).await?, json)
        }
        MessagesCommand::Resend { id, destination, reason, json } => {
            let reason = AuditReason::new(&reason)?;
            context.connections.reachable().await?;
            print(&resend::resend(pool, &context.actor, id, &destination, &reason).await?, json)
        }
        MessagesCommand::Destinations { json } => {
            context.connections.reachable().await?;
            let found = destinations::list(pool, Role::Admin).await?;
            if json {
                return output::json(&serde_json::json!({"items": found, "next": null}));
            }
            let rows: Vec<Vec<String>> = found.iter().map(destination_row).collect();
            output::table(&["DESTINATION", "STATE", "WAITING", "FAILED", "TRIED AGAIN", "LAST ERROR"], &rows)
        }
        MessagesCommand::Resume { destination, reason } => {
            let reason = AuditReason::new(&reason)?;
            context.connections.reachable().await?;
            destinations::resume(pool, &context.actor, &destination, &reason).await?;
            output::line(&format!("{destination} gets messages again"))
        }
    }
}

/// One line for each destination.
fn rows(message: &MessageRow) -> Vec<Vec<String>> {
    let row = |delivery: &Delivery| {
        vec![
            message.id.to_string(),
            output::time(message.created_at),
            message.key.clone(),
            delivery.destination.clone(),
            delivery.state.to_string(),
            delivery.attempts.to_string(),
            output::short(delivery.last_error.as_deref().unwrap_or_default(), 60),
        ]
    };
    message.deliveries.iter().map(row).collect()
}

fn destination_row(destination: &Destination) -> Vec<String> {
    vec![
        destination.name.clone(),
        destination.state.to_string(),
        destination.pending.to_string(),
        destination.failed.to_string(),
        destination.resume_at.map(output::time).unwrap_or_default(),
        output::short(destination.last_error.as_deref().unwrap_or_default(), 60),
    ]
}

fn print(view: &MessageView, as_json: bool) -> CommandResult {
    if as_json {
        return output::json(view);
    }
    let message = &view.message;
    output::fields(&[
        ("message", Some(message.id.to_string())),
        ("key", Some(message.key.clone())),
        ("topic", Some(message.topic.clone())),
        ("kind", Some(if message.lasting { "lasting" } else { "notice" }.to_owned())),
        ("account", Some(message.account.clone()).filter(|account| !account.is_empty())),
        ("mode", Some(Mode::of(message.livemode).to_string())),
        ("written", Some(output::time(message.created_at))),
    ])?;
    for delivery in &message.deliveries {
        let error = delivery.last_error.as_deref().map(|error| format!(": {error}")).unwrap_or_default();
        let Delivery { destination, state, attempts, .. } = delivery;
        output::line(&format!("{destination}: {state} after {attempts} attempts{error}"))?;
    }
    output::json(&view.data)
}
