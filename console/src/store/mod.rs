//! Everything the console asks PostgreSQL. One thin typed function for each statement in `console/sql/`.
//! Must never decide: callers say what to do, this says it in SQL.

pub mod access;
pub mod audit;
pub mod dead_letters;
pub mod events;
pub mod job_items;
pub mod jobs;
pub mod money;
pub mod orders;
pub mod queues;
pub mod search;
pub mod subscriptions;
pub mod users;

/// All statements by name, for the test that prepares each against the migrated schema.
pub const STATEMENTS: &[(&str, &str)] = &[
    ("dead_letter_store", dead_letters::STORE),
    ("dead_letter_event", dead_letters::EVENT),
    ("dead_letter_list", dead_letters::LIST),
    ("dead_letter_show", dead_letters::SHOW),
    ("dead_letter_lock", dead_letters::LOCK),
    ("dead_letter_by_event", dead_letters::BY_EVENT),
    ("dead_letter_of_event", dead_letters::OF_EVENT),
    ("dead_letter_state", dead_letters::STATE),
    ("dead_letter_unsent", dead_letters::UNSENT),
    ("event_list", events::LIST),
    ("event_show", events::SHOW),
    ("event_effects", events::EFFECTS),
    ("order_insert", orders::INSERT),
    ("order_lock", orders::LOCK),
    ("order_correct", orders::CORRECT),
    ("order_register", orders::REGISTER),
    ("order_show", orders::SHOW),
    ("audit_append", audit::APPEND),
    ("audit_list", audit::LIST),
    ("audit_chain", audit::CHAIN),
    ("audit_head", audit::HEAD),
    ("token_insert", access::TOKEN_INSERT),
    ("token_revoke", access::TOKEN_REVOKE),
    ("token_list", access::TOKEN_LIST),
    ("token_find", access::TOKEN_FIND),
    ("user_set", users::USER_SET),
    ("user_lock", users::USER_LOCK),
    ("user_role", users::USER_ROLE),
    ("user_enable", users::USER_ENABLE),
    ("user_admins", users::USER_ADMINS),
    ("user_current", users::USER_CURRENT),
    ("user_disable", users::USER_DISABLE),
    ("user_list", users::USER_LIST),
    ("user_find", users::USER_FIND),
    ("failure_locked", users::FAILURE_LOCKED),
    ("failure_reserve", users::FAILURE_RESERVE),
    ("failure_return", users::FAILURE_RETURN),
    ("failure_clear", users::FAILURE_CLEAR),
    ("failure_forget", users::FAILURE_FORGET),
    ("session_insert", access::SESSION_INSERT),
    ("session_find", access::SESSION_FIND),
    ("session_delete", access::SESSION_DELETE),
    ("dead_letter_naming", dead_letters::NAMING),
    ("session_end", access::SESSION_END),
    ("dead_letter_count", dead_letters::COUNT),
    ("dead_letter_groups", dead_letters::GROUPS),
    ("job_insert", jobs::INSERT),
    ("job_items_insert", jobs::ITEMS),
    ("job_total", jobs::TOTAL),
    ("job_show", jobs::SHOW),
    ("job_list", jobs::LIST),
    ("job_active", jobs::ACTIVE),
    ("job_progress", jobs::PROGRESS),
    ("job_move", jobs::MOVE),
    ("job_lock", jobs::LOCK),
    ("job_recover", job_items::RECOVER),
    ("job_next", job_items::NEXT),
    ("job_mark", job_items::MARK),
    ("job_letters", job_items::LETTERS),
    ("job_audit", job_items::AUDIT),
    ("job_canary_at", jobs::CANARY_AT),
    ("job_failures", job_items::FAILURES),
    ("job_waiting", job_items::WAITING),
    ("search_aggregates", search::AGGREGATES),
    ("search_events", search::EVENTS),
    ("subscription_show", subscriptions::SHOW),
    ("invoice_list", subscriptions::INVOICES),
    ("overview", crate::overview::NUMBERS),
    ("workers", crate::overview::WORKERS),
    ("queue_marks", queues::MARKS),
    ("queue_marks_move", queues::MOVE),
    ("user_any", users::USER_ANY),
    ("order_list", orders::LIST),
    ("search_effects", search::EFFECTS),
    ("payment_list", money::PAYMENTS),
    ("refund_list", money::REFUNDS),
    ("dispute_list", money::DISPUTES),
    ("message_list", money::MESSAGES),
];
