//! One event: its body, what it changed, what a replay would do, and its replay.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::effects::{Messages, changed};
use super::layout::{Place, badge, encode, exact, page, search_link, when};
use super::preview::previewed;
use super::reason::{self, Just, ReasonForm, Refused};
use super::tone::Toned;
use super::tree::tree;
use super::{Bare, PageFailure, Shown, see, shown, shown_as};
use crate::audit::reason::AuditReason;
use crate::audit::store::Entry;
use crate::common::completed::Completed;
use crate::common::failure::Failure;
use crate::common::role::Role;
use crate::common::text_enum::TextEnum;
use crate::dead_letters::state::DeadLetterState;
use crate::events::changes;
use crate::events::cursor;
use crate::events::outcome::EventOutcome;
use crate::events::preview;
use crate::events::store::{self as store, Event};
use crate::http::Console;
use crate::http::session::Visitor;
use crate::masking;
use crate::orders::payments;
use crate::timeline::details::{self, EventView};

#[derive(Debug, Deserialize)]
struct ShowQuery {
    done: Option<String>,
}

async fn show(
    visitor: Visitor,
    console: web::Data<Console>,
    id: Path<String>,
    query: Query<ShowQuery>,
) -> Shown {
    let just = Just { done: query.done.as_deref().and_then(Completed::parse), ..Just::default() };
    Ok(shown(&whole(&visitor, &console, &id, &just).await?))
}

async fn preview(visitor: Visitor, console: web::Data<Console>, id: Path<String>, form: Form<Bare>) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Operator)?;
    let id = cursor::event_id(&id)?;
    let found = preview::event(&console.pool, &console.rules, id, visitor.principal.role).await?;
    let just = Just { preview: Some(&found), ..Just::default() };
    Ok(shown(&whole(&visitor, &console, id, &just).await?))
}

/// The address of a form, asked for without one.
async fn plain(path: Path<(String, String)>) -> HttpResponse {
    see(&format!("/events/{}", encode(&path.0)))
}

async fn whole(
    visitor: &Visitor,
    console: &Console,
    id: &str,
    just: &Just<'_>,
) -> Result<Markup, PageFailure> {
    let view = details::event(&console.pool, cursor::event_id(id)?, visitor.principal.role).await?;
    let messages = messages(console, id, visitor.principal.role).await?;
    // The answer to a form is not there to be asked for again.
    let lasts = just.preview.is_none() && just.refused.is_none();
    let refresh = (waits(&view, just) && lasts).then_some("2");
    let body = html! {
        div id="event" data-refresh=[refresh] {
            h1 { (view.event.kind) " " (badge(&view.event.outcome)) }
            p.sub.mono { (view.event.id) }
            (told(just.done, &view))
            @if let Some(letter) = &view.dead_letter {
                p class={"note " (letter.state.tone().class())} {
                    "This event has a " a href=(format!("/dead-letters/{}", letter.id)) { "dead letter" } ", which is " b { (letter.state) } "."
                }
            }
        }
        @if let Some(preview) = just.preview { (previewed(preview)) }
        div.columns {
            div id="known" data-refresh=[refresh] {
                (facts(&view.event))
                section.card { h2 { "What it changed" } (changed(&view.event, &view.effects, &messages)) }
                (replays(&view.replays))
                @if visitor.operates() { (actions(visitor, &view, just)) }
            }
            div { section.card { h2 { "Body" } @if !visitor.operates() { p.hint { "Personal data is masked for your role." } } (tree(&view.payload)) } }
        }
    };
    Ok(page(Some(visitor), Place::Events, &view.event.id, &body))
}

/// Whether something will become of it soon.
fn waits(view: &EventView, just: &Just<'_>) -> bool {
    let sent = view.dead_letter.as_ref().is_some_and(|letter| letter.state == DeadLetterState::Replayed);
    sent || (just.done == Some(Completed::Replayed) && view.event.outcome == EventOutcome::Retrying)
}

