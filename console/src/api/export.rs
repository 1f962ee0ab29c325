//! `GET /api/export/{list}`.

use actix_web::web::{self, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Caller, resource};
use crate::common::error::ServiceError;
use crate::common::text_enum::TextEnum;
use crate::exports::kind::{ExportFormat, ExportedList};
use crate::exports::queries::ListQuery;
use crate::exports::service::{self, Export};
use crate::http::Console;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// `csv` by default. Amounts in CSV are in the currency's own unit, in JSON in minor units.
    #[param(inline)]
    format: Option<ExportFormat>,
}

/// A list as a file, streamed: at most 50,000 rows, with the same filters as the list has
#[utoipa::path(get, path = "/api/export/{list}", tag = "exports",
    params(("list" = inline(ExportedList), Path, description = "Which list"), ExportQuery),
    responses((status = 200, description = "The file", content((String = "text/csv"), (Object = "application/json")))))]
pub(super) async fn export(
    caller: Caller,
    console: web::Data<Console>,
    list: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, ServiceError> {
    let list = ExportedList::parse(&list).ok_or_else(|| ServiceError::NotFound("this list".to_owned()))?;
    let wrong = |error: actix_web::error::QueryPayloadError| {
        ServiceError::invalid("invalid_query", format!("the query is wrong: {error}"))
    };
    let format = Query::<ExportQuery>::from_query(request.query_string()).map_err(wrong)?.into_inner().format;
    let query = Query::<ListQuery>::from_query(request.query_string()).map_err(wrong)?.into_inner();
    let export = Export {
        list,
        format: format.unwrap_or(ExportFormat::Csv),
        query,
        role: caller.0.role,
        processed: console.rules.livemode,
    };
    let file = service::open(&console.pool, &export, Timestamp::now())?;
    Ok(HttpResponse::Ok().content_type(export.format.content_type()).streaming(file))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/export/{list}", "GET").route(web::get().to(export)));
}
