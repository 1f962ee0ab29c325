//! Bulk jobs and how far they are.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use crate::common::completed::Completed;
use crate::common::paging::PageRequest;
use crate::common::role::Role;
use crate::common::text_enum::TextEnum;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::jobs::service::{self, JobView};
use crate::jobs::state::{JobAction, JobCommand, JobState};
use crate::jobs::store::Job;
use crate::masking;
use crate::pages::layout::{MenuItem, address, badge, exact, flash, page, pager, when};
use crate::pages::{CsrfForm, PageFailure, PageResult, page_response, redirect};

#[derive(Debug, Deserialize)]
struct JobPageQuery {
    before: Option<String>,
    done: Option<String>,
}

async fn list(
    current_user: CurrentUser,
    console: web::Data<Console>,
    query: Query<JobPageQuery>,
) -> PageResult {
    let request = PageRequest::before(query.into_inner().before);
    let jobs = service::list(&console.pool, &request, current_user.principal.role).await?;
    let next = jobs.next.as_deref().map(|next| address("/jobs", &[("before", Some(next))]));
    let body = html! {
        h1 { "Bulk jobs" }
        p.sub { "Replays and discards of many dead letters. Start one from a group or a list of " a href="/dead-letters" { "dead letters" } "." }
        @if jobs.items.is_empty() { p.card { "There was none yet." } } @else { (table(&jobs.items)) }
        (pager(next))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Jobs, "Bulk jobs", &body)))
}

fn table(jobs: &[Job]) -> Markup {
    html! { div.scroll { table.list {
        thead { tr { th { "Job" } th { "What" } th.num { "Dead letters" } th { "State" } th { "Actor" } th { "Reason" } th { "Created" } } }
        tbody { @for j in jobs { tr {
            td { a href=(format!("/jobs/{}", j.id)) { "#" (j.id) } }
            td { (j.action) } td.num { (j.total) } td { (badge(&j.state)) } td { (j.actor) } td.long { (j.reason) } td.when { (when(j.created_at)) }
        } } }
    } } }
}

async fn show(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<i64>,
    query: Query<JobPageQuery>,
) -> PageResult {
    let view = masking::for_role(service::show(&console.pool, *id).await?, current_user.principal.role);
    let unfinished = view.job.state.is_unfinished();
    let settled = view.progress.resolved + view.progress.dead_again >= view.progress.sent;
    let refreshes = unfinished || (view.job.action == JobAction::Replay && !settled);
    let body = html! {
        h1 { "Bulk job #" (view.job.id) }
        p.sub { (view.job.action) " of " (view.job.total) " dead letters by " (view.job.actor) ": " (view.job.reason) }
        (flash(query.done.as_deref().and_then(Completed::parse).filter(|done| still_so(*done, view.job.state))))
        (proposed(&view.job))
        div id="job" data-refresh=[refreshes.then_some("1")] { (progress(&view)) @if current_user.operates() && unfinished { (commands(&current_user, &view.job)) } }
        (facts(&view.job))
        @if current_user.operates() {
            p.row { @for (ending, name) in [("md", "Report (Markdown)"), ("json", "Report (JSON)")] {
                a.button.quiet href=(format!("/jobs/{}/report.{ending}", view.job.id)) download { (name) }
            } }
        }
        (exceptions(&view))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Jobs, &format!("Job {}", view.job.id), &body)))
}

/// Whether what was done to a job is still to be seen: one that was resumed and has ended needs no word of it.
fn still_so(done: Completed, state: JobState) -> bool {
    match done {
        Completed::Paused => state == JobState::Paused,
        Completed::Resumed => state.is_active(),
        Completed::Canceled => state == JobState::Canceled,
        Completed::Approved => state != JobState::Proposed,
        _ => false,
    }
}

/// That nothing happens before a second person has looked.
fn proposed(job: &Job) -> Markup {
    html! { @if job.state == JobState::Proposed {
        p.note.warn role="status" { "It waits for a second person: nothing is sent before somebody other than " (job.actor) " has approved it." }
    } }
}

