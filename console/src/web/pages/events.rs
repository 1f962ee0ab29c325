//! The list of events, and one event with its body, what it changed, and its replay.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::effects::{Messages, changed};
use super::layout::{
    Place, address, badge, encode, event_link, exact, flash, page, pager, search_link, when,
};
use super::tree::tree;
use super::{PageFailure, Shown, see, shown};
use crate::access::Role;
use crate::change;
use crate::failure::Failure;
use crate::find::{self, EventView};
use crate::mask;
use crate::paging::{self, Page};
use crate::replay::Why;
use crate::store::audit::Entry;
use crate::store::events::{self as store, Cursor, Event, Filter};
use crate::store::money;
use crate::web::Console;
use crate::web::guard::Visitor;

#[derive(Debug, Deserialize)]
pub(super) struct ListQuery {
    #[serde(rename = "type")]
    kind: Option<String>,
    outcome: Option<String>,
    before: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Done {
    done: Option<String>,
}

/// What somebody says when they do something.
#[derive(Debug, Deserialize)]
pub(super) struct ReasonForm {
    pub(super) csrf: String,
    pub(super) reason: String,
}

async fn list(visitor: Visitor, console: web::Data<Console>, query: Query<ListQuery>) -> Shown {
    let query = query.into_inner();
    let filter = Filter {
        kind: paging::text("type", query.kind)?,
        outcome: paging::one_of("outcome", paging::text("outcome", query.outcome)?, &paging::OUTCOMES)?,
        object: None,
    };
    let before = paging::event_cursor(query.before.as_deref())?;
    let limit = paging::limit(None)?;
    let client = console.pool.get().await.map_err(Failure::from)?;
    let found = store::list(&client, &filter, before.as_ref(), limit + 1).await?;
    let events = Page::cut(found, limit, |e| Cursor::after(e).to_string());
    let events = mask::for_role(events, visitor.principal.role);
    let next = events.next.map(|next| {
        address(
            "/events",
            &[
                ("type", filter.kind.as_deref()),
                ("outcome", filter.outcome.as_deref()),
                ("before", Some(&next)),
            ],
        )
    });
    let body = html! {
        h1 { "Events" }
        p.sub { "Everything that came in and what became of it, newest first. Look for one order, customer or payment in the box above." }
        form.filter action="/events" { div.row {
            div.field { label for="type" { "Type" } input id="type" name="type" value=[filter.kind.as_deref()] placeholder="charge.refunded" maxlength="255"; }
            div.field { label for="outcome" { "Outcome" } select id="outcome" name="outcome" {
                option value="" { "any" }
                @for outcome in paging::OUTCOMES { option value=(outcome) selected[filter.outcome.as_deref() == Some(outcome)] { (outcome) } }
            } }
            button.quiet { "Show" }
        } }
        (table(&events.items))
        (pager(next))
    };
    Ok(shown(&page(Some(&visitor), Place::Events, "Events", &body)))
}

fn table(events: &[Event]) -> Markup {
    html! {
        @if events.is_empty() { p.card { "No event fits." } } @else {
            div.scroll { table {
                thead { tr { th { "Received" } th { "Event" } th { "Type" } th { "Outcome" } th { "About" } th { "Why" } } }
                tbody { @for e in events { tr {
                    td.when { (when(e.received_at)) }
                    td { (event_link(&e.id)) }
                    td { (e.kind) }
                    td { (badge(&e.outcome)) @if e.attempts > 1 { span.hint { " " (e.attempts) " tries" } } }
                    td { @if let Some(id) = &e.object_id { (search_link(id)) } }
                    td.long { (e.last_error.as_deref().or(e.reason.as_deref()).unwrap_or("")) }
                } } }
            } }
        }
    }
}

async fn show(visitor: Visitor, console: web::Data<Console>, id: Path<String>, query: Query<Done>) -> Shown {
    let view = find::event(&console.pool, &id, visitor.principal.role).await?;
    let messages = messages(&console, &view).await?;
    let body = html! {
        h1 { (view.event.kind) " " (badge(&view.event.outcome)) }
        p.sub.mono { (view.event.id) }
        (flash(query.done.as_deref()))
        @if let Some(letter) = &view.dead_letter {
            p class={"note " (super::layout::tone(&letter.state))} {
                "This event has a " a href=(format!("/dead-letters/{}", letter.id)) { "dead letter" } ", which is " b { (letter.state) } "."
            }
        }
        div.columns {
            div { (facts(&view.event)) section.card { h2 { "What it changed" } (changed(&view.event, &view.effects, &messages)) } (replays(&view.replays)) @if visitor.operates() { (replay_form(&visitor, &view)) } }
            div { section.card { h2 { "Body" } @if !visitor.operates() { p.hint { "Personal data is masked for your role." } } (tree(&view.payload)) } }
        }
    };
    Ok(shown(&page(Some(&visitor), Place::Events, &view.event.id, &body)))
}

/// The fate of the messages that it caused.
async fn messages(console: &Console, view: &EventView) -> Result<Messages, Failure> {
    let keys: Vec<String> = view.effects.iter().flat_map(change::messages).map(str::to_owned).collect();
    money::messages(&console.pool.get().await?, &keys).await
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

fn replay_form(visitor: &Visitor, view: &EventView) -> Markup {
    let to = format!("/events/{}/replay", encode(&view.event.id));
    html! {
        section.card {
            h2 { "Send it again" }
            p.hint { "A replay of what took effect already changes nothing." }
            form method="post" action=(to) {
                (visitor.csrf_field())
                div.field { label for="reason" { "Why?" } textarea id="reason" name="reason" required maxlength="1000" {} }
                button { "Replay" }
            }
        }
    }
}

async fn replay(
    visitor: Visitor,
    console: web::Data<Console>,
    id: Path<String>,
    form: Form<ReasonForm>,
) -> Result<HttpResponse, PageFailure> {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Operator)?;
    let why = Why::new(&form.reason)?;
    console.replayer.event(&id, &visitor.principal.actor, &why).await?;
    Ok(see(&format!("/events/{}?done=replayed", encode(&id))))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/events", web::get().to(list))
        .route("/events/{id}", web::get().to(show))
        .route("/events/{id}/replay", web::post().to(replay));
}
