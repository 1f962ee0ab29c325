//! `/api/tokens`: for admins.

pub(super) mod create;
pub(super) mod list;
pub(super) mod revoke;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    let tokens = resource("/tokens", "GET, POST");
    app.service(tokens.route(web::get().to(list::list)).route(web::post().to(create::create)))
        .service(resource("/tokens/{id}/revoke", "POST").route(web::post().to(revoke::revoke)));
}
