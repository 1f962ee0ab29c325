//! The pages of events.

pub(in crate::pages) mod effects;
mod list;
pub(in crate::pages) mod show;

use actix_web::web;

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.configure(list::routes).configure(show::routes);
}
