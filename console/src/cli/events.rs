//! `sluicegate events list|show|preview|replay`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::listing::Listing;
use super::output::{self, Printed};
use super::{Context, preview};
use crate::change;
use crate::failure::Failure;
use crate::paging;
use crate::replay::Why;
use crate::settings::Needs;
use crate::store::events as store;
use crate::store::search::{self, Touching};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Events, newest first
    List(ListArguments),
    /// One event with its body and what it did
    Show {
        /// Stripe's event id
        id: String,
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// What a replay would do now; nothing is written, nothing is sent
    Preview {
        /// Stripe's event id
        id: String,
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// Send an event through the workers once more; what took effect already changes nothing
    Replay {
        /// Stripe's event id
        id: String,
        /// Why: kept in the audit
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Only events of this type
    #[arg(long = "type")]
    kind: Option<String>,
    /// Only events with this outcome: processed, ignored, retrying or dead
    #[arg(long)]
    outcome: Option<String>,
    /// Only events about this Stripe object
    #[arg(long)]
    object: Option<String>,
    /// Only events that touched this order
    #[arg(long)]
    order: Option<String>,
    /// Only events that touched what belongs to this customer
    #[arg(long)]
    customer: Option<String>,
    /// Any id: event, order, customer, subscription, payment intent, charge, invoice
    #[arg(short, long)]
    q: Option<String>,
    #[command(flatten)]
    page: Listing,
}

impl Command {
    pub(super) fn needs(&self) -> Needs {
        Needs {
            broker: matches!(self, Command::Replay { .. }),
            rules: matches!(self, Command::Preview { .. }),
        }
    }
}

pub(super) async fn run(context: &Context, command: Command) -> Printed {
    match command {
        Command::List(arguments) => list(context, arguments).await,
        Command::Show { id, json } => show(context, &id, json).await,
        Command::Preview { id, json } => preview::event(context, &id, json).await,
        Command::Replay { id, reason } => {
            let why = Why::new(&reason)?;
            context.servers.connected().await?;
            context.servers.replayer()?.event(&id, &context.actor, &why).await?;
            output::line(&format!("event {id} was sent again"))
        }
    }
}

async fn list(context: &Context, arguments: ListArguments) -> Printed {
    let client = context.servers.database().await?;
    let before = paging::event_cursor(arguments.page.before.as_deref())?;
    let outcome = paging::one_of("outcome", arguments.outcome, &paging::OUTCOMES)?;
    let limit = paging::limit(Some(arguments.page.limit))?;
    let filter = store::Filter { kind: arguments.kind, outcome, object: arguments.object };
    let touching = Touching {
        order: paging::text("order", arguments.order)?,
        customer: paging::text("customer", arguments.customer)?,
        any: paging::text("q", arguments.q)?,
    };
    let events = search::events(&client, &filter, &touching, before.as_ref(), limit + 1).await?;
    let page = paging::Page::cut(events, limit, |e| store::Cursor::after(e).to_string());
    if arguments.page.json {
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
                e.outcome.clone(),
                e.attempts.to_string(),
                e.object_id.clone().unwrap_or_default(),
                output::short(e.last_error.as_deref().or(e.reason.as_deref()).unwrap_or_default(), 60),
            ]
        })
        .collect();
    output::table(&["RECEIVED", "EVENT", "TYPE", "OUTCOME", "TRIES", "OBJECT", "WHY"], &rows)?;
    output::more(page.next.as_deref())
}

async fn show(context: &Context, id: &str, as_json: bool) -> Printed {
    let client = context.servers.database().await?;
    let (event, body) =
        store::show(&client, id).await?.ok_or_else(|| Failure::NotFound(format!("event {id}")))?;
    let effects = store::effects(&client, id).await?;
    if as_json {
        let payload: serde_json::Value =
            serde_json::from_str(&body).unwrap_or(serde_json::Value::String(body));
        return output::json(&json!({"event": event, "effects": effects, "payload": payload}));
    }
    output::fields(&[
        ("event", Some(event.id)),
        ("type", Some(event.kind)),
        ("outcome", Some(event.outcome)),
        ("reason", event.reason),
        ("error", event.last_error),
        ("tries", Some(event.attempts.to_string())),
        ("object", event.object_id),
        ("account", event.account),
        ("API version", event.api_version),
        ("mode", Some(if event.livemode { "live" } else { "test" }.to_owned())),
        ("created", Some(output::time(event.created))),
        ("received", Some(output::time(event.received_at))),
        ("processed", event.processed_at.map(output::time)),
        ("next try", event.next_attempt_at.map(output::time)),
        ("endpoint", event.endpoint),
    ])?;
    for effect in effects {
        let changes = change::changes(&effect);
        let words: Vec<String> =
            changes.iter().map(|c| format!("{} {} → {}", c.name, c.from, c.to)).collect();
        let words = if words.is_empty() { "nothing changed".to_owned() } else { words.join(", ") };
        output::line(&format!("{} {}: {words}", effect.aggregate, effect.aggregate_id))?;
        for key in change::messages(&effect) {
            output::line(&format!("  message {key}"))?;
        }
    }
    Ok(())
}
