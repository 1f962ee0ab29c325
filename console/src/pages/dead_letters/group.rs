//! A group of dead letters with one cause: what it means, who looks after it, its report.

use actix_web::web::{self, Path};
use maud::html;

use crate::audit::action::Subject;
use crate::dead_letters::advice;
use crate::dead_letters::state::DeadLetterState;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::masking;
use crate::pages::attention;
use crate::pages::layout::{MenuItem, address, badge, encode, exact, page};
use crate::pages::{PageResult, page_response};
use crate::reports::service;

async fn show(
    current_user: CurrentUser,
    console: web::Data<Console>,
    fingerprint: Path<String>,
) -> PageResult {
    let report = service::group(&console.pool, &fingerprint).await?;
    let at = format!("/dead-letters/groups/{}", encode(&fingerprint));
    let card = attention::card(&current_user, &console, &Subject::Group(&fingerprint), &at).await?;
    let cause = report.cause.as_ref();
    let reason = cause.map_or("", |cause| cause.reason.as_str());
    let error = masking::for_role(
        cause.map_or(String::new(), |cause| cause.error.clone()),
        current_user.principal.role,
    );
    let of = [("fingerprint", Some(fingerprint.as_str())), ("state", Some(DeadLetterState::Open.as_str()))];
    let body = html! {
        h1 { "Dead letters: " (reason) }
        p.sub { (cause.map_or("", |cause| cause.kind.as_str())) }
        section.card { h2 { "What happened" }
            p { (advice::of(reason).meaning) }
            p { b { "What to do: " } (advice::of(reason).remedy) }
            p.mono { (error) }
            dl.facts {
                @if let Some(since) = report.since { dt { "First failed" } dd { (exact(since)) } }
                @if let Some(until) = report.until { dt { "Last dead" } dd { (exact(until)) } }
                @for count in &report.dead_letters { dt { (badge(&count.state)) } dd { (count.count) } }
            }
            p.row {
                a.button.quiet href=(address("/dead-letters/list", &of)) { "Show the open ones" }
                @if current_user.operates() {
                    a.button.quiet href=(address("/dead-letters/bulk", &of)) { "Replay or discard all …" }
                    a.button.quiet href=(format!("{at}/report.md")) download { "Report (Markdown)" }
                    a.button.quiet href=(format!("{at}/report.json")) download { "Report (JSON)" }
                }
            }
        }
        (card)
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Dead, "Dead letters with one cause", &body)))
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/dead-letters/groups/{fingerprint}", web::get().to(show));
}
