//! Lists as files.

use actix_web::web::{self, Path, Query};
use actix_web::{HttpResponse, http::header};
use jiff::Timestamp;

use crate::common::error::ServiceError;
use crate::common::text_enum::TextEnum;
use crate::exports::kind::{ExportFormat, ExportedList};
use crate::exports::queries::ListQuery;
use crate::exports::service::{self, Export};
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::PageResult;

async fn export(
    current_user: CurrentUser,
    console: web::Data<Console>,
    path: Path<(String, String)>,
    query: Query<ListQuery>,
) -> PageResult {
    let missing = || ServiceError::NotFound("this page".to_owned());
    let export = Export {
        list: ExportedList::parse(&path.0).ok_or_else(missing)?,
        format: ExportFormat::parse(&path.1).ok_or_else(missing)?,
        query: query.into_inner(),
        role: current_user.principal.role,
        processed: console.rules.livemode,
    };
    let now = Timestamp::now();
    let file = service::open(&console.pool, &export, now)?;
    Ok(HttpResponse::Ok()
        .content_type(export.format.content_type())
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", export.file_name(now)),
        ))
        .streaming(file))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/export/{list}.{format}", web::get().to(export));
}
