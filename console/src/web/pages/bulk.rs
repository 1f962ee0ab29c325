//! Replaying or discarding many: look first, then confirm the count.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::dead_list::{self, FilterQuery};
use super::layout::{Place, page};
use super::{PageFailure, Shown, see, shown};
use crate::access::Role;
use crate::bulk::{self, Action, DryRun, Request};
use crate::failure::Failure;
use crate::replay::Why;
use crate::web::Console;
use crate::web::guard::Visitor;

#[derive(Debug, Deserialize)]
struct BulkForm {
    csrf: String,
    action: String,
    reason: String,
    rate: i32,
    canary: i32,
    /// What was seen, and what the visitor typed to confirm it.
    count: i64,
    confirm: i64,
}

async fn show(visitor: Visitor, console: web::Data<Console>, query: Query<FilterQuery>) -> Shown {
    visitor.principal.require(Role::Operator)?;
    let run = bulk::dry_run(&console.pool, Action::Replay, query.filter()?).await?;
    let body = html! {
        h1 { "Replay or discard many" }
        @if run.count == 0 { p.card { "No open dead letter fits. " a href="/dead-letters" { "Back to the dead letters" } } } @else {
            p.note { "Dry run: " b { (run.count) " open dead letters" } " fit now. Nothing is done yet." }
            (form(&visitor, &query, &run))
            h2 { "The newest of them" }
            (dead_list::table(&run.sample))
            p { a href=(query.at("/dead-letters/list", None)) { "Look at all of them" } }
        }
    };
    Ok(shown(&page(Some(&visitor), Place::Dead, "Replay or discard many", &body)))
}

fn form(visitor: &Visitor, query: &FilterQuery, run: &DryRun) -> Markup {
    let canary = if run.count > 20 { 5 } else { 0 };
    html! {
        form.card method="post" action=(query.at("/dead-letters/bulk", None)) {
            (visitor.csrf_field())
            input type="hidden" name="count" value=(run.count);
            div.field { label for="action" { "What" } select id="action" name="action" { option value="replay" { "Replay" } option value="discard" { "Discard" } } }
            div.field { label for="reason" { "Why? " span.hint { "kept in the audit with every letter" } } textarea id="reason" name="reason" required maxlength="1000" {} }
            div.row {
                div.field { label for="rate" { "Letters per second" } input id="rate" name="rate" type="number" min="1" max=(bulk::HIGHEST_RATE) value=(bulk::USUAL_RATE) required; }
                div.field { label for="canary" { "First only so many " span.hint { "(0: all at once)" } } input id="canary" name="canary" type="number" min="0" value=(canary) required; }
            }
            p.hint { "The rest of a replay follows when the first took effect; if one of them dies again, it stops." }
            div.field { label for="confirm" { "To confirm, type how many they are (" (run.count) ")" } input id="confirm" name="confirm" type="number" min="1" required autocomplete="off"; }
            button { "Start" }
        }
    }
}

async fn start(
    visitor: Visitor,
    console: web::Data<Console>,
    query: Query<FilterQuery>,
    form: Form<BulkForm>,
) -> Result<HttpResponse, PageFailure> {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Operator)?;
    if form.confirm != form.count {
        let message = format!("you typed {}, but they are {}: nothing was done", form.confirm, form.count);
        return Err(Failure::invalid("not_confirmed", message).into());
    }
    let action = match form.action.as_str() {
        "replay" => Action::Replay,
        "discard" => Action::Discard,
        _ => return Err(Failure::invalid("invalid_action", "replay or discard").into()),
    };
    let request = Request {
        action,
        filter: query.filter()?,
        why: Why::new(&form.reason)?,
        rate: form.rate,
        canary: if action == Action::Replay { form.canary } else { 0 },
        count: Some(form.count),
    };
    let id = bulk::create(&console.pool, &visitor.principal.actor, request).await?;
    Ok(see(&format!("/jobs/{id}")))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(web::resource("/dead-letters/bulk").route(web::get().to(show)).route(web::post().to(start)));
}
