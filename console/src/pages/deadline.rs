//! How long a request may take. A server that hangs, or a client that never ends its body, must not keep a page for ever;
//! and a page must say which it was before the browser gives up on the console.

use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;

use crate::common::error::ServiceError;
use crate::pages::PageFailure;

/// Shorter than the patience of the script that refreshes pages, which is 10 s.
const LOOKING: Duration = Duration::from_secs(7);
/// A form may do much: a bulk job of a million dead letters.
const ACTING: Duration = Duration::from_secs(30);
/// A stranger's form is small, and its password takes a moment.
const SIGNING_IN: Duration = Duration::from_secs(10);

/// Ends a page's request that takes too long.
pub(in crate::pages) async fn within_time(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    let signs_in = request.path() == "/sign-in";
    let limit = match (looks, signs_in) {
        (true, _) => LOOKING,
        (false, true) => SIGNING_IN,
        (false, false) => ACTING,
    };
    let seconds = limit.as_secs();
    match tokio::time::timeout(limit, next.call(request)).await {
        Ok(answer) => answer,
        Err(_) => Err(PageFailure(ServiceError::Unavailable(if looks {
            format!("the database has not answered for {seconds} s")
        } else {
            format!("this took more than {seconds} s, and it is not known whether it was done: look before you repeat it")
        }))
        .into()),
    }
}
