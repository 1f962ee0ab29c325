//! Replaying or discarding dead letters that somebody picked from a list.

use actix_web::HttpRequest;
use actix_web::web::{self, Form};
use maud::{Markup, html};
use serde::Deserialize;

use crate::audit::reason::AuditReason;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::common::text_enum::TextEnum;
use crate::dead_letters::filter::DeadLetterFilter;
use crate::dead_letters::service as dead_letters;
use crate::dead_letters::state::DeadLetterState;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::jobs::service::{self, JobRequest};
use crate::jobs::state::JobAction;
use crate::pages::dead_letters::list;
use crate::pages::layout::{MenuItem, page};
use crate::pages::reason::{self, RejectedForm};
use crate::pages::{PageFailure, PageResult, page_response, page_with_status, redirect};

/// More do not fit into an address; a filter takes any number.
const MAX_SELECTED: usize = 500;

#[derive(Debug, Deserialize)]
struct SelectedForm {
    csrf: String,
    action: String,
    reason: String,
}

/// The numbers in the address: `id=1&id=2`.
fn ids(request: &HttpRequest) -> Result<Vec<i64>, ServiceError> {
    let wrong = || ServiceError::invalid("invalid_selection", "select up to 500 dead letters of the list");
    let pairs = form_urlencoded::parse(request.query_string().as_bytes());
    let ids: Result<Vec<i64>, _> =
        pairs.filter(|(name, _)| name == "id").map(|(_, id)| id.parse::<i64>()).collect();
    let ids = ids.map_err(|_| wrong())?;
    if ids.is_empty() || ids.len() > MAX_SELECTED { Err(wrong()) } else { Ok(ids) }
}

async fn show(current_user: CurrentUser, console: web::Data<Console>, request: HttpRequest) -> PageResult {
    current_user.principal.require(Role::Operator)?;
    Ok(page_response(&render(&current_user, &console, &ids(&request)?, &request, None).await?))
}

async fn render(
    current_user: &CurrentUser,
    console: &Console,
    ids: &[i64],
    request: &HttpRequest,
    refused: Option<&RejectedForm>,
) -> Result<Markup, PageFailure> {
    let mut picked = Vec::new();
    for id in ids {
        picked.push(dead_letters::show_head(&console.pool, *id).await?);
    }
    let open = picked.iter().filter(|dead_letter| dead_letter.state == DeadLetterState::Open).count();
    let body = html! {
        h1 { "Replay or discard the selected" }
        p.note { b { (open) " open dead letters" } " are selected. Nothing is done yet." }
        form.card method="post" action={"/dead-letters/selected?" (request.query_string())} {
            (current_user.csrf_field())
            (reason::field(refused, "kept in the audit with every dead letter"))
            @if let Some(other) = refused.and_then(RejectedForm::other) { (other) }
            div.row {
                button name="action" value=(JobAction::Replay) { "Replay" }
                button.danger name="action" value=(JobAction::Discard) { "Discard" }
            }
        }
        (list::table(&picked))
    };
    Ok(page(Some(current_user), MenuItem::Dead, "Replay or discard the selected", &body))
}

async fn start(
    current_user: CurrentUser,
    console: web::Data<Console>,
    request: HttpRequest,
    form: Form<SelectedForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let ids = ids(&request)?;
    let made = async {
        let action = JobAction::parse(&form.action)
            .ok_or_else(|| ServiceError::invalid("invalid_action", "a job replays or discards"))?;
        let job = JobRequest {
            action,
            filter: DeadLetterFilter::default(),
            reason: AuditReason::new(&form.reason)?,
            rate: service::DEFAULT_RATE,
            canary: 0,
            count: None,
            selected: Some(ids.clone()),
            approval_above: console.replay_approval,
        };
        service::create(&console.pool, &current_user.principal.actor, job).await
    };
    match made.await {
        Ok(id) => Ok(redirect(&format!("/jobs/{id}"))),
        Err(failure) => {
            let refused = RejectedForm::new(failure, &form.reason)?;
            let page = render(&current_user, &console, &ids, &request, Some(&refused)).await?;
            Ok(page_with_status(refused.status(), &page))
        }
    }
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        web::resource("/dead-letters/selected").route(web::get().to(show)).route(web::post().to(start)),
    );
}
