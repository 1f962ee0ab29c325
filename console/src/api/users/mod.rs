//! `/api/users`: for admins.

pub(super) mod command;
pub(super) mod list;
pub(super) mod set;
pub(super) mod set_role;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    let users = resource("/users", "GET, POST");
    app.service(users.route(web::get().to(list::list)).route(web::post().to(set::set)))
        .service(resource("/users/{name}/role", "POST").route(web::post().to(set_role::set_role)))
        .service(resource("/users/{name}/{command}", "POST").route(web::post().to(command::command)));
}
