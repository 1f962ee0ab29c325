//! How results are printed: a table with aligned columns for people, one JSON document for scripts. All output of the
//! command line goes through here, so that nothing from outside drives the terminal, and a reader who has seen
//! enough ends the command instead of breaking it.

use std::io::Write;

use comfy_table::{Table, presets};
use jiff::Timestamp;
use serde::Serialize;

use super::CommandError;
use super::visible::{visible, visible_json};
use crate::common::error::ServiceError;
use crate::reports::markdown::markdown;
use crate::reports::service::IncidentReport;

/// Whether it could be printed.
pub(crate) type CommandResult = Result<(), CommandError>;

/// Prints a JSON document.
pub(crate) fn json(value: &impl Serialize) -> CommandResult {
    let text = serde_json::to_string_pretty(value).map_err(|e| ServiceError::Internal(e.to_string()))?;
    print(&visible_json(&text))
}

pub(crate) fn line(text: &str) -> CommandResult {
    print(&visible(text))
}

fn print(text: &str) -> CommandResult {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(CommandError::Output)
}

/// Prints why the command failed on standard error; nothing where that is closed.
pub fn complain(message: &str) {
    let mut lines = message.lines();
    let first = format!("sluicegate: {}", lines.next().unwrap_or_default());
    let lines: Vec<String> = std::iter::once(first.as_str()).chain(lines).map(visible).collect();
    drop(writeln!(std::io::stderr(), "{}", lines.join("\n")));
}

/// Prints rows under headings, columns aligned; says so when there are none.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) -> CommandResult {
    if rows.is_empty() {
        return line("nothing found");
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(headings.iter().copied());
    table.add_rows(rows.iter().map(|row| row.iter().map(|cell| visible(cell))));
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((if i == 0 { 0 } else { 1 }, 1));
    }
    table.lines().try_for_each(|line| print(line.trim_end()))
}

/// Prints rows without the column of that heading where no row has anything in it.
pub(crate) fn table_with_optional(
    optional: &str,
    headings: &[&str],
    mut rows: Vec<Vec<String>>,
) -> CommandResult {
    let mut headings = headings.to_vec();
    let at = headings.iter().position(|heading| *heading == optional);
    if let Some(at) = at.filter(|at| rows.iter().all(|row| row[*at].is_empty())) {
        headings.remove(at);
        rows.iter_mut().for_each(|row| drop(row.remove(at)));
    }
    table(&headings, &rows)
}

/// Prints one thing as `name: value` lines; empty values are left out.
pub(crate) fn fields(pairs: &[(&str, Option<String>)]) -> CommandResult {
    let width = pairs.iter().map(|(name, _)| name.len() + 1).max().unwrap_or(0);
    for (name, value) in pairs {
        if let Some(value) = value {
            line(&format!("{:<width$}  {value}", format!("{name}:")))?;
        }
    }
    Ok(())
}

/// A time in whole seconds, UTC.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// At most `most` characters, with a sign that something was cut.
pub(crate) fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}

/// Prints an incident report.
pub(crate) fn report(report: &IncidentReport, as_json: bool) -> CommandResult {
    if as_json {
        return json(report);
    }
    markdown(report).lines().try_for_each(line)
}

/// Says how to go on when the list has more.
pub(crate) fn more(next: Option<&str>) -> CommandResult {
    next.map_or(Ok(()), |next| line(&format!("more: --before {next}")))
}
