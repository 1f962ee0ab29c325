//! The API's own description, made from the code that serves it.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, Responder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, Modify, OpenApi};

use super::reply::{BadRequest, BodyErrors, CompletedBody, Forbidden, Unauthorized};
use super::{
    audit, cases, dead_letters, destinations, events, export, jobs, messages, orders, overview, queues,
    rejections, search, subscriptions, sweeps, tokens, users, verify_payment,
};
use crate::audit::store::AuditEntry;
use crate::auth::store::sessions::ApiToken;
use crate::auth::store::users::User;
use crate::cases::store::Case;
use crate::common::paging::Page;
use crate::dead_letters::store::{DeadLetter, DeadLetterGroup};
use crate::events::preview::PreviewView;
use crate::events::store::EventRow;
use crate::http::error::ErrorBody;
use crate::jobs::service::{BulkPreview, JobView};
use crate::jobs::store::Job;
use crate::messages::destinations::Destination;
use crate::messages::service::MessageView;
use crate::messages::store::MessageRow;
use crate::order_status::view::OrderView;
use crate::orders::store::OrderRow;
use crate::orders::subscriptions::{SubscriptionRow, SubscriptionView};
use crate::rejections::store::RejectionGroup;
use crate::sweeps::store::Sweep;
use crate::system::overview::Overview;
use crate::system::queues::QueueState;
use crate::timeline::details::{DeadLetterView, EventView};
use crate::verification::service::Verification;

#[derive(OpenApi)]
#[openapi(
    info(title = "Sluicegate console", description = "Events, dead letters and orders, for scripts and the company's backend."),
    paths(
        events::list::list, events::show::show, events::preview::preview, events::replay::replay,
        dead_letters::list::list, dead_letters::groups::groups, dead_letters::show::show, dead_letters::body::body,
        dead_letters::preview::preview, dead_letters::replay::replay, dead_letters::discard::discard,
        dead_letters::replay_many::replay_many, dead_letters::preview_many::preview_many,
        dead_letters::discard_many::discard_many,
        jobs::list::list, jobs::show::show, jobs::command::command,
        orders::list::list, orders::create::create, orders::correct::correct, orders::show::show,
        subscriptions::list::list, subscriptions::show::show,
        messages::list::list, messages::show::show, messages::resend::resend,
        destinations::list::list, destinations::resume::resume,
        cases::list::list, cases::show::show, cases::accept::accept,
        queues::list::list, queues::command::command, rejections::list, sweeps::list::list, overview::show, audit::list,
        search::search, export::export,
        users::list::list, users::set::set, users::set_role::set_role, users::command::command,
        tokens::list::list, tokens::create::create, tokens::revoke::revoke,
        verify_payment::verify,
    ),
    // What replies only refer to.
    components(schemas(
        ErrorBody, CompletedBody,
        Page<EventRow>, EventView, PreviewView,
        Page<DeadLetter>, Page<DeadLetterGroup>, DeadLetterView,
        Page<Job>, JobView, BulkPreview,
        Page<Case>, Case, Page<OrderRow>, OrderRow, OrderView, Page<SubscriptionRow>, SubscriptionView,
        Page<MessageRow>, MessageView, Page<Destination>, Page<QueueState>, Page<RejectionGroup>, Page<Sweep>, Overview, search::SearchView,
        Page<AuditEntry>,
        Page<User>, users::set::UserChangeBody, Page<ApiToken>, tokens::create::NewToken, Verification,
    )),
    security(("token" = [])),
    modifiers(&BearerToken, &Operations)
)]
struct Document;

struct BearerToken;

impl Modify for BearerToken {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("sluicegate token create"))
            .build();
        let components = document.components.get_or_insert_default();
        components.security_schemes.insert("token".to_owned(), SecurityScheme::Http(token).into());
    }
}

/// What every operation has: a name of its own, and the errors of its token, its parameters and its body.
struct Operations;

impl Modify for Operations {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let operations = [("get", &mut item.get), ("post", &mut item.post), ("patch", &mut item.patch)];
            for (method, operation) in operations {
                let Some(operation) = operation else { continue };
                // The functions' names repeat: every list is `list`.
                operation.operation_id = Some(operation_id(method, path));
                let mut responses = Unauthorized::responses();
                responses.append(&mut Forbidden::responses());
                let takes_parameters = operation.parameters.as_ref().is_some_and(|all| !all.is_empty());
                if operation.request_body.is_some() {
                    responses.append(&mut BodyErrors::responses());
                }
                if operation.request_body.is_some() || takes_parameters {
                    responses.append(&mut BadRequest::responses());
                }
                add(operation, responses);
            }
        }
    }
}

fn operation_id(method: &str, path: &str) -> String {
    let segments = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|segment| !segment.is_empty());
    std::iter::once(method).chain(segments.skip(1)).collect::<Vec<_>>().join("_")
}

fn add(operation: &mut Operation, responses: BTreeMap<String, RefOr<Response>>) {
    for (status, response) in responses {
        operation.responses.responses.entry(status).or_insert(response);
    }
}

pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

pub(super) async fn serve() -> impl Responder {
    HttpResponse::Ok().json(document())
}
