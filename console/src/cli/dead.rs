//! `sluicegate dead list|groups|show|preview|replay|discard`.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use super::bulk::{self, Many};
use super::listing::Listing;
use super::output::{self, Printed};
use super::{Context, preview};
use crate::bulk::Action;
use crate::failure::Failure;
use crate::paging;
use crate::replay::Why;
use crate::settings::Needs;
use crate::store::dead_letters as store;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Dead letters, newest first
    List(ListArguments),
    /// One dead letter with its body
    Show {
        /// Its number
        id: i64,
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// Letters that died of the same thing, the largest group first
    Groups {
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// What a replay would do now; nothing is written, nothing is sent
    Preview {
        /// Its number
        id: i64,
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// Send dead letters' events through the workers once more
    Replay {
        /// One letter, by its number
        id: Option<i64>,
        /// Why: kept in the audit
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        many: Many,
    },
    /// Mark dead letters as not to be replayed
    Discard {
        /// One letter, by its number
        id: Option<i64>,
        /// Why: kept in the audit
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        many: Many,
    },
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Only events of this type
    #[arg(long = "type")]
    kind: Option<String>,
    /// Only letters that died of this reason
    #[arg(long)]
    reason: Option<String>,
    /// Only letters of this group
    #[arg(long)]
    fingerprint: Option<String>,
    /// Only letters in this state: open, replayed, resolved or discarded
    #[arg(long)]
    state: Option<String>,
    /// An id that the letter names (order, customer, charge …), or a part of its error
    #[arg(short, long)]
    q: Option<String>,
    /// Only letters that died at this time or later, such as 2026-11-20T08:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Only letters that died before this time
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    #[command(flatten)]
    page: Listing,
}

impl Command {
    pub(super) fn needs(&self) -> Needs {
        Needs {
            broker: matches!(self, Command::Replay { .. } | Command::Discard { id: None, .. }),
            rules: matches!(self, Command::Preview { .. }),
        }
    }
}

pub(super) async fn run(context: &Context, command: Command) -> Printed {
    match command {
        Command::List(arguments) => list(context, arguments).await,
        Command::Show { id, json } => show(context, id, json).await,
        Command::Groups { json } => preview::groups(context, json).await,
        Command::Preview { id, json } => preview::dead_letter(context, id, json).await,
        Command::Replay { id, reason, many } => {
            let Some(id) = many.meant(id)? else {
                return bulk::run(context, Action::Replay, many, &reason).await;
            };
            let why = Why::new(&reason)?;
            context.servers.connected().await?;
            let event = context.servers.replayer()?.dead_letter(id, &context.actor, &why).await?;
            output::line(&format!("dead letter {id} was sent again as event {event}"))
        }
        Command::Discard { id, reason, many } => {
            let Some(id) = many.meant(id)? else {
                return bulk::run(context, Action::Discard, many, &reason).await;
            };
            let why = Why::new(&reason)?;
            crate::replay::discard(&context.servers.pool, id, &context.actor, &why).await?;
            output::line(&format!("dead letter {id} is discarded"))
        }
    }
}

async fn list(context: &Context, a: ListArguments) -> Printed {
    let client = context.servers.database().await?;
    let before = paging::number_cursor(a.page.before.as_deref())?;
    let limit = paging::limit(Some(a.page.limit))?;
    let filter = store::Filter {
        kind: a.kind,
        reason: a.reason,
        fingerprint: a.fingerprint,
        state: a.state,
        q: a.q,
        since: a.since,
        until: a.until,
    }
    .checked()?;
    let letters = store::list(&client, &filter, before, limit + 1).await?;
    let page = paging::Page::cut(letters, limit, |l| l.id.to_string());
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
                l.state.clone(),
                l.attempts.to_string(),
                l.reason.clone(),
                output::short(&l.error, 70),
            ]
        })
        .collect();
    output::table(&["ID", "DEAD SINCE", "EVENT", "TYPE", "STATE", "TRIES", "REASON", "ERROR"], &rows)?;
    output::more(page.next.as_deref())
}

async fn show(context: &Context, id: i64, as_json: bool) -> Printed {
    let client = context.servers.database().await?;
    let found = store::show(&client, id).await?;
    let (letter, body) = found.ok_or_else(|| Failure::NotFound(format!("dead letter {id}")))?;
    let text = String::from_utf8_lossy(&body).into_owned();
    if as_json {
        let payload = serde_json::from_slice(&body).unwrap_or(serde_json::Value::String(text));
        return output::json(&json!({"dead_letter": letter, "payload": payload}));
    }
    output::fields(&[
        ("dead letter", Some(letter.id.to_string())),
        ("event", Some(letter.event_id)),
        ("type", Some(letter.kind)),
        ("state", Some(format!("{} since {}", letter.state, output::time(letter.state_at)))),
        ("reason", Some(letter.reason)),
        ("error", Some(letter.error)),
        ("tries", Some(letter.attempts.to_string())),
        ("replays", Some(letter.replays.to_string())),
        ("received", letter.received_at.map(output::time)),
        ("first failed", Some(output::time(letter.first_failed_at))),
        ("dead since", Some(output::time(letter.dead_at))),
        ("group", Some(letter.fingerprint)),
        ("endpoint", letter.endpoint),
    ])?;
    output::line("")?;
    text.lines().try_for_each(output::line)
}
