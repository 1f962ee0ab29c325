//! The pages of events.

pub(in crate::pages) mod effects;
mod list;
pub(in crate::pages) mod retrying;
pub(in crate::pages) mod show;
mod versions;

use actix_web::web;

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.configure(list::routes).configure(versions::routes).configure(show::routes);
}
