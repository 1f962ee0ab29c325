//! Lets nothing through to a page without a user.

use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};

use crate::http::session::{self, CurrentUser};
use crate::pages::PageFailure;
use crate::pages::kept_form::KeptForm;
use crate::pages::sign_in;

/// Lets visitors through and sends everybody else to the sign-in page.
pub(in crate::pages) async fn signed_in(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    match visiting(request.request()).await {
        Ok(Some((current_user, _))) if current_user.change_password && !may_change(request.path()) => {
            let to = (header::LOCATION, "/account");
            let response = HttpResponse::SeeOther().insert_header(to).finish();
            Ok(request.into_response(response))
        }
        Ok(Some((current_user, cookie))) => {
            request.extensions_mut().insert(current_user);
            let mut response = next.call(request).await?.map_into_boxed_body();
            if let Some(cookie) = cookie {
                response.response_mut().add_cookie(&cookie)?;
            }
            Ok(response)
        }
        Ok(None) if *request.method() == Method::POST => {
            // The session has ended while somebody typed: what they typed must not be lost with it.
            let path = request.path().to_owned();
            let body = request.extract::<String>().await.unwrap_or_default();
            let kept = KeptForm::of(&path, request.query_string(), &body);
            Ok(request.into_response(sign_in::interrupted(kept)))
        }
        Ok(None) => {
            let asked = request.uri().path_and_query().map_or("/", |p| p.as_str()).to_owned();
            let back = if *request.method() == Method::GET { asked } else { "/".to_owned() };
            let to = crate::pages::sign_in_address(&back);
            let response = HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish();
            Ok(request.into_response(response))
        }
        // As an answer, not as an error: an error would leave without the headers that every answer has.
        Err(failure) => Ok(request.into_response(failure.error_response())),
    }
}

/// What is open to somebody with a one-time password.
fn may_change(path: &str) -> bool {
    matches!(path, "/account" | "/account/password" | "/sign-out")
}

async fn visiting(
    request: &HttpRequest,
) -> Result<Option<(CurrentUser, Option<Cookie<'static>>)>, PageFailure> {
    let console = session::console(request)?;
    session::same_site(&console, request)?;
    Ok(session::current_user(&console, request).await?)
}
