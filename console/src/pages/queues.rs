//! A queue that workers consume: pausing and resuming it.

use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};

use crate::audit::reason::AuditReason;
use crate::common::completed::Completed;
use crate::common::role::Role;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, exact, page};
use crate::pages::reason::{self, DoneQuery, ReasonForm, RejectedForm};
use crate::pages::{PageFailure, PageResult, page_response, page_with_status, redirect};
use crate::system::pauses::{self, QueueCommand, QueuePause, WorkQueue};

async fn show(
    current_user: CurrentUser,
    console: web::Data<Console>,
    queue: Path<WorkQueue>,
    query: Query<DoneQuery>,
) -> PageResult {
    Ok(page_response(&render(&current_user, &console, *queue, query.completed(), None).await?))
}

async fn render(
    current_user: &CurrentUser,
    console: &Console,
    queue: WorkQueue,
    done: Option<Completed>,
    refused: Option<&RejectedForm>,
) -> Result<Markup, PageFailure> {
    let found =
        pauses::list(&console.pool.get().await.map_err(crate::common::error::ServiceError::from)?).await?;
    let pause = found.into_iter().find(|pause| pause.queue == queue);
    let done = match (done, &pause) {
        (Some(Completed::Paused), Some(_)) => Some("Paused: workers take nothing more within 5 seconds."),
        (Some(Completed::Resumed), None) => Some("Resumed: workers take events again within 5 seconds."),
        _ => None,
    };
    // The pause that every page names is as old as the last look; here it is as it is now.
    let current_user = &CurrentUser { paused: Vec::new(), ..current_user.clone() };
    let body = html! {
        h1 { "Queue " (queue) }
        @if let Some(done) = done { p.note.good role="status" { (done) } }
        (state(pause.as_ref()))
        @if current_user.operates() { (form(current_user, queue, pause.is_some(), refused)) }
        p { a href="/" { "To the overview" } }
    };
    Ok(page(Some(current_user), MenuItem::Overview, &format!("Queue {queue}"), &body))
}

fn state(pause: Option<&QueuePause>) -> Markup {
    html! { section.card {
        @match pause {
            Some(pause) => {
                p { span.badge.warn { "paused" } " Events wait at the broker; nothing is lost and no attempt is counted." }
                dl.facts {
                    dt { "Since" } dd { (exact(pause.paused_at)) }
                    dt { "By" } dd { (pause.paused_by) }
                    dt { "Reason" } dd { (pause.reason) }
                }
            }
            None => p { span.badge.good { "consumed" } " Its workers take events as they come." }
        }
    } }
}

fn form(
    current_user: &CurrentUser,
    queue: WorkQueue,
    paused: bool,
    refused: Option<&RejectedForm>,
) -> Markup {
    let (command, title) =
        if paused { (QueueCommand::Resume, "Resume") } else { (QueueCommand::Pause, "Pause") };
    html! {
        form.card method="post" action=(format!("/queues/{queue}/{command}")) {
            h2 { (title) }
            p.hint { "Every worker of this queue obeys within 5 seconds." }
            (current_user.csrf_field())
            @if let Some(other) = refused.and_then(RejectedForm::other) { (other) }
            (reason::field(refused, "kept in the audit"))
            button class=(if paused { "" } else { "danger" }) { (title) }
        }
    }
}

async fn command(
    current_user: CurrentUser,
    console: web::Data<Console>,
    path: Path<(WorkQueue, QueueCommand)>,
    form: Form<ReasonForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let (queue, command) = path.into_inner();
    let actor = &current_user.principal.actor;
    let act =
        async |reason: &AuditReason| pauses::command(&console.pool, actor, queue, command, reason).await;
    let Err(refused) = form.carry_out(act).await? else {
        return Ok(redirect(&format!("/queues/{queue}?done={}", Completed::from(command))));
    };
    let page = render(&current_user, &console, queue, None, Some(&refused)).await?;
    Ok(page_with_status(refused.status(), &page))
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/queues/{queue}", web::get().to(show))
        .route("/queues/{queue}/{command}", web::post().to(command));
}
