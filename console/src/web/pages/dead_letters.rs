//! One dead letter: what happened, what to do, what a replay would do, and doing it.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::events::{ReasonForm, replays};
use super::layout::{Place, address, badge, event_link, exact, page};
use super::preview::previewed;
use super::tree::tree;
use super::{PageFailure, Shown, see, shown};
use crate::access::Role;
use crate::find::{self, DeadLetterView};
use crate::preview::{self, PreviewView};
use crate::replay::{self, Why};
use crate::store::dead_letters::DeadLetter;
use crate::web::Console;
use crate::web::guard::Visitor;

#[derive(Debug, Deserialize)]
struct ShowQuery {
    done: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Bare {
    csrf: String,
}

async fn show(
    visitor: Visitor,
    console: web::Data<Console>,
    id: Path<i64>,
    query: Query<ShowQuery>,
) -> Shown {
    let view = find::dead_letter(&console.pool, *id, visitor.principal.role).await?;
    Ok(shown(&whole(&visitor, &view, query.done.as_deref(), None)))
}

async fn preview(visitor: Visitor, console: web::Data<Console>, id: Path<i64>, form: Form<Bare>) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Operator)?;
    let role = visitor.principal.role;
    let found = preview::dead_letter(&console.pool, &console.rules, *id, role).await?;
    let view = find::dead_letter(&console.pool, *id, role).await?;
    Ok(shown(&whole(&visitor, &view, None, Some(&found))))
}

/// The address of a preview, asked for anew.
async fn unpreviewed(id: Path<i64>) -> HttpResponse {
    see(&format!("/dead-letters/{id}"))
}

fn whole(
    visitor: &Visitor,
    view: &DeadLetterView,
    done: Option<&str>,
    preview: Option<&PreviewView>,
) -> Markup {
    let letter = &view.letter;
    // A preview is the answer to a form: asked for again it would be the letter without it.
    let refresh = (letter.state == "replayed" && preview.is_none()).then_some("2");
    let body = html! {
        div id="letter" data-refresh=[refresh] {
            h1 { "Dead letter #" (letter.id) " " span id="state" { (badge(&letter.state)) } }
            p.sub { (letter.kind) " · " span.mono { (letter.event_id) } }
            (told(done, letter))
            section.card {
                h2 { (letter.reason) }
                p { (view.advice.meaning) }
                p { b { "What to do: " } (view.advice.remedy) }
                p.note.bad.mono { (letter.error) }
            }
        }
        @if let Some(preview) = preview { (previewed(preview)) }
        div.columns {
            div id="known" data-refresh=[refresh] {
                @if visitor.operates() { (actions(visitor, letter, preview.is_some())) }
                (facts(view))
                (replays(&view.history))
            }
            div { section.card { h2 { "Body" } @if !visitor.operates() { p.hint { "Personal data is masked for your role." } } (tree(&view.payload)) } }
        }
    };
    page(Some(visitor), Place::Dead, &format!("Dead letter {}", letter.id), &body)
}

/// What became of what was just done.
fn told(done: Option<&str>, letter: &DeadLetter) -> Markup {
    let (tone, words) = match (done, letter.state.as_str()) {
        (Some("replayed"), "replayed") => {
            ("good", "Sent again. When it takes effect the state changes to resolved.")
        }
        (Some("replayed"), "resolved") => ("good", "Sent again. It took effect."),
        (Some("replayed"), "open") => ("bad", "Sent again, and it died again of what is said below."),
        (Some("discarded"), "discarded") => ("good", "Discarded."),
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

fn actions(visitor: &Visitor, letter: &DeadLetter, previewed: bool) -> Markup {
    let at = |action: &str| format!("/dead-letters/{}/{action}", letter.id);
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
                div.field { label for="reason" { "Why?" } textarea id="reason" name="reason" required maxlength="1000" placeholder="kept in the audit" {} }
                div.row {
                    button class=(if previewed { "" } else { "quiet" }) { "Replay" }
                    @if letter.state == "open" { button.danger formaction=(at("discard")) { "Discard" } }
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
    let why = Why::new(&form.reason)?;
    console.replayer.dead_letter(*id, &visitor.principal.actor, &why).await?;
    Ok(see(&format!("/dead-letters/{id}?done=replayed")))
}

async fn discard_one(
    visitor: Visitor,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse, PageFailure> {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Operator)?;
    let why = Why::new(&form.reason)?;
    replay::discard(&console.pool, *id, &visitor.principal.actor, &why).await?;
    Ok(see(&format!("/dead-letters/{id}?done=discarded")))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/dead-letters/{id}", web::get().to(show))
        .route("/dead-letters/{id}/preview", web::post().to(preview))
        .route("/dead-letters/{id}/preview", web::get().to(unpreviewed))
        .route("/dead-letters/{id}/replay", web::post().to(replay_one))
        .route("/dead-letters/{id}/discard", web::post().to(discard_one));
}
