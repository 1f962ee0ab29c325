//! Everything the console asks PostgreSQL. One thin typed function for each statement in `console/sql/`.
//! Must never decide: callers say what to do, this says it in SQL.

pub mod audit;
pub mod dead_letters;
pub mod events;
pub mod orders;

/// All statements by name, for the test that prepares each against the migrated schema.
pub const STATEMENTS: &[(&str, &str)] = &[
    ("dead_letter_store", dead_letters::STORE),
    ("dead_letter_event", dead_letters::EVENT),
    ("dead_letter_list", dead_letters::LIST),
    ("dead_letter_show", dead_letters::SHOW),
    ("dead_letter_lock", dead_letters::LOCK),
    ("dead_letter_of_event", dead_letters::OF_EVENT),
    ("dead_letter_state", dead_letters::STATE),
    ("dead_letter_unsent", dead_letters::UNSENT),
    ("event_list", events::LIST),
    ("event_show", events::SHOW),
    ("event_effects", events::EFFECTS),
    ("order_insert", orders::INSERT),
    ("order_lock", orders::LOCK),
    ("order_register", orders::REGISTER),
    ("order_show", orders::SHOW),
    ("audit_append", audit::APPEND),
    ("audit_list", audit::LIST),
    ("audit_chain", audit::CHAIN),
    ("audit_head", audit::HEAD),
];
