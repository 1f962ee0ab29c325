//! One search box: from any id to one timeline.

use actix_web::web::{self, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::cards;
use super::dead_letters;
use super::effects::changed;
use super::layout::{MenuItem, address, badge, event_link, page, pager, when};
use super::tone::Toned;
use super::{PageResult, page_response};
use crate::common::paging;
use crate::events::cursor;
use crate::events::store::{EffectRow, EventRow};
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::timeline::{self, Timeline};

#[derive(Debug, Deserialize)]
struct SearchQuery {
    q: Option<String>,
    before: Option<String>,
}

async fn search(
    current_user: CurrentUser,
    console: web::Data<Console>,
    query: Query<SearchQuery>,
) -> PageResult {
    let query = query.into_inner();
    let asked = paging::text("q", query.q.map(|q| q.trim().to_owned()))?.unwrap_or_default();
    if asked.is_empty() {
        return Ok(super::redirect("/events"));
    }
    let before = cursor::read(query.before.as_deref())?;
    let found = timeline::of(&console.pool, &asked, before.as_ref(), current_user.principal.role).await?;
    let next =
        found.next.as_deref().map(|next| address("/search", &[("q", Some(&asked)), ("before", Some(next))]));
    let body = html! {
        h1 { "All about " span.mono { (asked) } }
        @if found.is_empty() {
            p.card { "Nothing is known of it. Enter a complete id: of an order, customer, subscription, payment intent, charge, invoice, refund, dispute or event. "
                a href=(address("/dead-letters/list", &[("q", Some(&asked))])) { "Look for this text in dead letters" } }
        }
        (cards::cards(&found))
        @if !found.dead_letters.is_empty() {
            h2 { "Dead letters" }
            (dead_letters::table(&found.dead_letters))
            p { a href=(address("/dead-letters/list", &[("q", Some(&asked))])) { "Look for it in the list of dead letters" } }
        }
        @if !found.events.is_empty() { h2 { "What happened, newest first" } }
        ol.timeline { @for (event, effects) in &found.events { (entry(event, effects, &found)) } }
        (pager(next))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Events, &asked, &body)))
}

fn entry(e: &EventRow, effects: &[EffectRow], t: &Timeline) -> Markup {
    html! { li class=(e.outcome.tone().class()) {
        div.head { b { (e.kind) } (badge(&e.outcome)) (event_link(&e.id)) span.hint { "received " (when(e.received_at)) @if let Some(at) = e.processed_at { ", processed " (when(at)) } } }
        @if let Some(error) = &e.last_error { div { (error) } }
        (changed(e, effects, &t.messages))
    } }
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/search", web::get().to(search));
}
