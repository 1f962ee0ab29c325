//! What comparisons with Stripe found when they last ran (drift and reconciliations), beside sweeps and backfills.
//! Must never hold what differs: that is found anew at any time.

pub(crate) mod overview;
pub(crate) mod store;
