//! What an event that failed waits for, in plain words, and each attempt that it had.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::dead_letters::advice;
use crate::events::attempts::EventAttempt;
use crate::events::store::EventRow;
use crate::pages::layout::{exact, when};

/// When an event is tried again, and why it was not processed.
pub(in crate::pages) fn sentence(event: &EventRow) -> Markup {
    let overdue = event.next_attempt_at.is_some_and(|at| at < Timestamp::now());
    html! {
        p.hint {
            "Attempt " (event.attempts) " failed. "
            @if let Some(at) = event.next_attempt_at {
                @if overdue { "The next was due " (when(at)) ": it waits for a worker. " } @else { "It is tried again " (when(at)) ". " }
            }
            @if let Some(reason) = &event.reason { (advice::of(reason).meaning) }
        }
        @if let Some(error) = &event.last_error { div { (error) } }
    }
}

/// Each attempt that failed, the newest first.
pub(in crate::pages) fn attempts(attempts: &[EventAttempt]) -> Markup {
    html! {
        @if !attempts.is_empty() {
            section.card { h2 { "Attempts that failed" } ol.attempts reversed { @for attempt in attempts { li {
                (exact(attempt.at)) ": " (attempt.error)
                @if let Some(next) = attempt.next_at { span.hint { " · tried again " (when(next)) } } @else { span.hint { " · the last: it became a dead letter" } }
            } } } }
        }
    }
}
