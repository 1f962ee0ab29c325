//! One dead letter: what happened, what to do, what a replay would do, and doing it.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::events::{ReasonForm, replays};
use super::layout::{Place, address, badge, event_link, exact, flash, page};
use super::tree::tree;
use super::{PageFailure, Shown, see, shown};
use crate::access::Role;
use crate::find::{self, DeadLetterView};
use crate::money;
use crate::preview::{self, PreviewView, RowView};
use crate::replay::{self, Why};
use crate::store::dead_letters::DeadLetter;
use crate::web::Console;
use crate::web::guard::Visitor;

#[derive(Debug, Deserialize)]
struct ShowQuery {
    done: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Bare {
    csrf: String,
}

async fn show(
    visitor: Visitor,
    console: web::Data<Console>,
    id: Path<i64>,
    query: Query<ShowQuery>,
) -> Shown {
    let view = find::dead_letter(&console.pool, *id, visitor.principal.role).await?;
    Ok(shown(&whole(&visitor, &view, query.done.as_deref(), None)))
}

async fn preview(visitor: Visitor, console: web::Data<Console>, id: Path<i64>, form: Form<Bare>) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Operator)?;
    let role = visitor.principal.role;
    let found = preview::dead_letter(&console.pool, &console.rules, *id, role).await?;
    let view = find::dead_letter(&console.pool, *id, role).await?;
    Ok(shown(&whole(&visitor, &view, None, Some(&found))))
}

fn whole(
    visitor: &Visitor,
    view: &DeadLetterView,
    done: Option<&str>,
    preview: Option<&PreviewView>,
) -> Markup {
    let letter = &view.letter;
    let waits = letter.state == "replayed";
    let body = html! {
        h1 { "Dead letter #" (letter.id) " " span id="state" data-refresh=[waits.then_some("2")] { (badge(&letter.state)) } }
        p.sub { (letter.kind) " · " span.mono { (letter.event_id) } }
        (flash(done))
        section.card {
            h2 { (letter.reason) }
            p { (view.advice.meaning) }
            p { b { "What to do: " } (view.advice.remedy) }
            p.note.bad.mono { (letter.error) }
        }
        @if let Some(preview) = preview { (previewed(preview)) }
        div.columns {
            div {
                @if visitor.operates() { (actions(visitor, letter, preview.is_some())) }
                (facts(view))
                (replays(&view.history))
            }
            div { section.card { h2 { "Body" } @if !visitor.operates() { p.hint { "Personal data is masked for your role." } } (tree(&view.payload)) } }
        }
    };
    page(Some(visitor), Place::Dead, &format!("Dead letter {}", letter.id), &body)
}

fn facts(view: &DeadLetterView) -> Markup {
    let l = &view.letter;
    let group = address("/dead-letters/list", &[("fingerprint", Some(&l.fingerprint))]);
    html! {
        section.card { h2 { "What is known" } dl.facts {
            dt { "State" } dd { (l.state) " since " (exact(l.state_at)) }
            dt { "Event" } dd { @if view.event.is_some() { (event_link(&l.event_id)) } @else { code { (l.event_id) } " (not recorded)" } }
            dt { "Tries" } dd { (l.attempts) }
            @if l.replays > 0 { dt { "Replays" } dd { (l.replays) } }
            @if let Some(at) = l.received_at { dt { "Received" } dd { (exact(at)) } }
            dt { "First failed" } dd { (exact(l.first_failed_at)) }
            dt { "Given up" } dd { (exact(l.dead_at)) }
            dt { "Group" } dd { a href=(group) { "Letters that died of the same" } }
            @if let Some(endpoint) = &l.endpoint { dt { "Endpoint" } dd { (endpoint) } }
        } }
    }
}

fn actions(visitor: &Visitor, letter: &DeadLetter, previewed: bool) -> Markup {
    let at = |action: &str| format!("/dead-letters/{}/{action}", letter.id);
    html! {
        section.card {
            h2 { "What you can do" }
            @if !previewed {
                form method="post" action=(at("preview")) { (visitor.csrf_field())
                    p { button { "Preview a replay" } " " span.hint { "nothing is written, nothing is sent" } }
                }
            }
            form method="post" action=(at("replay")) {
                (visitor.csrf_field())
                div.field { label for="reason" { "Why?" } textarea id="reason" name="reason" required maxlength="1000" placeholder="kept in the audit" {} }
                div.row {
                    button class=(if previewed { "" } else { "quiet" }) { "Replay" }
                    @if letter.state == "open" { button.danger formaction=(at("discard")) { "Discard" } }
                }
            }
        }
    }
}

fn previewed(p: &PreviewView) -> Markup {
    let (tone, words) = match p.verdict {
        "processed" => ("good", "A replay now would take effect."),
        "ignored" => {
            ("good", "A replay now would be accepted and change nothing: this type has nothing to say to us.")
        }
        "duplicate" => ("good", "The event took effect already: a replay would change nothing."),
        _ => ("bad", "A replay now would fail again."),
    };
    html! {
        section.card id="preview" {
            h2 { "What a replay would do now" }
            p class={"note " (tone)} { (words) @if let Some(error) = &p.error { div.mono { (error) } } }
            @for row in p.rows.iter().filter(|r| r.table != "events" && r.table != "dead_letters") { (compared(row)) }
            h2 { "Messages that would go out" }
            @if p.messages.is_empty() { p.hint { "None." } } @else {
                ul.plain { @for m in &p.messages { li { code { (m.key) } " " span.hint { (if m.lasting { "lasting" } else { "notice" }) } } } }
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

async fn replay_one(
    visitor: Visitor,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse, PageFailure> {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Operator)?;
    let why = Why::new(&form.reason)?;
    console.replayer.dead_letter(*id, &visitor.principal.actor, &why).await?;
    Ok(see(&format!("/dead-letters/{id}?done=replayed")))
}

async fn discard_one(
    visitor: Visitor,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse, PageFailure> {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Operator)?;
    let why = Why::new(&form.reason)?;
    replay::discard(&console.pool, *id, &visitor.principal.actor, &why).await?;
    Ok(see(&format!("/dead-letters/{id}?done=discarded")))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/dead-letters/{id}", web::get().to(show))
        .route("/dead-letters/{id}/preview", web::post().to(preview))
        .route("/dead-letters/{id}/replay", web::post().to(replay_one))
        .route("/dead-letters/{id}/discard", web::post().to(discard_one));
}
