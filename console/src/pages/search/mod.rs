//! One search box: from any id to one timeline.

mod cards;

use actix_web::web::{self, Query};
use maud::{Markup, html};
use serde::Deserialize;

use crate::common::origin::OriginFilter;
use crate::common::paging;
use crate::events::cursor;
use crate::events::store::{EffectRow, EventRow};
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::dead_letters::list;
use crate::pages::events::effects::changed;
use crate::pages::layout::{MenuItem, address, badge, event_link, page, pager, search_address, when};
use crate::pages::tone::Toned;
use crate::pages::{PageResult, page_response};
use crate::timeline::{self, Timeline, TimelineRequest};

/// Other accounts and modes that the page names.
const MAX_ELSEWHERE: usize = 10;

#[derive(Debug, Deserialize)]
struct SearchQuery {
    q: Option<String>,
    account: Option<String>,
    mode: Option<String>,
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
        return Ok(crate::pages::redirect("/events"));
    }
    let before = cursor::read(query.before.as_deref())?;
    let request = TimelineRequest {
        id: &asked,
        origin: OriginFilter::chosen(query.account.as_deref(), query.mode.as_deref())?,
        processed: console.rules.livemode,
        before: before.as_ref(),
    };
    let found = timeline::of(&console.pool, &request, current_user.principal.role).await?;
    let next = found.next.as_deref().map(|next| search_address(&asked, &found.origin, Some(next)));
    let body = html! {
        h1 { "All about " span.mono { (asked) } }
        (shown_origin(&asked, &found))
        @if found.is_empty() {
            p.card { "Nothing is known of it. Enter a complete id: of an order, customer, subscription, payment intent, charge, invoice, refund, dispute or event. "
                a href=(address("/dead-letters/list", &[("q", Some(&asked))])) { "Look for this text in dead letters" } }
        }
        (cards::cards(&found))
        @if !found.dead_letters.is_empty() {
            h2 { "Dead letters" }
            (list::table(&found.dead_letters))
            p { a href=(address("/dead-letters/list", &[("q", Some(&asked))])) { "Look for it in the list of dead letters" } }
        }
        @if !found.events.is_empty() { h2 { "What happened, newest first" } }
        ol.timeline { @for (event, effects) in &found.events { (entry(event, effects, &found)) } }
        (pager(next))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Events, &asked, &body)))
}

/// Which account and mode the page is of, and where else the id is known.
fn shown_origin(asked: &str, found: &Timeline) -> Markup {
    html! {
        @if !found.is_empty() { p.sub { (described(&found.origin)) } }
        @if !found.elsewhere.is_empty() {
            p.note id="elsewhere" {
                (asked) " is known elsewhere, too: "
                @for (i, other) in found.elsewhere.iter().take(MAX_ELSEWHERE).enumerate() {
                    @let other = OriginFilter::from(other.clone());
                    @if i > 0 { ", " }
                    a href=(search_address(asked, &other, None)) { (described(&other)) }
                }
                @if found.elsewhere.len() > MAX_ELSEWHERE { " and " (found.elsewhere.len() - MAX_ELSEWHERE) " more" }
                "."
            }
        }
    }
}

fn described(origin: &OriginFilter) -> String {
    let account = match origin.account.as_deref() {
        None => "any account".to_owned(),
        Some("") => "own account".to_owned(),
        Some(account) => format!("account {account}"),
    };
    origin.mode_name().map_or_else(|| account.clone(), |mode| format!("{account}, {mode} mode"))
}

fn entry(e: &EventRow, effects: &[EffectRow], t: &Timeline) -> Markup {
    html! { li class=(e.outcome.tone().class()) {
        div.head { b { (e.kind) } (badge(&e.outcome)) (event_link(&e.id)) span.hint { "received " (when(e.received_at)) @if let Some(at) = e.processed_at { ", processed " (when(at)) } } }
        @if let Some(error) = &e.last_error { div { (error) } }
        (changed(e, effects, &t.messages))
    } }
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/search", web::get().to(search));
}
