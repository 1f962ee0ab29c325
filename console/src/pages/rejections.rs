//! Deliveries that the ingress refused, and what to do about them.

use actix_web::web;
use maud::{Markup, html};

use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, page, when};
use crate::pages::{PageResult, page_response};
use crate::rejections::service;
use crate::rejections::store::{RejectedDelivery, RejectionGroup};

async fn list(current_user: CurrentUser, console: web::Data<Console>) -> PageResult {
    let found = service::list(&console.pool, None, current_user.principal.role).await?;
    let body = html! {
        h1 { "Rejected deliveries" }
        p.sub {
            "What the ingress refused in the last seven days. Nothing of it was processed. " code { "sluicegate doctor signature" }
            " examines a single delivery whose header and body you have."
        }
        @if found.items.is_empty() { p.card { "No delivery was refused." } }
        @for group in &found.items { (card(group)) }
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Rejections, "Rejected deliveries", &body)))
}

fn card(group: &RejectionGroup) -> Markup {
    let times = if group.count == 1 { "once".to_owned() } else { format!("{} times", group.count) };
    html! { section.card {
        h2 { span.mono { (group.path()) } " · " (group.reason) }
        p.sub { (times) ", last " (when(group.last_at)) }
        p { (group.advice) }
        @if !group.deliveries.is_empty() { (deliveries(&group.deliveries)) }
    } }
}

fn deliveries(deliveries: &[RejectedDelivery]) -> Markup {
    html! { div.scroll { table.list {
        thead { tr { th { "Time" } th { "From" } th { "What was found" } th { "Signed" } th { "Signatures" } th { "Body" } } }
        tbody { @for delivery in deliveries { tr {
            td.when { (when(delivery.at)) }
            td { span.mono { (delivery.client.as_deref().unwrap_or("unknown")) }
                @if let Some(agent) = &delivery.user_agent { br; span.hint { (agent) } } }
            td.long { @match &delivery.diagnosis {
                Some(found) => (found),
                None => { "posted to " span.mono { (delivery.path) } },
            } }
            td { (signed(delivery.skew_seconds)) }
            td { @for scheme in &delivery.schemes { (scheme) " " } @if delivery.schemes.is_empty() { "none" } }
            td { @if let Some(bytes) = delivery.body_bytes { (bytes) " bytes" }
                @if let Some(hash) = &delivery.body_sha256 { br; span.mono title="The first digits of the body's SHA-256" { (hash) } } }
        } } }
    } } }
}

/// How long before its arrival it was signed.
fn signed(skew: Option<i64>) -> String {
    match skew {
        None => "-".to_owned(),
        Some(seconds) if seconds < 0 => format!("{} s in the future", seconds.unsigned_abs()),
        Some(seconds) => format!("{seconds} s before"),
    }
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/rejections", web::get().to(list));
}
