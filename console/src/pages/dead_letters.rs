//! One dead letter: what happened, what to do, what a replay would do, and doing it.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::event::replays;
use super::layout::{Place, address, badge, event_link, exact, page};
use super::preview::previewed;
use super::reason::{self, Just, ReasonForm, Refused};
use super::tree::tree;
use super::{Bare, PageFailure, Shown, see, shown, shown_as};
use crate::audit::reason::AuditReason;
use crate::common::completed::Completed;
use crate::common::failure::Failure;
use crate::common::role::Role;
use crate::common::text_enum::TextEnum;
use crate::dead_letters::preview;
use crate::dead_letters::replay;
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store::DeadLetter;
use crate::http::Console;
use crate::http::session::Visitor;
use crate::timeline::details::{self, DeadLetterView};

#[derive(Debug, Deserialize)]
struct ShowQuery {
    done: Option<String>,
}

async fn show(
    visitor: Visitor,
    console: web::Data<Console>,
    id: Path<i64>,
    query: Query<ShowQuery>,
) -> Shown {
    let view = details::dead_letter(&console.pool, *id, visitor.principal.role).await?;
    Ok(shown(&whole(
        &visitor,
        &view,
        &Just { done: query.done.as_deref().and_then(Completed::parse), ..Just::default() },
    )))
}

async fn preview(visitor: Visitor, console: web::Data<Console>, id: Path<i64>, form: Form<Bare>) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Operator)?;
    let role = visitor.principal.role;
    let found = preview::dead_letter(&console.pool, &console.rules, *id, role).await?;
    let view = details::dead_letter(&console.pool, *id, role).await?;
    Ok(shown(&whole(&visitor, &view, &Just { preview: Some(&found), ..Just::default() })))
}

/// The address of a form, asked for without one.
async fn plain(path: Path<(i64, String)>) -> HttpResponse {
    see(&format!("/dead-letters/{}", path.0))
}

fn whole(visitor: &Visitor, view: &DeadLetterView, just: &Just<'_>) -> Markup {
    let letter = &view.letter;
    let matters = matches!(letter.state, DeadLetterState::Open | DeadLetterState::Replayed);
    // The answer to a form is not there to be asked for again.
    let lasts = just.preview.is_none() && just.refused.is_none();
    let refresh = (letter.state == DeadLetterState::Replayed && lasts).then_some("2");
    let body = html! {
        div id="letter" data-refresh=[refresh] {
            h1 { "Dead letter #" (letter.id) " " span id="state" { (badge(&letter.state)) } }
            p.sub { (letter.kind) " · " span.mono { (letter.event_id) } }
            (told(just.done, letter))
            section.card {
                h2 { @if !matters { "It had died of " } (letter.reason) }
                p { (view.advice.meaning) }
                @if matters { p { b { "What to do: " } (view.advice.remedy) } }
                p class={"note mono " (if matters { "bad" } else { "" })} { (letter.error) }
            }
        }
        @if let Some(preview) = just.preview { (previewed(preview)) }
        div.columns {
            div id="known" data-refresh=[refresh] {
                @if visitor.operates() { (actions(visitor, letter, just)) }
                (facts(view))
                (replays(&view.history))
            }
            div { section.card { h2 { "Body" } @if !visitor.operates() { p.hint { "Personal data is masked for your role." } } (tree(&view.payload)) } }
        }
    };
    page(Some(visitor), Place::Dead, &format!("Dead letter {}", letter.id), &body)
}

/// What became of what was just done.
fn told(done: Option<Completed>, letter: &DeadLetter) -> Markup {
    let (tone, words) = match (done, letter.state) {
        (Some(Completed::Replayed), DeadLetterState::Replayed) => {
            ("good", "Sent again. When it takes effect the state changes to resolved.")
        }
        (Some(Completed::Replayed), DeadLetterState::Resolved) => ("good", "Sent again. It took effect."),
        (Some(Completed::Replayed), DeadLetterState::Open) => {
            ("bad", "Sent again, and it died again of what is said below.")
        }
        (Some(Completed::Discarded), DeadLetterState::Discarded) => ("good", "Discarded."),
        _ => return html! {},
    };
    html! { p class={"note " (tone)} role="status" { (words) } }
}

