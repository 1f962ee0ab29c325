//! Cases: payments that do not match their order, and accepting one as it is.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::audit::reason::AuditReason;
use crate::cases::state::{CaseState, HeldReason};
use crate::cases::store::{Case, CaseFilter};
use crate::cases::{advice, service};
use crate::common::completed::Completed;
use crate::common::role::Role;
use crate::common::text_enum::TextEnum;
use crate::exports::kind::ExportedList;
use crate::exports::queries::{ALL, ListQuery};
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, badge, exact, flash, page, search_link, when};
use crate::pages::reason::{self, DoneQuery, ReasonForm, RejectedForm};
use crate::pages::{PageFailure, PageResult, page_response, page_with_status, redirect};
use crate::pages::{links, listing, origin};

const PATH: &str = "/cases";

async fn list(current_user: CurrentUser, console: web::Data<Console>, query: Query<ListQuery>) -> PageResult {
    let query = query.into_inner();
    let filter = query.cases(Timestamp::now())?;
    let cases =
        service::list(&console.pool, filter.clone(), &query.page(), current_user.principal.role).await?;
    let body = html! {
        h1 { "Cases" }
        p.sub { "Payments that do not match their order. Their money is recorded; they do not count until the order is registered or corrected, or somebody accepts them." }
        (filters(&query, &filter))
        @if cases.items.is_empty() { p.card { "No case fits." } } @else { (table(&cases.items)) }
        (listing::around(ExportedList::Cases, PATH, &query, &cases))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Cases, "Cases", &body)))
}

fn filters(query: &ListQuery, filter: &CaseFilter) -> Markup {
    html! {
        form.filter action=(PATH) { div.row {
            div.field { label for="state" { "State" } select id="state" name="state" {
                option value=(ALL) selected[filter.state.is_none()] { (ALL) }
                @for state in CaseState::ALL { option value=(state) selected[filter.state == Some(*state)] { (state) } }
            } }
            (listing::choice_field::<HeldReason>("reason", "Why", query.reason.as_deref()))
            (listing::text_field("order", "Order", query.order.as_deref(), ""))
            (listing::period_fields(query))
            (origin::fields(&filter.origin))
            button.quiet { "Show" }
        } }
    }
}

fn table(cases: &[Case]) -> Markup {
    let connected = cases.iter().any(|case| !case.account.is_empty());
    html! { div.scroll { table.list {
        thead { tr { th { "Case" } (origin::heading(connected)) th { "Order" } th.num { "Costs" } th { "Payment" } th.num { "Paid" } th { "Why" } th { "State" } th { "Opened" } } }
        tbody { @for c in cases { tr {
            td { a href=(format!("/cases/{}", c.id)) { "#" (c.id) } (origin::test_hint(Some(c.livemode))) }
            (origin::cell(connected, Some(&c.account)))
            td { (search_link(&c.order_id, &c.origin())) } td.num { (c.expected()) }
            td { (search_link(&c.payment_id, &c.origin())) } td.num { (c.paid()) }
            td { (c.reason) } td { (badge(c.state.as_str())) } td.when { (when(c.opened_at)) }
        } } }
    } } }
}

async fn show(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<i64>,
    query: Query<DoneQuery>,
) -> PageResult {
    let case = service::show(&console.pool, *id, current_user.principal.role).await?;
    let done = query.completed();
    Ok(page_response(&case_page(&current_user, &case, done, None)))
}

fn case_page(
    current_user: &CurrentUser,
    case: &Case,
    done: Option<Completed>,
    refused: Option<&RejectedForm>,
) -> Markup {
    let (advice, origin) = (advice::of(case.reason), case.origin());
    let body = html! {
        h1 { "Case #" (case.id) " " (badge(case.state.as_str())) }
        p.sub { (case.paid()) " was captured, and " (case.expected()) " expected." }
        (flash(done))
        section.card { h2 { "What happened" }
            p { (advice.meaning) }
            @if case.state == CaseState::Open { p { (advice.remedy) } }
        }
        section.card { h2 { "The payment" } dl.facts {
            dt { "Order" } dd { (links::object(&case.order_id, &origin)) }
            dt { "Payment" } dd { (links::object(&case.payment_id, &origin)) }
            @if let Some(customer) = &case.customer { dt { "Customer" } dd { (links::object(customer, &origin)) } }
            (origin::facts(Some(&case.account), Some(case.livemode)))
            dt { "Opened" } dd { (exact(case.opened_at)) }
            @if let (Some(at), Some(how)) = (case.closed_at, case.resolution) { dt { "Closed" } dd { (how) " " (exact(at)) } }
        } }
        @if case.state == CaseState::Open && current_user.operates() { (form(current_user, case, refused)) }
    };
    page(Some(current_user), MenuItem::Cases, &format!("Case {}", case.id), &body)
}

fn form(current_user: &CurrentUser, case: &Case, refused: Option<&RejectedForm>) -> Markup {
    html! {
        form.card method="post" action=(format!("/cases/{}/accept", case.id)) {
            h2 { "Accept the payment as it is" }
            p { "It counts for the order from now on, whatever comes later." }
            (current_user.csrf_field())
            @if let Some(other) = refused.and_then(RejectedForm::other) { (other) }
            (reason::field(refused, "kept in the audit"))
            button { "Accept" }
        }
    }
}

async fn accept(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse, PageFailure> {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let actor = &current_user.principal.actor;
    let accept =
        async |reason: &AuditReason| service::accept(&console.pool, actor, *id, reason, &console.rules).await;
    let Err(refused) = form.carry_out(accept).await? else {
        return Ok(redirect(&format!("/cases/{id}?done={}", Completed::Accepted)));
    };
    let case = service::show(&console.pool, *id, current_user.principal.role).await?;
    Ok(page_with_status(refused.status(), &case_page(&current_user, &case, None, Some(&refused))))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/cases", web::get().to(list))
        .route("/cases/{id}", web::get().to(show))
        .route("/cases/{id}/accept", web::post().to(accept));
}
