//! `/api/orders` and `/api/subscriptions`.

pub(super) mod correct;
pub(super) mod create;
pub(super) mod show;
pub(super) mod subscription;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/orders", "POST").route(web::post().to(create::create)))
        .service(
            resource("/orders/{id}", "GET, PATCH")
                .route(web::get().to(show::show))
                .route(web::patch().to(correct::correct)),
        )
        .service(resource("/subscriptions/{id}", "GET").route(web::get().to(subscription::show)));
}
