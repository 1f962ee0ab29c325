//! `/api/sweeps`: what was read of Stripe's list of events.

pub(super) mod list;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/sweeps", "GET").route(web::get().to(list::list)));
}
