//! `/api/cases`.

pub(super) mod accept;
pub(super) mod list;
pub(super) mod show;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/cases", "GET").route(web::get().to(list::list)))
        .service(resource("/cases/{id}", "GET").route(web::get().to(show::show)))
        .service(resource("/cases/{id}/accept", "POST").route(web::post().to(accept::accept)));
}
