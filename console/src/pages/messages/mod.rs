//! Outgoing messages and where they go.

mod destinations;
mod list;
mod show;

use actix_web::web;

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.configure(list::routes).configure(show::routes).configure(destinations::routes);
}
