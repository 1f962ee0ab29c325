//! A JSON value as a tree that opens and closes, without a script. Hostile content stays text.

use maud::{Markup, html};
use serde_json::Value;

/// Levels that are open at first.
const OPEN: usize = 3;
/// Levels that are indented: the ones below say how deep they are instead.
const INDENTED: usize = 10;
/// Items of one array or object that are shown.
const SHOWN: usize = 200;

/// The value as a tree.
pub(super) fn tree(value: &Value) -> Markup {
    match value {
        Value::Object(_) | Value::Array(_) => node("", value, 0),
        Value::String(text) => html! { pre { (text) } },
        other => leaf("", other),
    }
}

fn node(key: &str, value: &Value, depth: usize) -> Markup {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let inner: Vec<Markup> = members.iter().take(SHOWN).map(|(k, v)| node(k, v, depth + 1)).collect();
            branch(key, &format!("{{ {} }}", members.len()), &inner, members.len(), depth)
        }
        Value::Array(items) if !items.is_empty() => {
            let numbered = items.iter().take(SHOWN).enumerate();
            let inner: Vec<Markup> = numbered.map(|(i, v)| node(&i.to_string(), v, depth + 1)).collect();
            branch(key, &format!("[ {} ]", items.len()), &inner, items.len(), depth)
        }
        other => leaf(key, other),
    }
}

fn branch(key: &str, size: &str, inner: &[Markup], count: usize, depth: usize) -> Markup {
    html! {
        details.tree.deep[depth > INDENTED] open[depth < OPEN] {
            summary {
                @if !key.is_empty() { span.key { (key) } " " }
                span.dim { (size) @if depth > INDENTED { " level " (depth) } }
            }
            @for part in inner { (part) }
            @if count > SHOWN { div.leaf.dim { "… and " (count - SHOWN) " more" } }
        }
    }
}

fn leaf(key: &str, value: &Value) -> Markup {
    let (class, page_response) = match value {
        Value::String(text) => ("text", format!("\"{text}\"")),
        Value::Number(number) => ("number", number.to_string()),
        other => ("dim", other.to_string()),
    };
    html! { div.leaf { @if !key.is_empty() { span.key { (key) } ": " } span class=(class) { (page_response) } } }
}
