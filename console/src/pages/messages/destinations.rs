//! Where messages go, and resuming a destination that is paused.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use crate::audit::reason::AuditReason;
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::common::text_enum::TextEnum;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::messages::destinations::{self, Destination};
use crate::messages::state::DestinationState;
use crate::pages::layout::{MenuItem, badge, encode, exact, flash, page, when};
use crate::pages::reason::{self, ReasonForm, RejectedForm};
use crate::pages::{PageFailure, PageResult, page_response, page_with_status, redirect};

/// All destinations, each with a link to its page.
pub(super) fn table(destinations: &[Destination]) -> Markup {
    html! { @if !destinations.is_empty() { div.scroll { table {
        thead { tr { th { "Destination" } th { "State" } th.num { "Waiting" } th.num { "Failed" } th { "Last error" } th { "Since" } } }
        tbody { @for d in destinations { tr {
            td { a href=(destination_address(&d.name)) { (d.name) } } td { (badge(&d.state)) }
            td.num { (d.pending) } td.num { (d.failed) }
            td.long { (d.last_error.as_deref().unwrap_or("")) } td.when { (when(d.updated_at)) }
        } } }
    } } } }
}

fn destination_address(name: &str) -> String {
    format!("/destinations/{}", encode(name))
}

#[derive(Debug, Deserialize)]
struct DoneQuery {
    done: Option<String>,
}

async fn show(
    current_user: CurrentUser,
    console: web::Data<Console>,
    name: Path<String>,
    query: Query<DoneQuery>,
) -> PageResult {
    let destination = find(&current_user, &console, &name).await?;
    let done = query.done.as_deref().and_then(Completed::parse);
    Ok(page_response(&render(&current_user, &destination, done, None)))
}

async fn find(
    current_user: &CurrentUser,
    console: &Console,
    name: &str,
) -> Result<Destination, ServiceError> {
    let all = destinations::list(&console.pool, current_user.principal.role).await?;
    let found = all.into_iter().find(|destination| destination.name == name);
    found.ok_or_else(|| ServiceError::NotFound(format!("destination {name}")))
}

fn render(
    current_user: &CurrentUser,
    destination: &Destination,
    done: Option<Completed>,
    refused: Option<&RejectedForm>,
) -> Markup {
    let d = destination;
    let body = html! {
        h1 { "Destination " (d.name) " " (badge(&d.state)) }
        (flash(done))
        section.card { h2 { "Details" } dl.facts {
            dt { "Waiting" } dd { (d.pending) }
            dt { "Failed" } dd { (d.failed) }
            dt { "Failures in a row" } dd { (d.failures) }
            @if let Some(error) = &d.last_error { dt { "Last error" } dd { (error) } }
            @if d.state == DestinationState::Paused { dt { "Tried again" } dd {
                @if let Some(at) = d.resume_at { (exact(at)) } @else { "when somebody resumes it" }
            } }
            dt { "Topics" } dd { @if d.topics.is_empty() { "all" } @else { (d.topics.join(", ")) } }
            dt { "Changed" } dd { (exact(d.updated_at)) }
        } }
        @if d.state == DestinationState::Paused && current_user.operates() {
            form.card method="post" action=(format!("{}/resume", destination_address(&d.name))) {
                h2 { "Resume" }
                p { "What waits is sent from now on. A destination that fails again is paused again." }
                (current_user.csrf_field())
                @if let Some(other) = refused.and_then(RejectedForm::other) { (other) }
                (reason::field(refused, "kept in the audit"))
                button { "Resume" }
            }
        } @else if let Some(other) = refused.and_then(RejectedForm::other) { (other) }
        p { a href="/messages" { "To the messages" } }
    };
    page(Some(current_user), MenuItem::Messages, &format!("Destination {}", d.name), &body)
}

async fn resume(
    current_user: CurrentUser,
    console: web::Data<Console>,
    name: Path<String>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse, PageFailure> {
    current_user.check(&form.csrf)?;
    current_user.principal.require(Role::Operator)?;
    let done = async {
        let reason = AuditReason::new(&form.reason)?;
        destinations::resume(&console.pool, &current_user.principal.actor, &name, &reason).await
    };
    match done.await {
        Ok(()) => Ok(redirect(&format!("{}?done={}", destination_address(&name), Completed::Resumed))),
        Err(failure) => {
            let refused = RejectedForm::new(failure, &form.reason)?;
            let destination = find(&current_user, &console, &name).await?;
            let page = render(&current_user, &destination, None, Some(&refused));
            Ok(page_with_status(refused.status(), &page))
        }
    }
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/destinations/{name}", web::get().to(show))
        .route("/destinations/{name}/resume", web::post().to(resume));
}
