//! `sluicegate dead groups`, and the previews of `sluicegate dead` and `sluicegate events`.

use super::CommandContext;
use super::origin::OriginArguments;
use super::output::{self, CommandResult};
use crate::common::role::Role;
use crate::dead_letters::preview as dead_letters;
use crate::dead_letters::service;
use crate::dead_letters::store::{DeadLetterGroup, GroupFilter};
use crate::events::preview::{self, PreviewView, Previewer};

const MAX_GROUPS: i64 = 500;

pub(super) async fn groups(context: &CommandContext, origin: &OriginArguments, json: bool) -> CommandResult {
    let filter = GroupFilter { origin: origin.filter()?, ..GroupFilter::default() };
    context.connections.reachable().await?;
    let items = service::groups(&context.connections.pool, filter, MAX_GROUPS, Role::Admin).await?;
    if json {
        return output::json(&serde_json::json!({ "items": items, "next": null }));
    }
    let row = |g: &DeadLetterGroup| {
        vec![
            g.count.to_string(),
            g.reason.clone(),
            g.kind.clone(),
            output::time(g.first_seen),
            output::time(g.last_seen),
            g.fingerprint.clone(),
            output::short(&g.error, 60),
        ]
    };
    let rows: Vec<Vec<String>> = items.iter().map(row).collect();
    output::table(&["COUNT", "REASON", "TYPE", "FIRST SEEN", "LAST SEEN", "GROUP", "NEWEST ERROR"], &rows)
}

/// What replaying a dead letter would do.
pub(super) async fn dead_letter(context: &CommandContext, id: i64, json: bool) -> CommandResult {
    context.connections.reachable().await?;
    // Who has the database's password sees everything in it.
    let found = dead_letters::dead_letter(previewer(context), id, Role::Admin).await?;
    print(&found, json)
}

/// What replaying an event would do.
pub(super) async fn event(context: &CommandContext, id: &str, json: bool) -> CommandResult {
    context.connections.reachable().await?;
    let found = preview::event(previewer(context), id, Role::Admin).await?;
    print(&found, json)
}

fn previewer(context: &CommandContext) -> Previewer<'_> {
    let api = context.connections.stripe_api().ok();
    Previewer { pool: &context.connections.pool, rules: &context.settings.rules, api }
}

fn print(found: &PreviewView, json: bool) -> CommandResult {
    if json {
        return output::json(found);
    }
    output::line(&format!("a replay now: {}", found.disposition))?;
    if let Some(error) = &found.error {
        output::line(error)?;
    }
    for row in &found.rows {
        output::line("")?;
        output::line(&format!("{} {}", row.table, row.id))?;
        let text =
            |value: &Option<serde_json::Value>| value.as_ref().map_or("–".to_owned(), ToString::to_string);
        output::line(&format!("  now:   {}", text(&row.before)))?;
        output::line(&format!("  after: {}", text(&row.after)))?;
    }
    for message in &found.messages {
        output::line(&format!("message {}", message.key))?;
    }
    Ok(())
}
