//! The list of events.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::events::outcome::EventOutcome;
use crate::events::service;
use crate::events::store::EventRow;
use crate::exports::kind::ExportedList;
use crate::exports::queries::ListQuery;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, badge, event_link, page, search_link, when};
use crate::pages::{PageResult, about, listing, origin, page_response};

const PATH: &str = "/events";

async fn list(current_user: CurrentUser, console: web::Data<Console>, query: Query<ListQuery>) -> PageResult {
    let query = query.into_inner();
    let (filter, scope) = query.events(console.rules.livemode, Timestamp::now())?;
    let role = current_user.principal.role;
    let events = service::list(&console.pool, &filter, &scope, &query.page(), role).await?;
    let body = html! {
        h1 { "Events" }
        p.sub { "Everything that was received and what became of it, newest first. Look for one order, customer or payment in the box above." }
        form.filter action=(PATH) { div.row {
            (listing::text_field("type", "Type", query.kind.as_deref(), "charge, charge.refunded"))
            (listing::choice_field::<EventOutcome>("outcome", "Outcome", query.outcome.as_deref()))
            (listing::text_field("endpoint", "Endpoint", query.endpoint.as_deref(), "name"))
            (listing::period_fields(&query))
            (origin::fields(&query.origin()?))
            @for (name, value) in [("q", &query.q), ("order", &query.order), ("customer", &query.customer), ("object", &query.object)] {
                @if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                    input type="hidden" name=(name) value=(value);
                    span.hint { (name) " " (value) }
                }
            }
            button.quiet { "Show" }
        } }
        (table(&events.items))
        (listing::around(ExportedList::Events, PATH, &query, &events))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Events, "Events", &body)))
}

fn table(events: &[EventRow]) -> Markup {
    let connected = events.iter().any(|event| event.account.is_some());
    html! {
        @if events.is_empty() { p.card { "No event matches." } } @else {
            div.scroll { table.list {
                thead { tr { th { "Received" } th { "Event" } (origin::heading(connected)) th { "Type" } th { "Outcome" } th { "About" } th.num { "Amount" } th { "Object" } th { "Error" } } }
                tbody { @for e in events { tr {
                    td.when { (when(e.received_at)) }
                    td { (event_link(&e.id)) (origin::test_hint(Some(e.livemode))) }
                    (origin::cell(connected, e.account.as_deref()))
                    td { (e.kind) }
                    td { (badge(&e.outcome)) @if e.attempts > 1 { span.hint { " " (e.attempts) " attempts" } } }
                    (about::cell(&e.about, &e.origin()))
                    td { @if let Some(id) = &e.object_id { (search_link(id, &e.origin())) } }
                    td.long { (e.last_error.as_deref().or(e.reason.as_deref()).unwrap_or("")) @if let Some(at) = e.next_attempt_at { span.hint { " next " (when(at)) } } }
                } } }
            } }
        }
    }
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route(PATH, web::get().to(list));
}
