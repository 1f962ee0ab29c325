//! What events changed, from what to what, and which messages went out for it.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::common::origin::OriginFilter;
use crate::events::changes;
use crate::events::outcome::EventOutcome;
use crate::events::store::{EffectRow, EventRow};
use crate::orders::payments::Messages;
use crate::pages::layout::{badge, search_link, when};

/// What an event changed, a line for each thing it looked at.
pub(in crate::pages) fn changed(event: &EventRow, effects: &[EffectRow], messages: &Messages) -> Markup {
    html! {
        @if effects.is_empty() {
            @match event.outcome {
                EventOutcome::Processed => p.hint { "It changed nothing." },
                EventOutcome::Ignored => p.hint { "Its type is not handled; it changed nothing." },
                EventOutcome::Retrying | EventOutcome::Dead => p.hint { "It has changed nothing so far." },
            }
        } @else {
            ul.changes { @for effect in effects { li { (line(effect, &event.origin(), messages)) } } }
        }
    }
}

fn line(effect: &EffectRow, origin: &OriginFilter, messages: &Messages) -> Markup {
    let changes = changes::changes(effect);
    html! {
        (effect.aggregate) " " (search_link(&effect.aggregate_id, origin)) ": "
        @if changes.is_empty() { span.hint { "nothing changed" } }
        @for (i, c) in changes.iter().enumerate() {
            @if i > 0 { ", " }
            @if c.name == "status" { (badge(&c.from)) " → " (badge(&c.to)) }
            @else { span.hint { (c.name) } " " (c.from) " → " (c.to) }
        }
        @for key in changes::messages(effect) {
            div { span.hint { "message " } code { (key) } " " (sent(messages.get(key))) }
        }
    }
}

fn sent(message: Option<&Option<Timestamp>>) -> Markup {
    html! {
        @match message {
            Some(Some(at)) => span.hint { "sent " (when(*at)) },
            Some(None) => span.badge.warn { "waiting to be sent" },
            None => {}
        }
    }
}
