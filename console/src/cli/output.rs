//! How results are printed: a table with aligned columns for people, one JSON document for scripts.

use jiff::Timestamp;
use serde::Serialize;

use crate::failure::Failure;

/// Prints a JSON document.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Failure::Internal(e.to_string()))?;
    println!("{text}");
    Ok(())
}

/// Prints rows under headings, columns aligned; says so when there are none.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) {
    if rows.is_empty() {
        println!("nothing found");
        return;
    }
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| visible(cell)).collect()).collect();
    let widths: Vec<usize> = (0..headings.len())
        .map(|i| rows.iter().map(|row| row[i].chars().count()).chain([headings[i].len()]).max().unwrap_or(0))
        .collect();
    let line = |cells: &[String]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}", width = *width))
            .collect();
        println!("{}", padded.join("  ").trim_end());
    };
    line(&headings.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>());
    rows.iter().for_each(|row| line(row));
}

/// Prints one thing as `name: value` lines; empty values are left out.
pub(crate) fn fields(pairs: &[(&str, Option<String>)]) {
    let width = pairs.iter().map(|(name, _)| name.len() + 1).max().unwrap_or(0);
    for (name, value) in pairs {
        if let Some(value) = value {
            println!("{:<width$}  {}", format!("{name}:"), visible(value));
        }
    }
}

/// Event content is hostile: control characters could drive the terminal.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
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

/// Says how to go on when the list has more.
pub(crate) fn more(next: Option<&str>) {
    if let Some(next) = next {
        println!("more: --before {next}");
    }
}
