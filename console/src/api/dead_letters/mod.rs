//! `/api/dead-letters`.

pub(super) mod body;
pub(super) mod bulk;
pub(super) mod bulk_body;
pub(super) mod discard;
pub(super) mod discard_many;
pub(super) mod groups;
pub(super) mod list;
pub(super) mod preview;
pub(super) mod preview_many;
pub(super) mod replay;
pub(super) mod replay_many;
pub(super) mod show;

use actix_web::web;

use super::resource;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/dead-letters", "GET").route(web::get().to(list::list)))
        .service(resource("/dead-letters/groups", "GET").route(web::get().to(groups::groups)))
        // Before those with a number, whose paths would match these too.
        .service(resource("/dead-letters/replay", "POST").route(web::post().to(replay_many::replay_many)))
        .service(
            resource("/dead-letters/replay/preview", "POST")
                .route(web::post().to(preview_many::preview_many)),
        )
        .service(resource("/dead-letters/discard", "POST").route(web::post().to(discard_many::discard_many)))
        .service(resource("/dead-letters/{id}", "GET").route(web::get().to(show::show)))
        .service(resource("/dead-letters/{id}/body", "GET").route(web::get().to(body::body)))
        .service(resource("/dead-letters/{id}/preview", "POST").route(web::post().to(preview::preview)))
        .service(resource("/dead-letters/{id}/replay", "POST").route(web::post().to(replay::replay)))
        .service(resource("/dead-letters/{id}/discard", "POST").route(web::post().to(discard::discard)));
}
