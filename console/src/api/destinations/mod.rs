//! `/api/destinations`: where messages go.

pub(super) mod list;
pub(super) mod resume;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/destinations", "GET").route(web::get().to(list::list)))
        .service(resource("/destinations/{name}/resume", "POST").route(web::post().to(resume::resume)));
}
