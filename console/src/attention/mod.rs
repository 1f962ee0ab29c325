//! Who looks after what: notes, acknowledging and assigning of dead letters, groups of them and cases.

pub(crate) mod open;
pub(crate) mod service;
pub(crate) mod store;
