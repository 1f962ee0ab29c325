//! Loads and saves what a batch works on, with a handful of statements however many events it holds.
//!
//! Owns the SQL of the workers and the order in which rows are locked: by table (events, charges,
//! invoices, payments, orders, subscriptions), then by id. Every batch keeps to it, so that two can wait
//! for each other but not deadlock (but for a row that vanishes meanwhile; see `load`). It must never decide
//! anything.

mod claims;
mod clock;
mod error;
mod grace;
mod heartbeat;
mod load;
mod save;

pub use claims::{Claimed, Incoming, RejectedEvent, claim, record};
pub use clock::{clock, now};
pub use error::{ErrorClass, StoreError, classify};
pub use grace::end_grace;
pub use heartbeat::{HeartBeat, beat, end_beat};
pub use load::load;
pub use save::save;

pub(crate) const PREVIEW_ROWS: &str = include_str!("store/sql/preview_rows.sql");

/// Every statement of the workers, by name; a test prepares each against the migrated schema.
pub const STATEMENTS: &[(&str, &str)] = &[
    ("now", clock::NOW),
    ("claim", include_str!("store/sql/claim.sql")),
    ("reject", include_str!("store/sql/reject.sql")),
    ("save_refs", include_str!("store/sql/save_refs.sql")),
    ("resolve_dead_letters", include_str!("store/sql/resolve_dead_letters.sql")),
    ("save_effects", include_str!("store/sql/save_effects.sql")),
    ("save_outbox", save::OUTBOX),
    ("create_charges", load::CHARGES.create),
    ("load_charges", load::CHARGES.load),
    ("save_charges", save::CHARGES),
    ("drop_charges", include_str!("store/sql/drop_charges.sql")),
    ("create_payments", load::PAYMENTS.create),
    ("known_payments", load::KNOWN_PAYMENTS),
    ("placed", load::PLACED),
    ("load_payments", load::PAYMENTS.load),
    ("save_payments", save::PAYMENTS),
    ("drop_payments", include_str!("store/sql/drop_payments.sql")),
    ("create_orders", load::ORDERS.create),
    ("load_orders", load::ORDERS.load),
    ("save_orders", save::ORDERS),
    ("drop_orders", save::DROP_ORDERS),
    ("hold_payments", save::HOLD),
    ("open_cases", save::OPEN_CASES),
    ("close_cases", save::CLOSE_CASES),
    ("create_invoices", load::INVOICES.create),
    ("load_invoices", load::INVOICES.load),
    ("save_invoices", save::INVOICES),
    ("drop_invoices", include_str!("store/sql/drop_invoices.sql")),
    ("create_subscriptions", load::SUBSCRIPTIONS.create),
    ("load_subscriptions", load::SUBSCRIPTIONS.load),
    ("save_subscriptions", save::SUBSCRIPTIONS),
    ("drop_subscriptions", include_str!("store/sql/drop_subscriptions.sql")),
    ("save_refunds", save::REFUNDS),
    ("save_disputes", save::DISPUTES),
    ("save_movements", save::MOVEMENTS),
    ("drop_movements", save::DROP_MOVEMENTS),
    ("end_grace", grace::END),
    ("access_lost", grace::LOST),
    ("heartbeat", heartbeat::BEAT),
    ("preview_rows", PREVIEW_ROWS),
];
