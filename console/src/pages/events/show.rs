//! One event: its body, what it changed, what a replay would do, and its replay.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};

use crate::audit::reason::AuditReason;
use crate::audit::store::AuditEntry;
use crate::common::completed::Completed;
use crate::common::role::Role;
use crate::dead_letters::state::DeadLetterState;
use crate::events::attempts;
use crate::events::cursor;
use crate::events::outcome::EventOutcome;
use crate::events::preview;
use crate::events::store::EventRow;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::events::effects::changed;
use crate::pages::events::{retrying, versions};
use crate::pages::layout::{MenuItem, badge, encode, exact, page, when};
use crate::pages::preview::previewed;
use crate::pages::reason::{self, DoneQuery, PageState, ReasonForm, RejectedForm};
use crate::pages::tone::Toned;
use crate::pages::tree::tree;
use crate::pages::{CsrfForm, PageFailure, PageResult, page_response, page_with_status, redirect};
use crate::pages::{about, links, origin};
use crate::timeline::details::{self, EventView};

async fn show(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<String>,
    query: Query<DoneQuery>,
) -> PageResult {
    let page_state = PageState { done: query.completed(), ..PageState::default() };
    Ok(page_response(&render(&current_user, &console, &id, &page_state).await?))
}

async fn preview(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<String>,
    form: Form<CsrfForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let id = cursor::event_id(&id)?;
    let found = preview::event(console.previewer(), id, current_user.principal.role).await?;
    let page_state = PageState { preview: Some(&found), ..PageState::default() };
    Ok(page_response(&render(&current_user, &console, id, &page_state).await?))
}

/// The address of a form, asked for without one.
async fn redirect_to_page(path: Path<(String, String)>) -> HttpResponse {
    redirect(&format!("/events/{}", encode(&path.0)))
}

async fn render(
    current_user: &CurrentUser,
    console: &Console,
    id: &str,
    page_state: &PageState<'_>,
) -> Result<Markup, PageFailure> {
    let view = details::event(&console.pool, cursor::event_id(id)?, current_user.principal.role).await?;
    let role = current_user.principal.role;
    let messages = details::messages(&console.pool, id, role).await?;
    let attempts = attempts::of(&console.pool, id, role).await?;
    let others = crate::timeline::versions::others(&console.pool, id).await?;
    // The answer to a form is not there to be asked for again.
    let refreshable = page_state.preview.is_none() && page_state.refused.is_none();
    let refresh = (is_pending(&view, page_state) && refreshable).then_some("2");
    let body = html! {
        div id="event" data-refresh=[refresh] {
            h1 { (view.event.kind) " " (badge(&view.event.outcome)) }
            p.sub.mono { (view.event.id) (links::copy(&view.event.id)) (links::at_stripe(&view.event.id, &view.event.origin())) }
            (completed_note(page_state.done, &view))
            @if let Some(dead_letter) = &view.dead_letter {
                p class={"note " (dead_letter.state.tone().class())} {
                    "This event has a " a href=(format!("/dead-letters/{}", dead_letter.id)) { "dead letter" } ", which is " b { (dead_letter.state) } "."
                }
            }
        }
        @if let Some(preview) = page_state.preview { (previewed(preview)) }
        div.columns {
            div id="known" data-refresh=[refresh] {
                (facts(&view.event))
                section.card { h2 { "What it changed" } (changed(&view.event, &view.effects, &messages)) }
                (retrying::attempts(&attempts))
                (versions::list(&view.event.id, &others))
                (replays(&view.replays))
                @if current_user.operates() { (actions(current_user, &view, page_state)) }
            }
            div { section.card { h2 { "Body" } @if !current_user.operates() { p.hint { "Personal data is masked for your role." } } (links::copy_json(&view.payload)) (tree(&view.payload)) } }
        }
    };
    Ok(page(Some(current_user), MenuItem::Events, &view.event.id, &body))
}

/// Whether something will become of it soon.
fn is_pending(view: &EventView, page_state: &PageState<'_>) -> bool {
    let sent =
        view.dead_letter.as_ref().is_some_and(|dead_letter| dead_letter.state == DeadLetterState::Replayed);
    sent || (page_state.done == Some(Completed::Replayed) && view.event.outcome == EventOutcome::Retrying)
}

