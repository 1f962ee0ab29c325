//! Who looks at a page: a session by its cookie, or a user that a trusted reverse proxy names; and what every answer
//! says to the browser.

use std::net::IpAddr;

use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::middleware::DefaultHeaders;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use maud::{Markup, html};
use std::future::{Ready, ready};
use subtle::ConstantTimeEq;

use super::Console;
use crate::auth::sessions;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::role::{Principal, Role};
use crate::system::pauses::QueuePause;

/// Who looks at a page.
#[derive(Debug, Clone)]
pub(crate) struct CurrentUser {
    /// Who, and what they may do.
    pub(crate) principal: Principal,
    /// Must come back with every form.
    pub(crate) csrf: String,
    /// The reverse proxy names them.
    pub(crate) by_proxy: bool,
    /// They have a one-time password, and must choose another before anything else.
    pub(crate) change_password: bool,
    /// The queues that are paused now, which every page says.
    pub(crate) paused: Vec<QueuePause>,
}

impl CurrentUser {
    pub(crate) fn name(&self) -> &str {
        match &self.principal.actor {
            Actor::User(name) => name,
            _ => "",
        }
    }

    /// Whether they may do what operators may.
    pub(crate) fn operates(&self) -> bool {
        self.principal.role >= Role::Operator
    }

    /// The hidden part of every form.
    pub(crate) fn csrf_field(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.csrf); }
    }

    /// Refuses a form that did not come from one of our pages, or whose sender's role does not reach.
    pub(crate) fn check_form(&self, csrf: &str, role: Role) -> Result<(), ServiceError> {
        self.check(csrf)?;
        self.principal.require(role)
    }

    /// Refuses a form that did not come from one of our pages.
    pub(crate) fn check(&self, csrf: &str) -> Result<(), ServiceError> {
        if bool::from(csrf.as_bytes().ct_eq(self.csrf.as_bytes())) {
            return Ok(());
        }
        Err(ServiceError::Forbidden(
            "this form has expired: go back, reload the page and try again".to_owned(),
        ))
    }
}

impl FromRequest for CurrentUser {
    type Error = ServiceError;
    type Future = Ready<Result<Self, ServiceError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<CurrentUser>().cloned().ok_or(ServiceError::Unauthorized))
    }
}

/// The console's state of a request.
pub(crate) fn console(request: &HttpRequest) -> Result<web::Data<Console>, ServiceError> {
    let console = request.app_data::<web::Data<Console>>().cloned();
    console.ok_or_else(|| ServiceError::Internal("no servers".to_owned()))
}

/// The visitor, with a cookie when a session begins now.
pub(crate) async fn current_user(
    console: &Console,
    request: &HttpRequest,
) -> Result<Option<(CurrentUser, Option<Cookie<'static>>)>, ServiceError> {
    let cookie = request.cookie(console.sign_in.cookie_name()).map(|c| c.value().to_owned());
    let session = match &cookie {
        Some(cookie) => sessions::find(&console.pool, cookie).await?,
        None => None,
    };
    if let Some(user) = console.sign_in.proxy_user(request) {
        let user = user?;
        let role = console.sign_in.role_of(&console.pool, &user).await?;
        let Some(role) = role else {
            return Err(ServiceError::Forbidden(format!("{user} may not use this console: ask an admin")));
        };
        let principal = Principal { actor: Actor::User(user.clone()), role };
        let kept = session.filter(|s| s.by_proxy && s.user == user);
        if let Some(session) = kept {
            return Ok(Some((
                CurrentUser {
                    principal,
                    csrf: session.csrf,
                    by_proxy: true,
                    change_password: false,
                    paused: console.pauses.now(),
                },
                None,
            )));
        }
        let begun = sessions::begin(&console.pool.get().await?, &user, true).await?;
        let current_user = CurrentUser {
            principal,
            csrf: sessions::csrf(&begun),
            by_proxy: true,
            change_password: false,
            paused: console.pauses.now(),
        };
        return Ok(Some((current_user, Some(console.sign_in.cookie(begun)))));
    }
    let session = session.filter(|s| !s.by_proxy);
    Ok(session.and_then(|session| {
        let principal = session.principal(session.role?);
        Some((
            CurrentUser {
                principal,
                csrf: session.csrf,
                by_proxy: false,
                change_password: session.change_password,
                paused: console.pauses.now(),
            },
            None,
        ))
    }))
}

/// Browsers say where a request comes from: one that changes something must come from our own pages.
pub(crate) fn same_site(console: &Console, request: &HttpRequest) -> Result<(), ServiceError> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    let value = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
    let foreign = || ServiceError::Forbidden("this request comes from another site".to_owned());
    if value("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(foreign());
    }
    match value("origin") {
        Some(origin) if !console.sign_in.owns(origin, value("host")) => Err(foreign()),
        _ => Ok(()),
    }
}

/// Where a request comes from, through trusted proxies.
pub(crate) fn client_address(console: &Console, request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    if !console.sign_in.trusts(peer) {
        return Some(peer);
    }
    // The last is the proxy's own word, in a header of its own with some: what stands before is the caller's.
    let forwarded = request.headers().get_all("x-forwarded-for").last().and_then(|v| v.to_str().ok());
    forwarded
        .and_then(|list| list.rsplit(',').next())
        .and_then(|last| last.trim().parse().ok())
        .or(Some(peer))
}

/// What every answer says to the browser.
pub(crate) const HEADERS: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("cache-control", "no-store"),
];

/// Puts [`HEADERS`] on every answer.
pub(crate) fn headers() -> DefaultHeaders {
    HEADERS.into_iter().fold(DefaultHeaders::new(), DefaultHeaders::add)
}
