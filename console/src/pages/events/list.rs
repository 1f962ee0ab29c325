//! The list of events.

use actix_web::web::{self, Query};
use maud::{Markup, html};
use serde::Deserialize;

use crate::common::origin::OriginFilter;
use crate::common::paging::PageRequest;
use crate::common::text_enum::TextEnum;
use crate::events::outcome::EventOutcome;
use crate::events::search::EventScope;
use crate::events::service;
use crate::events::store::{EventFilter, EventRow};
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, address, badge, event_link, page, pager, search_link, when};
use crate::pages::origin;
use crate::pages::{PageResult, page_response};

#[derive(Debug, Deserialize)]
pub(in crate::pages) struct EventPageQuery {
    #[serde(rename = "type")]
    kind: Option<String>,
    outcome: Option<String>,
    account: Option<String>,
    mode: Option<String>,
    before: Option<String>,
}

async fn list(
    current_user: CurrentUser,
    console: web::Data<Console>,
    query: Query<EventPageQuery>,
) -> PageResult {
    let query = query.into_inner();
    let outcome = EventOutcome::chosen("outcome", query.outcome.as_deref())?;
    let origin = OriginFilter::chosen(query.account.as_deref(), query.mode.as_deref())?;
    let filter = EventFilter { kind: query.kind, outcome, object: None, origin }.checked()?;
    let request = PageRequest { before: query.before, limit: None };
    let role = current_user.principal.role;
    let events = service::list(&console.pool, &filter, &EventScope::default(), &request, role).await?;
    let next = events.next.map(|next| {
        address(
            "/events",
            &[
                ("type", filter.kind.as_deref()),
                ("outcome", filter.outcome.map(EventOutcome::as_str)),
                ("account", filter.origin.account_name()),
                ("mode", filter.origin.mode_name()),
                ("before", Some(&next)),
            ],
        )
    });
    let body = html! {
        h1 { "Events" }
        p.sub { "Everything that was received and what became of it, newest first. Look for one order, customer or payment in the box above." }
        form.filter action="/events" { div.row {
            div.field { label for="type" { "Type" } input id="type" name="type" value=[filter.kind.as_deref()] placeholder="charge.refunded" maxlength="255"; }
            div.field { label for="outcome" { "Outcome" } select id="outcome" name="outcome" {
                option value="" { "any" }
                @for outcome in EventOutcome::ALL { option value=(outcome) selected[filter.outcome == Some(*outcome)] { (outcome) } }
            } }
            (origin::fields(&filter.origin))
            button.quiet { "Show" }
        } }
        (table(&events.items))
        (pager(next))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Events, "Events", &body)))
}

fn table(events: &[EventRow]) -> Markup {
    let connected = events.iter().any(|event| event.account.is_some());
    html! {
        @if events.is_empty() { p.card { "No event matches." } } @else {
            div.scroll { table.list {
                thead { tr { th { "Received" } th { "Event" } (origin::heading(connected)) th { "Type" } th { "Outcome" } th { "Object" } th { "Error" } } }
                tbody { @for e in events { tr {
                    td.when { (when(e.received_at)) }
                    td { (event_link(&e.id)) (origin::test_hint(Some(e.livemode))) }
                    (origin::cell(connected, e.account.as_deref()))
                    td { (e.kind) }
                    td { (badge(&e.outcome)) @if e.attempts > 1 { span.hint { " " (e.attempts) " attempts" } } }
                    td { @if let Some(id) = &e.object_id { (search_link(id, &e.origin())) } }
                    td.long { (e.last_error.as_deref().or(e.reason.as_deref()).unwrap_or("")) }
                } } }
            } }
        }
    }
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/events", web::get().to(list));
}
