//! Events as the workers recorded them: finding and listing them, what each changed, and what a replay would do.

pub(crate) mod about;
pub(crate) mod attempts;
pub(crate) mod changes;
pub(crate) mod cursor;
pub(crate) mod diff;
pub(crate) mod outcome;
pub(crate) mod preview;
pub(crate) mod search;
pub(crate) mod service;
pub(crate) mod store;
