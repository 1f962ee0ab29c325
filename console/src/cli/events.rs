//! `sluicegate events list|show|preview|replay`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::listing::{PageArguments, PeriodArguments};
use super::origin::{OriginArguments, mode_cell};
use super::output::{self, CommandResult};
use super::{CommandContext, preview};
use crate::audit::reason::AuditReason;
use crate::common::role::Role;
use crate::dead_letters::replay_events::replay_events;
use crate::events::changes;
use crate::events::outcome::EventOutcome;
use crate::events::search::EventScope;
use crate::events::service;
use crate::events::store::EventFilter;
use crate::runtime::settings::Needs;

#[derive(Debug, Subcommand)]
pub(super) enum EventsCommand {
    /// List events, newest first
    List(EventListArguments),
    /// One event with its body and what it did
    Show {
        /// Stripe's id of the event
        id: String,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// What a replay would do now; nothing is written, nothing is sent
    Preview {
        /// Stripe's id of the event
        id: String,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Send an event through the workers again, or all events of a type with an outcome, such as those that an older
    /// version ignored; an event that already took effect changes nothing
    Replay {
        /// Stripe's id of the event
        #[arg(required_unless_present_all = ["outcome", "kind"],
            conflicts_with_all = ["outcome", "kind", "account", "mode"])]
        id: Option<String>,
        /// All events with this outcome; with --type
        #[arg(long, requires = "kind")]
        outcome: Option<EventOutcome>,
        /// All events of this type; with --outcome
        #[arg(long = "type", requires = "outcome")]
        kind: Option<String>,
        #[command(flatten)]
        origin: OriginArguments,
        /// The reason, which the audit records
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct EventListArguments {
    /// Only events of this type, or whose type begins with it: charge is charge.failed, charge.dispute.created …
    #[arg(long = "type")]
    kind: Option<String>,
    /// Only events that came in through this ingress endpoint
    #[arg(long)]
    endpoint: Option<String>,
    /// Only events with this outcome
    #[arg(long)]
    outcome: Option<EventOutcome>,
    /// Only events about this Stripe object
    #[arg(long)]
    object: Option<String>,
    /// Only events that touched this order, which is the company's own and of the mode that is processed unless
    /// --account and --mode name another
    #[arg(long)]
    order: Option<String>,
    /// Only events that touched what belongs to this customer
    #[arg(long)]
    customer: Option<String>,
    /// Any id: event, order, customer, subscription, payment intent, charge, invoice
    #[arg(short, long)]
    q: Option<String>,
    #[command(flatten)]
    period: PeriodArguments,
    #[command(flatten)]
    origin: OriginArguments,
    #[command(flatten)]
    page: PageArguments,
}

impl EventsCommand {
    pub(super) fn needs(&self) -> Needs {
        Needs {
            broker: matches!(self, EventsCommand::Replay { .. }),
            rules: matches!(self, EventsCommand::Preview { .. }),
        }
    }
}

pub(super) async fn run(context: &CommandContext, command: EventsCommand) -> CommandResult {
    match command {
        EventsCommand::List(arguments) => list(context, arguments).await,
        EventsCommand::Show { id, json } => show(context, &id, json).await,
        EventsCommand::Preview { id, json } => preview::event(context, &id, json).await,
        EventsCommand::Replay { id, outcome, kind, origin, reason } => {
            let reason = AuditReason::new(&reason)?;
            context.connections.connected().await?;
            let replayer = context.connections.replayer()?;
            let (Some(outcome), Some(kind)) = (outcome, kind) else {
                let id = id.unwrap_or_default();
                replayer.event(&id, &context.actor, &reason).await?;
                return output::line(&format!("event {id} was sent again"));
            };
            let pool = &context.connections.pool;
            let filter = EventFilter {
                kind: Some(kind),
                outcome: Some(outcome),
                origin: origin.filter()?,
                ..EventFilter::default()
            };
            let sent = replay_events(pool, replayer, &filter.checked()?, &context.actor, &reason).await?;
            output::line(&format!("{sent} events were sent again"))
        }
    }
}

async fn list(context: &CommandContext, arguments: EventListArguments) -> CommandResult {
    let EventListArguments { kind, endpoint, outcome, object, order, customer, q, period, origin, page } =
        arguments;
    let (arguments, period) = (page, period.period());
    let scope = EventScope { order, customer, any: q }.checked()?;
    let origin = scope.origin(origin.filter()?, context.settings.rules.livemode);
    let filter = EventFilter { kind, outcome, object, endpoint, period, origin }.checked()?;
    context.connections.reachable().await?;
    let request = arguments.request();
    let page = service::list(&context.connections.pool, &filter, &scope, &request, Role::Admin).await?;
    if arguments.json {
        return output::json(&page);
    }
    let rows: Vec<Vec<String>> = page
        .items
        .iter()
        .map(|e| {
            vec![
                output::time(e.received_at),
                e.id.clone(),
                e.kind.clone(),
                e.account.clone().unwrap_or_default(),
                mode_cell(Some(e.livemode)),
                e.outcome.to_string(),
                e.attempts.to_string(),
                e.object_id.clone().unwrap_or_default(),
                output::short(e.last_error.as_deref().or(e.reason.as_deref()).unwrap_or_default(), 60),
            ]
        })
        .collect();
    let headings = ["RECEIVED", "EVENT", "TYPE", "ACCOUNT", "MODE", "OUTCOME", "ATTEMPTS", "OBJECT", "ERROR"];
    output::table_with_optional("ACCOUNT", &headings, rows)?;
    output::more(page.next.as_deref())
}

async fn show(context: &CommandContext, id: &str, as_json: bool) -> CommandResult {
    context.connections.reachable().await?;
    let (event, body, effects) = service::show(&context.connections.pool, id).await?;
    if as_json {
        let payload: serde_json::Value =
            serde_json::from_str(&body).unwrap_or(serde_json::Value::String(body));
        return output::json(&json!({"event": event, "effects": effects, "payload": payload}));
    }
    output::fields(&[
        ("event", Some(event.id)),
        ("type", Some(event.kind)),
        ("outcome", Some(event.outcome.to_string())),
        ("reason", event.reason),
        ("error", event.last_error),
        ("attempts", Some(event.attempts.to_string())),
        ("object", event.object_id),
        ("account", event.account),
        ("API version", event.api_version),
        ("mode", Some(mode_cell(Some(event.livemode)))),
        ("created", Some(output::time(event.created))),
        ("received", Some(output::time(event.received_at))),
        ("processed", event.processed_at.map(output::time)),
        ("next attempt", event.next_attempt_at.map(output::time)),
        ("endpoint", event.endpoint),
    ])?;
    for effect in effects {
        let changes = changes::changes(&effect);
        let text: Vec<String> = changes.iter().map(|c| format!("{} {} → {}", c.name, c.from, c.to)).collect();
        let text = if text.is_empty() { "nothing changed".to_owned() } else { text.join(", ") };
        output::line(&format!("{} {}: {text}", effect.aggregate, effect.aggregate_id))?;
        for key in changes::messages(&effect) {
            output::line(&format!("  message {key}"))?;
        }
    }
    output::line("")?;
    body.lines().try_for_each(output::line)
}
