//! The pages of dead letters.

mod bodies;
mod bulk;
mod group;
pub(in crate::pages) mod list;
mod selected;
mod show;

use actix_web::web;

/// The addresses with a number come last: they would match the others, too.
pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.configure(bulk::routes)
        .configure(selected::routes)
        .configure(group::routes)
        .configure(bodies::routes)
        .configure(list::routes)
        .configure(show::routes);
}
