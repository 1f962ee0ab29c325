//! `/api/jobs`: bulk replays and discards.

pub(super) mod command;
pub(super) mod list;
pub(super) mod show;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/jobs", "GET").route(web::get().to(list::list)))
        .service(resource("/jobs/{id}", "GET").route(web::get().to(show::show)))
        .service(resource("/jobs/{id}/{command}", "POST").route(web::post().to(command::command)));
}
