//! Loads and saves what a batch works on, with a handful of statements however many events it holds. `stored` is
//! how an aggregate gets from its table and back; a file for each aggregate says with which statements and columns.
//!
//! Owns the SQL of the workers and the order in which rows are locked: by table (events, charges,
//! invoices, payments, orders, subscriptions), then by id. Every batch keeps to it, so that two can wait
//! for each other but not deadlock (but for a row that vanishes meanwhile; see `stored`). It must never decide
//! anything.

mod batch;
mod cases;
mod charges;
mod claims;
mod clock;
mod error;
mod fetches;
mod grace;
mod heartbeat;
mod invoices;
mod load;
mod money;
mod orders;
mod parts;
mod pauses;
mod payments;
mod save;
mod search_keys;
mod stored;
mod subscriptions;
mod traces;

pub use claims::{Claimed, Incoming, RejectedEvent, claim, record};
pub use clock::{clock, now};
pub use error::{ErrorClass, StoreError, classify};
pub use fetches::{DueFetch, OpenPayment, due_fetches, fetch_done, fetch_failed, took_effect};
pub use grace::end_grace;
pub use heartbeat::{HeartBeat, WorkerState, beat, end_beat};
pub use load::load;
pub use pauses::queue_pause;
pub use save::{rewrite, save};
pub use search_keys::save_search_keys;
pub use traces::Traces;

pub(crate) use fetches::request_fetches;

pub(crate) const PREVIEW_ROWS: &str = include_str!("store/sql/preview_rows.sql");
