//! One dead letter: what happened, what to do, what a replay would do, and doing it.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};

use crate::audit::action::Subject;
use crate::audit::reason::AuditReason;
use crate::common::completed::Completed;
use crate::common::role::Role;
use crate::dead_letters::preview;
use crate::dead_letters::service;
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store::DeadLetter;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::attention;
use crate::pages::dead_letters::bodies;
use crate::pages::events::show::replays;
use crate::pages::layout::{MenuItem, badge, event_link, exact, page};
use crate::pages::preview::previewed;
use crate::pages::reason::{self, DoneQuery, PageState, ReasonForm, RejectedForm};
use crate::pages::{CsrfForm, PageFailure, PageResult, page_response, page_with_status, redirect};
use crate::pages::{about, links, origin};
use crate::timeline::details::{self, DeadLetterView};

async fn show(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<i64>,
    query: Query<DoneQuery>,
) -> PageResult {
    let view = details::dead_letter(&console.pool, *id, current_user.principal.role).await?;
    let page_state = PageState { done: query.completed(), ..PageState::default() };
    Ok(page_response(&render(&current_user, &console, &view, &page_state).await?))
}

async fn preview(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<CsrfForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let role = current_user.principal.role;
    let found = preview::dead_letter(console.previewer(), *id, role).await?;
    let view = details::dead_letter(&console.pool, *id, role).await?;
    let page_state = PageState { preview: Some(&found), ..PageState::default() };
    Ok(page_response(&render(&current_user, &console, &view, &page_state).await?))
}

/// The address of a form, asked for without one.
async fn redirect_to_page(path: Path<(i64, String)>) -> HttpResponse {
    redirect(&format!("/dead-letters/{}", path.0))
}

async fn render(
    current_user: &CurrentUser,
    console: &Console,
    view: &DeadLetterView,
    page_state: &PageState<'_>,
) -> Result<Markup, PageFailure> {
    let dead_letter = &view.dead_letter;
    let subject = Subject::DeadLetter(dead_letter.id);
    let at = format!("/dead-letters/{}", dead_letter.id);
    let attention = attention::card(current_user, console, &subject, &at).await?;
    let unresolved = matches!(dead_letter.state, DeadLetterState::Open | DeadLetterState::Replayed);
    // The answer to a form is not there to be asked for again.
    let refreshable = page_state.preview.is_none() && page_state.refused.is_none();
    let refresh = (dead_letter.state == DeadLetterState::Replayed && refreshable).then_some("2");
    let body = html! {
        div id="dead-letter" data-refresh=[refresh] {
            h1 { "Dead letter #" (dead_letter.id) " " span id="state" { (badge(&dead_letter.state)) } }
            p.sub { (dead_letter.kind) " · " span.mono { (dead_letter.event_id) } }
            (completed_note(page_state.done, dead_letter))
            section.card {
                h2 { @if !unresolved { "It failed with " } (dead_letter.reason) }
                p { (view.advice.meaning) }
                @if unresolved { p { b { "What to do: " } (view.advice.remedy) } }
                p class={"note mono " (if unresolved { "bad" } else { "" })} { (dead_letter.error) }
            }
        }
        @if let Some(preview) = page_state.preview { (previewed(preview)) }
        div.columns {
            div id="known" data-refresh=[refresh] {
                @if current_user.operates() { (actions(current_user, dead_letter, page_state)) }
                (facts(view))
                (replays(&view.history))
            }
            // Not refreshed: somebody may be writing a note.
            div { (attention) }
            div { (bodies::card(current_user, view)) (bodies::former(current_user, view)) }
        }
    };
    Ok(page(Some(current_user), MenuItem::Dead, &format!("Dead letter {}", dead_letter.id), &body))
}

/// What became of what was just done.
fn completed_note(done: Option<Completed>, dead_letter: &DeadLetter) -> Markup {
    let (tone, message) = match (done, dead_letter.state) {
        (Some(Completed::Replayed), DeadLetterState::Replayed) => {
            ("good", "Sent again. When it takes effect the state changes to resolved.")
        }
        (Some(Completed::Replayed), DeadLetterState::Resolved) => ("good", "Sent again. It took effect."),
        (Some(Completed::Replayed), DeadLetterState::Open) => {
            ("bad", "Sent again, and it failed again with the error below.")
        }
        (Some(Completed::Discarded), DeadLetterState::Discarded) => ("good", "Discarded."),
        _ => return html! {},
    };
    html! { p class={"note " (tone)} role="status" { (message) } }
}

