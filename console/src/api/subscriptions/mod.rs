//! `/api/subscriptions`.

pub(super) mod list;
pub(super) mod show;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/subscriptions", "GET").route(web::get().to(list::list)))
        .service(resource("/subscriptions/{id}", "GET").route(web::get().to(show::show)));
}
