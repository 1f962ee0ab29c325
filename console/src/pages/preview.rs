//! What a replay would do now, row by row and message by message.

use maud::{Markup, html};
use serde_json::Value;

use super::tree::tree;
use crate::common::money;
use crate::events::preview::{PreviewDecision, PreviewView, RowView};

/// A preview as a part of a page.
pub(super) fn previewed(p: &PreviewView) -> Markup {
    let (tone, words) = match p.decision {
        PreviewDecision::Processed => ("good", "A replay now would take effect."),
        PreviewDecision::Ignored => {
            ("good", "A replay now would be accepted and change nothing: this type is not handled.")
        }
        PreviewDecision::Duplicate => {
            ("good", "The event took effect already: a replay would change nothing.")
        }
        PreviewDecision::Retry | PreviewDecision::Dead => ("bad", "A replay now would fail again."),
    };
    html! {
        section.card id="preview" {
            h2 { "What a replay would do now" }
            div class={"note " (tone)} { (words) @if let Some(error) = &p.error { div.mono { (error) } } }
            @for row in p.rows.iter().filter(|r| r.table != "events" && r.table != "dead_letters") { (compared(row)) }
            h2 { "Messages that would go out" }
            @if p.messages.is_empty() { p.hint { "None." } } @else {
                ul.redirect_to_page { @for m in &p.messages { li { code { (m.key) } " " span.hint { (if m.lasting { "lasting" } else { "notice" }) } } } }
            }
        }
    }
}

/// A row before and after, cell by cell, only what differs.
fn compared(row: &RowView) -> Markup {
    let empty = serde_json::Map::new();
    let cells = |value: &Option<Value>| value.as_ref().and_then(Value::as_object).unwrap_or(&empty).clone();
    let (before, after) = (cells(&row.before), cells(&row.after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let said =
        |row: &serde_json::Map<String, Value>, name: &str| row.get(name).filter(|v| !v.is_null()).cloned();
    let currency = said(&after, "currency").or_else(|| said(&before, "currency"));
    let currency = currency.as_ref().and_then(Value::as_str);
    let differ = |name: &&String| said(&before, name) != said(&after, name) && *name != "updated_at";
    html! {
        h2 { (row.table) " " code { (row.id) } @if row.before.is_none() { " " span.badge.warn { "new" } } }
        div.scroll { table {
            thead { tr { th { "" } th { "Now" } th { "After a replay" } } }
            tbody { @for name in names.into_iter().filter(differ) { tr {
                th scope="row" { (name) }
                td.long { (cell(name, before.get(name), currency)) }
                td.long.changed { (cell(name, after.get(name), currency)) }
            } } }
        } }
    }
}

fn cell(name: &str, value: Option<&Value>, currency: Option<&str>) -> Markup {
    match value {
        Some(Value::Number(amount)) if name.starts_with("amount") => {
            html! { (money::value(amount, currency)) }
        }
        None | Some(Value::Null) => html! { span.dim { "–" } },
        Some(Value::String(text)) => html! { (text) },
        Some(inner @ (Value::Object(_) | Value::Array(_))) => {
            html! { details { summary { "details" } (tree(inner)) } }
        }
        Some(other) => html! { (other) },
    }
}
