//! The API's own description, made from the code that serves it.

use actix_web::{HttpResponse, Responder};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{audit, bulk, dead_letters, events, jobs, orders, subscriptions, tokens, users};

#[derive(OpenApi)]
#[openapi(
    info(title = "Sluicegate console", description = "Events, dead letters and orders, for scripts and the company's backend."),
    paths(
        events::list, events::show, events::preview_one, events::replay,
        dead_letters::list, dead_letters::groups, dead_letters::show, dead_letters::preview_one, dead_letters::replay_one,
        dead_letters::discard_one, bulk::replay_many, bulk::discard_many,
        jobs::list, jobs::show, jobs::command,
        orders::create, orders::correct, orders::show, orders::list_queues, orders::show_overview, subscriptions::show,
        audit::list,
        users::list, users::set, users::set_role, users::command,
        tokens::list, tokens::create, tokens::revoke,
    ),
    security(("token" = [])),
    modifiers(&BearerToken)
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

pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

pub(super) async fn serve() -> impl Responder {
    HttpResponse::Ok().json(document())
}
