//! The list of subscriptions.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::common::origin::OriginFilter;
use crate::exports::kind::ExportedList;
use crate::exports::queries::ListQuery;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::orders::subscriptions::{self, SubscriptionRow};
use crate::pages::layout::{MenuItem, badge, page, search_link, when};
use crate::pages::{PageResult, listing, origin, page_response};

const PATH: &str = "/subscriptions";

async fn list(current_user: CurrentUser, console: web::Data<Console>, query: Query<ListQuery>) -> PageResult {
    let query = query.into_inner();
    let filter = query.subscriptions(Timestamp::now())?;
    let found =
        subscriptions::page(&console.pool, &filter, &query.page(), current_user.principal.role).await?;
    let access = query.access.as_deref().unwrap_or_default();
    let body = html! {
        h1 { "Subscriptions" }
        p.sub { "What each gives access to and until when it is paid, by Stripe's id. " a href="/orders" { "Orders" } }
        form.filter action=(PATH) { div.row {
            (listing::text_field("customer", "Customer", query.customer.as_deref(), "cus_…"))
            (listing::text_field("status", "Status", query.status.as_deref(), "past_due"))
            div.field { label for="access" { "Access" } select id="access" name="access" {
                @for (value, name) in [("", "any"), ("true", "yes"), ("false", "no")] { option value=(value) selected[access == value] { (name) } }
            } }
            (listing::period_fields(&query))
            (origin::fields(&query.origin()?))
            button.quiet { "Show" }
        } }
        (table(&found.items))
        (listing::around(ExportedList::Subscriptions, PATH, &query, &found))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Orders, "Subscriptions", &body)))
}

fn table(subscriptions: &[SubscriptionRow]) -> Markup {
    let connected = subscriptions.iter().any(|subscription| !subscription.account.is_empty());
    html! {
        @if subscriptions.is_empty() { p.card { "No subscription matches." } } @else {
            div.scroll { table.list {
                thead { tr { th { "Subscription" } (origin::heading(connected)) th { "Status" } th { "Access" } th { "Paid through" } th { "Customer" } th { "Changed" } } }
                tbody { @for s in subscriptions { tr {
                    @let of = OriginFilter { account: Some(s.account.clone()), livemode: Some(s.livemode) };
                    td { (search_link(&s.id, &of)) (origin::test_hint(Some(s.livemode))) }
                    (origin::cell(connected, Some(&s.account)))
                    td { (badge(s.status.as_deref().unwrap_or("unknown"))) }
                    td { (if s.access { "yes" } else { "no" }) @if let Some(at) = s.access_until { span.hint { " ends " (when(at)) } } }
                    td.when { @if let Some(at) = s.paid_through { (when(at)) } }
                    td { @if let Some(customer) = &s.customer { (search_link(customer, &of)) } }
                    td.when { (when(s.updated_at)) }
                } } }
            } }
        }
    }
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route(PATH, web::get().to(list));
}