/// What became of what was just done.
fn told(done: Option<Completed>, view: &EventView) -> Markup {
    if done != Some(Completed::Replayed) {
        return html! {};
    }
    let letter = view.dead_letter.as_ref().map(|letter| letter.state);
    let (tone, words) = match (letter, view.event.outcome) {
        (Some(DeadLetterState::Replayed), _) => {
            ("good", "Sent again. When it takes effect the outcome changes to processed.")
        }
        (Some(DeadLetterState::Open), _) | (_, EventOutcome::Dead) => {
            ("bad", "Sent again, and it died again of what is said below.")
        }
        (Some(DeadLetterState::Resolved), _) => ("good", "Sent again. It took effect."),
        (_, EventOutcome::Retrying) => ("good", "Sent again. It is tried again."),
        _ => ("good", "Sent again. It took effect before: nothing changes."),
    };
    html! { p class={"note " (tone)} role="status" { (words) } }
}

/// The fate of the messages that it caused, by their keys as they are, shown as the role may see them.
async fn messages(console: &Console, id: &str, role: Role) -> Result<Messages, Failure> {
    let client = console.pool.get().await?;
    let effects = store::effects(&client, id).await?;
    let keys: Vec<String> = effects.iter().flat_map(changes::messages).map(str::to_owned).collect();
    Ok(masking::for_role(payments::messages(&client, &keys).await?, role))
}

fn facts(e: &Event) -> Markup {
    html! {
        section.card { h2 { "What is known" } dl.facts {
            @if let Some(error) = &e.last_error { dt { "Error" } dd { (error) } }
            @if let Some(reason) = &e.reason { dt { "Reason" } dd { (reason) } }
            dt { "Tries" } dd { (e.attempts) }
            @if let Some(id) = &e.object_id { dt { "About" } dd { (search_link(id)) } }
            dt { "Made by Stripe" } dd { (exact(e.created)) }
            dt { "Received" } dd { (exact(e.received_at)) }
            @if let Some(at) = e.processed_at { dt { "Done" } dd { (exact(at)) } }
            @if let Some(at) = e.next_attempt_at { dt { "Next try" } dd { (exact(at)) } }
            dt { "Mode" } dd { (if e.livemode { "live" } else { "test" }) }
            @if let Some(version) = &e.api_version { dt { "API version" } dd { (version) } }
            @if let Some(account) = &e.account { dt { "Account" } dd.mono { (account) } }
            @if let Some(endpoint) = &e.endpoint { dt { "Endpoint" } dd { (endpoint) } }
        } }
    }
}

/// What was done by whom, newest first.
pub(super) fn replays(entries: &[Entry]) -> Markup {
    html! {
        @if !entries.is_empty() {
            section.card { h2 { "What was done" } ul.plain { @for e in entries { li {
                b { (e.action) } " by " (e.actor) ", " (when(e.at)) @if !e.reason.is_empty() { ": " (e.reason) }
            } } } }
        }
    }
}

fn actions(visitor: &Visitor, view: &EventView, just: &Just<'_>) -> Markup {
    let at = |action: &str| format!("/events/{}/{action}", encode(&view.event.id));
    html! {
        section.card {
            h2 { "Send it again" }
            p.hint { "A replay of what took effect already changes nothing." }
            @if just.preview.is_none() {
                form method="post" action=(at("preview")) { (visitor.csrf_field())
                    p { button { "Preview a replay" } " " span.hint { "nothing is written, nothing is sent" } }
                }
            }
            form method="post" action=(at("replay")) {
                (visitor.csrf_field())
                (reason::field(just.refused, "kept in the audit"))
                @if let Some(other) = just.refused.and_then(Refused::other) { (other) }
                button class=(if just.preview.is_some() { "" } else { "quiet" }) { "Replay" }
            }
        }
    }
}

async fn replay(
    visitor: Visitor,
    console: web::Data<Console>,
    id: Path<String>,
    form: Form<ReasonForm>,
) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Operator)?;
    let id = cursor::event_id(&id)?;
    let done = async {
        let why = AuditReason::new(&form.reason)?;
        console.replayer.event(id, &visitor.principal.actor, &why).await
    };
    let Err(failure) = done.await else {
        return Ok(see(&format!("/events/{}?done={}", encode(id), Completed::Replayed)));
    };
    let refused = Refused::new(failure, &form.reason)?;
    let just = Just { refused: Some(&refused), ..Just::default() };
    Ok(shown_as(refused.status(), &whole(&visitor, &console, id, &just).await?))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/events/{id}", web::get().to(show))
        .route("/events/{id}/preview", web::post().to(preview))
        .route("/events/{id}/replay", web::post().to(replay))
        .route("/events/{id}/{form:preview|replay}", web::get().to(plain));
}
