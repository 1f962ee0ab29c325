//! Cases: payments that do not match their order, and accepting one as it is.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::audit::action::Subject;
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
use crate::orders::preview::{self, OrderPreview};
use crate::pages::layout::{MenuItem, badge, exact, flash, page, search_link, when};
use crate::pages::order_preview::previewed;
use crate::pages::reason::{self, DoneQuery, ReasonForm, RejectedForm};
use crate::pages::{PageFailure, PageResult, page_response, page_with_status, redirect};
use crate::pages::{attention, links, listing, order_terms, origin};

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
    let subject = Subject::Case(case.id);
    let attention =
        attention::card(&current_user, &console, &subject, &format!("/cases/{}", case.id)).await?;
    let page = case_page(&current_user, &case, done, None, "", None, Some(&attention));
    Ok(page_response(&page))
}

fn case_page(
    current_user: &CurrentUser,
    case: &Case,
    done: Option<Completed>,
    preview: Option<&OrderPreview>,
    entered: &str,
    refused: Option<&RejectedForm>,
    attention: Option<&Markup>,
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
        @if let Some(preview) = preview { (previewed(preview)) }
        @if case.state == CaseState::Open && current_user.operates() {
            section.card {
                @let registers = case.reason == HeldReason::OrderNotFound;
                h2 { (if registers { "Register the order" } else { "Correct the order" }) }
                p { "Where the payment is right and the order " (if registers { "missing" } else { "wrong" }) ". Look first: the form has a preview." }
                p { a.button href=(order_terms::at_of_case(case)) { (if registers { "Register the order …" } else { "Correct the order …" }) } }
            }
            (form(current_user, case, preview.is_some(), entered, refused))
        }
        @if let Some(attention) = attention { (attention) }
    };
    page(Some(current_user), MenuItem::Cases, &format!("Case {}", case.id), &body)
}

fn form(
    current_user: &CurrentUser,
    case: &Case,
    previewed: bool,
    entered: &str,
    refused: Option<&RejectedForm>,
) -> Markup {
    let at = |action: &str| format!("/cases/{}/{action}", case.id);
    html! {
        form.card method="post" action=(at("accept")) {
            h2 { "Accept the payment as it is" }
            p { "It counts for the order from now on, whatever comes later." }
            (current_user.csrf_field())
            @if let Some(other) = refused.and_then(RejectedForm::other) { (other) }
            (reason::field_with(refused, "kept in the audit", entered))
            div.row {
                button class=(if previewed { "quiet" } else { "" }) formaction=(at("preview")) formnovalidate { "Preview" }
                button class=(if previewed { "" } else { "quiet" }) { "Accept" }
            }
        }
    }
}

/// What accepting would do; nothing is written.
async fn preview_accept(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<ReasonForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let case = service::show(&console.pool, *id, current_user.principal.role).await?;
    let actor = &current_user.principal.actor;
    let act = async |tx: &deadpool_postgres::Transaction<'_>| {
        service::accept_in(tx, actor, *id, &form.reason, &console.rules).await.map(drop)
    };
    match preview::preview(&console.pool, &case.order(), act).await {
        Ok(preview) => {
            let page = case_page(&current_user, &case, None, Some(&preview), &form.reason, None, None);
            Ok(page_response(&page))
        }
        Err(failure) => {
            let refused = RejectedForm::new(failure, &form.reason)?;
            let page = case_page(&current_user, &case, None, None, "", Some(&refused), None);
            Ok(page_with_status(refused.status(), &page))
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
    Ok(page_with_status(
        refused.status(),
        &case_page(&current_user, &case, None, None, "", Some(&refused), None),
    ))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/cases", web::get().to(list))
        .route("/cases/{id}", web::get().to(show))
        .route("/cases/{id}/preview", web::post().to(preview_accept))
        .route("/cases/{id}/accept", web::post().to(accept));
}
