//! One search box: from whatever somebody has in hand to one timeline, or to a list of what it may mean.

mod cards;
mod hits;
mod order;
mod timeline;

use actix_web::web::{self, Query};
use maud::html;
use serde::Deserialize;

use crate::common::origin::OriginFilter;
use crate::events::cursor;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, page};
use crate::pages::{PageResult, page_response, redirect};
use crate::search::service::{self, SearchRequest};
use crate::timeline::TimelineRequest;

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
    let SearchQuery { q, account, mode, before } = query.into_inner();
    let typed = service::read(q.as_deref().unwrap_or_default())?;
    if typed.terms.is_empty() {
        return Ok(redirect("/events"));
    }
    let origin = OriginFilter::chosen(account.as_deref(), mode.as_deref())?;
    let before = cursor::read(before.as_deref())?;
    let role = current_user.principal.role;
    let timeline = TimelineRequest {
        id: &typed.text,
        origin: origin.clone(),
        processed: console.rules.livemode,
        before: before.as_ref(),
    };
    let secret = console.rules.search_secret.as_ref();
    let request = SearchRequest { origin, timeline, role, secret };
    let found = service::find(&console.pool, &typed, &request).await?;
    if found.timeline.is_empty()
        && found.timeline.elsewhere.is_empty()
        && let [only] = &found.hits[..]
    {
        return Ok(redirect(&hits::address_of(only)));
    }
    let order = timeline::order(&console, &found, role).await?;
    let body = html! {
        @if found.timeline.is_empty() {
            h1 { "Found for " span.mono { (typed.text) } }
            (timeline::shown_origin(&found.id, &found.timeline))
            (hits::list(&typed, &found))
        } @else {
            (timeline::of(&found, order.as_ref()))
            (hits::also(&typed, &found))
        }
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Events, &typed.text, &body)))
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/search", web::get().to(search));
}
