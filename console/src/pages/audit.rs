//! Who did what to which, when and why.

use actix_web::web::{self, Query};
use maud::{Markup, html};
use serde::Deserialize;

use crate::audit::action::Subject;
use crate::audit::service;
use crate::audit::store::{AuditEntry, AuditFilter};
use crate::common::paging::PageRequest;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::masking;
use crate::pages::layout::{MenuItem, address, encode, page, pager, when};
use crate::pages::{PageResult, page_response};

#[derive(Debug, Deserialize)]
struct AuditQuery {
    actor: Option<String>,
    action: Option<String>,
    subject: Option<String>,
    before: Option<String>,
}

async fn list(
    current_user: CurrentUser,
    console: web::Data<Console>,
    query: Query<AuditQuery>,
) -> PageResult {
    let query = query.into_inner();
    let filter =
        AuditFilter { actor: query.actor, action: query.action, subject: query.subject }.checked()?;
    let request = PageRequest::before(query.before);
    let entries = service::list(&console.pool, &filter, &request, current_user.principal.role).await?;
    let next = entries.next.as_deref().map(|next| {
        let f = &filter;
        address(
            "/audit",
            &[
                ("actor", f.actor.as_deref()),
                ("action", f.action.as_deref()),
                ("subject", f.subject.as_deref()),
                ("before", Some(next)),
            ],
        )
    });
    let body = html! {
        h1 { "Audit" }
        p.sub { "Who did what, newest first. Lines cannot be changed; " code { "sluicegate audit verify" } " checks that none was." }
        form.filter action="/audit" { div.row {
            @for (name, label, value, hint) in [("actor", "Actor", &filter.actor, "user:anna"), ("action", "Action", &filter.action, "dead.replay"), ("subject", "Subject", &filter.subject, "dead_letter:12")] {
                div.field { label for=(name) { (label) } input id=(name) name=(name) value=[value.as_deref()] placeholder=(hint) maxlength="255"; }
            }
            button.quiet { "Show" }
        } }
        @if entries.items.is_empty() { p.card { "No line matches." } } @else { (table(&entries.items)) }
        (pager(next))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Audit, "Audit", &body)))
}

fn table(entries: &[AuditEntry]) -> Markup {
    html! { div.scroll { table.list {
        thead { tr { th { "Time" } th { "Actor" } th { "Action" } th { "Subject" } th { "Reason" } } }
        tbody { @for e in entries { tr {
            td.when { (when(e.at)) } td { (e.actor) } td { (e.action) } td { (subject(&e.subject)) } td.long { (e.reason) }
        } } }
    } } }
}

/// What it was done to, as a link where there is a page.
fn subject(subject: &str) -> Markup {
    let at = match Subject::parse(subject) {
        Some(Subject::Case(id)) => Some(format!("/cases/{id}")),
        Some(Subject::DeadLetter(id)) => Some(format!("/dead-letters/{id}")),
        Some(Subject::Destination(name)) => Some(format!("/destinations/{}", encode(name))),
        Some(Subject::Event(id)) => Some(format!("/events/{}", encode(id))),
        Some(Subject::Group(fingerprint)) => Some(format!("/dead-letters/groups/{}", encode(fingerprint))),
        Some(Subject::Job(id)) => Some(format!("/jobs/{id}")),
        Some(Subject::Message(id)) => Some(format!("/messages/{id}")),
        Some(Subject::Queue(name)) => Some(format!("/queues/{}", encode(name))),
        Some(Subject::Order(id) | Subject::Payment(id)) => Some(address("/search", &[("q", Some(id))])),
        Some(Subject::Console | Subject::Token(_) | Subject::User(_)) | None => None,
    };
    html! { @if let Some(at) = at.filter(|_| !masking::hides(subject)) { a href=(at) { (subject) } } @else { (subject) } }
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/audit", web::get().to(list));
}
