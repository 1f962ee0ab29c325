//! Stripe's API as far as Sluicegate reads it, served from histories: every object as its events say it is.
//!
//! Written from Stripe's documentation and apart from the client that reads it: the official libraries read from it in
//! a test. It knows pages, filters, accounts, error bodies and faults, and no expansion, no search and no writing.
//! A `Stripe-Version` that is none is refused; objects keep the API version of their events, whichever is asked for.
//! Webhook endpoints are what a test puts there ([`ApiServer::put`]).
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use simulator::histories::{self, Kind};
//! use simulator::stripe_api::{ApiServer, Fault};
//!
//! let api = ApiServer::open().await?; // on a free port
//! let history = histories::write(7, 0, &[Kind::Card]);
//! api.add_history(&history);
//! api.set_now(Some(history.events[0].created)); // as it was when the first event happened
//! api.fail_next(3, Fault::RateLimited { retry_after: Some(1) });
//! println!("STRIPE_API_BASE={} STRIPE_API_KEY=sk_test_any", api.url());
//! # Ok(()) }
//! ```

mod answer;
mod balance;
mod books;
mod catalog;
mod collections;
mod command;
mod fault;
mod listing;
mod query;
mod response;
mod routes;
mod server;
mod unlisted;
mod version;

pub use command::{ApiArgs, serve};
pub use fault::{Fault, Share};
pub use server::{ApiServer, Request};
