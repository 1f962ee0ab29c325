//! Replaying or discarding many: look first, then confirm the count.

use actix_web::web::{self, Form, Query};
use maud::{Markup, html};
use serde::Deserialize;

use crate::audit::reason::AuditReason;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::common::text_enum::TextEnum;
use crate::exports::queries::ListQuery;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::jobs::service::{self, BulkPreview, JobRequest};
use crate::jobs::state::JobAction;
use crate::pages::dead_letters::list;
use crate::pages::layout::{MenuItem, page};
use crate::pages::listing::at;
use crate::pages::reason::{self, RejectedForm};
use crate::pages::{PageFailure, PageResult, page_response, page_with_status, redirect};

/// As it was entered: a form with a mistake in it is shown again.
#[derive(Debug, Deserialize)]
struct BulkForm {
    csrf: String,
    action: String,
    reason: String,
    rate: String,
    canary: String,
    /// What was seen, and what the user entered to confirm it.
    count: String,
    confirm: String,
}

async fn show(current_user: CurrentUser, console: web::Data<Console>, query: Query<ListQuery>) -> PageResult {
    current_user.principal.require(Role::Operator)?;
    Ok(page_response(&render(&current_user, &console, &query, None).await?))
}

/// The form with what was entered and why it was not taken, if it was sent before.
async fn render(
    current_user: &CurrentUser,
    console: &Console,
    query: &ListQuery,
    sent: Option<(&BulkForm, &RejectedForm)>,
) -> Result<Markup, PageFailure> {
    let run = service::preview(&console.pool, JobAction::Replay, query.dead_letters(jiff::Timestamp::now())?)
        .await?;
    let body = html! {
        h1 { "Replay or discard many" }
        @if run.count == 0 { p.card { "No open dead letter matches. " a href="/dead-letters" { "Back to the dead letters" } } } @else {
            p.note { "Dry run: " b { (run.count) " open dead letters" } " match now. Nothing is done yet." }
            (form(current_user, query, &run, sent))
            h2 { "The newest of them" }
            (list::table(&run.sample))
            p { a href=(at(query, "/dead-letters/list", &[])) { "Show all of them" } }
        }
    };
    Ok(page(Some(current_user), MenuItem::Dead, "Replay or discard many", &body))
}

fn form(
    current_user: &CurrentUser,
    query: &ListQuery,
    run: &BulkPreview,
    sent: Option<(&BulkForm, &RejectedForm)>,
) -> Markup {
    let (values, refused) = sent.unzip();
    let about = |code: &str| refused.and_then(|r| r.about(code));
    let canary = if run.count > 20 { "5" } else { "0" };
    let usual = service::DEFAULT_RATE.to_string();
    let chosen = values.and_then(|t| JobAction::parse(&t.action)).unwrap_or(JobAction::Replay);
    html! {
        form.card method="post" action=(at(query, "/dead-letters/bulk", &[])) {
            (current_user.csrf_field())
            input type="hidden" name="count" value=(run.count);
            div.field { label for="action" { "What" } select id="action" name="action" { @for (action, label) in [(JobAction::Replay, "Replay"), (JobAction::Discard, "Discard")] { option value=(action) selected[action == chosen] { (label) } } } }
            (reason::field(refused, "kept in the audit with every dead letter"))
            div.row {
                div.field { label for="rate" { "Dead letters per second" } input id="rate" name="rate" type="number" min="1" max=(service::MAX_RATE) value=(values.map_or(usual.as_str(), |t| &t.rate)) required; }
                div.field { label for="canary" { "First only so many " span.hint { "(0: all at once)" } } input id="canary" name="canary" type="number" min="0" value=(values.map_or(canary, |t| &t.canary)) required; }
            }
            @for code in ["invalid_rate", "invalid_canary"] { @if let Some(wrong) = about(code) { (wrong) } }
            p.hint { "The rest of a replay follows when the first took effect; if one of them fails again, it stops." }
            div.field { label for="confirm" { "To confirm, enter how many there are (" (run.count) ")" } input id="confirm" name="confirm" type="number" min="1" value=[values.map(|t| &t.confirm)] required autocomplete="off"; }
            @if let Some(wrong) = refused.and_then(|r| r.besides(&["missing_reason", "invalid_rate", "invalid_canary"])) { (wrong) }
            button { "Start" }
        }
    }
}

/// What was asked for, or what of it is wrong.
fn request(
    form: &BulkForm,
    query: &ListQuery,
    approval_above: Option<i64>,
) -> Result<JobRequest, ServiceError> {
    let not_confirmed = || {
        let message = format!("you entered {}, but there are {}", form.confirm, form.count);
        ServiceError::invalid("not_confirmed", message)
    };
    let count: i64 = form.count.trim().parse().map_err(|_| not_confirmed())?;
    if form.confirm.trim().parse() != Ok(count) {
        return Err(not_confirmed());
    }
    let action = JobAction::parse(&form.action)
        .ok_or_else(|| ServiceError::invalid("invalid_action", "a job replays or discards"))?;
    let number = |text: &str, code, message: &str| {
        text.trim().parse::<i32>().map_err(|_| ServiceError::invalid(code, message))
    };
    let canary = number(&form.canary, "invalid_canary", "how many go first takes a whole number")?;
    Ok(JobRequest {
        action,
        filter: query.dead_letters(jiff::Timestamp::now())?,
        reason: AuditReason::new(&form.reason)?,
        rate: number(&form.rate, "invalid_rate", "dead letters per second takes a whole number")?,
        canary: if action == JobAction::Replay { canary } else { 0 },
        count: Some(count),
        selected: None,
        approval_above,
    })
}

async fn start(
    current_user: CurrentUser,
    console: web::Data<Console>,
    query: Query<ListQuery>,
    form: Form<BulkForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let made = async {
        service::create(
            &console.pool,
            &current_user.principal.actor,
            request(&form, &query, console.replay_approval)?,
        )
        .await
    };
    match made.await {
        Ok(id) => Ok(redirect(&format!("/jobs/{id}"))),
        Err(failure) => {
            let refused = RejectedForm::new(failure, &form.reason)?;
            let page = render(&current_user, &console, &query, Some((&form, &refused))).await?;
            Ok(page_with_status(refused.status(), &page))
        }
    }
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.service(web::resource("/dead-letters/bulk").route(web::get().to(show)).route(web::post().to(start)));
}
