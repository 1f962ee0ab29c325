//! `/api/queues`.

pub(super) mod command;
pub(super) mod list;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/queues", "GET").route(web::get().to(list::list)))
        .service(resource("/queues/{name}/{command}", "POST").route(web::post().to(command::command)));
}
