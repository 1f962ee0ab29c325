//! What waits for somebody: cases and groups of dead letters together, and disputes whose deadline is near.

use actix_web::web;
use maud::{Markup, html};

use crate::attention::open::{self, OpenItem};
use crate::common::error::ServiceError;
use crate::common::money;
use crate::common::origin::OriginFilter;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, page, search_link, when};
use crate::pages::{PageResult, page_response};
use crate::system::overview::{self, DisputeDue};

async fn show(current_user: CurrentUser, console: web::Data<Console>) -> PageResult {
    let items = open::list(&console.pool, current_user.principal.role).await?;
    let disputes = {
        let client = console.pool.get().await.map_err(ServiceError::from)?;
        overview::disputes_due(&client).await?
    };
    let body = html! {
        h1 { "Needs attention" }
        p.sub { "Held payments and dead letters, the most money first, then the oldest. Currencies are not converted." }
        div id="open" data-refresh="10" {
            @if items.is_empty() { p.card { "Nothing waits for anybody." } } @else { (table(&items)) }
            @if !disputes.is_empty() { h2 { "Disputes due within 7 days" } (due(&disputes)) }
        }
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Attention, "Needs attention", &body)))
}

fn table(items: &[OpenItem]) -> Markup {
    html! { div.scroll { table.list {
        thead { tr { th { "What" } th { "Why" } th { "About" } th.num { "At stake" } th { "Since" } th { "Looked after by" } } }
        tbody { @for item in items { tr {
            td { (link(item)) }
            td { (item.reason) }
            td.long { (item.about) }
            td.num { @for (i, (currency, amount)) in item.amounts.iter().enumerate() { @if i > 0 { br; } (money::show(*amount, currency)) } }
            td.when { (when(item.since)) }
            td {
                @match (&item.assignee, &item.acknowledged_by) {
                    (Some(name), _) => (name),
                    (None, Some(by)) => { span.hint { "seen by " (by) } }
                    (None, None) => span.badge.bad { "nobody" },
                }
            }
        } } }
    } } }
}

fn link(item: &OpenItem) -> Markup {
    match item.subject.split_once(':') {
        Some(("case", id)) => html! { a href=(format!("/cases/{id}")) { "case #" (id) } },
        Some((_, fingerprint)) => html! {
            a href=(format!("/dead-letters/groups/{fingerprint}")) { (item.count) " dead letter" @if item.count != 1 { "s" } }
        },
        None => html! { (item.subject) },
    }
}

fn due(disputes: &[DisputeDue]) -> Markup {
    let anywhere = OriginFilter::default();
    html! { div.scroll { table.list {
        thead { tr { th { "Dispute" } th { "Payment" } th.num { "Amount" } th { "Evidence due" } } }
        tbody { @for d in disputes { tr {
            td { (search_link(&d.id, &anywhere)) } td { (search_link(&d.payment_id, &anywhere)) }
            td.num { (money::show(d.amount, &d.currency)) } td.when { (when(d.due_by)) }
        } } }
    } } }
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/needs-attention", web::get().to(show));
}