fn progress(view: &JobView) -> Markup {
    let (p, total) = (&view.progress, i64::from(view.job.total));
    let begun = total - p.waiting;
    html! {
        section.card {
            p.head { (badge(&view.job.state)) b { (begun) " of " (total) } @if let Some(note) = &view.job.note { span { (note) } } }
            progress max=(total) value=(begun) aria-label="progress" {}
        }
        div.tiles {
            div.tile { b { (p.sent) } span { (if view.job.action == JobAction::Replay { "sent" } else { "discarded" }) } }
            @if view.job.action == JobAction::Replay {
                div.tile { b { (p.resolved) } span { "took effect" } }
                div.tile.alarm[p.dead_again > 0] { b { (p.dead_again) } span { "failed again" } }
            }
            div.tile { b { (p.waiting) } span { "waiting" } }
            div.tile { b { (p.skipped) } span { "skipped, no longer open" } }
            @if p.failed > 0 { div.tile.alarm { b { (p.failed) } span { "refused by the broker" } } }
            @if p.unknown > 0 { div.tile.alarm { b { (p.unknown) } span { "possibly sent, not sent again" } } }
        }
    }
}

fn commands(current_user: &CurrentUser, job: &Job) -> Markup {
    let at = |command: JobCommand| format!("/jobs/{}/{command}", job.id);
    html! {
        form method="post" { (current_user.csrf_field()) p.row {
            @if job.state == JobState::Proposed { button formaction=(at(JobCommand::Approve)) { "Approve" } }
            @else if job.state == JobState::Paused { button formaction=(at(JobCommand::Resume)) { "Resume" } } @else { button.quiet formaction=(at(JobCommand::Pause)) { "Pause" } }
            button.danger formaction=(at(JobCommand::Cancel)) { "Cancel" }
        } }
    }
}

fn facts(job: &Job) -> Markup {
    let filter = serde_json::to_value(&job.filter).unwrap_or_default();
    let filter = filter.as_object().into_iter().flatten();
    html! { section.card { h2 { "Job" } dl.facts {
        dt { "Dead letters" } dd { @if job.selected { (job.total) " that were picked one by one " } @for (name, value) in filter { code { (name) "=" (value.as_str().unwrap_or("?")) } " " } }
        dt { "Rate" } dd { (job.rate) " per second" @if job.canary > 0 { ", the first " (job.canary) " alone" } }
        dt { "Created" } dd { (exact(job.created_at)) }
        @if let (Some(by), Some(at)) = (&job.approved_by, job.approved_at) { dt { "Approved" } dd { "by " (by) ", " (exact(at)) } }
        @if let Some(at) = job.finished_at { dt { "Ended" } dd { (exact(at)) } }
    } } }
}

fn exceptions(view: &JobView) -> Markup {
    html! { @if !view.exceptions.is_empty() {
        h2 { "Dead letters that were not sent" }
        div.scroll { table { thead { tr { th { "Dead letter" } th { "State" } th { "Reason" } } } tbody { @for e in &view.exceptions { tr {
            td { a href=(format!("/dead-letters/{}", e.dead_letter_id)) { "#" (e.dead_letter_id) } } td { (badge(&e.state)) } td.long { (e.note.as_deref().unwrap_or("")) }
        } } } } }
    } }
}

async fn command(
    current_user: CurrentUser,
    console: web::Data<Console>,
    path: Path<(i64, JobCommand)>,
    form: Form<CsrfForm>,
) -> Result<HttpResponse, PageFailure> {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let (id, command) = path.into_inner();
    service::command(&console.pool, &current_user.principal.actor, id, command).await?;
    Ok(redirect(&format!("/jobs/{id}?done={}", Completed::from(command))))
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/jobs", web::get().to(list))
        .route("/jobs/{id}", web::get().to(show))
        .route("/jobs/{id}/{command}", web::post().to(command));
}
