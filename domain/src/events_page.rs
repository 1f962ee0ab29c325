//! `docs/EVENTS.md`: what each event type does, written from the list of handlers.

use crate::handlers::HANDLERS;
use crate::message::TOPICS;

/// The page as it must be in the repository.
#[must_use]
pub fn events_page() -> String {
    let mut page = String::from(HEAD);
    for handler in HANDLERS {
        page += &format!("\n## `domain/src/handlers/{}.rs`\n\n", handler.file);
        page.push_str("| event type | what it does |\n| --- | --- |\n");
        for (kind, does) in handler.types {
            page += &format!("| `{kind}` | {does} |\n");
        }
        let emits: Vec<_> = handler.emits.iter().map(|topic| format!("`{}`", topic.name)).collect();
        if !emits.is_empty() {
            page += &format!("\nMay emit {}.\n", emits.join(", "));
        }
    }
    page.push_str(TOPICS_HEAD);
    for topic in TOPICS {
        let kind = if topic.lasting { "lasting" } else { "notice" };
        page += &format!("| `{}` | {kind} | {} |\n", topic.name, topic.when);
    }
    page
}

const HEAD: &str = "# Events

Written from the code by `cargo run -p domain --example events-page > docs/EVENTS.md`; a test compares the two.

Every other event type is recorded as `ignored` (`unhandled_type`), and so is a checkout session that is neither a
payment nor linked to a subscription (`no_payment_or_subscription`). A thin event (`v2.core.event`) of one of these
types carries no object: without an API key to fetch it, it becomes a dead letter (`needs_api_key`).
";

const TOPICS_HEAD: &str = "
## Outgoing messages

A **lasting** message says what stays true: it is sent exactly once, in whatever order the events arrive. A **notice**
says what is true at the commit that sends it: it is sent at most once, and not when it is no longer true.

| topic | kind | sent when |
| --- | --- | --- |
";
