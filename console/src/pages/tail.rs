//! The newest events as they come, with filters. Refreshes itself; without the script the page is loaded again by hand.

use actix_web::web::{self, Query};
use maud::html;
use serde::Deserialize;

use crate::common::origin::OriginFilter;
use crate::common::paging::PageRequest;
use crate::common::text_enum::TextEnum;
use crate::events::outcome::EventOutcome;
use crate::events::search::EventScope;
use crate::events::service;
use crate::events::store::EventFilter;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, badge, event_link, page, search_link, when};
use crate::pages::origin;
use crate::pages::{PageResult, page_response};

const SHOWN: i64 = 30;

#[derive(Debug, Deserialize)]
struct TailQuery {
    #[serde(rename = "type")]
    kind: Option<String>,
    outcome: Option<String>,
    account: Option<String>,
    mode: Option<String>,
}

async fn show(current_user: CurrentUser, console: web::Data<Console>, query: Query<TailQuery>) -> PageResult {
    let query = query.into_inner();
    let outcome = EventOutcome::chosen("outcome", query.outcome.as_deref())?;
    let origin = OriginFilter::chosen(query.account.as_deref(), query.mode.as_deref())?;
    let filter = EventFilter { kind: query.kind, outcome, origin, ..EventFilter::default() }.checked()?;
    let request = PageRequest { limit: Some(SHOWN), ..PageRequest::default() };
    let role = current_user.principal.role;
    let events = service::list(&console.pool, &filter, &EventScope::default(), &request, role).await?;
    let body = html! {
        h1 { "Live events" }
        p.sub { "The newest " (SHOWN) ", every two seconds. " a href="/events" { "All events" } }
        form.filter action="/events-live" { div.row {
            div.field { label for="type" { "Type" } input id="type" name="type" value=[filter.kind.as_deref()] placeholder="charge.refunded" maxlength="255"; }
            div.field { label for="outcome" { "Outcome" } select id="outcome" name="outcome" {
                option value="" { "any" }
                @for outcome in EventOutcome::ALL { option value=(outcome) selected[filter.outcome == Some(*outcome)] { (outcome) } }
            } }
            (origin::fields(&filter.origin))
            button.quiet { "Show" }
        } }
        div id="tail" data-refresh="2" {
            @if events.items.is_empty() { p.card { "No event matches yet." } } @else { div.scroll { table.list {
                thead { tr { th { "Received" } th { "Event" } th { "Type" } th { "Outcome" } th { "Object" } } }
                tbody { @for e in &events.items { tr {
                    td.when { (when(e.received_at)) } td { (event_link(&e.id)) (origin::test_hint(Some(e.livemode))) }
                    td { (e.kind) } td { (badge(&e.outcome)) }
                    td { @if let Some(id) = &e.object_id { (search_link(id, &e.origin())) } }
                } } }
            } } }
        }
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Events, "Live events", &body)))
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/events-live", web::get().to(show));
}
