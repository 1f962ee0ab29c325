//! Incident reports to be downloaded, in Markdown and JSON. For operators: they quote errors and reasons.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Path};
use serde::Deserialize;

use crate::common::role::Role;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::PageResult;
use crate::reports::markdown::markdown;
use crate::reports::service::{self, IncidentReport};

/// The format, as the address ends.
#[derive(Debug, Clone, Copy, Deserialize)]
enum Format {
    #[serde(rename = "md")]
    Markdown,
    #[serde(rename = "json")]
    Json,
}

fn answer(report: &IncidentReport, name: &str, format: Format) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    let named = |ending: &str| {
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"incident-{name}.{ending}\""))
    };
    match format {
        Format::Markdown => answer
            .insert_header(named("md"))
            .content_type("text/markdown; charset=utf-8")
            .body(markdown(report)),
        Format::Json => answer.insert_header(named("json")).json(report),
    }
}

async fn group(
    current_user: CurrentUser,
    console: web::Data<Console>,
    path: Path<(String, Format)>,
) -> PageResult {
    current_user.principal.require(Role::Operator)?;
    let (fingerprint, format) = path.into_inner();
    Ok(answer(&service::group(&console.pool, &fingerprint).await?, "group", format))
}

async fn job(
    current_user: CurrentUser,
    console: web::Data<Console>,
    path: Path<(i64, Format)>,
) -> PageResult {
    current_user.principal.require(Role::Operator)?;
    let (id, format) = path.into_inner();
    Ok(answer(&service::job(&console.pool, id).await?, &format!("job-{id}"), format))
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/dead-letters/groups/{fingerprint}/report.{format}", web::get().to(group))
        .route("/jobs/{id}/report.{format}", web::get().to(job));
}