/// What became of what was just done.
fn completed_note(done: Option<Completed>, view: &EventView) -> Markup {
    if done != Some(Completed::Replayed) {
        return html! {};
    }
    let dead_letter = view.dead_letter.as_ref().map(|dead_letter| dead_letter.state);
    let (tone, message) = match (dead_letter, view.event.outcome) {
        (Some(DeadLetterState::Replayed), _) => {
            ("good", "Sent again. When it takes effect the outcome changes to processed.")
        }
        (Some(DeadLetterState::Open), _) | (_, EventOutcome::Dead) => {
            ("bad", "Sent again, and it failed again with the error below.")
        }
        (Some(DeadLetterState::Resolved), _) => ("good", "Sent again. It took effect."),
        (_, EventOutcome::Retrying) => ("good", "Sent again. It will be retried."),
        _ if took_effect_since(view) => ("good", "Sent again. It took effect."),
        _ => ("good", "Sent again. What it did before stands: a replay changes nothing more."),
    };
    html! { p class={"note " (tone)} role="status" { (message) } }
}

/// Whether it took effect after somebody last sent it again.
fn took_effect_since(view: &EventView) -> bool {
    // A replay that changes nothing leaves what the event did the first time, with its time.
    let sent = view.replays.first().map(|entry| entry.at);
    sent.is_some_and(|sent| view.effects.iter().any(|effect| effect.at >= sent))
}

fn facts(e: &EventRow) -> Markup {
    html! {
        section.card { h2 { "Details" } dl.facts {
            @if e.outcome == EventOutcome::Retrying { dt { "Waits" } dd { (retrying::sentence(e)) } }
            @else if let Some(error) = &e.last_error { dt { "Error" } dd { (error) } }
            @if let Some(reason) = &e.reason { dt { "Reason" } dd { (reason) } }
            dt { "Attempts" } dd { (e.attempts) }
            @if let Some(id) = &e.object_id { dt { "Object" } dd { (links::object(id, &e.origin())) } }
            (about::facts(&e.about, &e.origin()))
            dt { "Created by Stripe" } dd { (exact(e.created)) }
            dt { "Received" } dd { (exact(e.received_at)) }
            @if let Some(at) = e.processed_at { dt { "Processed" } dd { (exact(at)) } }
            @if let Some(at) = e.next_attempt_at { dt { "Next attempt" } dd { (exact(at)) } }
            (origin::facts(e.account.as_deref(), Some(e.livemode)))
            @if let Some(version) = &e.api_version { dt { "API version" } dd { (version) } }
            @if let Some(endpoint) = &e.endpoint { dt { "Endpoint" } dd { (endpoint) } }
        } }
    }
}

/// What was done by whom, newest first.
pub(in crate::pages) fn replays(entries: &[AuditEntry]) -> Markup {
    html! {
        @if !entries.is_empty() {
            section.card { h2 { "History" } ul.plain { @for e in entries { li {
                b { (e.action) } " by " (e.actor) ", " (when(e.at)) @if !e.reason.is_empty() { ": " (e.reason) }
            } } } }
        }
    }
}

fn actions(current_user: &CurrentUser, view: &EventView, page_state: &PageState<'_>) -> Markup {
    let at = |action: &str| format!("/events/{}/{action}", encode(&view.event.id));
    html! {
        section.card {
            h2 { "Send it again" }
            p.hint { "A replay of what took effect already changes nothing." }
            @if page_state.preview.is_none() {
                form method="post" action=(at("preview")) { (current_user.csrf_field())
                    p { button { "Preview a replay" } " " span.hint { "nothing is written, nothing is sent" } }
                }
            }
            form method="post" action=(at("replay")) {
                (current_user.csrf_field())
                (reason::field(page_state.refused, "kept in the audit"))
                @if let Some(other) = page_state.refused.and_then(RejectedForm::other) { (other) }
                button class=(if page_state.preview.is_some() { "" } else { "quiet" }) { "Replay" }
            }
        }
    }
}

async fn replay(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<String>,
    form: Form<ReasonForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let id = cursor::event_id(&id)?;
    let actor = &current_user.principal.actor;
    let replay = async |reason: &AuditReason| console.replayer.event(id, actor, reason).await;
    let Err(refused) = form.carry_out(replay).await? else {
        return Ok(redirect(&format!("/events/{}?done={}", encode(id), Completed::Replayed)));
    };
    let page_state = PageState { refused: Some(&refused), ..PageState::default() };
    Ok(page_with_status(refused.status(), &render(&current_user, &console, id, &page_state).await?))
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/events/{id}", web::get().to(show))
        .route("/events/{id}/preview", web::post().to(preview))
        .route("/events/{id}/replay", web::post().to(replay))
        .route("/events/{id}/{form:preview|replay}", web::get().to(redirect_to_page));
}
