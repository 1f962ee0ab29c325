//! The list of messages: those that failed and those that wait come first.

use actix_web::web::{self, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::destinations;
use crate::common::error::ServiceError;
use crate::common::origin::OriginFilter;
use crate::common::paging::PageRequest;
use crate::common::text_enum::TextEnum;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::messages::service;
use crate::messages::state::DeliveryState;
use crate::messages::store::{Delivery, MessageFilter, MessageRow};
use crate::pages::layout::{MenuItem, address, badge, page, pager, when};
use crate::pages::{PageResult, page_response};

/// How many of those that failed, and of those that wait, stand before the list.
const FIRST: i64 = 20;

#[derive(Debug, Deserialize)]
struct MessagePageQuery {
    topic: Option<String>,
    state: Option<String>,
    destination: Option<String>,
    q: Option<String>,
    account: Option<String>,
    mode: Option<String>,
    before: Option<String>,
}

impl MessagePageQuery {
    fn filter(self) -> Result<MessageFilter, ServiceError> {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Ok(MessageFilter {
            topic: given(self.topic),
            state: DeliveryState::chosen("state", self.state.as_deref())?,
            destination: given(self.destination),
            q: given(self.q),
            origin: OriginFilter::chosen(self.account.as_deref(), self.mode.as_deref())?,
            ..MessageFilter::default()
        })
    }
}

fn chosen_nothing(filter: &MessageFilter) -> bool {
    let MessageFilter { topic, state, destination, q, origin, .. } = filter;
    topic.is_none()
        && state.is_none()
        && destination.is_none()
        && q.is_none()
        && *origin == OriginFilter::default()
}

async fn list(
    current_user: CurrentUser,
    console: web::Data<Console>,
    query: Query<MessagePageQuery>,
) -> PageResult {
    let query = query.into_inner();
    let request = PageRequest { before: query.before.clone(), limit: None };
    let filter = query.filter()?;
    let role = current_user.principal.role;
    let mut open = Vec::new();
    if chosen_nothing(&filter) && request.before.is_none() {
        for state in [DeliveryState::Failed, DeliveryState::Pending] {
            let filter = MessageFilter { state: Some(state), ..MessageFilter::default() };
            let first = PageRequest { before: None, limit: Some(FIRST) };
            open.push((state, service::list(&console.pool, filter, &first, role).await?));
        }
    }
    let messages = service::list(&console.pool, filter.clone(), &request, role).await?;
    let next = messages.next.as_deref().map(|next| next_address(&filter, next));
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
        (filters(&filter))
        @if messages.items.is_empty() { p.card { "No message matches." } } @else { (table(&messages.items)) }
        (pager(next))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Messages, "Messages", &body)))
}

fn next_address(filter: &MessageFilter, next: &str) -> String {
    let parameters = [
        ("topic", filter.topic.as_deref()),
        ("state", filter.state.map(DeliveryState::as_str)),
        ("destination", filter.destination.as_deref()),
        ("q", filter.q.as_deref()),
        ("account", filter.origin.account_name()),
        ("mode", filter.origin.mode_name()),
        ("before", Some(next)),
    ];
    address("/messages", &parameters)
}

fn filters(filter: &MessageFilter) -> Markup {
    html! {
        form.filter action="/messages" { div.row {
            div.field { label for="topic" { "Topic" } input id="topic" name="topic" value=[filter.topic.as_deref()] placeholder="order.paid" maxlength="255"; }
            div.field { label for="state" { "State" } select id="state" name="state" {
                option value="" { "any" }
                @for state in DeliveryState::ALL { option value=(state) selected[filter.state == Some(*state)] { (state) } }
            } }
            div.field { label for="destination" { "Destination" } input id="destination" name="destination" value=[filter.destination.as_deref()] placeholder="amqp" maxlength="255"; }
            div.field { label for="q" { "Key or id" } input id="q" name="q" value=[filter.q.as_deref()] placeholder="order, payment, subscription …" maxlength="255"; }
            @if let Some(account) = filter.origin.account_name() { input type="hidden" name="account" value=(account); }
            @if let Some(mode) = filter.origin.mode_name() { input type="hidden" name="mode" value=(mode); }
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
