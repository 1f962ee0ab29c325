//! A request that is kept in the audit: who acts, and why.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::Caller;
use super::body::{JsonObject, ReasonBody};
use crate::audit::reason::AuditReason;
use crate::common::role::{Principal, Role};

/// Something that an operator does for the reason in the body. Anybody else is refused before the body is looked at.
pub(super) struct AuditedRequest {
    pub(super) principal: Principal,
    pub(super) reason: AuditReason,
}

impl FromRequest for AuditedRequest {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::from_request(request, payload);
        let body = JsonObject::<ReasonBody>::from_request(request, payload);
        Box::pin(async move {
            let Caller(principal) = caller.await?;
            principal.require(Role::Operator)?;
            let reason = AuditReason::new(&body.await?.0.reason)?;
            Ok(AuditedRequest { principal, reason })
        })
    }
}
