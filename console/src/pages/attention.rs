//! Who looks after a dead letter, a group or a case, and what they wrote: a part of its page, and its forms.

use actix_web::web::{self, Form};
use maud::{Markup, html};
use serde::Deserialize;

use crate::attention::service::{self, AttentionView};
use crate::audit::action::Subject;
use crate::common::role::Role;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::when;
use crate::pages::local_path::local_path;
use crate::pages::{PageFailure, PageResult, redirect};

#[derive(Debug, Deserialize)]
struct AttentionForm {
    csrf: String,
    subject: String,
    /// The page that the form is on.
    back: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    assignee: String,
}

/// The part of a page. `back`: the page's address.
pub(in crate::pages) async fn card(
    current_user: &CurrentUser,
    console: &Console,
    subject: &Subject<'_>,
    back: &str,
) -> Result<Markup, PageFailure> {
    let view = service::show(&console.pool, subject, current_user.principal.role).await?;
    Ok(render(current_user, &subject.to_string(), back, &view))
}

fn render(current_user: &CurrentUser, subject: &str, back: &str, view: &AttentionView) -> Markup {
    let AttentionView { attention, notes, assignees } = view;
    let hidden = html! {
        (current_user.csrf_field())
        input type="hidden" name="subject" value=(subject);
        input type="hidden" name="back" value=(back);
    };
    html! {
        section.card id="attention" { h2 { "Who looks after it" }
            p {
                @match (&attention.acknowledged_by, attention.acknowledged_at) {
                    (Some(by), Some(at)) => { "Acknowledged by " (by) " " (when(at)) }
                    _ => "Nobody has acknowledged it",
                }
                @match &attention.assignee { Some(name) => { "; assigned to " b { (name) } "." } None => "; assigned to nobody." }
            }
            @if current_user.operates() {
                form.row method="post" action="/attention/assign" { (hidden)
                    button.quiet formaction="/attention/acknowledge" { "Acknowledge" }
                    select name="assignee" aria-label="Assign to" {
                        option value="" { "nobody" }
                        @for name in assignees { option value=(name) selected[attention.assignee.as_ref() == Some(name)] { (name) } }
                    }
                    button.quiet { "Assign" }
                }
            }
            @if !notes.is_empty() { ul.plain { @for note in notes { li { b { (note.author) } ", " (when(note.at)) ": " (note.text) } } } }
            @if current_user.operates() {
                form method="post" action="/attention/note" { (hidden)
                    div.field { label for="note" { "Note" } textarea id="note" name="text" required maxlength="4000" {} }
                    button.quiet { "Add the note" }
                }
            }
        }
    }
}

fn back(form: &AttentionForm) -> PageResult {
    Ok(redirect(local_path(Some(&form.back))))
}

async fn note(
    current_user: CurrentUser,
    console: web::Data<Console>,
    form: Form<AttentionForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let subject = service::subject(&form.subject)?;
    service::note(&console.pool, &current_user.principal.actor, &subject, &form.text).await?;
    back(&form)
}

async fn acknowledge(
    current_user: CurrentUser,
    console: web::Data<Console>,
    form: Form<AttentionForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let subject = service::subject(&form.subject)?;
    service::acknowledge(&console.pool, &current_user.principal.actor, &subject).await?;
    back(&form)
}

async fn assign(
    current_user: CurrentUser,
    console: web::Data<Console>,
    form: Form<AttentionForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let subject = service::subject(&form.subject)?;
    service::assign(&console.pool, &current_user.principal.actor, &subject, &form.assignee).await?;
    back(&form)
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/attention/note", web::post().to(note))
        .route("/attention/acknowledge", web::post().to(acknowledge))
        .route("/attention/assign", web::post().to(assign));
}
