//! Failures as the API answers them: `{"error":{"code","message"}}` with the fitting status.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::common::error::ServiceError;

/// The body of every answer that is not a success.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    error: ErrorDetail,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorDetail {
    code: String,
    message: String,
}

impl ResponseError for ServiceError {
    fn status_code(&self) -> StatusCode {
        match self {
            ServiceError::NotFound(_) => StatusCode::NOT_FOUND,
            ServiceError::Invalid { code: "body_too_large", .. } => StatusCode::PAYLOAD_TOO_LARGE,
            ServiceError::Invalid { code: "unsupported_media_type", .. } => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            ServiceError::Invalid { code: "method_not_allowed", .. } => StatusCode::METHOD_NOT_ALLOWED,
            ServiceError::Invalid { .. } => StatusCode::BAD_REQUEST,
            ServiceError::Conflict { .. } => StatusCode::CONFLICT,
            ServiceError::Unauthorized => StatusCode::UNAUTHORIZED,
            ServiceError::Forbidden(_) => StatusCode::FORBIDDEN,
            ServiceError::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            ServiceError::BadGateway { .. } => StatusCode::BAD_GATEWAY,
            ServiceError::NotConfigured { .. } => StatusCode::NOT_IMPLEMENTED,
            ServiceError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            ServiceError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        let mut message = self.to_string();
        match self {
            ServiceError::Unauthorized => {
                response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            ServiceError::Unavailable(reason) => {
                tracing::warn!(reason, "a request could not be served");
                response.insert_header((header::RETRY_AFTER, "5"));
            }
            ServiceError::RateLimited { retry_after, .. } => {
                response.insert_header((header::RETRY_AFTER, retry_after.to_string()));
            }
            ServiceError::BadGateway { code, message, retry_after } => {
                tracing::warn!(code, reason = message, "Stripe could not be asked");
                if let Some(seconds) = retry_after {
                    response.insert_header((header::RETRY_AFTER, seconds.to_string()));
                }
            }
            ServiceError::Internal(reason) => {
                // What is inside is ours to know: the log has it.
                tracing::error!(reason, "a request failed");
                message = "the console failed; see its log".to_owned();
            }
            _ => {}
        }
        response.json(ErrorBody { error: ErrorDetail { code: self.code().to_owned(), message } })
    }
}

/// What actix finds wrong with a request, said in our form.
pub(crate) fn extractors(app: &mut web::ServiceConfig) {
    app.app_data(web::JsonConfig::default().limit(super::LARGEST_BODY).error_handler(|e, _| json(&e).into()))
        .app_data(web::QueryConfig::default().error_handler(|e, _| {
            ServiceError::invalid("invalid_query", format!("the query is wrong: {e}")).into()
        }))
        .app_data(web::PathConfig::default().error_handler(|e, _| {
            ServiceError::invalid("invalid_path", format!("the address is wrong: {e}")).into()
        }));
}

fn json(error: &actix_web::error::JsonPayloadError) -> ServiceError {
    use actix_web::error::JsonPayloadError::{ContentType, Overflow, OverflowKnownLength};
    match error {
        ContentType => ServiceError::invalid("unsupported_media_type", "the body must be application/json"),
        Overflow { .. } | OverflowKnownLength { .. } => {
            ServiceError::invalid("body_too_large", "the body is too large")
        }
        other => ServiceError::invalid("invalid_body", format!("the body is wrong: {other}")),
    }
}

/// Another method than the resource has.
pub(crate) async fn method_not_allowed(request: HttpRequest) -> HttpResponse {
    let allowed = request.app_data::<Allowed>().map_or("GET", |allowed| allowed.0);
    let failure = ServiceError::invalid("method_not_allowed", format!("this address takes {allowed}"));
    let mut response = failure.error_response();
    if let Ok(value) = header::HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// The methods of a resource.
pub(crate) struct Allowed(pub(crate) &'static str);

/// An address that does not exist.
pub(crate) async fn not_found() -> Result<HttpResponse, ServiceError> {
    Err(ServiceError::NotFound("this address".to_owned()))
}
