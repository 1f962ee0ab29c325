//! `/api/events`.

pub(super) mod list;
pub(super) mod preview;
pub(super) mod replay;
pub(super) mod show;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/events", "GET").route(web::get().to(list::list)))
        .service(resource("/events/{id}", "GET").route(web::get().to(show::show)))
        .service(resource("/events/{id}/preview", "POST").route(web::post().to(preview::preview)))
        .service(resource("/events/{id}/replay", "POST").route(web::post().to(replay::replay)));
}
