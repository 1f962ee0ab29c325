//! `/api/orders`.

pub(super) mod correct;
pub(super) mod create;
pub(super) mod list;
pub(super) mod scope;
pub(super) mod show;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        resource("/orders", "GET, POST")
            .route(web::get().to(list::list))
            .route(web::post().to(create::create)),
    )
    .service(
        resource("/orders/{id}", "GET, PATCH")
            .route(web::get().to(show::show))
            .route(web::patch().to(correct::correct)),
    );
}
