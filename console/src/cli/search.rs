//! `sluicegate search find|index|forget`.

use clap::Subcommand;
use secrecy::SecretString;

use super::CommandContext;
use super::origin::{OriginArguments, mode_cell};
use super::output::{self, CommandResult};
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::search::hit::Hit;
use crate::search::indexing;
use crate::search::service::{self, SearchRequest};
use crate::timeline::TimelineRequest;

#[derive(Debug, Subcommand)]
pub(super) enum SearchCommand {
    /// What a text may mean: an id in any case, part of an order's id, e-mail address, last four digits, name, amount,
    /// invoice number, reference code, #17, case 7, or an address of Stripe's dashboard
    Find {
        /// The text
        text: String,
        #[command(flatten)]
        origin: OriginArguments,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Read the events that were received before SEARCH_SECRET was set, so that people are found in them; goes on where
    /// it was interrupted
    Index,
    /// Remove a person's keys: what an e-mail address, a name or a customer's id leads to is not found by them any more
    Forget {
        /// E-mail address, name or Stripe's id of the customer
        text: String,
    },
}

pub(super) async fn run(context: &CommandContext, command: SearchCommand) -> CommandResult {
    context.connections.reachable().await?;
    let pool = &context.connections.pool;
    match command {
        SearchCommand::Find { text, origin, json } => find(context, &text, &origin, json).await,
        SearchCommand::Index => {
            let secret = secret(context)?;
            loop {
                let progress = indexing::index_batch(pool, secret).await?;
                if progress.finished {
                    return output::line(&format!("{} events were read", progress.events));
                }
                tracing::info!(events = progress.events, "reading events for the search");
            }
        }
        SearchCommand::Forget { text } => {
            let keys = indexing::forget(pool, secret(context)?, &text).await?;
            output::line(&format!("{keys} keys were removed"))
        }
    }
}

fn secret(context: &CommandContext) -> Result<&SecretString, ServiceError> {
    let missing =
        || ServiceError::invalid("not_configured", "SEARCH_SECRET is not set: people are not searched for");
    context.settings.rules.search_secret.as_ref().ok_or_else(missing)
}

async fn find(context: &CommandContext, text: &str, origin: &OriginArguments, json: bool) -> CommandResult {
    let query = service::read(text)?;
    let (origin, rules) = (origin.filter()?, &context.settings.rules);
    let timeline =
        TimelineRequest { id: &query.text, origin: origin.clone(), processed: rules.livemode, before: None };
    let request = SearchRequest { origin, timeline, role: Role::Admin, secret: rules.search_secret.as_ref() };
    let found = service::find(&context.connections.pool, &query, &request).await?;
    let hits = found.all();
    if json {
        return output::json(&hits);
    }
    let rows: Vec<Vec<String>> = hits.iter().map(row).collect();
    output::table(&["WHAT", "ID", "FOUND BY", "MODE", "AMOUNT", "STATE", "ORDER", "CUSTOMER"], &rows)
}

fn row(hit: &Hit) -> Vec<String> {
    vec![
        hit.kind.to_string(),
        hit.id.clone(),
        hit.searched_as.to_string(),
        mode_cell(hit.livemode),
        hit.money().unwrap_or_default(),
        hit.status.clone().unwrap_or_default(),
        hit.order_id.clone().unwrap_or_default(),
        hit.customer.clone().unwrap_or_default(),
    ]
}
