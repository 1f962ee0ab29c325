//! The body of a dead letter, shown where it is small and downloaded where it is not, and those that came before it.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Path};
use maud::{Markup, html};

use crate::common::role::Role;
use crate::dead_letters::service;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::exact;
use crate::pages::tree::tree;
use crate::pages::{PageResult, links};
use crate::timeline::details::DeadLetterView;

/// The body of a dead letter, as far as it is small enough to be shown.
pub(super) fn card(current_user: &CurrentUser, view: &DeadLetterView) -> Markup {
    let at = format!("/dead-letters/{}/body", view.dead_letter.id);
    html! {
        section.card { h2 { "Body" }
            @if view.payload.is_null() { p { "It has " (view.payload_bytes) " bytes, which are too many to show here." } }
            @else {
                @if !current_user.operates() { p.hint { "Personal data is masked for your role." } }
                (links::copy_json(&view.payload))
                (tree(&view.payload))
            }
            @if current_user.operates() { p { a href=(at) download { "Download it as it was received" } } }
        }
    }
}

/// Each body that came under the same event's id is kept.
pub(super) fn former(current_user: &CurrentUser, view: &DeadLetterView) -> Markup {
    let at = |hash: &str| format!("/dead-letters/{}/bodies/{hash}", view.dead_letter.id);
    html! { @if !view.former_bodies.is_empty() {
        section.card { h2 { "Earlier bodies" }
            p { "Other bodies came under the same id. A replay sends the one above." }
            ul.plain { @for body in &view.former_bodies { li {
                (body.bytes) " bytes, " (exact(body.dead_at)) ": " (body.reason) " "
                @if current_user.operates() { a href=(at(&body.hash)) download { "Download" } }
                div.mono.hint { (body.error) }
            } } }
        }
    } }
}

async fn body(current_user: CurrentUser, console: web::Data<Console>, id: Path<i64>) -> PageResult {
    current_user.principal.require(Role::Operator)?;
    // Of one that is not there, before the answer has begun.
    service::show_head(&console.pool, *id).await?;
    let name = format!("attachment; filename=\"dead-letter-{id}.json\"");
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/octet-stream").insert_header((header::CONTENT_DISPOSITION, name));
    Ok(answer.streaming(service::body(console.pool.clone(), *id)))
}

async fn former_body(
    current_user: CurrentUser,
    console: web::Data<Console>,
    path: Path<(i64, String)>,
) -> PageResult {
    current_user.principal.require(Role::Operator)?;
    let (id, hash) = path.into_inner();
    let body = service::former_body(&console.pool, id, &hash).await?;
    let name = format!("attachment; filename=\"dead-letter-{id}-{}.json\"", &hash[..12]);
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/octet-stream").insert_header((header::CONTENT_DISPOSITION, name));
    Ok(answer.body(body))
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/dead-letters/{id}/body", web::get().to(body))
        .route("/dead-letters/{id}/bodies/{hash}", web::get().to(former_body));
}
