//! The list of messages: those that failed and those that wait come first.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use maud::{Markup, html};

use super::destinations;
use crate::common::origin::OriginFilter;
use crate::common::paging::PageRequest;
use crate::exports::kind::ExportedList;
use crate::exports::queries::ListQuery;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::messages::service;
use crate::messages::state::DeliveryState;
use crate::messages::store::{Delivery, MessageFilter, MessageRow};
use crate::pages::layout::{MenuItem, address, badge, page, when};
use crate::pages::{PageResult, listing, origin, page_response};

/// How many of those that failed, and of those that wait, stand before the list.
const FIRST: i64 = 20;
const PATH: &str = "/messages";

fn chosen_nothing(filter: &MessageFilter) -> bool {
    let MessageFilter { topic, state, destination, since, until, q, origin } = filter;
    topic.is_none()
        && state.is_none()
        && destination.is_none()
        && q.is_none()
        && since.is_none()
        && until.is_none()
        && *origin == OriginFilter::default()
}

async fn list(current_user: CurrentUser, console: web::Data<Console>, query: Query<ListQuery>) -> PageResult {
    let query = query.into_inner();
    let request = query.page();
    let filter = query.messages(Timestamp::now())?;
    let role = current_user.principal.role;
    let mut open = Vec::new();
    if chosen_nothing(&filter) && request.before.is_none() && request.after.is_none() {
        for state in [DeliveryState::Failed, DeliveryState::Pending] {
            let filter = MessageFilter { state: Some(state), ..MessageFilter::default() };
            let first = PageRequest { limit: Some(FIRST), ..PageRequest::default() };
            open.push((state, service::list(&console.pool, filter, &first, role).await?));
        }
    }
    let messages = service::list(&console.pool, filter.clone(), &request, role).await?;
    let destinations = crate::messages::destinations::list(&console.pool, role).await?;
    let body = html! {
        h1 { "Messages" }
        p.sub { "What goes out to the company's own services, newest first. A message that failed can be sent again." }
        (destinations::table(&destinations))
        @for (state, page) in &open { @if !page.items.is_empty() {
            h2 { @match state { DeliveryState::Failed => "Failed", _ => "Waiting" } }
            (table(&page.items))
            @if page.next.is_some() { p { a href=(address("/messages", &[("state", Some(state.as_str()))])) { "All of them" } } }
        } }
        @if !open.is_empty() { h2 { "All" } }
        (filters(&query, &filter))
        @if messages.items.is_empty() { p.card { "No message matches." } } @else { (table(&messages.items)) }
        (listing::around(ExportedList::Messages, PATH, &query, &messages))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Messages, "Messages", &body)))
}

fn filters(query: &ListQuery, filter: &MessageFilter) -> Markup {
    html! {
        form.filter action=(PATH) { div.row {
            (listing::text_field("topic", "Topic", query.topic.as_deref(), "order.paid"))
            (listing::choice_field::<DeliveryState>("state", "State", query.state.as_deref()))
            (listing::text_field("destination", "Destination", query.destination.as_deref(), "amqp"))
            (listing::text_field("q", "Key or id", query.q.as_deref(), "order, payment, subscription …"))
            (listing::period_fields(query))
            (origin::fields(&filter.origin))
            button.quiet { "Show" }
        } }
    }
}

fn table(messages: &[MessageRow]) -> Markup {
    html! { div.scroll { table.list {
        thead { tr { th { "Written" } th { "Message" } th { "Mode" } th { "Destinations" } th { "Error" } } }
        tbody { @for m in messages { tr {
            td.when { (when(m.created_at)) }
            td.long { a.mono href=(format!("/messages/{}", m.id)) { (m.key) } }
            td { (if m.livemode { "live" } else { "test" }) @if !m.account.is_empty() { " " (m.account) } }
            td { @for d in &m.deliveries { (d.destination) " " (badge(&d.state)) @if d.attempts > 1 { span.hint { " " (d.attempts) " attempts" } } br; } }
            td.long { (error(&m.deliveries)) }
        } } }
    } } }
}

/// The first error of a destination that has not got it.
fn error(deliveries: &[Delivery]) -> &str {
    let mut unsent = deliveries.iter().filter(|delivery| delivery.state != DeliveryState::Sent);
    unsent.find_map(|delivery| delivery.last_error.as_deref()).unwrap_or_default()
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/messages", web::get().to(list));
}
