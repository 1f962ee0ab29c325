//! The versions of an event's object: the events beside it, and what differs between two.

use actix_web::web::{self, Path};
use maud::{Markup, html};
use serde_json::Value;

use crate::events::cursor;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, encode, event_link, exact, page, when};
use crate::pages::{PageResult, page_response};
use crate::timeline::versions::{self, Comparison, OtherVersion};

/// The other versions of an event's object, each with a link to what differs.
pub(in crate::pages) fn list(event_id: &str, others: &[OtherVersion]) -> Markup {
    html! {
        @if !others.is_empty() {
            section.card id="versions" { h2 { "Other versions of this object" } ul.plain { @for other in others { li {
                (event_link(&other.event_id)) " " (other.kind) " " span.hint { (if other.earlier { "before" } else { "after" }) ", " (when(other.created)) } " "
                a href=(format!("/events/{}/compare/{}", encode(event_id), encode(&other.event_id))) { "What differs" }
            } } } }
        }
    }
}

async fn show(
    current_user: CurrentUser,
    console: web::Data<Console>,
    path: Path<(String, String)>,
) -> PageResult {
    let (one, other) = (cursor::event_id(&path.0)?, cursor::event_id(&path.1)?);
    let found = versions::compare(&console.pool, one, other, current_user.principal.role).await?;
    let body = html! {
        h1 { "What differs" }
        p.sub.mono { (found.after.object_id.as_deref().unwrap_or_default()) }
        section.card { dl.facts {
            dt { "Before" } dd { (event_link(&found.before.id)) " " (found.before.kind) ", " (exact(found.before.created)) }
            dt { "After" } dd { (event_link(&found.after.id)) " " (found.after.kind) ", " (exact(found.after.created)) }
        } }
        (table(&found))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Events, "What differs", &body)))
}

fn table(found: &Comparison) -> Markup {
    html! {
        @if found.differences.is_empty() { p.card { "Nothing: the object is the same in both." } } @else {
            div.scroll { table.list {
                thead { tr { th { "Member" } th { "Before" } th { "After" } } }
                tbody { @for d in &found.differences { tr {
                    td { code { (d.path) } }
                    td.long { (value(d.before.as_ref())) }
                    td.long { (value(d.after.as_ref())) }
                } } }
            } }
        }
    }
}

fn value(value: Option<&Value>) -> Markup {
    html! {
        @match value {
            None => span.hint { "not there" },
            Some(Value::String(text)) => (text),
            Some(value) => code { (value) },
        }
    }
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/events/{id}/compare/{other}", web::get().to(show));
}