fn facts(view: &DeadLetterView) -> Markup {
    let l = &view.letter;
    let group = address("/dead-letters/list", &[("fingerprint", Some(&l.fingerprint))]);
    html! {
        section.card { h2 { "What is known" } dl.facts {
            dt { "State" } dd { (l.state) " since " (exact(l.state_at)) }
            dt { "Event" } dd { @if view.event.is_some() { (event_link(&l.event_id)) } @else { code { (l.event_id) } " (not recorded)" } }
            dt { "Tries" } dd { (l.attempts) }
            @if l.replays > 0 { dt { "Replays" } dd { (l.replays) } }
            @if let Some(at) = l.received_at { dt { "Received" } dd { (exact(at)) } }
            dt { "First failed" } dd { (exact(l.first_failed_at)) }
            dt { "Given up" } dd { (exact(l.dead_at)) }
            dt { "Group" } dd { a href=(group) { "Letters that died of the same" } }
            @if let Some(endpoint) = &l.endpoint { dt { "Endpoint" } dd { (endpoint) } }
        } }
    }
}

fn actions(visitor: &Visitor, letter: &DeadLetter, just: &Just<'_>) -> Markup {
    let at = |action: &str| format!("/dead-letters/{}/{action}", letter.id);
    let previewed = just.preview.is_some();
    html! {
        section.card {
            h2 { "What you can do" }
            @if !previewed {
                form method="post" action=(at("preview")) { (visitor.csrf_field())
                    p { button { "Preview a replay" } " " span.hint { "nothing is written, nothing is sent" } }
                }
            }
            form method="post" action=(at("replay")) {
                (visitor.csrf_field())
                (reason::field(just.refused, "kept in the audit"))
                @if let Some(other) = just.refused.and_then(Refused::other) { (other) }
                div.row {
                    button class=(if previewed { "" } else { "quiet" }) { "Replay" }
                    @if letter.state == DeadLetterState::Open { button.danger formaction=(at("discard")) { "Discard" } }
                }
            }
        }
    }
}

async fn replay_one(
    visitor: Visitor,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse, PageFailure> {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Operator)?;
    let done = async {
        let why = AuditReason::new(&form.reason)?;
        console.replayer.dead_letter(*id, &visitor.principal.actor, &why).await
    };
    match done.await {
        Ok(_) => Ok(see(&format!("/dead-letters/{id}?done={}", Completed::Replayed))),
        Err(failure) => again(&visitor, &console, *id, failure, &form.reason).await,
    }
}

async fn discard_one(
    visitor: Visitor,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse, PageFailure> {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Operator)?;
    let done = async {
        let why = AuditReason::new(&form.reason)?;
        replay::discard(&console.pool, *id, &visitor.principal.actor, &why).await
    };
    match done.await {
        Ok(()) => Ok(see(&format!("/dead-letters/{id}?done={}", Completed::Discarded))),
        Err(failure) => again(&visitor, &console, *id, failure, &form.reason).await,
    }
}

/// The letter with the form as it was sent, and why it was not taken.
async fn again(visitor: &Visitor, console: &Console, id: i64, failure: Failure, reason: &str) -> Shown {
    let refused = Refused::new(failure, reason)?;
    let view = details::dead_letter(&console.pool, id, visitor.principal.role).await?;
    let page = whole(visitor, &view, &Just { refused: Some(&refused), ..Just::default() });
    Ok(shown_as(refused.status(), &page))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/dead-letters/{id}", web::get().to(show))
        .route("/dead-letters/{id}/preview", web::post().to(preview))
        .route("/dead-letters/{id}/replay", web::post().to(replay_one))
        .route("/dead-letters/{id}/discard", web::post().to(discard_one))
        .route("/dead-letters/{id}/{form:preview|replay|discard}", web::get().to(plain));
}
