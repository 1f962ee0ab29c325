//! Topics of alerts that no Stripe event makes true. The relay writes them to `outbox`, so that retries and "one per key"
//! are those of all messages; they go to staff alone, never to `sluicegate.out` or to HTTP endpoints.

/// Dead letters of one fingerprint.
pub const DEAD_LETTERS: &str = "alert.dead_letters";

/// Messages that cannot be sent to a destination, or a destination that is paused.
pub const DELIVERY_FAILED: &str = "alert.delivery_failed";
