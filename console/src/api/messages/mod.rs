//! `/api/messages`.

pub(super) mod list;
pub(super) mod resend;
pub(super) mod show;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/messages", "GET").route(web::get().to(list::list)))
        .service(resource("/messages/{id}", "GET").route(web::get().to(show::show)))
        .service(resource("/messages/{id}/resend", "POST").route(web::post().to(resend::resend)));
}
