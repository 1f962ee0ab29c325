//! The list of orders.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::common::money;
use crate::common::origin::OriginFilter;
use crate::exports::kind::ExportedList;
use crate::exports::queries::ListQuery;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::orders::list;
use crate::orders::status::OrderStatus;
use crate::orders::store::OrderRow;
use crate::pages::layout::{MenuItem, badge, page, search_link, when};
use crate::pages::{PageResult, listing, origin, page_response};

const PATH: &str = "/orders";

async fn orders(
    current_user: CurrentUser,
    console: web::Data<Console>,
    query: Query<ListQuery>,
) -> PageResult {
    let query = query.into_inner();
    let filter = query.orders(Timestamp::now())?;
    let found = list::list(&console.pool, filter, &query.page(), current_user.principal.role).await?;
    let body = html! {
        h1 { "Orders" }
        p.sub { "What customers are to pay and have paid, newest first. Look for one by its id, or a part of it, in the box above. " a href="/subscriptions" { "Subscriptions" } }
        form.filter action=(PATH) { div.row {
            (listing::choice_field::<OrderStatus>("status", "Status", query.status.as_deref()))
            (listing::text_field("customer", "Customer", query.customer.as_deref(), "cus_…"))
            (listing::period_fields(&query))
            (origin::fields(&query.origin()?))
            button.quiet { "Show" }
        } }
        (table(&found.items))
        (listing::around(ExportedList::Orders, PATH, &query, &found))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Orders, "Orders", &body)))
}

fn table(orders: &[OrderRow]) -> Markup {
    let connected = orders.iter().any(|order| !order.account.is_empty());
    html! {
        @if orders.is_empty() { p.card { "No order matches." } } @else {
            div.scroll { table.list {
                thead { tr { th { "Created" } th { "Order" } (origin::heading(connected)) th { "Status" } th.num { "Costs" } th.num { "Paid" } th { "Customer" } } }
                tbody { @for o in orders { tr {
                    @let of = OriginFilter { account: Some(o.account.clone()), livemode: o.livemode };
                    td.when { (when(o.created_at)) }
                    td { (search_link(&o.id, &of)) (origin::test_hint(o.livemode)) }
                    (origin::cell(connected, Some(&o.account)))
                    td { (badge(&o.status)) }
                    td.num { (amount(o.amount, o)) }
                    td.num { (amount(Some(o.amount_paid), o)) }
                    td { @if let Some(customer) = &o.customer { (search_link(customer, &of)) } }
                } } }
            } }
        }
    }
}

fn amount(amount: Option<i64>, order: &OrderRow) -> String {
    match (amount, order.currency.as_deref()) {
        (Some(amount), Some(currency)) => money::show(amount, currency),
        _ => String::new(),
    }
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route(PATH, web::get().to(orders));
}
