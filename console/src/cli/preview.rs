//! `sluicegate dead groups`, and the previews of `sluicegate dead` and `sluicegate events`.

use super::Context;
use super::output::{self, Printed};
use crate::common::role::Role;
use crate::dead_letters::preview as dead_letters;
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store::{self as store, Group};
use crate::events::preview::{self, PreviewView};

pub(super) async fn groups(context: &Context, json: bool) -> Printed {
    let client = context.servers.database().await?;
    let items = store::groups(&client, Some(DeadLetterState::Open), None, None, 500).await?;
    if json {
        return output::json(&serde_json::json!({ "items": items, "next": null }));
    }
    let row = |g: &Group| {
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
pub(super) async fn dead_letter(context: &Context, id: i64, json: bool) -> Printed {
    context.servers.reachable().await?;
    // Who has the database's password sees everything in it.
    let found =
        dead_letters::dead_letter(&context.servers.pool, &context.settings.rules, id, Role::Admin).await?;
    print(&found, json)
}

/// What replaying an event would do.
pub(super) async fn event(context: &Context, id: &str, json: bool) -> Printed {
    context.servers.reachable().await?;
    let found = preview::event(&context.servers.pool, &context.settings.rules, id, Role::Admin).await?;
    print(&found, json)
}

fn print(found: &PreviewView, json: bool) -> Printed {
    if json {
        return output::json(found);
    }
    output::line(&format!("a replay now: {}", found.decision))?;
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