fn facts(view: &DeadLetterView) -> Markup {
    let l = &view.dead_letter;
    let group = format!("/dead-letters/groups/{}", l.fingerprint);
    html! {
        section.card { h2 { "Details" } dl.facts {
            dt { "State" } dd { (l.state) " since " (exact(l.state_at)) }
            dt { "Event" } dd { @if view.event.is_some() { (event_link(&l.event_id)) (links::at_stripe(&l.event_id, &l.origin())) } @else { code { (l.event_id) } " (not recorded)" } }
            (about::facts(&l.about, &l.origin()))
            (origin::facts(l.account.as_deref(), l.livemode))
            dt { "Attempts" } dd { (l.attempts) }
            @if l.replays > 0 { dt { "Replays" } dd { (l.replays) } }
            @if let Some(at) = l.received_at { dt { "Received" } dd { (exact(at)) } }
            dt { "First failed" } dd { (exact(l.first_failed_at)) }
            dt { "Dead since" } dd { (exact(l.dead_at)) }
            dt { "Group" } dd { a href=(group) { "Dead letters with the same cause" } }
            @if let Some(endpoint) = &l.endpoint { dt { "Endpoint" } dd { (endpoint) } }
        } }
    }
}

fn actions(current_user: &CurrentUser, dead_letter: &DeadLetter, page_state: &PageState<'_>) -> Markup {
    let at = |action: &str| format!("/dead-letters/{}/{action}", dead_letter.id);
    let previewed = page_state.preview.is_some();
    html! {
        section.card {
            h2 { "Actions" }
            @if !previewed {
                form method="post" action=(at("preview")) { (current_user.csrf_field())
                    p { button { "Preview a replay" } " " span.hint { "nothing is written, nothing is sent" } }
                }
            }
            form method="post" action=(at("replay")) {
                (current_user.csrf_field())
                (reason::field(page_state.refused, "kept in the audit"))
                @if let Some(other) = page_state.refused.and_then(RejectedForm::other) { (other) }
                div.row {
                    button class=(if previewed { "" } else { "quiet" }) { "Replay" }
                    @if dead_letter.state == DeadLetterState::Open { button.danger formaction=(at("discard")) { "Discard" } }
                }
            }
        }
    }
}

async fn replay_one(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<ReasonForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let actor = &current_user.principal.actor;
    let replay =
        async |reason: &AuditReason| console.replayer.dead_letter(*id, actor, reason).await.map(drop);
    let done = form.carry_out(replay).await?;
    after(done, Completed::Replayed, &current_user, &console, *id).await
}

async fn discard_one(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<ReasonForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let actor = &current_user.principal.actor;
    let discard = async |reason: &AuditReason| service::discard(&console.pool, *id, actor, reason).await;
    let done = form.carry_out(discard).await?;
    after(done, Completed::Discarded, &current_user, &console, *id).await
}

/// The dead letter as it is now; or with the form as it was sent, and why it was not taken.
async fn after(
    done: Result<(), RejectedForm>,
    completed: Completed,
    current_user: &CurrentUser,
    console: &Console,
    id: i64,
) -> PageResult {
    let Err(refused) = done else { return Ok(redirect(&format!("/dead-letters/{id}?done={completed}"))) };
    let view = details::dead_letter(&console.pool, id, current_user.principal.role).await?;
    let page_state = PageState { refused: Some(&refused), ..PageState::default() };
    let page = render(current_user, console, &view, &page_state).await?;
    Ok(page_with_status(refused.status(), &page))
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/dead-letters/{id}", web::get().to(show))
        .route("/dead-letters/{id}/preview", web::post().to(preview))
        .route("/dead-letters/{id}/replay", web::post().to(replay_one))
        .route("/dead-letters/{id}/discard", web::post().to(discard_one))
        .route("/dead-letters/{id}/{form:preview|replay|discard}", web::get().to(redirect_to_page));
}
